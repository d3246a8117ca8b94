#!/bin/sh
# SPDX-License-Identifier: MIT
# Which code of a program faults its memory in?
#
#     examples/faults.sh [-o FILE] PROGRAM [ARGUMENT]...
#
# Every page fault is recorded and weighs a page: where memory is first touched, which is often not
# where it was allocated.
set -eu
perflame=${PERFLAME:-perflame}
output=faults.svg
if [ "${1:-}" = -o ]; then
    output=$2
    shift 2
fi
[ $# -gt 0 ] || { echo "usage: $0 [-o FILE] PROGRAM [ARGUMENT]..." >&2; exit 2; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

perf record -q -m 8M -c 1 -g -e page-faults -o "$work/perf.data" -- "$@"
"$perflame" render -e faults -o "$output" --title "Memory faulted in by $1" "$work/perf.data"
"$perflame" top -q -n 10 -e faults "$work/perf.data"
