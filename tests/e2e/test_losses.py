#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Recordings that do not have all: records lost to a small buffer, one that began late, and one that ended
early. No weight is negative, no block that was freed is a leak, and only blocks that were alive when
records were lost are uncertain."""
import collections
import re
import signal
import subprocess
import time

from lab import TMP, Skip, case, compile_c, need_perf, one_processor, parse_folded, perflame, record, recorder, \
    run
from probes import GROUP, probe_allocator

need_perf()
probe_allocator()
PROGRAM = compile_c("flood.c", "-fno-omit-frame-pointer", "-fno-optimize-sibling-calls")
NAMES = ("kept", "churn", "ended", "late")


def weights(data, weight, *options):
    """{function: weight}; every weight is above zero."""
    result = perflame("fold", "-q", "-w", weight, *options, data)
    assert result.status in (0, 3), result
    sums = collections.Counter()
    for stack, amount in parse_folded(result.out).items():
        assert amount > 0, (weight, stack, amount)
        for name in set(stack.split(";")) & set(NAMES):
            sums[name] += amount
    return sums


def all_weights(data):
    found = {weight: weights(data, weight) for weight in
             ("alloc-bytes", "inuse-bytes", "uncertain-bytes", "inuse-count", "uncertain-count")}
    for name in NAMES:
        alive = found["inuse-bytes"][name] + found["uncertain-bytes"][name]
        assert alive <= found["alloc-bytes"][name], (name, found)
    return found


def lost(data):
    text = subprocess.run(["perf", "script", "-i", data, "--show-lost-events"], capture_output=True,
                          text=True, check=True).stdout
    return text.count("PERF_RECORD_LOST ")


@case
def blocks_alive_at_a_loss_are_uncertain_and_no_others():
    # On one CPU, so that the loss is told by the next record: what another CPU's buffer lost last is
    # told of no time at all.
    with one_processor():
        data = record([PROGRAM, "40000"], "-g", "-m", "1", "-e", GROUP + ":*", name="lost.data")
    if not lost(data):
        raise Skip("nothing was lost")
    found = all_weights(data)
    in_use, uncertain = found["inuse-bytes"], found["uncertain-bytes"]
    assert set(in_use) <= {"kept", "late"}, found
    assert found["alloc-bytes"]["kept"] == in_use["kept"] + uncertain["kept"] == 5000, found
    if found["alloc-bytes"]["churn"] < 64 * 40000:
        assert uncertain["kept"] == 5000, found
    if found["alloc-bytes"]["late"] == 6000:  # after the last loss
        assert in_use["late"] == 6000, found
    for weight in ("inuse-bytes", "uncertain-bytes"):  # checked for what is negative
        weights(data, weight, "--at", "peak")


@case
def what_was_freed_without_loss_is_nowhere():
    data = record([PROGRAM, "2000"], "-g", "-m", "8M", "-e", GROUP + ":*", name="whole.data")
    assert lost(data) == 0
    found = all_weights(data)
    assert found["inuse-bytes"] == {"kept": 5000, "late": 6000} and not found["uncertain-bytes"]


def first_call(data, function):
    """When a function first allocated, in nanoseconds."""
    text = subprocess.run(["perf", "script", "-F", "time,ip,sym", "--ns", "-i", data],
                          capture_output=True, text=True, check=True).stdout
    for hit in text.split("\n\n"):
        if re.search(rf" {function}$", hit, re.M):
            seconds, rest = re.search(r"(\d+)\.(\d{9}):", hit).groups()
            return int(seconds) * 10 ** 9 + int(rest)
    raise AssertionError(f"{function} never allocated")


@case
def at_a_time_is_what_was_in_use_then():
    # The program rests for 300 ms before the flood, and again before what is late.
    data = record([PROGRAM, "2000"], "-g", "-m", "8M", "-e", GROUP + ":*", name="moments.data")
    begin = first_call(data, "kept")
    for before, known in (("churn", {"kept": 5000, "ended": 3500}), ("late", {"kept": 5000})):
        moment = first_call(data, before) - 10 ** 8
        for at in (f"{moment // 10 ** 9}.{moment % 10 ** 9:09}", f"+{(moment - begin) / 1e9:.6f}"):
            found = weights(data, "inuse-bytes", "--at", at)
            assert found == known, f"at {at}, before {before}: {found}"
    assert weights(data, "inuse-bytes", "--at", "100%") == {"kept": 5000, "late": 6000}
    assert not weights(data, "inuse-bytes", "--at", "0%")


def run_with(data, *options, finish):
    """Runs flood, from where it waits, with perf beside it; `finish` ends perf first or flood first."""
    with subprocess.Popen([PROGRAM, "2000", "wait"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as program:
        options = [option.replace("PID", str(program.pid)) for option in options]
        program.stdout.read(1)
        with recorder(data, "-g", "-m", "8M", "-e", GROUP + ":*", *options) as perf:
            program.stdin.write(b".")
            program.stdin.flush()
            program.stdout.read(1)
            finish(program, perf)
    return all_weights(data)


@case
def a_recording_that_begins_late_invents_nothing():
    data = TMP / "begun.data"
    found = run_with(data, "-p", "PID", finish=lambda program, perf: program.communicate(b"."))
    assert set(found["inuse-bytes"]) <= {"late"} and not found["uncertain-bytes"], found
    assert found["inuse-bytes"]["late"] == found["alloc-bytes"]["late"], found
    assert not found["alloc-bytes"]["kept"], found
    assert found["alloc-bytes"]["churn"] == 64 * 2000, found
    told = perflame("fold", "-v", "-w", "inuse-bytes", data).err
    assert "5 blocks were freed that had been allocated before" in told, told


@case
def a_recording_that_ends_early_has_what_was_alive_then():
    def finish(program, perf):
        perf.send_signal(signal.SIGINT)
        perf.wait(60)
        program.kill()
    found = run_with(TMP / "ended.data", "-a", "--filter", "common_pid == PID", finish=finish)
    assert found["alloc-bytes"]["churn"] == 64 * 2000, found
    assert not found["inuse-bytes"]["churn"] and not found["inuse-bytes"]["ended"], found
    assert not found["alloc-bytes"]["late"] and not found["uncertain-bytes"], found


def has_churn(data):
    """Whether perf has written of it; until it ends, the recording is read as if perf was killed."""
    result = perflame("fold", "-q", "-w", "alloc-count", data)
    return result.status == 0 and ";churn" in result.out


@case
def a_recording_of_a_killed_perf_has_what_was_written():
    data = TMP / "killed.data"

    def finish(program, perf):
        # perf reads a buffer of 256 KiB when it is half full, and that it is more than once.
        until = time.monotonic() + 60
        while not has_churn(data) and time.monotonic() < until:
            time.sleep(0.2)
        perf.kill()
        perf.wait(60)
        program.kill()
    # What says which event is which, and which build ids the objects have, was never written: the
    # kernel's own formats stand for the one, and the records of the maps hold the other.
    found = run_with(data, "-p", "PID", "-m", "256K", "--buildid-mmap", finish=finish)
    assert found["alloc-bytes"]["churn"] and not found["alloc-bytes"]["kept"], found
    assert not found["alloc-bytes"]["late"] and not found["inuse-bytes"]["ended"], found


run()
