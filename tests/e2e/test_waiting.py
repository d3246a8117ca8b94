#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A program whose waits are known (waiting.c) is recorded with its own switches and system wide: each of its
functions must have waited as long as the switches in perf script's text say, and no shorter than it asked for."""
import collections
import contextlib
import os
import re
import subprocess

from lab import TMP, can_trace, case, compile_c, fold, need_perf, perflame, record, run, skip_all

need_perf()
if not can_trace("sched:sched_switch"):
    skip_all("sched_switch cannot be recorded here")
PROGRAM = compile_c("waiting.c", "-fno-omit-frame-pointer", "-fno-optimize-sibling-calls")
SWITCHES = ("-g", "-m", "4M", "-e", "sched:sched_switch")
MILLISECOND = 1000000
NO_NAMES = ("--symfs", "/nonexistent", "--buildid-dir", "/nonexistent", "--kallsyms", "/dev/null")
FUNCTIONS = ("nap", "hold", "contend", "forever", "spin")
HEADER = re.compile(r"\s*\S.*?\s+(-?\d+) +(?:\[(\d+)\] +)?(\d+)\.(\d{9}): +(\S+?):? +(\S.*?) *$")
SWITCH = re.compile(r"prev_comm=(.*) prev_pid=(\d+) .*prev_state=(\S+) ==> .* next_pid=(\d+) ")

Out = collections.namedtuple("Out", "time cpu blocked functions")


def script(data):
    """Yields (tid, cpu, time, event, fields, frames) of perf script's text."""
    told = subprocess.run(["perf", "script", "-i", data, "--ns", "--show-switch-events", "-F",
                           "comm,tid,cpu,time,event,trace,ip,sym"], capture_output=True, text=True,
                          errors="replace", check=True).stdout
    found, frames = None, []
    for line in told.splitlines():
        if line.startswith("\t"):
            frames.append(line.split()[1])
        elif line:
            if found:
                yield *found, frames
            tid, cpu, seconds, rest, event, fields = HEADER.match(line).groups()
            found, frames = (tid, cpu, int(seconds) * 10**9 + int(rest), event, fields), []
    yield *found, frames


def waits_of(data):
    """What the switches in perf script's text say: {(tid, function or "", blocked): ns} of the waits that
    ended, and {tid: ns} of those that did not, up to the last switch of the processor that was left."""
    gone, waits, last = {}, collections.Counter(), {}

    def back(tid, time):
        if tid in gone:
            out = gone.pop(tid)
            for function in {"", *out.functions}:
                waits[tid, function, out.blocked] += time - out.time
    for tid, cpu, time, event, fields, frames in script(data):
        if event == "PERF_RECORD_SWITCH":
            if fields == "IN":
                back(tid, time)
            continue
        comm, before, state, after = SWITCH.search(fields + " ").groups()
        last[cpu] = time
        back(after, time)
        gone.pop(before, None)
        if before != "0" and not set(state) & set("XZ"):
            known = set(frames) & set(FUNCTIONS) if comm == "waiting" else set()
            gone[before] = Out(time, cpu, not state.startswith("R"), known)
    return waits, {tid: last[out.cpu] - out.time for tid, out in gone.items()}


def is_whole(data):
    """True if no thread of the program leaves a processor twice without coming back."""
    away = set()
    for *_, fields, _ in script(data):
        comm, before, _, after = SWITCH.search(fields + " ").groups()
        away.discard(after)
        if comm == "waiting" and before in away:
            return False
        away.add(before)
    return True


@contextlib.contextmanager
def no_idle():
    """Gives every processor something to do when nobody else has. Linux 6.18 was seen to tell of no switch at
    all from some tasks, and to count none as lost: from the idle task of one processor, so that who came back
    there after a pause was never seen to."""
    def give_way():
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    busy = [subprocess.Popen(["taskset", "-c", str(cpu), "sh", "-c", "while :; do :; done"], preexec_fn=give_way)
            for cpu in os.sched_getaffinity(0)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


def record_all():
    with no_idle():
        for _ in range(8):
            data = record([PROGRAM], *SWITCHES, "-a", name="all.data")
            if is_whole(data):
                return data
    return skip_all("the kernel leaves out switches of the program")


OWN = record([PROGRAM], *SWITCHES, "--switch-events", name="own.data")
ALL = record_all()


def of(stacks, function):
    """The weight of the stacks through a function, of this program."""
    return sum(weight for stack, weight in stacks.items()
               if stack.startswith("waiting;") and function in stack.split(";"))


def check_known(data):
    blocked, runnable = fold("-w", "off-cpu", data), fold("-w", "runqueue", data)
    waits, _ = waits_of(data)
    for function in "nap", "hold", "contend", "spin":
        for weight, blocks in (blocked, True), (runnable, False):
            theirs = sum(time for (_, name, state), time in waits.items() if (name, state) == (function, blocks))
            assert of(weight, function) == theirs, f"{function}: {of(weight, function)} ns, not {theirs}"
    # A busy machine makes waits longer, never shorter.
    for stacks, function, least in ((blocked, "nap", 200), (blocked, "hold", 200), (blocked, "contend", 1),
                                    (blocked, "forever", 450), (runnable, "spin", 200)):
        assert of(stacks, function) >= least * MILLISECOND, f"{function}: {of(stacks, function)} ns"


@case
def waits_of_one_s_own_have_their_length():
    check_known(OWN)


@case
def waits_system_wide_have_their_length():
    check_known(ALL)


@case
def sums_system_wide_are_those_of_perf_script():
    waits, _ = waits_of(ALL)
    for weight, blocked in (("off-cpu", True), ("runqueue", False)):
        ours = sum(value for stack, value in fold("-w", weight, ALL).items()
                   if "[still waiting]" not in stack.split(";"))
        theirs = sum(value for (_, name, state), value in waits.items() if (name, state) == ("", blocked))
        assert ours == theirs, f"{weight}: {ours}, not {theirs}"


@case
def a_wait_that_does_not_end_counts_to_the_end():
    told = TMP / "sleeper"
    with no_idle():
        data = record(["sh", "-c", f"sleep 3 >&- 2>&- & echo $! >{told}; sleep 0.5"], *SWITCHES, "-a",
                      name="open.data")
    sleeper = told.read_text().strip()
    _, still = waits_of(data)
    found = fold("-w", "off-cpu", "--pid", sleeper, data)
    assert {weight for stack, weight in found.items() if stack.startswith("sleep;[still waiting];")} == \
        {still[sleeper]}, (found, still)


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
    # Files of others may go between two readings, so what they are named by must not count.
    by_cpu = fold("-w", "off-cpu", "--by", "cpu", *NO_NAMES, ALL)
    for root in {stack.split(";", 1)[0] for stack in by_cpu}:
        assert fold("-w", "off-cpu", "--by", "cpu", "--cpu", root.split()[1], *NO_NAMES, ALL) == \
            {stack: weight for stack, weight in by_cpu.items() if stack.startswith(root + ";")}


@case
def windows_add_up():
    for weight in ("off-cpu", "runqueue"):
        parts = [fold("-w", weight, "--time", window, *NO_NAMES, ALL) for window in (",30%", "30%,60%", "60%,")]
        assert sum(parts, collections.Counter()) == fold("-w", weight, *NO_NAMES, ALL), weight


@case
def the_default_is_time_blocked_where_it_is_known():
    assert fold(*NO_NAMES, ALL) == fold("-w", "off-cpu", *NO_NAMES, ALL)
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
