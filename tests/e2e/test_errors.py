#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What goes wrong: the status of the contract, one line on standard error, nothing written, and an
older file left as it was. Damaged recordings give what can be read of them."""
import gzip
import os
import pathlib
import random
import re
import struct
import subprocess
import sys
import tempfile

from lab import DEMO, PERFLAME, ROOT, TMP, Skip, case, fold, perflame, run

RECORDING = (ROOT / "data/demo/perf.data").read_bytes()
NAMED = DEMO[:-1]
HEAP = ROOT / "tests/fuzz/corpus/recording/made-heap"  # calls of malloc and realloc, all freed
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01" + bytes(range(256)) * 20


def write(name, data):
    (TMP / name).write_bytes(data)
    return TMP / name


def refuse(status, *arguments, says=None, data=b"", output="old.svg"):
    """The command must fail so, in one line, and leave the older output alone."""
    old = write(output, b"older")
    before = sorted(os.listdir(TMP))
    result = perflame("-o", old, *arguments, data=data)
    assert result.status == status, f"{arguments}: not status {status}: {result}"
    assert not result.raw, f"{arguments}: standard output: {result}"
    told = result.err.split("\n")
    assert len(told) == 2 and told[0].startswith("perflame: ") and not told[1], \
        f"{arguments}: not one line: {result.err!r}"
    assert says is None or re.search(says, told[0]), f"{arguments}: {told[0]} says no {says}"
    assert old.read_bytes() == b"older", f"{arguments}: the older file was touched"
    assert sorted(os.listdir(TMP)) == before, f"{arguments}: left behind: {os.listdir(TMP)}"


@case
def inputs_that_are_no_recording():
    refuse(1, write("empty", b""), says="empty")
    (TMP / "folder").mkdir()
    refuse(1, TMP / "folder", says="folder")
    refuse(1, write("photo.jpg", JPEG), says=r"photo\.jpg")
    refuse(1, write("zeros", bytes(5000)), says="zeros")
    refuse(1, "/dev/zero", says="not a perf.data")  # and not kept until the disk is full
    refuse(1, "-", says="empty|-|standard input")
    refuse(1, TMP / "no-such.data", says=r"no-such\.data.*[Nn]o such file")


@case
def an_unreadable_input_is_named():
    if os.geteuid() == 0:
        raise Skip("root may read everything")
    secret = write("secret", RECORDING)
    secret.chmod(0)
    refuse(1, secret, says="secret.*[Pp]ermission")


@case
def one_bad_input_of_several_is_named():
    refuse(1, *DEMO, write("photo.jpg", JPEG), says=r"photo\.jpg")


@case
def an_input_is_not_replaced():
    folder = pathlib.Path(tempfile.mkdtemp(dir=TMP))
    picture = folder / "flame.svg"
    perflame("-q", "-o", picture, *DEMO)
    drawn = picture.read_bytes()
    for arguments in (["-o", "flame.svg", "flame.svg"], ["flame.svg"], ["./flame.svg"], ["-"]):
        with open(picture, "rb") as data:
            done = subprocess.run([PERFLAME, *arguments], cwd=folder, stdin=data, check=False,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert done.returncode == 2 and "flame.svg is an input: it is not replaced" in done.stderr, \
            (arguments, done)
        assert picture.read_bytes() == drawn and os.listdir(folder) == ["flame.svg"], arguments
    assert perflame("-q", "-o", "other.svg", "flame.svg", cwd=folder).status == 0


@case
def wrong_command_lines():
    for arguments, says in ((["--revrse"], "--reverse"), (["--no-such-thing-at-all"], "--no-such"),
                            (["--by", "moon"], "moon|--by"), (["--focus", "("], r"focus|column"),
                            (["--time", "yesterday"], "time"), (["--width"], "--width"),
                            (["--max-depth", "0"], "from 1 up"), (["-n", "5"], "--rows is not"),
                            (["--debuginfod-timeout", "0"], "from 1 up"),
                            (["--debuginfod-timeout", "5"], "for --debuginfod, which is not given")):
        refuse(2, *arguments, *DEMO, says=says)
    assert perflame("help", "fold", "top").status == 2
    script = write("script.txt", b"app 1 1.0: 1 cpu-clock: \n\t ff f (/app)\n\n")
    refuse(2, "--time", "50%,", *DEMO, script, says=r"script\.txt: perf script text does not tell")
    result = perflame("-o", TMP / "x.docx", *DEMO)
    assert result.status == 2 and ".svg" in result.err and ".png" in result.err, result


@case
def empty_names_are_shown():
    refuse(1, "", says="^perflame: '': No such file")
    refuse(1, *DEMO, "", says="^perflame: '': No such file")
    refuse(2, "--format", "", *DEMO, says="^perflame: '' tells no format")
    for option in ("-i", "-o", "--symfs", "--symbols", "--kallsyms", "--vmlinux", "--buildid-dir"):
        refuse(2, option, "", *DEMO, says="--[a-z-]+ '': give a path")


@case
def words_kept_for_later():
    for word in ("diff", "check", "report", "convert", "merge", "peek", "tree"):
        assert perflame(word).status == 2, word
    result = perflame("record", "./app")
    assert result.status == 2
    assert result.err == "perflame: perflame does not record: perf record -g CMD, then perflame\n" \
        or result.err == "perflame does not record: perf record -g CMD, then perflame\n", result
    for word in ("fold", "top"):
        result = perflame("--strict", word, *DEMO)
        assert result.status == 2 and f"{word} stands behind an option" in result.err, result
    result = perflame("rendr")
    assert result.status in (1, 2) and "no such file, nor a command" in result.err, result


@case
def nothing_left_after_the_filters():
    for arguments in (["--comm", "nobody"], ["--pid", "1"], ["--time", "0,1"],
                      ["--focus", "no such function"], ["--cpu", "4000"]):
        old = write("old.svg", b"older")
        result = perflame("-o", old, *arguments, *DEMO)
        if arguments[0] == "--cpu":  # not recorded there: the message says so
            assert result.status in (1, 3), result
        else:
            assert result.status == 3, f"{arguments}: {result}"
        assert old.read_bytes() == b"older"


@case
def an_input_without_a_name_has_one_in_messages():
    nobody = "perflame: %s: no sample is left after the filters\n"
    for arguments in ["-"], ["-i", "-"], []:
        result = perflame("fold", "--comm", "nobody", *arguments, data=RECORDING)
        assert result.status == 3 and result.err.endswith(nobody % "standard input"), result
    write("perf.data", RECORDING)
    for arguments in ["perf.data"], []:
        result = perflame("fold", "--comm", "nobody", *arguments)
        assert result.status == 3 and result.err.endswith(nobody % "perf.data"), result
    (TMP / "perf.data").unlink()


@case
def an_event_that_was_not_recorded_lists_what_was():
    refuse(1, "-e", "cycles", *DEMO, says="cpu-clock")


@case
def a_look_at_what_is_in_use_needs_something_in_use():
    moment = ["--at", "40%"]
    for option in moment, ["--at", "end"], ["--older-than", "1ns"]:
        for weight in "samples", "alloc-bytes,period":
            refuse(2, *option, "-w", weight, HEAP, says=f"{option[0]} is for.*-w inuse-bytes")
        refuse(2, *option, "--flamechart", HEAP, says=f"{option[0]} is for.*no order in time")
        for kind in "folded", "png", "pdf":  # which hold one weight
            refuse(2, *option, HEAP, output=f"old.{kind}", says="-w inuse-bytes")
        assert "-w inuse-bytes" in perflame("top", *option, HEAP).err
        refuse(1, *option, *DEMO, says=f"{option[0]} is for.*recording of allocations and of frees")
    folded = write("in.folded", b"main;work 3\n")
    refuse(1, *moment, folded, says="recording of allocations")
    picture = TMP / "moment.svg"
    assert perflame("-o", picture, *moment, HEAP, folded).status == 0
    assert fold("-w", "inuse_space", picture) == fold("-w", "inuse-bytes", *moment, HEAP) != {}
    refuse(1, *moment, picture, says="recording of allocations")  # it was looked at already


@case
def a_pair_of_allocators_needs_their_events_and_a_weight_of_theirs():
    pair = ["--alloc-pair", "probe_libc:malloc:size=size:ptr=ret,probe_libc:free:ptr=ptr"]
    folded = write("in.folded", b"main;work 3\n")
    script = write("script.txt", b"app 1 1.0: 1 cpu-clock: \n\t ff f+0x1 (/app)\n\n")
    for text in folded, script:
        refuse(1, *pair, text, says="--alloc-pair is for weights such as alloc-bytes")
    refuse(1, *pair, "-w", "samples", HEAP, says="--alloc-pair is for weights")
    refuse(1, *pair, *DEMO, says="no event 'probe_libc:malloc'")
    both = fold(*pair, "-w", "alloc-bytes", HEAP)
    assert both, both
    result = perflame("-o", TMP / "both.svg", *pair, HEAP, script)
    assert result.status == 0, result
    assert fold("-w", "alloc-bytes", TMP / "both.svg") == both
    refuse(1, *pair, TMP / "both.svg", says="--alloc-pair is for weights")


@case
def names_and_root_frames_are_made_of_recordings_alone():
    folded = write("in.folded", b"main;work 3\n")
    script = write("script.txt", b"app 1/1 1.0: 1 cpu-clock: \n\t ff f+0x1 (/app)\n\n")
    picture = TMP / "in.svg"
    assert perflame("-o", picture, folded).status == 0
    for option in ["--lines"], ["--addresses"], ["--names", "full"], ["--names", "raw"]:
        for text in folded, script, picture:
            told = perflame("fold", *option, text)
            assert told.status == 0 and told.out == perflame("fold", text).out, told
            assert f"warning: {text}: {' '.join(option)} is for recordings" in told.err, told
            assert told.err.count("warning:") == 1, told
        assert fold(*option, *DEMO, folded) == fold(*option, *DEMO), option
    for by in "process", "thread", "cpu", "cgroup", "none":
        refuse(1, "--by", by, folded, says=f"--by {by} is for recordings and perf script")
    refuse(1, "--by", "cpu", picture, says="--by cpu is for")
    assert fold("--by", "thread", script, folded) == {"app-1/1;f": 1}
    assert fold("--by", "comm", folded) == {"main;work": 3}
    for option in ["--names", "short"], ["--symfs", "/"], ["--inline"], ["--perf-compat"]:
        assert fold(*option, folded) == {"main;work": 3}, option


@case
def stacks_that_have_the_root_frames_asked_for_are_taken():
    script = write("script.txt", b"app 1/2 [003] 1.0: 1 cpu-clock: \n\t ff f+0x1 (/app)\n\n")
    for by, root in (("process", "app-1"), ("thread", "app-1/2"), ("cpu", "CPU 3"), ("none", None)):
        folded, picture = TMP / "by.folded", TMP / "by.svg"
        assert perflame("--by", by, "-o", folded, "-o", picture, script).status == 0
        expected = {f"{root};f" if root else "f": 1}
        assert fold("--by", by, picture) == expected, by
        if root:
            assert fold("--by", by, folded) == expected, by
        else:  # its first frames may be processes for all we know
            refuse(1, "--by", by, folded, says="--by none is for")
        for other in {"process", "thread", "cpu", "none"} - {by, None if root else "none"}:
            refuse(1, "--by", other, picture, says=f"--by {other} is for")
    chart = TMP / "chart.svg"
    folded = write("in.folded", b"main;work 3\n")
    for options in [], ["--by", "thread"]:  # which is how they are drawn anyhow
        assert perflame("--flamechart", *options, "-o", chart, folded).status == 0, options
    refuse(1, "--flamechart", "--by", "cpu", folded, says="--by cpu is for")


@case
def a_unit_is_asked_for_of_folded_stacks():
    folded = write("in.folded", b"main;work 3\n")
    says = "warning: .*: --unit is for folded stacks: that of cpu-clock period is ns"
    for options, warned in (["bytes", *DEMO], True), (["ns", *DEMO], False), (["bytes", folded], False), \
            (["bytes", folded, *DEMO], False):
        told = perflame("fold", "--unit", *options)
        assert told.status == 0 and bool(re.search(says, told.err)) == warned, told


@case
def events_that_are_not_counted_are_named_each_once():
    sys.path.insert(0, str(ROOT / "tests/generate"))
    from perfdata import IDENTIFIER, IP, PERIOD, TID, Event, Recording

    def left_out(*names):
        recording = Recording()
        for number, name in enumerate(names):
            event = recording.event(Event(name, IDENTIFIER | IP | TID | PERIOD, ids=[number + 1]))
            recording.sample(event, pid=1, tid=1)
        told = perflame("fold", write("events.data", recording.describe().file())).err
        return [line for line in told.splitlines() if "only" in line][0].rpartition("-e: ")[2]
    assert left_out("cycles", "page-faults", "faults", "page") == "page-faults, faults, page"
    assert left_out("a", *(f"event-{number:014}" for number in range(99))).endswith(" and 86 more")
    assert left_out("a", "b" * 400, "c") == "2 more"


@case
def outputs_that_cannot_be_written():
    for output in ("/nonexistent/x.svg", "/proc/x.svg", TMP / "photo.jpg" / "x.svg"):
        result = perflame("-o", output, *DEMO)
        assert result.status == 1 and result.err.startswith("perflame: "), result
    for output in TMP, "/nonexistent/x.svg":  # said before anything is read
        result = perflame("--format", "svg", "-o", output, "missing.data")
        assert result.status == 1 and result.err.startswith(f"perflame: {output}: "), result
    full = perflame("fold", "-o", "/dev/full", *DEMO)
    assert full.status == 1, full
    with open("/dev/full", "wb") as out:
        done = subprocess.run([PERFLAME, "fold", "-q", *DEMO], stdout=out, stderr=subprocess.PIPE,
                              check=False)
    assert done.returncode == 1 and b"perflame: " in done.stderr, done


@case
def a_recording_cut_anywhere_gives_its_readable_part():
    offset, size = struct.unpack_from("<QQ", RECORDING, 40)  # header.data (perf.data-file-format)
    whole = sum(fold(*DEMO).values())
    last = 0
    for cut in sorted({*range(offset + 2000, offset + size, 7919), offset + size,
                       len(RECORDING) - 3}):
        path = write("cut.data", RECORDING[:cut])
        result = perflame("fold", *NAMED, path)
        assert result.status in ((0,) if cut > offset + 20000 else (0, 3)), f"cut at {cut}: {result}"
        if result.status == 3:
            continue
        assert "perflame: warning: " in result.err, f"cut at {cut}: no warning: {result.err}"
        weight = sum(int(line.rsplit(" ", 1)[1]) for line in result.out.splitlines())
        assert last <= weight <= whole, f"cut at {cut}: {weight} of {whole}, before {last}"
        last = weight
    assert last == whole, "the features are not part of the samples"


@case
def a_recording_cut_in_its_header_is_refused():
    offset = struct.unpack_from("<Q", RECORDING, 40)[0]
    for cut in (1, 7, 8, 20, 60, 103, 104, 120, offset - 1):
        path = write("cut.data", RECORDING[:cut])
        result = perflame("fold", path)
        assert result.status in (1, 3), f"cut at {cut}: {result}"
        assert result.err.startswith("perflame: "), result


@case
def strict_makes_losses_fatal():
    path = write("cut.data", RECORDING[:len(RECORDING) // 2])
    assert perflame("fold", "--strict", *NAMED, path).status == 1
    assert perflame("fold", "--strict", *DEMO).status == 0
    folded = b"a;b 1\nnothing that makes sense\nc 2\nd 3\n"
    damaged, whole = write("damaged.folded", folded), write("in.folded", b"a;b 1\n" * 999)
    cut = write("cut.folded.gz", gzip.compress(whole.read_bytes())[:-9])
    script = write("script.txt", b"app 1 1.0: 1 cpu-clock: \n\t ff f (/app)\n\nnonsense\n")
    assert perflame("fold", script).status == 0
    for data, fails in (damaged, True), (whole, False), (cut, True), (script, True):
        assert perflame("fold", "--strict", data).status == fails, data
    assert perflame("fold", "--strict=34", damaged).status == 0
    assert "is shown, 9" in perflame("fold", cut).err


@case
def damaged_bytes_never_crash_it():
    rng = random.Random(1)
    for _ in range(60):
        damaged = bytearray(RECORDING)
        for _ in range(rng.choice((1, 4, 40))):
            place = rng.randrange(0, 400) if rng.random() < 0.4 else rng.randrange(len(damaged))
            damaged[place] = rng.choice((0, 0xff, 0x80, rng.randrange(256)))
        result = perflame("fold", *NAMED, write("damaged.data", bytes(damaged)))
        assert result.status in (0, 1, 3) and "Sanitizer" not in result.err, result
        assert all(line.startswith("perflame: ") for line in result.err.splitlines()), result.err


run()
