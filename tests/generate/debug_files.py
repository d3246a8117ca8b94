#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes inputs of the fuzz targets dwarf and unwind that gcc, dwp, dwz and objcopy make: programs with
split, supplementary and packed debug information, and some with CFI: tests/generate/debug_files.py FOLDER.
tests/fuzz/corpus holds what it wrote, as dwarf/two-*, dwarf/packed-* and unwind/file-*."""
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


def gcc(folder, *flags, source=SOURCE):
    """program, of other.c; its unit's folder is one that is not there."""
    (folder / "other.c").write_text(source)
    run(folder, "gcc", *FLAGS, f"-ffile-prefix-map={folder}=/nowhere", *flags, "-c", "other.c")
    linking = [flag for flag in flags if flag.startswith("-Wl,")]
    run(folder, "gcc", *FLAGS, *linking, "-no-pie", "other.o", "-o", "program")


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


def supplementary(version, *flags):
    def make(folder):
        gcc(folder, "-g", version)
        run(folder, "cp", "program", "second")
        run(folder, "dwz", *flags, "-m", "other", "-M", "other", "program", "second")
        return two(folder, "other")
    return make


def packed(damage):
    """Packed sections (an Elf64_Chdr, then what zlib made), each with some of its bytes changed."""
    def make(folder):
        gcc(folder, "-g")
        run(folder, "objcopy", "--compress-debug-sections=zlib", "program")
        data = bytearray((folder / "program").read_bytes())
        sections, where = struct.unpack_from("<Q", data, 0x28)[0], []
        for number in range(struct.unpack_from("<H", data, 0x3c)[0]):
            flags, _, offset = struct.unpack_from("<QQQ", data, sections + 64 * number + 8)
            where += [offset] if flags & 0x800 else []  # SHF_COMPRESSED
        for at in where:
            damage(data, at)
        return bytes(data)
    return make


def other_kind(data, at):
    data[at] = 7


def other_stream(data, at):
    data[at + 24 + 20] ^= 0xff


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
    "dwarf/two-supplementary": supplementary("-gdwarf-4"),
    "dwarf/two-supplementary-5": supplementary("-gdwarf-5", "--dwarf-5"),
    "dwarf/packed-unknown": packed(other_kind),
    "dwarf/packed-damaged": packed(other_stream),
    "unwind/file-eh-frame": frames("-fasynchronous-unwind-tables"),
    "unwind/file-eh-frame-hdr": frames("-fasynchronous-unwind-tables", "-Wl,--eh-frame-hdr"),
    "unwind/file-debug-frame": frames("-fno-asynchronous-unwind-tables", "-g"),
}


def write(folder):
    for name, make_input in INPUTS.items():
        with tempfile.TemporaryDirectory() as scratch:
            made = pathlib.Path(folder, name)
            made.parent.mkdir(parents=True, exist_ok=True)
            try:
                made.write_bytes(make_input(pathlib.Path(scratch)))
            except subprocess.CalledProcessError as error:
                print(f"{name}: {error}", file=sys.stderr)


if __name__ == "__main__":
    write(sys.argv[1])
