#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Recordings of every container that perf here can write: samples, weights and losses are perf's own.
And what is cut, or read without memory, ends well: test_containers.py PERFLAME ENDURE."""
import collections
import gzip
import json
import lzma
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys

from lab import HERE, PERFLAME, TMP, TRACING, Skip, can_trace, case, compile_c, fold, let_run, perflame, record, \
    recorder, run, succeed

sys.path.insert(0, str(HERE.parent / "generate"))
import perfdata  # noqa: E402
import shapes  # noqa: E402

ENDURE = os.path.abspath(sys.argv[2])
BUSY = []
KEPT = {}  # recordings by name, made once


def busy():
    if not shutil.which("perf"):
        raise Skip("perf is not installed")
    if not BUSY:
        BUSY.append(compile_c("busy.c", "-fno-omit-frame-pointer"))
    return BUSY[0]


def keep(name, *options, command=None):
    if name not in KEPT:
        try:
            KEPT[name] = record(command or [busy()], "-F", "2999", *options, name=name)
        except subprocess.CalledProcessError as error:
            raise Skip(f"perf may not record so here: {options}") from error
    return KEPT[name]


def keep_pipe(name, *options):
    if name not in KEPT:
        with open(TMP / name, "wb") as out:
            done = subprocess.run(["perf", "record", "-q", "-e", "cpu-clock", "-F", "2999", "-g",
                                   *options, "-o", "-", "--", busy()], stdout=out, check=False,
                                  stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if done.returncode:
            raise Skip("perf may not record into a pipe here")
        KEPT[name] = TMP / name
    return KEPT[name]


def perf_counts(path):
    """{event: [samples, period]} of perf script."""
    counts = collections.defaultdict(lambda: [0, 0])
    out = subprocess.run(["perf", "script", "-F", "event,period", "-i", path], check=True,
                         capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout
    for line in out.splitlines():
        found = re.match(r"\s*(\d+)\s+(\S+):\s*$", line)
        if found:
            counts[found[2]][0] += 1
            counts[found[2]][1] += int(found[1])
    return dict(counts)


def perf_losses(path):
    """How much perf's LOST and LOST_SAMPLES records say is lost, and how many THROTTLE there are."""
    lost = throttled = 0
    out = subprocess.run(["perf", "script", "-D", "-i", path], capture_output=True, check=False,
                         stdin=subprocess.DEVNULL).stdout.decode("utf-8", "replace")
    for line in out.splitlines():
        found = re.search(r"PERF_RECORD_LOST(?:_SAMPLES)?: id:\d+: lost(?: samples )?:(\d+)", line)
        if found:
            lost += int(found[1])
        throttled += "PERF_RECORD_THROTTLE" in line
    return lost, throttled


def our_counts(path):
    found = json.loads(succeed("info", "--format", "json", path).out)["inputs"][0]
    return ({event["name"]: [event["samples"], event["period"]] for event in found["events"]
             if event["samples"]}, found)


def check(path, least=50):
    """The counts are perf's, and what is folded is all of it."""
    theirs = perf_counts(path)
    ours, found = our_counts(path)
    assert ours == theirs, f"{path}: {ours}, perf: {theirs}"
    assert sum(count for count, _ in ours.values()) >= least, ours
    assert (found["lost_records"] + found["lost_samples"], found["throttled"]) == \
        perf_losses(path), found
    assert not found["damaged"] and not found["unknown"] and not found["truncated"], found
    for event, (count, period) in ours.items():
        for weight, total in (("samples", count), ("period", period)):
            folded = sum(fold("-e", event, "-w", weight, path).values())
            assert folded == total, f"{path}: {event} {weight}: {folded} of {total}"


@case
def frame_pointers():
    check(keep("fp.data", "-g"))


@case
def captured_stacks():
    check(keep("dwarf.data", "--call-graph", "dwarf,4096"))


@case
def compressed():
    check(keep("z.data", "-g", "-z"))


@case
def a_pipe():
    check(keep_pipe("pipe.data"))


@case
def a_compressed_pipe():
    check(keep_pipe("zpipe.data", "-z"))


@case
def a_pipe_that_is_being_written():
    with subprocess.Popen(["perf", "record", "-q", "-e", "cpu-clock", "-F", "2999", "-g", "-o", "-",
                           "--", busy()], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL) as perf:
        out = subprocess.run([PERFLAME, "fold", "-w", "samples"], stdin=perf.stdout,
                             capture_output=True, text=True, check=False)
    if perf.returncode:
        raise Skip("perf may not record into a pipe here")
    assert out.returncode == 0, out
    assert "spin" in out.stdout or "main" in out.stdout, out.stdout[:500]


@case
def a_directory():
    check(keep("threads.data", "-g", "--threads"))


@case
def a_compressed_directory():
    check(keep("zthreads.data", "-g", "-z", "--threads"))


@case
def a_directory_in_which_something_is_wrong():
    whole = TMP / "wrong.dir"
    shapes.write(TMP, "wrong", shapes.SHAPES["directory"]()).rename(whole)
    last = sorted(whole.glob("data.*"))[-1]
    samples = our_counts(whole)[1]["samples"]

    def other(change):
        copy = TMP / "changed.dir"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(whole, copy)
        change(copy / last.name)
        return perflame("fold", "-w", "samples", copy)

    def replaced(make):
        def change(path):
            path.unlink()
            make(path)
        return change
    for make in (os.mkfifo, os.mkdir, lambda path: path.symlink_to("/dev/zero")):
        result = other(replaced(make))
        assert result.status == 1 and result.err.endswith(f"{last.name} is no plain file\n"), result
    result = other(lambda path: os.truncate(path, path.stat().st_size - 12))
    assert "one of its files ends early" in result.err, result
    assert f"{samples - 1} samples" in result.err, (samples, result)


@case
def a_directory_of_which_a_file_is_missing():
    for order in "<>":
        scene = shapes.many(order, 40)
        r = scene.recording
        r.raw(shapes.ID_INDEX, r.words([2] + [100, 0, 0, -1] + [101, 1, 1, -1]))
        kinds = [int.from_bytes(each[:4], "little" if order == "<" else "big")
                 for each in r.records]
        files = r.describe().directory(
            lambda number: number % 2 if kinds[number] == shapes.SAMPLE else -1)
        whole = shapes.write(TMP, "parts" + ("-swapped" if order == ">" else ""),
                             scene.shape(files, perf=False))
        assert "missing" not in succeed("fold", whole).err
        (whole / "data.0").unlink()
        result = succeed("fold", whole)
        assert "1 file of the directory (data.N, one per CPU) is missing" in result.err, result
        assert "what the others hold is shown, 20 samples" in result.err, result
        assert perflame("fold", "--strict", whole).status == 1


@case
def several_events():
    data = keep("several.data", "-g", "-e", "cpu-clock,task-clock,page-faults,context-switches")
    check(data)
    for ending in "svg", "folded", "png":
        left_out = "only cpu-clock is counted" in succeed("-o", TMP / f"several.{ending}", data).err
        assert left_out == (ending != "svg"), ending


@case
def all_cpus():
    check(keep("all.data", "-g", "-a"))


@case
def a_process_that_runs_already():
    path = TMP / "pid.data"
    with subprocess.Popen([busy(), "60"], stdout=subprocess.DEVNULL) as process:
        try:
            with recorder(path, "-F", "2999", "-g", "-p", str(process.pid)):
                let_run(process.pid, 0.2)
        finally:
            process.kill()
    check(path)


@case
def switches():
    check(keep("switch.data", "-g", "--switch-events"))


@case
def losses():
    path = keep("lost.data", "-m", "1", "-F", "20000", "--call-graph", "dwarf,1024",
                command=[busy(), "0.4"])  # the busier others are, the less is left
    check(path)
    lost, _ = perf_losses(path)
    if not lost:
        raise Skip("nothing was lost")
    told = subprocess.run(["perf", "report", "--stdio", "-i", path], capture_output=True, text=True,
                          check=False, stdin=subprocess.DEVNULL).stderr
    share = re.search(r"Processed (\d+) samples and lost", told)
    result = perflame("fold", path)
    assert "were lost while recording" in result.err, result.err
    if share:  # perf counts those that were lost as processed
        kept = our_counts(path)[1]["samples"]
        assert f"{int(share[1]) - kept} records were lost" in result.err, (told, result.err)


@case
def losses_of_each_event():
    path = keep("losses.data", "-m", "1", "-F", "20000", "-e", "cpu-clock", "-e", "task-clock",
                "--call-graph", "dwarf,1024")
    told = subprocess.run(["perf", "report", "--stats", "-i", path], capture_output=True, text=True,
                          check=False, stdin=subprocess.DEVNULL).stdout
    theirs = {}
    for part in re.split(r"^(?=\S)", told, flags=re.M):  # "NAME stats:", then its records
        name = re.match(r"(\S+) stats:", part)
        lost = re.search(r"LOST_SAMPLES events:\s+(\d+)", part)
        if name and lost and name[1] != "Aggregated":
            theirs[name[1]] = int(lost[1])
    if not theirs:
        raise Skip("nothing was lost, or the kernel does not count it for each event")
    _, found = our_counts(path)
    ours = {event["name"]: event["lost"] for event in found["events"] if event["lost"]}
    assert ours == theirs, (ours, theirs)
    assert found["lost"] == sum(theirs.values()), found
    assert re.search(r"^  lost +[\d,]+$", succeed("info", path).out, re.M)


@case
def cgroups():
    path = keep("cgroups.data", "-g", "--all-cgroups")
    check(path)
    script = subprocess.run(["perf", "script", "-F", "cgroup,event,ip", "-i", path], check=False,
                            capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout
    groups = set(re.findall(r"^\s*(/\S*)\s+cpu-clock:", script, re.M))
    roots = {stack.split(";")[0] for stack in fold("--by", "cgroup", path)}
    assert roots and all(root.startswith("/") for root in roots), roots
    assert not groups or roots == groups, (roots, groups)
    one = sorted(roots)[0]
    assert sum(fold("--cgroup", one, path).values()) == \
        sum(weight for stack, weight in fold("--by", "cgroup", path).items()
            if stack.split(";")[0] == one)
    assert perflame("fold", "--cgroup", "/no/such/*", path).status == 3
    result = perflame("fold", "--by", "cgroup", keep("fp.data", "-g"))
    assert result.status == 1 and "--all-cgroups" in result.err, result


@case
def injected_build_ids():
    path = TMP / "inject.data"
    subprocess.run(["perf", "inject", "-b", "-i", keep("fp.data", "-g"), "-o", path], check=True,
                   stdin=subprocess.DEVNULL)
    check(path)
    if our_counts(keep("fp.data"))[0] != our_counts(path)[0]:
        raise AssertionError("the same recording, other counts")


@case
def build_ids_that_a_pipe_tells_late():
    """perf inject -b tells them behind the mappings: a program that is gone is found by its own."""
    program = TMP / "gone"
    shutil.copy(busy(), program)
    with open(TMP / "gone.pipe", "wb") as out:
        done = subprocess.run("perf record -q -e cpu-clock -F 2999 -g -o - ./gone | perf inject -b",
                              shell=True, cwd=TMP, stdin=subprocess.DEVNULL, stdout=out,
                              stderr=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise Skip("perf may not record into a pipe here")
    subprocess.run(["perf", "buildid-cache", "--add", program], check=True)
    program.unlink()
    stacks = fold("--buildid-dir", TMP / ".debug", TMP / "gone.pipe")
    assert any(";main;" in stack for stack in stacks), stacks


@case
def compressed_as_a_whole():
    plain = keep("fp.data", "-g")
    pipe = keep_pipe("pipe.data")
    counts = {plain: our_counts(plain)[0], pipe: our_counts(pipe)[0]}
    for source, expected in counts.items():
        data = source.read_bytes()
        packed = {"gz": gzip.compress(data), "xz": lzma.compress(data)}
        if shutil.which("zstd"):
            packed["zst"] = subprocess.run(["zstd", "-q", "-c"], input=data, stdout=subprocess.PIPE,
                                           check=True).stdout
        for ending, content in packed.items():
            path = TMP / f"whole.{ending}"
            path.write_bytes(content)
            assert our_counts(path)[0] == expected, path
            path.write_bytes(content[:len(content) * 3 // 4])
            result = perflame("fold", path)
            if ending == "gz":  # the others may have nothing to give before a block is whole
                assert result.status == 0 and "the gzip file ends early" in result.err, result
            assert result.status in (0, 1) and "end" in result.err, result


@case
def a_bomb_is_refused():
    (TMP / "bomb.xz").write_bytes(lzma.compress(b"a;b 10\n" * (43 << 20), preset=0))
    result = perflame("fold", TMP / "bomb.xz")
    assert result.status == 1 and "times its size" in result.err, result
    assert result.err.count("\n") == 1, result.err


@case
def stacks_that_are_much_alike_shrink_to_a_thousandth():
    r = shapes.Recording()
    event = r.event(shapes.Event("cpu-clock", shapes.BASE | shapes.REGS_USER | shapes.STACK_USER, kind=1,
                                 ids=[1], regs_user=0xff0fff, stack_user=60000))
    r.describe()
    stack = random.Random(1).randbytes(60000)
    for number in range(1200):
        r.sample(event, pid=7, tid=7, time=number + 1, ip=0x400000, stack=stack)
    path = TMP / "alike.data"
    path.write_bytes(lzma.compress(r.file(), preset=0))
    assert sum(fold("-w", "samples", path).values()) == 1200
    records = b"".join(r.records)
    r.records.clear()
    for piece in perfdata.zstd_pieces(records, 1 << 20):
        r.raw(shapes.COMPRESSED, piece)
    path.write_bytes(r.pipe())
    assert path.stat().st_size * 200 < len(records), path.stat().st_size
    assert sum(fold("-w", "samples", path).values()) == 1200


@case
def a_pipe_that_was_cut():
    data = keep_pipe("pipe.data").read_bytes()
    path = TMP / "cut.pipe"
    path.write_bytes(data[:len(data) - 12])
    result = succeed("fold", path)
    assert "the stream ends inside a record: read to byte " in result.err, result.err


@case
def a_killed_perf_that_wrote_half_a_record():
    result = succeed("fold", shapes.write(TMP, "half", shapes.SHAPES["killed"]()))
    assert "perf did not close the recording" in result.err, result.err
    assert re.search(r"read to byte \d+, 30 samples", result.err), result.err


@case
def what_follows_a_pipe_is_noted():
    data = keep_pipe("pipe.data").read_bytes()
    path = TMP / "junk.data"
    path.write_bytes(data + b"[ perf record: Woken up 1 times to write data ]\n")
    assert our_counts(path)[0] == our_counts(keep_pipe("pipe.data"))[0]
    result = succeed("fold", "-v", path)
    assert "no part of a recording" in result.err, result.err


def with_late_event(count):
    """So many samples, and then an event and its only sample."""
    recording = shapes.many(count=count, events=1).recording
    late = shapes.Event("late", shapes.BASE, config=5, ids=[900])
    recording.raw(shapes.HEADER_ATTR, recording.attr(late) + recording.words(late.ids))
    recording.sample(late, ip=shapes.APP, pid=10, tid=10, time=900000, period=3, chain=[])
    path = TMP / "late.data"
    path.write_bytes(recording.describe().pipe())
    return path


@case
def an_event_that_is_described_behind_the_first_samples_is_drawn():
    path = with_late_event(40)
    found = our_counts(path)[1]
    assert found["samples"] == 41 and [each["samples"] for each in found["events"]] == [40, 1], found
    result = succeed("fold", "-e", "minor-faults", path)
    assert result.out == "app;[app] 3\n" and "described" not in result.err, result


@case
def an_event_that_is_described_behind_what_was_given_is_not_passed_over_in_silence():
    path = with_late_event(110)  # two rounds have ended
    assert our_counts(path)[1]["samples"] == 110
    assert "described after the first round" in succeed("fold", path).err


@case
def a_pipe_may_describe_its_events_last():
    """perf record --tail-synthesize, which perf 6.1 itself cannot read from a pipe."""
    path = keep_pipe("tail.data", "--tail-synthesize")
    result = succeed("fold", "-w", "samples", path)
    assert our_counts(path)[1]["samples"] > 100 and "described" not in result.err, result
    assert all(line.startswith("busy;") for line in result.out.splitlines()), result


@case
def of_several_events_info_weighs_the_one_that_is_shown_first():
    """A page is touched long before the clock has ticked, so that the other event has the first sample."""
    path = record(["sh", "-c", f"ls -R /usr/share >/dev/null; {busy()} 1"], "-e", "dummy,cpu-clock,page-faults",
                  "-F", "999", "-g", name="several.data")
    result = succeed("info", "--format", "json", path)
    report = json.loads(result.out)
    found = report["inputs"][0]
    clock = next(event for event in found["events"] if event["name"] == "cpu-clock")
    assert found["processes_event"] == report["event"] == "cpu-clock", found
    assert sum(process["weight"] for process in found["processes"]) == clock["period"], found
    assert found["processes"][0]["name"] == "busy" and report["weight"] == clock["period"], found
    text = succeed("info", path).out
    assert re.search(r"processes +of cpu-clock:\n +\d+\.\d% busy-\d+", text), text


@case
def info_tells_whose_the_samples_are():
    path = keep("fp.data", "-g")
    counts, found = our_counts(path)
    (samples, period), = counts.values()
    assert sum(process["samples"] for process in found["processes"]) == samples, found
    assert sum(process["weight"] for process in found["processes"]) == period, found
    assert found["processes"][0]["name"] == "busy" and found["container"] == "file", found
    text = succeed("info", path).out
    assert re.search(r"processes +\d+\.\d% busy-\d+", text), text
    assert found["processes_event"] == "cpu-clock" and " of cpu-clock:" not in text, text
    assert "compressed records" in succeed("info", keep("z.data", "-g", "-z")).out
    assert "perf.data, pipe" in succeed("info", keep_pipe("pipe.data")).out
    assert "perf.data, directory" in succeed("info", keep("threads.data", "-g", "--threads")).out


@case
def a_killed_perf():
    path = TMP / "killed.data"
    with subprocess.Popen(["perf", "record", "-q", "-e", "cpu-clock", "-F", "2999", "-g", "-o",
                           path, "--", "sh", "-c", f"while :; do {busy()}; done"],
                          stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          start_new_session=True) as perf:
        for _ in range(1200):
            if path.exists() and path.stat().st_size > 200000:
                break
            try:
                perf.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
            raise Skip("perf may not record here")
        perf.kill()
        os.killpg(perf.pid, 9)
    result = perflame("fold", path)
    assert result.status == 0 and "did not close" in result.err, result


SWITCH = TRACING / "events/sched/sched_switch"


def tracepoint_of(build_id):
    """A killed recording of sched_switch under a kernel of this build id, and fold -w next_pid of it."""
    r = shapes.Recording()
    number = int((SWITCH / "id").read_text())
    r.event(shapes.Event("", shapes.IP | shapes.TID | shapes.TIME | shapes.RAW, kind=2,
                         config=number, ids=[1]))
    r.mmap2(-1, 0, shapes.CORE, 1 << 24, shapes.CORE, "[kernel.kallsyms]_text",
            build_id=build_id, misc=shapes.IN_KERNEL)
    at = int(re.search(r"next_pid;\s*offset:(\d+)", (SWITCH / "format").read_text())[1])
    for n in range(3):
        r.sample(r.events[0], ip=shapes.CORE, tid=7, time=1000 + n, misc=shapes.IN_KERNEL,
                 raw=bytes(at) + (n + 5).to_bytes(4, "little") + bytes(20))
    path = TMP / "killed-tracepoint.data"
    path.write_bytes(r.file(killed=True))
    return number, path


@case
def a_killed_perf_has_its_tracepoints_named_by_this_kernel():
    notes = pathlib.Path("/sys/kernel/notes")
    if not can_trace("sched:sched_switch") or not os.access(notes, os.R_OK):
        raise Skip("tracefs or the kernel's build id may not be read")
    found = re.search(rb"\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU\0(.{20})", notes.read_bytes(), re.S)
    if not found:
        raise Skip("the kernel has no build id of 20 bytes")
    _, path = tracepoint_of(found[1])
    assert sum(fold("-e", "sched:sched_switch", "-w", "next_pid", path).values()) == 5 + 6 + 7
    assert "prev_prio" in succeed("info", path).out
    # Its numbers may have meant something else under an earlier start of this kernel.
    os.utime(path, (1000000, 1000000))
    info = succeed("info", path)
    assert "tracepoint-" in info.out and "`perf record --buildid-mmap`" in info.err, info


@case
def another_kernels_tracepoints_keep_their_numbers():
    if not can_trace("sched:sched_switch"):
        raise Skip("tracefs may not be read")
    for build_id in (bytes(range(20)), None):
        number, path = tracepoint_of(build_id)
        assert f"tracepoint-{number}: 3 samples" in succeed("info", path).out, build_id
        result = perflame("fold", "-w", "next_pid", path)
        assert result.status == 2 or "next_pid" in result.err, result


def endure(*arguments, what):
    done = subprocess.run([ENDURE, *map(str, arguments)], capture_output=True, text=True,
                          check=False, timeout=600)
    print(f"# {what}: {done.stdout.strip()}", flush=True)
    assert done.returncode == 0, f"{what}: {done.stdout[-2000:]}{done.stderr[-2000:]}"


SMALL = {
    "file": lambda: shapes.many(count=8).shape(),
    "swapped": lambda: shapes.many(">", count=8).shape(),
    "pipe": shapes.contained("pipe", count=8),
    "compressed": shapes.contained("compressed", count=8, chunk=300),
    "compressed-pipe": shapes.contained("compressed", count=8, chunk=300, pipe=True),
}


@case
def small_recordings_cut_at_every_byte():
    for name, make in SMALL.items():
        path = shapes.write(TMP, "cut-" + name, make())
        endure("cut", 0, path, what=name)
        if "pipe" not in name:
            endure("killed", 0, path, what="killed " + name)


@case
def larger_recordings_cut_at_many_places():
    for path in (keep("fp.data", "-g"), keep("z.data", "-g", "-z"), keep_pipe("pipe.data"),
                 keep_pipe("zpipe.data", "-z")):
        endure("cut", 400, path, what=path.name)
    for path in (keep("fp.data", "-g"), keep("z.data", "-g", "-z")):
        endure("killed", 200, path, what="killed " + path.name)


@case
def recordings_may_become_shorter_while_they_are_read():
    for path in (keep("fp.data", "-g"), keep("dwarf.data", "--call-graph", "dwarf,16384")):
        endure("shrink", 40, path, what=path.name)


@case
def every_failing_allocation_ends_in_a_clean_error():
    for name, make in SMALL.items():
        endure("fail", shapes.write(TMP, "fail-" + name, make()), what=name)
    for name in ("directory", "deferred", "lbr", "group-read", "every-record"):
        endure("fail", shapes.write(TMP, "fail-" + name, shapes.SHAPES[name]()), what=name)
    path = TMP / "fail.gz"
    path.write_bytes(gzip.compress(SMALL["pipe"]().data))
    endure("fail", path, what="gzip")


run()
