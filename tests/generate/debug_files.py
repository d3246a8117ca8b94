#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes inputs of the fuzz targets dwarf and unwind that gcc, dwp, dwz and objcopy make: programs with
split and with supplementary debug information, and one with CFI: tests/generate/debug_files.py FOLDER.
tests/fuzz/corpus holds what it wrote, as dwarf/two-* and unwind/file-*."""
import pathlib
import struct
import subprocess
import sys
import tempfile

SOURCE = """
static volatile int sum;
static inline __attribute__((always_inline)) int twice(int x) { sum += x; return x + sum; }
static inline __attribute__((always_inline)) int more(int x) { return twice(x) * twice(x + 1); }
__attribute__((noinline)) int work(int x) { return more(x) + 1; }
void _start(void) { sum = work(sum) + work(3); }
"""
FLAGS = ["-O1", "-nostdlib", "-static", "-fno-pie", "-no-pie", "-fcf-protection=none",
         "-Wl,-z,noseparate-code,--build-id"]


def run(folder, *command):
    subprocess.run(command, cwd=folder, check=True)


def gcc(folder, *flags):
    """program, of other.c; its unit's folder is one that is not there."""
    (folder / "other.c").write_text(SOURCE)
    run(folder, "gcc", *FLAGS, f"-ffile-prefix-map={folder}=/nowhere", *flags, "-c", "other.c")
    run(folder, "gcc", *FLAGS, "-no-pie", "other.o", "-o", "program")


def two(folder, other):
    program = (folder / "program").read_bytes()
    return b"+" + struct.pack("<H", len(program)) + program + (folder / other).read_bytes()


def split(*flags):
    def make(folder):
        gcc(folder, "-gsplit-dwarf", *flags)
        return two(folder, "other.dwo")
    return make


def package(*flags):
    def make(folder):
        gcc(folder, "-gsplit-dwarf", *flags)
        run(folder, "dwp", "-o", "program.dwp", "other.dwo")
        return two(folder, "program.dwp")
    return make


def supplementary(folder):
    gcc(folder, "-g", "-gdwarf-4")
    run(folder, "cp", "program", "second")
    run(folder, "dwz", "-m", "other", "-M", "other", "program", "second")
    return two(folder, "other")


def frames(*flags):
    def make(folder):
        gcc(folder, *flags)
        run(folder, "objcopy", "--keep-section=.debug_frame", "--strip-all", "program")
        stack = struct.pack("<32Q", *(0x400100 + 8 * i for i in range(32)))
        registers = struct.pack("<34Q", *[0x7fff0000] * 8, 0x400120, *[0x7fff0000] * 25)
        return bytes([0x40]) + struct.pack("<H", len(stack)) + registers + stack + \
            (folder / "program").read_bytes()
    return make


INPUTS = {
    "dwarf/two-split-5": split("-gdwarf-5"),
    "dwarf/two-split-4": split("-gdwarf-4"),
    "dwarf/two-package-4": package("-gdwarf-4"),  # binutils' dwp loses units of version 5
    "dwarf/two-supplementary": supplementary,
    "unwind/file-eh-frame": frames("-fasynchronous-unwind-tables"),
    "unwind/file-debug-frame": frames("-fno-asynchronous-unwind-tables", "-g"),
}

for name, make_input in INPUTS.items():
    with tempfile.TemporaryDirectory() as scratch:
        made = pathlib.Path(sys.argv[1], name)
        made.parent.mkdir(parents=True, exist_ok=True)
        try:
            made.write_bytes(make_input(pathlib.Path(scratch)))
        except subprocess.CalledProcessError as error:
            print(f"{name}: {error}", file=sys.stderr)
