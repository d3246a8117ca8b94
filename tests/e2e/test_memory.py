#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A program whose allocations are known (memory.c) is recorded through probes on the C
library's functions, with frame pointers and with captured stacks; every weight of every stack must
be the known number."""
import collections
import json
import os
import re

from lab import (case, compile_c, fold, need_perf, parse_folded, perflame, record, run,
                 succeed)
from probes import FIRST, GROUP, probe_allocator

need_perf()
probe_allocator()
PROGRAM = compile_c("memory.c", "-fno-omit-frame-pointer", "-fno-optimize-sibling-calls")
PROBES = ("-e", GROUP + ":*")
ALLOCATED = {  # by the innermost known function
    "leak": (3000, 3), "churn": (3200, 50), "grow": (3600, 8), "zeroed": (77, 1),
    "give": (5000, 10), "taker": (300, 1), "child": (40, 1), "after_exec": (77, 1),
}
IN_USE = {"leak": (3000, 3), "grow": (800, 1), "zeroed": (77, 1), "taker": (300, 1),
          "child": (40, 1), "after_exec": (77, 1)}
FUNCTIONS = {"malloc", "calloc", "realloc"}


def by_function(stacks):
    """Sums by the known function that the allocator stands on."""
    sums = collections.Counter()
    for stack, weight in stacks.items():
        frames = stack.split(";")
        if frames[-2] in ALLOCATED:
            assert re.sub("^_*(GI_)?_*(libc_)?", "", frames[-1]) in FUNCTIONS, stack
            sums[frames[-2]] += weight
    return dict(sums)


def check(data):
    for weight, known, which in (("alloc-bytes", ALLOCATED, 0), ("alloc-count", ALLOCATED, 1),
                                 ("inuse-bytes", IN_USE, 0), ("inuse-count", IN_USE, 1)):
        found = by_function(fold("-w", weight, data))
        assert found == {name: numbers[which] for name, numbers in known.items()}, \
            f"{weight}: {found}"


DATA = record([PROGRAM], "-g", "-m", "4M", *PROBES, name="fp.data")
DWARF = record([PROGRAM], "--call-graph", "dwarf,2048", "-m", "16M", *PROBES, name="dwarf.data")


@case
def every_weight_is_the_known_number_with_frame_pointers():
    check(DATA)


@case
def every_weight_is_the_known_number_with_captured_stacks():
    check(DWARF)


@case
def pprof_s_names_mean_the_same():
    for ours, theirs in (("alloc-bytes", "alloc_space"), ("inuse-count", "inuse_objects")):
        assert fold("-w", ours, DATA) == fold("-w", theirs, DATA)


@case
def the_default_is_what_was_allocated():
    assert fold(DATA) == fold("-w", "alloc-bytes", DATA)
    assert fold("-e", "heap", DATA) == fold("-w", "alloc-bytes", DATA)
    assert "bytes" in succeed("top", "-q", DATA).out.splitlines()[0]


@case
def filters_choose_what_is_counted():
    whole = fold("-w", "inuse-bytes", "--by", "thread", DATA)
    for option, keep in (
            (("--where", "size >= 300"), lambda name, numbers: numbers[0] / numbers[1] >= 300),
            (("-e", GROUP + ":malloc"), lambda name, _: name in
             ("leak", "taker", "child", "after_exec")),
            (("-e", GROUP + ":realloc__return"), lambda name, _: name == "grow")):
        found = by_function(fold("-w", "inuse-bytes", *option, DATA))
        expected = {name: numbers[0] for name, numbers in IN_USE.items() if keep(name, numbers)}
        if "--where" in option:  # calloc's size is that of an element
            expected.pop("zeroed", None)
        assert found == expected, f"{option}: {found}, not {expected}"
    threads = {re.search(r"-(\d+)/(\d+);", stack).groups() for stack in whole}
    for _, tid in threads:
        expected = {stack: weight for stack, weight in whole.items() if f"/{tid};" in stack}
        assert fold("-w", "inuse-bytes", "--by", "thread", "--tid", tid, DATA) == expected


@case
def a_window_takes_the_allocations_made_in_it():
    early = fold("-w", "alloc-bytes", "--time", ",50%", DATA)
    late = fold("-w", "alloc-bytes", "--time", "50%,", DATA)
    both = collections.Counter(early) + collections.Counter(late)
    assert both == collections.Counter(fold("-w", "alloc-bytes", DATA))


@case
def windows_and_processors_share_out_what_is_in_use():
    whole = collections.Counter(fold("-w", "inuse-bytes", DATA))
    for parts in ([("--time", window) for window in (",20%", "20%,60%", "60%,")],
                  [("--cpu", str(cpu)) for cpu in range(os.cpu_count())]):
        found = [perflame("fold", "-q", "-w", "inuse-bytes", *part, DATA) for part in parts]
        assert {result.status for result in found} <= {0, 3}, found[0]
        total = sum((parse_folded(result.out) for result in found), collections.Counter())
        assert total == whole, f"{parts[0][0]}: {total}, not {whole}"


@case
def the_peak_has_what_was_freed_later():
    peak = by_function(fold("-w", "inuse-bytes", "--at", "peak", DATA))
    assert peak["give"] == 5000 and peak["leak"] == 3000, peak
    assert perflame("fold", "-w", "inuse-bytes", "--at", "noon", DATA).status == 2


@case
def a_moment_is_the_same_however_it_is_said():
    told = json.loads(succeed("info", "-q", "--format", "json", DATA).out)["inputs"][0]
    first, last = told["first_sample_ns"], told["last_sample_ns"]
    for share in 25, 50, 100:
        after = (last - first) * share // 100
        seconds, nanoseconds = divmod(first + after, 10**9)
        said = [perflame("fold", "-q", "-w", "inuse-bytes", "--at", moment, DATA) for moment in
                (f"{share}%", f"+{after / 1e9:.9f}", f"{seconds}.{nanoseconds:09}")]
        # A busy machine may have let the program wait before it had any.
        assert {each.status for each in said} <= {0, 3} and said[0].err == "", said[0]
        assert said[0].out == said[1].out == said[2].out, f"{share}%: {said}"
    assert parse_folded(said[0].out) == fold("-w", "inuse-bytes", DATA)


@case
def nothing_young_is_old():
    result = perflame("fold", "-w", "inuse-bytes", "--older-than", "1000s", DATA)
    assert result.status == 3, result


@case
def what_is_missing_is_said_with_the_probe_to_add():
    bare = record([PROGRAM], "-g", "-e", GROUP + ":malloc", name="bare.data")
    told = perflame("fold", bare).err
    assert "malloc%return ret=$retval" in told and f"free ptr={FIRST}" in told, told
    assert "caller is missing" in told, told
    refused = perflame("fold", "-w", "inuse-bytes", bare)
    assert refused.status == 1 and "alloc-bytes" in refused.err, refused


@case
def pairs_of_one_s_own_are_followed():
    pair = f"{GROUP}:malloc:size=size:ptr=ret,{GROUP}:free:ptr=ptr"
    named = pair.replace(":ptr=ret", f":return={GROUP}:malloc__return:ptr=ret")
    for each in pair, named:
        assert by_function(fold("-w", "inuse-bytes", "--alloc-pair", each, DATA))["leak"] == 3000
    assert perflame("fold", "--alloc-pair", "nonsense", DATA).status == 2


run()
