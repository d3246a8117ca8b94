#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What is easily counted wrong (blocks.c): calls that fail, blocks that move, threads and processes
that free what others allocated. Each weight at each function is the known number, with frame pointers
and with captured stacks; and heaptrack, where it is installed, finds the same leaks. C++ (news.cpp) likewise."""
import collections
import os
import re
import shutil
import subprocess

from lab import HERE, TMP, Skip, case, compile_c, fold, need_perf, parse_folded, perflame, record, run, \
    succeed
from probes import FIRST, GROUP, SECOND, THIRD, library, probe, probe_allocator

need_perf()
probe_allocator()
probe("reallocarray", f"ptr={FIRST}", f"n={SECOND}", f"size={THIRD}")
probe("aligned_alloc", f"align={FIRST}", f"size={SECOND}")
probe("memalign", f"align={FIRST}", f"size={SECOND}")
probe("posix_memalign", f"memptr={FIRST}", f"align={SECOND}", f"size={THIRD}")
KNOWN = {  # allocated: bytes, blocks; in use: bytes, blocks
    "dropped": (4096, 4, 4096, 4), "emptied": (500, 1, 0, 0), "nothing": (0, 2, 0, 2),
    "kept": (600, 1, 600, 1), "shrunk": (990, 2, 90, 1), "array": (462, 2, 420, 1),
    "aligned": (768, 2, 256, 1), "placed": (768, 1, 0, 0), "swapped": (440, 4, 220, 2),
    "passed": (1120, 16, 280, 4), "spawned": (33, 1, 33, 1), "doubled": (88, 2, 88, 2),
    "inherited": (1000, 1, 1000, 1), "moved": (2000, 1, 2000, 1),
}
WEIGHTS = ("alloc-bytes", "alloc-count", "inuse-bytes", "inuse-count")


def by_function(stacks, known=KNOWN):
    """Sums by the known function that an allocator was called by; heaptrack adds ` (FILE)`."""
    sums = collections.Counter()
    for stack, weight in stacks.items():
        for frame in stack.split(";"):
            name = re.sub(r"(\(\))?( \(\S+\))?$", "", frame)
            if name in known and weight:
                sums[name] += weight
    return dict(sums)


def check(data):
    for number, weight in enumerate(WEIGHTS):
        found = by_function(fold("-w", weight, data))
        known = {name: numbers[number] for name, numbers in KNOWN.items() if numbers[number]}
        assert found == known, f"{weight}: {found}, not {known}"


def heaptrack(*command):
    """What heaptrack says was leaked, by stack."""
    if not shutil.which("heaptrack"):
        raise Skip("heaptrack is not installed")
    out, folded = TMP / "heap", TMP / "heap.folded"
    subprocess.run(["heaptrack", "-o", out, *command], check=True, capture_output=True)
    subprocess.run(["heaptrack_print", "--flamegraph-cost-type", "leaked", "-F", folded,
                    "-f", f"{out}.zst"], check=True, capture_output=True)
    return parse_folded(folded.read_text())


PROGRAM = compile_c("blocks.c", "-fno-omit-frame-pointer", "-fno-optimize-sibling-calls")
DATA = record([PROGRAM], "-g", "-m", "4M", "-e", GROUP + ":*", name="fp.data")


@case
def every_weight_is_the_known_number_with_frame_pointers():
    check(DATA)


@case
def every_weight_is_the_known_number_with_captured_stacks():
    check(record([PROGRAM], "--call-graph", "dwarf,2048", "-m", "16M", "-e", GROUP + ":*",
                 name="dwarf.data"))


@case
def what_cannot_be_followed_is_told():
    told = succeed("fold", "-v", DATA).err
    for text in ("calls failed", "inside another allocator", "of its parent's were freed",
                 "posix_memalign cannot be followed"):
        assert text in told, told


@case
def heaptrack_finds_the_same_leaks():
    theirs = by_function(heaptrack(PROGRAM, "heap"))
    # heaptrack takes a realloc that gives NULL for one that failed, though it was one to 0 bytes; and
    # it stands in for posix_memalign, so that it sees the pointer.
    assert theirs.pop("emptied") == 500 and theirs.pop("placed") == 768, theirs
    data = record([PROGRAM, "heap"], "-g", "-m", "4M", "-e", GROUP + ":*", name="heap.data")
    assert by_function(fold("-w", "inuse-bytes", data)) == theirs, theirs


@case
def operator_new_is_one_allocation():
    known = {"one": 48, "several": 240, "quiet": 64, "wide": 256, "list": 80}
    program = TMP / "news"
    subprocess.run(["c++", "-std=c++17", "-O2", "-g", "-fno-omit-frame-pointer",
                    "-fno-optimize-sibling-calls", "-o", program, HERE / "news.cpp"], check=True)
    missing = "the caller of operator new is missing"
    data = record([program], "-g", "-m", "8M", "-e", GROUP + ":*", name="news.data")
    told = perflame("fold", "-w", "alloc-bytes", data).err
    assert missing in told and "'_Znwm%return ret=$retval'" in told, told
    for name in ("_Znwm", "_Znam", "_ZnwmRKSt9nothrow_t", "_ZnamRKSt9nothrow_t",
                 "_ZnwmSt11align_val_t"):
        probe(name, f"size={FIRST}", path=library("libstdc++.so.6", program))
    for name in ("_ZdlPv", "_ZdaPv", "_ZdlPvmSt11align_val_t"):
        probe(name, f"ptr={FIRST}", back=False, path=library("libstdc++.so.6", program))
    for form in ("fp", "dwarf,4096"):
        data = record([program], "--call-graph", form, "-m", "8M", "-e", GROUP + ":*",
                      name="news.data")
        assert missing not in perflame("fold", "-w", "alloc-bytes", data).err
        found = by_function(fold("-w", "inuse-bytes", data), known)
        assert found == known, f"{form}: {found}"
        made = by_function(fold("-w", "alloc-bytes", data), known)
        assert made == {**{name: 2 * size for name, size in known.items()}, "list": 104}, made
    assert by_function(heaptrack(program), known) == known


run()
