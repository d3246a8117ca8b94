#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Recordings of every shape that perf can write, made byte by byte (tests/generate): perflame finds
what is in them, and so does perf, which shows that the writer is right."""
import collections
import json
import re
import shutil
import subprocess

from lab import HERE, TMP, Skip, case, parse_folded, perflame, run

import sys
sys.path.insert(0, str(HERE.parent / "generate"))
import perfdata  # noqa: E402
import shapes  # noqa: E402

NAMES = ["--addresses", "--symfs", "/dev/null", "--kallsyms", "/dev/null", "--buildid-dir",
         "/dev/null"]


def counts_of(path):
    """What perflame info counts in a recording: {event: (samples, period)}, and what was lost."""
    result = perflame("info", "--format", "json", path)
    assert result.status == 0 and "Sanitizer" not in result.err, result
    found = json.loads(result.out)["inputs"][0]
    counts = {event["name"]: (event["samples"], event["period"]) for event in found["events"]
              if event["samples"]}
    return counts, found["lost_records"] + found["lost_samples"], found


def check(name, make):
    shape = make()
    path = shapes.write(TMP, name, shape)
    counts, lost, found = counts_of(path)
    assert counts == shape.counts(), f"{name}: {counts}, written were {shape.counts()}"
    assert lost == shape.lost, f"{name}: {lost} lost, written were {shape.lost}"
    for kind in ("damaged", "unknown"):
        assert found[kind] == getattr(shape, kind), f"{name}: {kind}: {found}"
    for event in counts:
        stacks = shape.stacks(event)
        result = perflame("fold", *NAMES, "-w", "period", "-e", event, path)
        assert result.status == 0, f"{name}: {result}"
        assert ("read to byte" in result.err or "ends" in result.err) != shape.complete, \
            f"{name}: warned: {result.err}"
        if stacks is not None:
            folded = parse_folded(result.out)
            assert folded == stacks, f"{name}, {event}: {folded - stacks} not {stacks - folded}"


def each(name, make):
    def one():
        check(name, make)
    one.__name__ = f"perflame finds what is in {name}"
    case(one)


def perf_counts(path):
    """{event: (samples, period)} as perf script prints them; None where perf refuses."""
    done = subprocess.run(["perf", "script", "-F", "event,period,ip", "-i", path],
                          capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    counts = collections.defaultdict(lambda: [0, 0])
    for line in done.stdout.splitlines():
        match = re.match(r"\s*(\d+)\s+([\w-]+):", line)
        if match:
            counts[match[2]][0] += 1
            counts[match[2]][1] += int(match[1])
    if done.returncode:
        return None, done.stderr
    return {event: tuple(both) for event, both in counts.items()}, done.stderr


def perf_check(name, make):
    shape = make()
    path = shapes.write(TMP, name, shape)
    counts, told = perf_counts(path)
    assert counts == shape.counts(), f"{name}: perf: {counts} {told}; written: {shape.counts()}"
    done = subprocess.run(["perf", "script", "-D", "-i", path], capture_output=True,
                          check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, f"{name}: {done.stderr[-500:]}"


@case
def what_two_pmus_count_is_one_event():
    made = perfdata.Recording()
    fields = perfdata.IP | perfdata.TID | perfdata.TIME | perfdata.PERIOD | perfdata.IDENTIFIER
    for number, name in enumerate(("cpu_core/cycles/", "cpu_atom/cycles/", "cpu_core/branches/")):
        event = made.event(perfdata.Event(name, fields, kind=4 + number, ids=[number + 1]))
        if number == 0:
            made.comm(10, 10, "app", time=1)
        for time in range(3):
            made.sample(event, ip=0x400000, pid=10, tid=10, time=10 + time, period=7 ** number)
    path = TMP / "hybrid.data"
    path.write_bytes(made.describe().file())
    assert sum(parse_folded(perflame("fold", "-q", path).out).values()) == 24
    for name, total in (("cycles", 24), ("cpu_core/cycles/", 3), ("cpu_atom/cycles/", 21)):
        result = perflame("fold", "-q", "-e", name, path)
        assert sum(parse_folded(result.out).values()) == total, f"{name}: {result}"
    told = perflame("fold", path).err
    assert "cycles, 24 cycles" in told and "cpu_core/branches/" in told, told


@case
def how_an_event_is_recorded_is_no_name_of_it():
    """perf writes the terms of -e behind the event: those of two events do not make them one."""
    made = perfdata.Recording()
    fields = perfdata.IP | perfdata.TID | perfdata.TIME | perfdata.PERIOD | perfdata.IDENTIFIER
    names = "cycles/call-graph=dwarf,stack-size=512/", "branches/call-graph=dwarf,stack-size=512/u"
    for number, name in enumerate(names):
        event = made.event(perfdata.Event(name, fields, kind=4, ids=[number + 1]))
        if number == 0:
            made.comm(10, 10, "app", time=1)
        made.sample(event, ip=0x400000, pid=10, tid=10, time=10, period=7 ** number)
    path = TMP / "terms.data"
    path.write_bytes(made.describe().file())
    told = perflame("fold", path).err
    assert f"{names[0]}, 1 cycles" in told and f"-e: {names[1]}" in told, told
    for name, total in ((names[0], 1), ("cycles", 1), (names[1], 7), ("branches", 7), ("b*", 7)):
        result = perflame("fold", "-q", "-w", "period", "-e", name, path)
        assert sum(parse_folded(result.out).values()) == total, f"{name}: {result}"
    for both in (",".join(names), ",cycles,,branches,", "cycles/c*,branches/c*"):
        result = perflame("fold", "-q", "-w", "samples", "-e", both, path)
        assert sum(parse_folded(result.out).values()) == 2, f"{both}: {result}"
    for none in ",", "call-graph=dwarf", "stack-size=512/":
        assert perflame("fold", "-e", none, path).status in (1, 2), none


@case
def mappings_that_perf_had_no_time_for_are_told():
    for name, told in (("maps-cut", True), ("rounds", False)):
        path = shapes.write(TMP, name, shapes.SHAPES[name]())
        assert ("raise `perf record --proc-map-timeout`" in perflame("fold", path).err) == told, name


@case
def a_picture_offers_the_sixteen_events_with_most_samples():
    scene = shapes.Scene(events=20)
    for number, event in enumerate(scene.recording.events):
        event.config = 0
        # The first has one sample, and stays because it is shown first; of the others those go that
        # have least: 1 has two samples, 19 has twenty.
        for at in range(number + 1):
            scene.sample(at, event=event)
    path = shapes.write(TMP, "offered", scene.shape())
    picture = TMP / "offered.svg"

    def offered(*options):
        result = perflame(*options, "-o", picture, *NAMES, path)
        assert result.status == 0, result
        others = perflame("fold", picture).err.split("choose with -e: ")[1].splitlines()[0]
        return others.split(", "), result.err
    names, told = offered()
    assert names == [f"event-{n}" for n in range(5, 20)], names
    assert "choose with -e: event-1, event-2, event-3, event-4\n" in told, told
    names, told = offered("-e", "event-*")
    assert names == [f"event-{n}" for n in range(1, 20)] and "choose" not in told, told


@case
def waits_that_perf_counted_itself_are_read_in_both_encodings():
    # Sums at the end, of a time that is none; and single waits, which carry all in their payload
    # (tools/perf/util/bpf_off_cpu.c), beside a stack that is to be ignored.
    of_sums, no_time = shapes.BASE | perfdata.CPU, 0xffffffff << 32
    for name, fields in (("sums", of_sums), ("single", of_sums | perfdata.RAW)):
        scene = shapes.Scene(sample_type=fields)
        event = scene.first
        event.name, event.config = "offcpu-time", 10
        for at, waited in enumerate((5000000, 700, 5000000)):
            if name == "sums":
                scene.sample(at, period=waited, time=no_time)
                continue
            chain = [perfdata.USER, shapes.APP + 0x100 + at, shapes.LIBRARY + 0x201]
            payload = scene.recording.pack("IIQQ", 10, 10, waited, len(chain))
            payload += scene.recording.words([*chain, 77]) + bytes(4)
            scene.recording.sample(event, ip=1, pid=3, tid=3, time=scene.tick(), period=1,
                                   chain=[perfdata.KERNEL, shapes.CORE], raw=payload)
            scene.expect(event, f"app;library+0x1200;app+{0x100 + at:#x}", waited)
        path = shapes.write(TMP, "off-cpu-" + name, scene.shape())
        for options in ([], ["-w", "off-cpu"], ["-e", "offcpu-time", "--pid", "10"]):
            result = perflame("fold", *NAMES, *options, path)
            assert parse_folded(result.out) == scene.shape().stacks("offcpu-time"), \
                f"{name} {options}: {result}"
            assert "offcpu-time off-cpu, 10.0 ms" in result.err, result.err


@case
def perf_finds_the_same():
    if not shutil.which("perf"):
        raise Skip("perf is not installed")
    wrong = []
    for name, make in shapes.SHAPES.items():
        try:
            if make().perf:
                perf_check(name, make)
        except AssertionError as error:
            wrong.append(str(error))
    assert not wrong, "\n".join(wrong)


for shape_name, shape_make in shapes.SHAPES.items():
    each(shape_name, shape_make)
run()
