#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Programs of x86-64 whose tables ask for more work than anybody's, each with a recording of it:

    tests/generate/programs.py FOLDER    writes NAME and NAME.data

They are small, and honest in each single number."""
import pathlib
import struct
import sys

from perfdata import IDENTIFIER, IP, PERIOD, REGS_USER, STACK_USER, TID, TIME, Event, Recording

BUILD_ID = bytes(range(20))
CODE, BASE = 0x1000, 0x400000  # where the code lies in the file, and what is added to offsets
START = BASE + CODE
PROGBITS, SYMTAB, STRTAB, RELA, NOTE, DYNSYM = 1, 2, 3, 4, 7, 11
X86_64, RISCV = 62, 243
ALLOC, EXEC = 2, 4
REGISTERS = 0xff0fff  # AX ... GS without the narrow ones: as perf records them


def uleb(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def elf(code_size, sections, segments=0, machine=X86_64):
    """A program: its code, and sections (name, type, flags, bytes, entry size); a table of symbols is followed by that
    of its names. `segments` empty ones stand in front of that of the code."""
    note = struct.pack("<III4s", 4, len(BUILD_ID), 3, b"GNU\0") + BUILD_ID
    sections = [("", 0, 0, b"", 0), (".text", PROGBITS, ALLOC | EXEC, b"\x90" * code_size, 0),
                (".note.gnu.build-id", NOTE, ALLOC, note, 0), *sections]
    names = b"".join(name.encode() + b"\0" for name in (*(one[0] for one in sections), ".shstrtab"))
    sections.append((".shstrtab", STRTAB, 0, names, 0))
    links = {kind: number + 1 for number, (_, kind, *_) in enumerate(sections) if kind in (SYMTAB, DYNSYM)}
    links[RELA] = links.get(DYNSYM, 1) - 1
    body, headers, name_at = b"", b"", 0
    for number, (name, kind, flags, data, entry) in enumerate(sections):
        offset = CODE + len(body) if number else 0
        headers += struct.pack("<IIQQQQIIQQ", name_at, kind, flags, BASE + offset if flags else 0, offset,
                               len(data), links.get(kind, 0), 0, 16 if number else 0, entry)
        body += data + bytes(-len(data) % 16)
        name_at += len(name) + 1
    loads = b"".join(struct.pack("<IIQQQQQQ", 1, 4, CODE, 1 << 40 | i << 12, 0, 16, 16, 4096)
                     for i in range(segments))
    loads += struct.pack("<IIQQQQQQ", 1, 5, CODE, START, 0, code_size, code_size, 4096)
    loads_at = CODE + len(body)
    headers_at = loads_at + len(loads)
    head = b"\x7fELF\x02\x01\x01".ljust(16, b"\0") + struct.pack(
        "<HHIQQQIHHHHHH", 2, machine, 1, START, loads_at, headers_at, 0, 64, 56, len(loads) // 56, 64, len(sections),
        len(sections) - 1)
    return head.ljust(CODE, b"\0") + body + loads + headers


def recording(path, places, captured=False):
    """A sample at each place of a program's code; `captured` with registers and a stack."""
    made = Recording()
    event = made.event(Event("cycles", IP | TID | TIME | PERIOD | IDENTIFIER |
                             (REGS_USER | STACK_USER if captured else 0), ids=[1], regs_user=REGISTERS,
                             stack_user=64))
    made.comm(10, 10, "app", time=1)
    made.mmap2(10, 10, START, max(places) + 4096 - START & -4096, CODE, str(path), build_id=BUILD_ID, time=2)
    for i, ip in enumerate(places):
        registers = [ip if bit == 8 else 0x7fff0000 for bit in range(24) if REGISTERS >> bit & 1]
        made.sample(event, ip=ip, pid=10, tid=10, time=10 + i, regs=registers, stack=bytes(64))
    return made.describe().file()


def go_names():
    """Functions of a byte each in Go's table, which share a name of 60,000 bytes."""
    count, name = 200000, b"\0" + b"A" * 60000 + b"\0"
    functab_at = 8 + 8 * 8 + len(name)
    pad = -functab_at % 4
    functab_at += pad
    func = 8 * count + 4  # counted from functab, behind it
    table = struct.pack("<IHBB8Q", 0xfffffff1, 0, 1, 8, count, 0, START, 8 + 8 * 8, 0, 0, 0, functab_at)
    table += name + bytes(pad) + b"".join(struct.pack("<II", i, func) for i in range(count))
    table += struct.pack("<IIII", count, 0, 1, 0)
    return count, [(".gopclntab", PROGBITS, ALLOC, table, 0)]


def cfi_program():
    """Call frame information that does nothing, 4,000,000 times, for every address."""
    size = 4000
    cie = struct.pack("<IB1sBbBBBBBB", 0xffffffff, 3, b"\0", 1, 0x78, 16, 0x0c, 7, 8, 0x90, 1) + bytes(4000000)
    fde = struct.pack("<IQQ", 0, START, size)
    frames = b"".join(struct.pack("<I", len(entry)) + entry for entry in (cie, fde))
    return size, [(".debug_frame", PROGBITS, 0, frames, 0)]


def line_rows():
    """A line table of rows that cover everything, each anew."""
    size = 20000
    abbrevs = bytes([1, 0x11, 0, 0x11, 1, 0x12, 7, 0x10, 0x17, 0, 0, 0])
    unit = struct.pack("<HIB", 4, 0, 8) + b"\1" + struct.pack("<QQI", START, size, 0)
    tables = b"\1\1\0\1\x0d" + bytes([0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1]) + b"\0\0"
    row = b"\0\x09\2" + struct.pack("<Q", START) + b"\1\2" + uleb(size + 100) + b"\1"
    lines = struct.pack("<HI", 2, len(tables)) + tables + b"\3\x7f" + row * 200000 + b"\0\1\1"
    return size, [(".debug_abbrev", PROGBITS, 0, abbrevs, 0),
                  (".debug_info", PROGBITS, 0, struct.pack("<I", len(unit)) + unit, 0),
                  (".debug_line", PROGBITS, 0, struct.pack("<I", len(lines)) + lines, 0)]


def segments():
    """Symbols that are in none of a great many segments."""
    symbols = bytes(24) + struct.pack("<IBBHQQ", 1, 0x12, 0, 1, START + 16, 1) * 200000
    return 4096, [(".symtab", SYMTAB, 0, symbols, 24), (".strtab", STRTAB, 0, b"\0f\0", 0)], 60000


PROGRAMS = {  # name: (what it is made of, how many samples, whether stacks are captured)
    "go-names": (go_names, 40000, False),
    "cfi-program": (cfi_program, 2000, True),
    "line-rows": (line_rows, 20000, False),
    "segments": (segments, 100, False),
}


def write(folder, name):
    """Writes a program and a recording of it, whose path it gives."""
    make, samples, captured = PROGRAMS[name]
    size, sections, *segments = make()
    program = pathlib.Path(folder).resolve() / name
    program.write_bytes(elf(size, sections, *segments))
    data = program.with_suffix(".data")
    data.write_bytes(recording(program, [START + size * i // samples for i in range(samples)], captured))
    return data


if __name__ == "__main__":
    for each in PROGRAMS:
        write(sys.argv[1], each)
