#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The warnings that a beginner needs most, each on a real recording that deserves it, and none
where it does not."""
import platform
import re

from lab import Skip, case, compile_c, need_perf, perflame, record, run, succeed

need_perf()


def warnings(data, *options):
    told = succeed("fold", *options, data).err.splitlines()
    return [line for line in told if line.startswith("perflame: warning: ")]


def one(lines, pattern):
    found = [line for line in lines if re.search(pattern, line)]
    assert len(found) == 1, f"{pattern}: {lines}"
    return found[0]


@case
def a_good_recording_deserves_no_warning_about_its_stacks():
    data = record([compile_c("known.c", "-fno-omit-frame-pointer")], "-F", "999", "-g",
                  name="good.data")
    stacks = [line for line in warnings(data) if re.search("call.?graph|perf record -g", line)]
    assert not stacks, stacks


@case
def recorded_without_call_chains():
    data = record([compile_c("known.c", "-fno-omit-frame-pointer")], "-F", "999", name="flat.data")
    line = one(warnings(data), "perf record -g")
    assert str(data) in line, line
    assert not perflame("fold", "-q", data).err, "-q does not silence it"


@case
def a_program_without_frame_pointers_breaks_off():
    data = record([compile_c("nopointers.c", "-fomit-frame-pointer")], "-F", "1999", "-g",
                  name="nopointers.data")
    line = one(warnings(data), "--call-graph dwarf")
    share = re.search(r"(\d+(?:\.\d+)?) ?%", line)
    assert share and float(share[1]) > 50, line


@case
def chains_that_end_in_garbage():
    if platform.machine() != "x86_64":
        raise Skip("the program is written for x86-64")
    data = record([compile_c("garbage.c", "-fno-omit-frame-pointer")], "-F", "1999", "-g",
                  name="garbage.data")
    told = warnings(data)
    line = one(told, r"\[broken\]")
    assert "--call-graph dwarf" in line and re.search(r"\d ?%", line), line
    folded = succeed("fold", "-q", data).out
    assert re.search(r"^garbage;(.*;)?\[broken\];walk_over_text \d+$", folded, re.M), folded
    compat = succeed("fold", "-q", "--perf-compat", data).out
    assert "[unknown];[unknown];walk_over_text" in compat, "perf-compat keeps them"


run()
