#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what the tests need from Debian's packages, builds perflame with sanitizers into
# build-dev/, runs every suite, and ends with the line "N passed, N failed, N skipped".
# Arguments go to meson test: tests/run.sh --suite unit. A second run installs and rebuilds nothing.
set -eu
cd "$(dirname "$0")/.."

. tests/packages.sh
# shellcheck disable=SC2086 # lists of words
install_packages $BUILD_PACKAGES $RECORD_PACKAGES $TEST_PACKAGES

build() {
    [ -f build-dev/build.ninja ] || meson setup --native-file dev.ini build-dev || return
    ninja -C build-dev
}
if ! build; then
    echo "failed: the build"
    echo "0 passed, 1 failed, 0 skipped"
    exit 1
fi

# axe-core, for one of the browser tests, which is skipped where npm or its registry is missing.
if command -v npm >/dev/null && [ ! -d build-dev/axe/node_modules/axe-core ]; then
    mkdir -p build-dev/axe
    cp tests/browser/axe/*.json build-dev/axe/
    (cd build-dev/axe && timeout 60 npm ci --ignore-scripts --silent) || echo "no axe-core from npm"
fi

# cmocka tells each test function as a TAP line, as the scripts do; count.py adds them up.
log=build-dev/meson-logs/testlog.json
rm -f $log
status=0
CMOCKA_MESSAGE_OUTPUT=TAP meson test -C build-dev --no-rebuild --print-errorlogs "$@" </dev/null ||
    status=$?
python3 tests/count.py $log || status=1
exit $status
