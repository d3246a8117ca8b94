#!/bin/sh
# SPDX-License-Identifier: MIT
# From a bare Debian 12 to a flame graph: installs what is missing, builds perflame into build/,
# records a small program, and leaves flame.svg, flame.png and a table of its functions.
# Run it anywhere: sh examples/quickstart.sh. A second run installs and rebuilds nothing.
set -eu
cd "$(dirname "$0")/.."

. tests/packages.sh
# shellcheck disable=SC2086 # lists of words
install_packages $BUILD_PACKAGES $RECORD_PACKAGES

[ -f build/build.ninja ] || meson setup -Dbuildtype=release -Dtests=false build
ninja -C build
perflame=build/src/cli/perflame

demo=build/demo
if [ ! -x $demo ] || [ examples/demo.c -nt $demo ]; then
    cc -std=gnu11 -O2 -g -fno-omit-frame-pointer -o $demo examples/demo.c
fi

# Prints why nothing could be recorded, or nothing if build/demo.data is a recording. cpu-clock is
# there on every machine, virtual ones included.
record() {
    if ! command -v perf >/dev/null; then
        echo "there is no perf here"
    elif ! perf record -q -F 999 -e cpu-clock -g -o build/demo.data $demo 2 \
        </dev/null >build/record.log 2>&1; then
        grep -m 1 . build/record.log || echo "perf failed"
    fi
}

echo
refusal=$(record)
if [ -z "$refusal" ]; then
    echo "recorded: perf record -F 999 -e cpu-clock -g $demo 2"
    set -- build/demo.data
else
    echo "perf could not record: $refusal"
    echo "taking the recording that comes with perflame: data/demo/perf.data"
    set -- --symfs data/demo/root --kallsyms data/demo/kallsyms data/demo/perf.data
fi

$perflame -o flame.svg -o flame.png "$@"
echo
$perflame top -q -n 10 "$@"
echo
echo "open $PWD/flame.svg in a browser: click to zoom, / or Ctrl-F to search"
