#!/bin/sh
# SPDX-License-Identifier: MIT
# What does a command wait for?
#
#     sudo examples/waits.sh [-o FILE] COMMAND [ARGUMENT]...
#
# Each time a thread leaves its CPU its stack is recorded, and when it comes back. The picture shows
# the time blocked (off-cpu); its menu has the time spent waiting for a CPU (runqueue) too.
set -eu
output=waits.svg
# shellcheck source=examples/recording.sh
. "$(dirname "$0")/recording.sh"

record -e sched:sched_switch --switch-events -- "$@"
"$perflame" render -o "$output" --title "What $1 waits for" "$work/perf.data"
"$perflame" top -q -n 10 -w off-cpu --cum "$work/perf.data"
