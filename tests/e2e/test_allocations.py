#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Memory that runs out, at each allocation in turn (allocations.c), is a clean error for a recording of
each shape, and nothing leaks; so it is where a foreign library's fails (foreign.c)."""
import os
import re
import shutil
import subprocess
import sys

from lab import HERE, TMP, Skip, case, compile_c, record, run

sys.path.insert(0, str(HERE.parent / "generate"))
import shapes  # noqa: E402

ALLOCATIONS, FOREIGN = sys.argv[2:4]
CORPUS = HERE.parent / "fuzz/corpus/recording"
SHAPES = ("everything", "several-events", "every-record", "kernel-and-user", "broken-chain",
          "group-read", "mixed-layouts", "guest", "deferred", "lbr", "no-features", "killed", "cut",
          "swapped-everything", "compressed-small", "pipe", "tail-pipe",
          "directory")
TEXTS = {"text.folded": "main;f;g 5\nmain;h 7\n",
         "text.script": "a 1 1.1: 5 cpu-clock:\n\tff f+0x1 (/bin/a)\n\tfe g (/bin/a)\n\n"}


def survives(*arguments):
    done = subprocess.run([ALLOCATIONS, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]


def each(name, write, *options):
    def one():
        survives(*options, write())
    one.__name__ = f"no memory for {name}"
    case(one)


def text_file(name):
    path = TMP / name
    path.write_text(TEXTS[name])
    return path


for shape_name in SHAPES:
    each(shape_name, lambda name=shape_name: shapes.write(TMP, name, shapes.SHAPES[name]()))


def with_threads():
    for name in "everything", "kernel-and-user", "deferred", "compressed-small":
        survives("--threads", "2", shapes.write(TMP, name, shapes.SHAPES[name]()))


case(with_threads)


def with_inlines():
    """A program with debug information that was recorded and lies under a root of its own."""
    for tool in "perf", "g++":
        if not shutil.which(tool):
            raise Skip(f"{tool} is not installed")
    program, split, root = TMP / "inlines", TMP / "split", TMP / "root"
    for made, flags in (program, ()), (split, ("-gsplit-dwarf",)):
        subprocess.run(["g++", "-O2", "-g", "-fno-omit-frame-pointer", *flags, HERE / "inlines.cpp", "-o",
                        made], check=True, cwd=TMP)
        copy = root / str(made)[1:]
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(made, copy)
        try:
            data = record([made, "60"], "-e", "cpu-clock:u", "-F", "299", "-g",
                          name=made.name + ".data")
        except subprocess.CalledProcessError as error:
            raise Skip("perf may not record here") from error
        survives("--symfs", root, data)


case(with_inlines)


def with_captured_stacks():
    """Unwound by two threads beside the one that reads."""
    for tool in "perf", "cc":
        if not shutil.which(tool):
            raise Skip(f"{tool} is not installed")
    program, root = compile_c("busy.c", name="captured"), TMP / "captured-root"
    copy = root / str(program)[1:]
    copy.parent.mkdir(parents=True)
    shutil.copy(program, copy)
    try:
        data = record([program, "0.2"], "-e", "cpu-clock:u", "-F", "499", "--call-graph", "dwarf,1024",
                      name="captured.data")
    except subprocess.CalledProcessError as error:
        raise Skip("perf may not record here") from error
    survives("--threads", "3", "--symfs", root, data)


case(with_captured_stacks)


def in_a_foreign_library(name, least):
    """What the library itself loses then, and where it prints, is its own; all else is ours."""
    def one():
        ours = TMP / "ours"
        ours.write_text("leak:libxml2\nleak:libtraceevent\n")
        done = subprocess.run([FOREIGN, name, CORPUS / "made-slab-and-pages"], capture_output=True, text=True,
                              check=False, env={**os.environ, "LSAN_OPTIONS":
                                                f"suppressions={ours}:print_suppressions=0"})
        assert done.returncode == 0 and not done.stderr, done.stdout + done.stderr[-3000:]
        count = re.search(r"(\d+) allocations", done.stdout)
        assert int(count[1]) >= least, done.stdout
    one.__name__ = f"no memory in {name}"
    case(one)


in_a_foreign_library("libxml2", 100)
in_a_foreign_library("libtraceevent", 100)
for text_name in TEXTS:
    each(text_name, lambda name=text_name: text_file(name), "--addresses", "0")
run()
