#!/bin/sh
# SPDX-License-Identifier: MIT
# What does a program allocate and never free?
#
#     sudo examples/never-freed.sh [-o FILE] PROGRAM [ARGUMENT]...
#
# Probes are set on the C library's malloc, calloc, realloc, aligned_alloc and free, under a name of
# their own, and removed again however this ends. What posix_memalign gives is not followed. PROGRAM
# should be built with -fno-omit-frame-pointer.
set -eu
output=never-freed.svg
# shellcheck source=examples/recording.sh
. "$(dirname "$0")/recording.sh"

case $(uname -m) in
x86_64) first=%di second=%si ;;
aarch64) first=%x0 second=%x1 ;;
*) fail "the registers of arguments are not known for $(uname -m)" ;;
esac
# A script's allocations are its interpreter's.
program=$(command -v "$1")
interpreter=$(sed -n '1s/^#! *\([^ ]*\).*/\1/p;q' "$program" | tr -d '\0')
libc=$(ldd "${interpreter:-$program}" 2>/dev/null | awk '/libc\.so/ { print $3 }')
[ -n "$libc" ] || fail "$1 does not use the C library's allocator, or is linked to it statically"

group=never_freed_$$
clean() {
    perf probe -q -d "$group:*" 2>/dev/null || true
}

# -f: perf refuses a name that a probe of any other group has, and with -q does not say so. By their
# longer names, because perf 6.1 also probes what it takes for "calloc@plt", which may be realloc's.
probe() {
    perf probe -f -x "$libc" "$1" >"$work/probe" 2>&1 || { cat "$work/probe" >&2; exit 1; }
}
probe "$group:malloc=__libc_malloc size=$first"
probe "$group:malloc=__libc_malloc%return ret=\$retval"
probe "$group:calloc=__libc_calloc n=$first size=$second"
probe "$group:calloc=__libc_calloc%return ret=\$retval"
probe "$group:realloc=__libc_realloc ptr=$first size=$second"
probe "$group:realloc=__libc_realloc%return ret=\$retval"
probe "$group:aligned_alloc=aligned_alloc alignment=$first size=$second"
probe "$group:aligned_alloc=aligned_alloc%return ret=\$retval"
probe "$group:free=__libc_free ptr=$first"

record -e "$group:*" -- "$@"

"$perflame" render -w inuse-bytes,inuse-count,alloc-bytes -o "$output" --title "Never freed by $1" \
    "$work/perf.data"
"$perflame" top -q -n 10 -w inuse-bytes --cum "$work/perf.data"
