#!/bin/sh
# SPDX-License-Identifier: MIT
# Who allocates memory in the kernel while a command runs?
#
#     sudo examples/who-allocates.sh [-o FILE] COMMAND [ARGUMENT]...
#
# Every allocation and free of the slab allocators is recorded, so the picture can be switched from
# what was allocated to what was still in use at the end.
set -eu
perflame=${PERFLAME:-perflame}
output=who-allocates.svg
if [ "${1:-}" = -o ]; then
    output=$2
    shift 2
fi
[ $# -gt 0 ] || { echo "usage: $0 [-o FILE] COMMAND [ARGUMENT]..." >&2; exit 2; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

perf record -q -m 8M -g -e kmem:kmalloc,kmem:kfree,kmem:kmem_cache_alloc,kmem:kmem_cache_free \
    -o "$work/perf.data" -- "$@"
"$perflame" render -o "$output" --title "Kernel memory allocated by $1" "$work/perf.data"
"$perflame" top -q -n 10 -w alloc-bytes --frames kernel "$work/perf.data"
