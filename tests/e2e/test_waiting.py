#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A program whose waits are known (waiting.c) is recorded with its own switches and system wide;
each wait must have its length, within what the scheduler adds on a busy machine."""
import collections
import os
import re
import subprocess

from lab import TMP, case, compile_c, fold, need_perf, perflame, record, run, skip_all

need_perf()
if not os.access("/sys/kernel/tracing/events/sched/sched_switch/format", os.R_OK):
    skip_all("sched_switch cannot be recorded here")
PROGRAM = compile_c("waiting.c", "-fno-omit-frame-pointer", "-fno-optimize-sibling-calls")
SWITCHES = ("-g", "-m", "4M", "-e", "sched:sched_switch")
OWN = record([PROGRAM], *SWITCHES, "--switch-events", name="own.data")
MILLISECOND = 1000000


def is_whole(data):
    """True if no thread of the program leaves a processor twice without coming back. While others record the
    whole system too, the kernel leaves out some switches from idle tasks, and counts none as lost."""
    text = subprocess.run(["perf", "script", "-i", data, "-F", "trace", "-G"], capture_output=True, text=True,
                          check=True).stdout
    away = set()
    for comm, before, after in re.findall(r"prev_comm=(.*?) prev_pid=(\d+) .*next_pid=(\d+)", text):
        away.discard(after)
        if comm == "waiting" and before in away:
            return False
        away.add(before)
    return True


def record_all():
    for _ in range(8):
        data = record([PROGRAM], *SWITCHES, "-a", name="all.data")
        if is_whole(data):
            return data
    return skip_all("the kernel leaves out switches: others record the whole system")


ALL = record_all()


def of(stacks, function):
    """The weight of the stacks through a function, of this program."""
    return sum(weight for stack, weight in stacks.items()
               if stack.startswith("waiting;") and function in stack.split(";"))


def switches(data):
    """Waits as perf script's text has them: {(tid, blocked): ns}, until the last switch-in."""
    text = subprocess.run(["perf", "script", "-i", data, "-F", "comm,tid,time,trace", "--ns", "-G"],
                          capture_output=True, text=True, check=True).stdout
    gone, waits = {}, {}
    pattern = re.compile(r"\s(\d+)\.(\d+):.*prev_pid=(\d+) .*prev_state=(\S+) ==> .*next_pid=(\d+)")
    for line in text.splitlines():
        found = pattern.search(line)
        if not found:
            continue
        time = int(found[1]) * 1000000000 + int(found[2])
        before, state, after = int(found[3]), found[4], int(found[5])
        if after in gone:
            start, blocked = gone.pop(after)
            waits[after, blocked] = waits.get((after, blocked), 0) + time - start
        gone.pop(before, None)
        if before and not set(state) & set("XZ"):
            gone[before] = time, not state.startswith("R")
    return waits


def check_known(data):
    blocked, runnable = fold("-w", "off-cpu", data), fold("-w", "runqueue", data)
    # A busy machine makes waits longer, never shorter.
    for function, least, most in (("nap", 200, 400), ("hold", 200, 400), ("contend", 150, 450)):
        weight = of(blocked, function) / MILLISECOND
        assert least <= weight <= most, f"{function}: {weight} ms"
    assert of(blocked, "forever") >= 450 * MILLISECOND, of(blocked, "forever")
    assert of(runnable, "spin") >= 200 * MILLISECOND, of(runnable, "spin")
    assert of(blocked, "spin") == 0


@case
def waits_of_one_s_own_have_their_length():
    check_known(OWN)


@case
def waits_system_wide_have_their_length():
    check_known(ALL)


@case
def sums_system_wide_are_those_of_perf_script():
    waits = switches(ALL)
    for weight, blocked in (("off-cpu", True), ("runqueue", False)):
        ours = sum(value for stack, value in fold("-w", weight, ALL).items()
                   if "[still waiting]" not in stack.split(";"))
        theirs = sum(value for (_, state), value in waits.items() if state == blocked)
        assert ours == theirs, f"{weight}: {ours}, not {theirs}"


@case
def a_wait_that_does_not_end_counts_to_the_end():
    data = record(["sh", "-c", "sleep 3 >&- 2>&- & sleep 0.5"], *SWITCHES, "-a", name="open.data")
    open_waits = {stack: weight for stack, weight in fold("-w", "off-cpu", data).items()
                  if stack.startswith("sleep;[still waiting];")}
    assert 400 * MILLISECOND <= sum(open_waits.values()) <= 3000 * MILLISECOND, open_waits


@case
def idle_is_no_wait():
    for weight in ("off-cpu", "runqueue"):
        assert not any(stack.startswith("swapper") for stack in fold("-w", weight, ALL))


@case
def filters_choose_waits():
    whole = fold("-w", "off-cpu", "--by", "thread", ALL)
    own = {stack: weight for stack, weight in whole.items() if stack.startswith("waiting-")}
    assert fold("-w", "off-cpu", "--by", "thread", "--comm", "waiting", ALL) == own
    tid = re.search(r"/(\d+);", next(iter(own))).group(1)
    assert fold("-w", "off-cpu", "--by", "thread", "--where", f"prev_pid == {tid}", ALL) == \
        {stack: weight for stack, weight in own.items() if f"/{tid};" in stack}
    by_cpu = fold("-w", "off-cpu", "--by", "cpu", ALL)
    for root in {stack.split(";", 1)[0] for stack in by_cpu}:
        assert fold("-w", "off-cpu", "--by", "cpu", "--cpu", root.split()[1], ALL) == \
            {stack: weight for stack, weight in by_cpu.items() if stack.startswith(root + ";")}


@case
def windows_add_up():
    for weight in ("off-cpu", "runqueue"):
        parts = [fold("-w", weight, "--time", window, ALL) for window in (",30%", "30%,60%", "60%,")]
        assert sum(parts, collections.Counter()) == fold("-w", weight, ALL), weight


@case
def the_default_is_time_blocked_where_it_is_known():
    assert fold(ALL) == fold("-w", "off-cpu", ALL)
    alone = record(["sleep", "0.1"], *SWITCHES, name="alone.data")
    told = perflame("fold", alone)
    assert "--switch-events" in told.err and " sample" in told.err, told
    assert "-c 1" not in told.err, told
    refused = perflame("fold", "-w", "off-cpu", alone)
    assert refused.status == 1 and "--switch-events" in refused.err, refused


@case
def of_sampled_switches_the_remedy_is_to_record_all():
    sampled = record(["sleep", "0.3"], *SWITCHES, "-a", "-F", "500", name="sampled.data")
    told = perflame("fold", sampled)
    assert "sched_switch was sampled" in told.err and "-c 1" in told.err, told
    assert "single tasks" not in told.err, told
    refused = perflame("fold", "-w", "off-cpu", sampled)
    assert refused.status == 1 and "-c 1" in refused.err, refused


run()
