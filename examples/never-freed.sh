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
perflame=${PERFLAME:-perflame}
output=never-freed.svg
if [ "${1:-}" = -o ]; then
    output=$2
    shift 2
fi
[ $# -gt 0 ] || { echo "usage: $0 [-o FILE] PROGRAM [ARGUMENT]..." >&2; exit 2; }

case $(uname -m) in
x86_64) first=%di second=%si ;;
aarch64) first=%x0 second=%x1 ;;
*) echo "$0: the registers of arguments are not known for $(uname -m)" >&2; exit 1 ;;
esac
libc=$(ldd "$(command -v "$1")" | awk '/libc\.so/ { print $3 }')
[ -n "$libc" ] || { echo "$0: $1 does not use the C library's allocator" >&2; exit 1; }

group=never_freed_$$
work=$(mktemp -d)
recording=
finish() {
    if [ -n "$recording" ]; then
        kill -INT "$recording" 2>/dev/null || true
        wait "$recording" || true
    fi
    perf probe -q -d "$group:*" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

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

# In the background, so that a signal is not kept waiting until the program ends.
perf record -q -m 8M -g -e "$group:*" -o "$work/perf.data" -- "$@" <&0 &
recording=$!
wait "$recording" || true
recording=

"$perflame" render -w inuse-bytes,inuse-count,alloc-bytes -o "$output" --title "Never freed by $1" \
    "$work/perf.data"
"$perflame" top -q -n 10 -w inuse-bytes --cum "$work/perf.data"
