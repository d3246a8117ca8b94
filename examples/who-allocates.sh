#!/bin/sh
# SPDX-License-Identifier: MIT
# Who allocates memory in the kernel while a command runs?
#
#     sudo examples/who-allocates.sh [-o FILE] COMMAND [ARGUMENT]...
#
# Every allocation and free of the slab allocators is recorded, so the picture can be switched from
# what was allocated to what was still in use at the end.
set -eu
output=who-allocates.svg
# shellcheck source=examples/recording.sh
. "$(dirname "$0")/recording.sh"

record -e kmem:kmalloc,kmem:kfree,kmem:kmem_cache_alloc,kmem:kmem_cache_free -- "$@"
"$perflame" render -o "$output" --title "Kernel memory allocated by $1" "$work/perf.data"
"$perflame" top -q -n 10 -w alloc-bytes --frames kernel "$work/perf.data"
