#!/bin/sh
# SPDX-License-Identifier: MIT
# Which code of a program faults its memory in?
#
#     examples/faults.sh [-o FILE] PROGRAM [ARGUMENT]...
#
# Every page fault is recorded and weighs a page: where memory is first touched, which is often not
# where it was allocated.
set -eu
output=faults.svg
# shellcheck source=examples/recording.sh
. "$(dirname "$0")/recording.sh"

record -c 1 -e page-faults -- "$@"
"$perflame" render -e faults -o "$output" --title "Memory faulted in by $1" "$work/perf.data"
"$perflame" top -q -n 10 -e faults "$work/perf.data"
