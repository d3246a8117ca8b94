#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Allocations of the kernel, recorded system wide: what perflame gives each stack must be what is
computed here, without it, from the text of perf script. The stacks are the kernel's part: programs of others may
be gone when the second of the two looks for their names."""
import collections
import os
import re
import subprocess

from compare import frame_name, report
from lab import can_trace, case, need_perf, parse_folded, perflame, record, run, skip_all, succeed

need_perf()
if not can_trace("kmem:kfree"):
    skip_all("kmem events cannot be recorded here")
EVENTS = [f"kmem:{name}" for name in ("kmalloc", "kmem_cache_alloc", "kfree", "kmem_cache_free",
                                      "mm_page_alloc", "mm_page_free")]
HEADER = re.compile(r"\s*(\S.*?|)\s+(kmem:\w+): (.*)")
PAGE = os.sysconf("SC_PAGE_SIZE")
DATA = record(["sh", "-c", "ls -R /etc; sort /etc/services"], "-a", "-g", "--kernel-callchains", "-m", "8M",
              "-e", ",".join(EVENTS))


def samples(data):
    """(event, its fields, folded stack) of perf script's text, in order of time."""
    text = subprocess.run(["perf", "script", "--no-inline", "-F", "comm,event,trace,ip,sym,dso", "-i", data],
                          capture_output=True, text=True, errors="replace", check=True).stdout
    for block in text.split("\n\n"):
        head, *frames = block.strip("\n").split("\n")
        found = HEADER.match(head)
        if found:
            fields = dict(re.findall(r"(\w+)=(\S+)", found[3]))
            stack = [found[1], *(frame_name(frame) for frame in reversed(frames))]
            yield found[2], fields, ";".join(stack)


def slab(data):
    """The four weights of kmalloc and kmem_cache_alloc: Counters by stack."""
    made, blocks, live = collections.Counter(), collections.Counter(), {}
    for event, fields, stack in samples(data):
        pointer = fields.get("ptr")
        if event in EVENTS[:2] and pointer not in ("(nil)", "0x0"):
            made[stack] += int(fields["bytes_alloc"])
            blocks[stack] += 1
            live[pointer] = stack, int(fields["bytes_alloc"])
        elif event in EVENTS[2:4]:
            live.pop(pointer, None)
    used, alive = collections.Counter(), collections.Counter()
    for stack, size in live.values():
        used[stack] += size
        alive[stack] += 1
    return {"alloc-bytes": made, "alloc-count": blocks, "inuse-bytes": used, "inuse-count": alive}


def pages(data):
    """The weights of pages, each page for itself."""
    made, blocks, live = collections.Counter(), collections.Counter(), {}
    for event, fields, stack in samples(data):
        if event not in EVENTS[4:] or "pfn" not in fields:
            continue
        first, count = int(fields["pfn"], 16), 1 << int(fields["order"])
        if event == EVENTS[4]:
            made[stack] += count * PAGE
            blocks[stack] += 1
        for page in range(first, first + count):
            live.pop(page, None)
            if event == EVENTS[4]:
                live[page] = stack
    used = collections.Counter()
    for stack in live.values():
        used[stack] += PAGE
    return {"alloc-bytes": made, "alloc-count": blocks, "inuse-bytes": used}


def check(family, weights):
    for weight, theirs in weights.items():
        found = parse_folded(succeed("fold", "-q", "--perf-compat", "--no-inline", "-e", family, "-w",
                                     weight, DATA).out)
        # Blocks that were alive when records were lost are told apart by perflame alone.
        unsure = perflame("fold", "-q", "--perf-compat", "--no-inline", "-e", family, "-w",
                          weight.replace("inuse", "uncertain"), DATA)
        if weight.startswith("inuse") and unsure.status == 0:
            found += parse_folded(unsure.out)
        assert theirs, f"{family}: no {weight} in what perf script printed"
        print(f"# {family}, {weight}:")
        same, equal = report(found, theirs)
        assert same == 1 and equal, f"{family}: {weight}"


@case
def slab_has_at_each_stack_what_perf_script_tells():
    check("slab", slab(DATA))


@case
def pages_have_at_each_stack_what_perf_script_tells():
    check("pages", pages(DATA))


@case
def a_picture_knows_its_weights_by_all_their_names():
    picture = DATA.with_name("kmem.svg")
    succeed("-q", "-e", "kmem:kmalloc", "-w", "inuse-bytes,alloc-bytes,bytes_req", "-o", picture, DATA)
    for weight, name in ("alloc-bytes", "alloc_space"), ("inuse-bytes", "inuse_space"), ("bytes_req", "field:bytes_req"):
        found = succeed("fold", "-q", "-w", name, picture).out
        assert found and found == succeed("fold", "-q", "-w", weight, picture).out, name
        assert parse_folded(found) == parse_folded(
            succeed("fold", "-q", "-e", "kmem:kmalloc", "-w", weight, DATA).out), name


run()
