# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# What the scripts share that record a program, draw it and clean up. They name their `output` and source this,
# which takes the options off their arguments and looks whether all is there that will be needed: a recording
# may take long, and should not be made in vain.

fail() {
    echo "$0: $1" >&2
    exit "${2:-1}"
}

while [ $# -gt 0 ]; do
    case $1 in
    -h | --help)
        sed -n '3,/^[^#]/s/^# \{0,1\}//p' "$0"
        exit
        ;;
    -o)
        [ $# -gt 1 ] || fail "-o needs a file" 2
        output=$2
        shift 2
        ;;
    --)
        shift
        break
        ;;
    -*) fail "unknown option $1; --help tells what there is" 2 ;;
    *) break ;;
    esac
done
[ $# -gt 0 ] || { echo "usage: $0 [-o FILE] PROGRAM [ARGUMENT]..." >&2; exit 2; }

# That of the project is taken where none is installed.
perflame=${PERFLAME:-$(command -v perflame || echo "$(dirname "$0")/../build/src/cli/perflame")}
command -v "$perflame" >/dev/null ||
    fail "there is no $perflame: build it (examples/quickstart.sh does), or name it in PERFLAME"
"$perflame" --version >/dev/null || fail "$perflame does not start"
command -v perf >/dev/null || fail "there is no perf"
command -v "$1" >/dev/null || fail "$1: no such program" 127
folder=$(dirname "$output")
{ [ -d "$folder" ] && [ -w "$folder" ]; } || fail "$output: no folder that can be written to"

work=$(mktemp -d)
recording=

# A script that leaves more behind has its own.
clean() {
    :
}

finish() {
    status=$?
    if [ -n "$recording" ]; then
        kill -INT "$recording" 2>/dev/null || true
        wait "$recording" || true
    fi
    clean
    if [ "$status" -ne 0 ] && [ -s "$work/perf.data" ]; then
        echo "$0: the recording is kept: $work/perf.data" >&2
    else
        rm -rf "$work"
    fi
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

# Records into $work/perf.data. In the background, so that a signal is not kept waiting until the program ends.
record() {
    perf record -q -m 8M -g -o "$work/perf.data" "$@" <&0 &
    recording=$!
    ended=0
    wait "$recording" || ended=$?
    recording=
    [ -s "$work/perf.data" ] || fail "perf recorded nothing: its status is $ended"
    [ "$ended" -eq 0 ] || echo "$0: the program ended with status $ended" >&2
}
