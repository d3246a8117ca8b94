#!/bin/sh
# SPDX-License-Identifier: MIT
# What does a command wait for?
#
#     sudo examples/waits.sh [-o FILE] COMMAND [ARGUMENT]...
#
# Each time a thread leaves its CPU its stack is recorded, and when it comes back. The picture shows
# the time blocked (off-cpu); its menu has the time spent waiting for a CPU (runqueue) too.
set -eu
perflame=${PERFLAME:-perflame}
output=waits.svg
if [ "${1:-}" = -o ]; then
    output=$2
    shift 2
fi
[ $# -gt 0 ] || { echo "usage: $0 [-o FILE] COMMAND [ARGUMENT]..." >&2; exit 2; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

perf record -q -m 8M -g -e sched:sched_switch --switch-events -o "$work/perf.data" -- "$@"
"$perflame" render -o "$output" --title "What $1 waits for" "$work/perf.data"
"$perflame" top -q -n 10 -w off-cpu --cum "$work/perf.data"
