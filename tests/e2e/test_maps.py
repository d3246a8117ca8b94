#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Mappings that are known (maps.c), told by probes on the C library and by system calls: each weight
at each function is the known number of pages. Where malloc's return is probed too, captured stacks
are followed through the trampoline that stands in the place of its return address."""
import collections
import os

from lab import can_trace, case, compile_c, fold, need_perf, parse_folded, perflame, record, run, skip_all
from probes import FIRST, GROUP, SECOND, THIRD, probe, probe_allocator

need_perf()
if not can_trace("syscalls:sys_enter_mmap"):
    skip_all("system calls cannot be recorded here")
PROGRAM = compile_c("maps.c", "-fno-omit-frame-pointer", "-fno-optimize-sibling-calls")
KNOWN = {  # pages and mappings: mapped, in use
    "whole": (3, 1, 3, 1), "cut": (8, 1, 6, 2), "moved": (7, 2, 5, 1), "gone": (4, 1, 0, 0),
    "covered": (5, 2, 4, 3), "broken": (4, 2, 2, 2), "shared": (7, 1, 7, 1),
}
CALLS = ("mmap", "munmap", "mremap", "brk")
PAGE = os.sysconf("SC_PAGE_SIZE")


def by_function(stacks):
    sums = collections.Counter()
    for stack, weight in stacks.items():
        for name in set(stack.split(";")) & set(KNOWN):
            sums[name] += weight
    return dict(sums)


def check(data):
    for number, weight in enumerate(("alloc-bytes", "alloc-count", "inuse-bytes", "inuse-count")):
        unit = PAGE if weight.endswith("bytes") else 1
        found = by_function(fold("-e", "maps", "-w", weight, data))
        known = {name: numbers[number] * unit for name, numbers in KNOWN.items() if numbers[number]}
        assert found == known, f"{weight}: {found}, not {known}"


@case
def system_calls_have_the_known_numbers():
    events = ",".join(f"syscalls:sys_{way}_{call}" for call in CALLS for way in ("enter", "exit"))
    check(record([PROGRAM], "--call-graph", "dwarf,2048", "-m", "8M", "-e", events, name="calls.data"))


probe_allocator()
probe("mmap", f"addr={FIRST}", f"len={SECOND}")
probe("munmap", f"addr={FIRST}", f"len={SECOND}")
probe("mremap", f"addr={FIRST}", f"old_len={SECOND}", f"new_len={THIRD}")
probe("brk", f"brk={FIRST}")
probe("sbrk", f"increment={FIRST}")


@case
def probes_have_the_known_numbers_with_frame_pointers():
    data = record([PROGRAM], "-g", "-m", "4M", "-e", GROUP + ":*", name="fp.data")
    check(data)
    assert perflame("fold", "-e", "maps", "-w", "uncertain-bytes", data).status == 3


@case
def probes_have_the_known_numbers_with_captured_stacks():
    check(record([PROGRAM], "--call-graph", "dwarf,2048", "-m", "8M", "-e", GROUP + ":*",
                 name="dwarf.data"))


@case
def captured_stacks_go_on_behind_a_return_probe():
    data = record([PROGRAM, "inside"], "--call-graph", "dwarf,2048", "-m", "8M", "-e", GROUP + ":*",
                  name="inside.data")
    stacks = fold("-e", "maps", "-w", "alloc-bytes", data)
    inside = [stack for stack in stacks if ";malloc;" in stack]
    assert inside and all(";main;inside;malloc;" in stack for stack in inside), stacks
    assert not any("[broken]" in stack for stack in stacks), stacks


@case
def faults_weigh_the_pages_that_were_touched():
    program = compile_c("touching.c", "-fno-omit-frame-pointer", "-fno-optimize-sibling-calls")
    data = record([program], "-c", "1", "-g", "-e", "page-faults:u", name="faults.data")
    for options, unit in ((["-w", "alloc-bytes"], PAGE), (["-w", "alloc-count"], 1), ([], PAGE)):
        stacks = fold("-e", "faults", *options, data)
        for name, pages in (("many", 64), ("few", 10), ("again", 0)):
            found = sum(weight for stack, weight in stacks.items() if name in stack.split(";"))
            assert found == pages * unit, f"{name} {options}: {found}"
    plain = perflame("fold", data)
    assert "faults" in plain.err and sum(fold("-w", "alloc-count", data).values()) == \
        sum(parse_folded(plain.out).values()), plain.err
    refused = perflame("fold", "-w", "inuse-bytes", data)
    assert refused.status == 1 and "alloc-bytes" in refused.err, refused


run()
