#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The warnings that a beginner needs most, each on a real recording that deserves it, and none
where it does not."""
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import time

from lab import DEMO, HERE, TMP, Skip, can_trace, case, compile_c, need_perf, parse_folded, perflame, record, \
    run, succeed

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
    two = record([compile_c("known.c", "-fno-omit-frame-pointer")], "-F", "999", "-e",
                 "cpu-clock,page-faults,context-switches", name="two.data")
    line = one(warnings(two), "perf record -g")
    assert re.search(": cpu-clock[^ ]* and [12] other events? were recorded without call chains", line), line
    assert not perflame("fold", "-q", data).err, "-q does not silence it"


@case
def lines_that_no_program_has_are_missed():
    assert one(warnings(DEMO[-1], "--lines", *DEMO[:-1]), "--lines found none")
    assert not warnings(DEMO[-1], *DEMO[:-1])
    data = record([compile_c("known.c", "-fno-omit-frame-pointer")], "-F", "999", "-g",
                  name="lines.data")
    assert not [line for line in warnings(data, "--lines") if "--lines" in line]


@case
def a_program_without_frame_pointers_breaks_off():
    data = record([compile_c("nopointers.c", "-fomit-frame-pointer")], "-F", "1999", "-g",
                  name="nopointers.data")
    line = one(warnings(data), "--call-graph dwarf")
    share = re.search(r"(\d+(?:\.\d+)?) ?%", line)
    assert share and float(share[1]) > 50, line
    line = one(warnings(data, data), "--call-graph dwarf")
    assert line.startswith("perflame: warning: all inputs: "), line


@case
def functions_whose_names_begin_like_clone_are_no_ends_of_stacks():
    program = compile_c("nopointers.c", "-fomit-frame-pointer", "-Ddescend=clone_tree",
                        "-Dsort_some=clone_list", "-Dby_value=__clone_order", name="clones")
    line = one(warnings(record([program], "-F", "1999", "-g", name="clones.data")),
               "--call-graph dwarf")
    assert float(re.search(r"([0-9.]+)% of the weight", line)[1]) > 50, line


@case
def a_library_without_frame_pointers_is_named():
    program = compile_c("nopointers.c", "-fno-omit-frame-pointer", name="sorts")
    line = one(warnings(record([program, "400"], "-F", "1999", "-g", name="sorts.data")),
               "--call-graph dwarf")
    assert re.search(r"frames, [0-9.]+% in \S*/libc\S* \(a program or library", line), line


@case
def frame_pointers_are_not_to_blame_for_a_root_without_name():
    """Where the C library is not at hand, or is stripped of the name of what calls main."""
    (TMP / "short.c").write_text("int main(void) { for (volatile long i = 0; i < 200000000; i++); }\n")
    program, root = compile_c(TMP / "short.c", "-fno-omit-frame-pointer"), TMP / "root"
    data = record([program], "-F", "1999", "-g", name="short.data")
    libraries = re.findall(r"/\S+", subprocess.run(["ldd", program], check=True, text=True,
                                                   capture_output=True).stdout)
    for path in program, *map(os.path.realpath, libraries):
        inside = root / str(path)[1:]
        inside.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, inside)
        told = warnings(data, "--symfs", root)
        assert not [line for line in told if "break off" in line], (path, told)


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


def busy(name, *flags):
    """Compiles busy.c as a program of its own, with a build id that no other has."""
    return compile_c("busy.c", "-fno-omit-frame-pointer", "-Wl,--build-id=uuid", *flags, name=name)


def forget_cache():
    """Empties the cache that perf record fills."""
    shutil.rmtree(TMP / ".debug", ignore_errors=True)


def unnamed(data, program, why, remedy, *options, **how):
    """Holds the warning, and what `info` tells of a program that lacks names."""
    told = perflame("fold", *options, data, **how)
    assert told.status == 0, told
    line = one(told.err.splitlines(), "has no name")
    assert re.search(rf"% in {re.escape(str(program))} \({re.escape(why)}\): [^;]*{remedy}", line), line
    share = re.search(r"(\d+(?:\.\d+)?)% of the weight has no name", line)
    assert share and float(share[1]) > 80, line
    info = perflame("info", *options, data, **how).out
    one(info.splitlines(), rf"% in {re.escape(str(program))}, .*% of it: {re.escape(why)}: .*{remedy}")
    report = json.loads(perflame("info", "--format", "json", *options, data, **how).out)
    rows = [row for row in report["objects"] if row["object"] == str(program)]
    assert len(rows) == 1 and rows[0]["why"] == why and re.search(remedy, rows[0]["remedy"]), rows
    assert rows[0]["weight"] >= rows[0]["unnamed"] > 0.8 * report["weight"], report["objects"]
    assert sum(row["weight"] for row in report["objects"]) <= report["weight"]
    assert report["objects"][0] == rows[0], "the worst comes first"
    return rows[0]


def named(data, *options):
    """Holds that a remedy helped."""
    told = succeed("fold", *options, data)
    assert "inner_static" in told.out and "has no name" not in told.err, told
    rows = json.loads(succeed("info", "--format", "json", *options, data).out)["objects"]
    assert rows[0]["unnamed"] < 0.1 * sum(row["weight"] for row in rows), rows


@case
def a_stripped_program_is_reported_and_its_debug_file_helps():
    program, debug = busy("stripped"), TMP / "stripped.debug"
    subprocess.run(["objcopy", "--only-keep-debug", program, debug], check=True)
    subprocess.run(["strip", program], check=True)
    data = record([program, "0.3"], "-F", "999", "-g", name="stripped.data")
    row = unnamed(data, program, "stripped", "--symbols PATH")
    assert len(row["build_id"]) == 32 and row["build_id"] in row["remedy"], row
    named(data, "--symbols", debug)


@case
def a_program_that_is_gone_or_was_replaced_is_reported():
    program, kept = busy("gone"), TMP / "kept"
    data = record([program, "0.3"], "-F", "999", "-g", name="gone.data")
    named(data)
    forget_cache()
    program.rename(kept)
    unnamed(data, program, "not found", "--symbols PATH")
    named(data, "--symbols", kept)
    busy("gone")
    unnamed(data, program, "build id differs", "--symbols PATH")


@case
def a_recording_of_another_machine_is_reported_as_such():
    program = busy("moved")
    data = record([program, "0.3"], "-F", "999", "-g", name="here.data")
    archive = TMP / "archive"
    shutil.copytree(TMP / ".debug", archive, symlinks=True)
    forget_cache()
    program.rename(TMP / "elsewhere")
    host = platform.node().encode()
    moved = TMP / "moved.data"
    moved.write_bytes(data.read_bytes().replace(host + b"\0", bytes(reversed(host)) + b"\0"))
    if host == bytes(reversed(host)) or moved.read_bytes() == data.read_bytes():
        raise Skip("the host's name cannot be changed in place")
    unnamed(moved, program, "recorded elsewhere", "perf archive")
    named(moved, "--buildid-dir", archive)


@case
def a_file_that_may_not_be_read_is_reported():
    program = busy("secret")
    data = record([program, "0.3"], "-F", "999", "-g", name="secret.data")
    forget_cache()
    program.chmod(0o111)
    data.chmod(0o644)
    how = {}
    if os.geteuid() == 0:  # who may read everything
        TMP.chmod(0o755)
        how = {"user": 65534, "group": 65534, "cwd": "/"}
    try:
        perflame("--version", **how)
    except OSError as error:
        raise Skip(f"another user cannot run perflame here: {error}")
    unnamed(data, program, "may not be read", f"sudo chmod a\\+r {re.escape(str(program))}", **how)
    program.chmod(0o755)
    named(data)


def slab_bytes(data):
    return sum(parse_folded(succeed("fold", "-q", "-w", "alloc-bytes", data).out).values())


@case
def a_damaged_format_is_told_with_what_it_costs():
    if not can_trace("kmem:kmalloc"):
        raise Skip("kmem events cannot be recorded here")
    data = record(["ls", "-R", "/etc"], "-a", "-g", "-m", "4M", "-e", "kmem:kmalloc,kmem:kmem_cache_alloc",
                  name="kmem.data")
    events = json.loads(succeed("info", "--format", "json", data).out)["inputs"][0]["events"]
    samples = next(event["samples"] for event in events if event["name"] == "kmem:kmalloc")
    assert not [line for line in warnings(data) if "could not be read" in line]
    assert "perflame: slab alloc-bytes, " in perflame("fold", "-w", "alloc-bytes", data).err
    fields = perflame("fold", "-w", "nothing", data).err
    assert fields.count("call_site") == fields.count("bytes_alloc") == 1, fields
    whole = data.read_bytes()
    damaged, both, lost = (TMP / f"{name}.data" for name in ("damaged", "both", "lost"))
    first = whole.index(b"name: kmalloc\n")
    pointer = whole.index(b"\tfield:const void * ptr;", first)
    damaged.write_bytes(whole[:pointer] + b"\0" * 4 + whole[pointer + 4:])
    line = one(warnings(damaged, "-w", "alloc-bytes"), "could not be read")
    assert re.search(rf"1 field of kmem:kmalloc could not .* damaged: its {samples} samples are not weighed",
                     line), line
    assert 0 < slab_bytes(damaged) < slab_bytes(data)
    node = whole.index(b"\tfield:int node;", first)
    damaged.write_bytes(whole[:node] + b"\0" * 4 + whole[node + 4:])
    line = one(warnings(damaged, "-w", "alloc-bytes"), "could not be read")
    assert "samples are weighed without it" in line and slab_bytes(damaged) == slab_bytes(data), line
    number = whole.index(b"\nID: ", first) + 5
    lost.write_bytes(whole[:number] + b"x" + whole[number + 1:])
    line = one(warnings(lost, "-w", "alloc-bytes"), "could not be read")
    assert "the fields of kmem:kmalloc" in line and "not weighed" in line, line
    both.write_bytes(whole.replace(b"\tfield:const void * ptr;", b"\tfield:const void ? ptr;"))
    told = perflame("fold", "-w", "alloc-bytes", both)
    assert told.status == 1 and "the format of kmem:kmalloc is damaged" in told.err, told


@case
def a_killed_recording_tells_no_machine():
    program, data = busy("killed"), TMP / "killed.data"
    with subprocess.Popen(["perf", "record", "-q", "-e", "cpu-clock", "-F", "2999", "-g", "-o",
                           data, "--", program, "120"], stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, start_new_session=True) as perf:
        for _ in range(1200):
            if data.exists() and data.stat().st_size > 200000:
                break
            time.sleep(0.05)
        perf.kill()
        os.killpg(perf.pid, signal.SIGKILL)
    unnamed(data, program, "neither build id nor machine recorded", "--symfs /")
    named(data, "--symfs", "/")


@case
def code_of_a_jit_compiler_without_a_map_is_reported():
    if not shutil.which("node"):
        raise Skip("no node here")
    data = record(["node", HERE / "real.js", "1"], "-F", "999", "-g", name="node.data")
    rows = json.loads(succeed("info", "--format", "json", data).out)["objects"]
    row = next(row for row in rows if re.fullmatch(r"/tmp/perf-\d+\.map", row["object"]))
    assert row["why"] == "no JIT map" and "node --perf-basic-prof" in row["remedy"], row
    assert row["object"] in row["remedy"] and row["unnamed"] == row["weight"], row


run()
