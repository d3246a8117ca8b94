#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes the recording in this folder anew: see README.md. Needs root, linux-perf, musl-tools,
# python3. All paths inside the recording are under /usr/src/perflame-demo, its host is "demo".
set -eu

here=$(cd "$(dirname "$0")" && pwd)
work=/usr/src/perflame-demo

mkdir -p "$work"
cp "$here/../../examples/demo.c" "$work/demo.c"
cd "$work"
musl-gcc -std=gnu11 -static -O2 -g -fno-omit-frame-pointer -Wl,--build-id=sha1 -o demo demo.c
env -i PATH="$PATH" LC_ALL=C unshare --uts sh -c '
    hostname demo
    exec perf record -q -F 499 -e cpu-clock -g --no-buildid-cache --no-bpf-event -o perf.data ./demo 2'
env -i PATH="$PATH" LC_ALL=C perf script -i perf.data -F ip,sym --no-inline > stacks.txt
python3 "$here/kallsyms.py" stacks.txt < /proc/kallsyms > kallsyms

mkdir -p "$here/root$work"
strip --strip-debug -o "$here/root$work/demo" demo
cp perf.data kallsyms "$here/"
chmod 644 "$here/perf.data" "$here/kallsyms"
rm -r "$work"
