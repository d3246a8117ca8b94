#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes small programs whose DWARF leads in circles or lies about sizes, as the assembler takes it, and some
with the tables of the Go runtime in its place: tests/generate/debug_info.py FOLDER. tests/fuzz/corpus/dwarf
holds what it wrote."""
import pathlib
import subprocess
import sys

# A function of 64 bytes.
START = """
    .text
    .globl _start
_start:
    .rept 64
    nop
    .endr
"""

# Abbreviations: 1 unit, 2 subprogram with an origin, 3 inlined subroutine, 4 subprogram with a
# specification, 5 with both, 6 imported unit, 7 subprogram with a sibling, 8 with a block and a name.
HEAD = START + """\
end:
    .section .debug_abbrev,"",@progbits
    .uleb128 1, 0x11; .byte 1; .uleb128 0x11, 0x01, 0x12, 0x06, 0, 0
    .uleb128 2, 0x2e; .byte 1; .uleb128 0x31, 0x13, 0x11, 0x01, 0x12, 0x06, 0, 0
    .uleb128 3, 0x1d; .byte 1; .uleb128 0x31, 0x13, 0x11, 0x01, 0x12, 0x06, 0, 0
    .uleb128 4, 0x2e; .byte 0; .uleb128 0x47, 0x13, 0, 0
    .uleb128 5, 0x2e; .byte 0; .uleb128 0x31, 0x13, 0x47, 0x13, 0, 0
    .uleb128 6, 0x3d; .byte 0; .uleb128 0x18, 0x13, 0, 0
    .uleb128 7, 0x2e; .byte 1; .uleb128 0x01, 0x13, 0x31, 0x13, 0x11, 0x01, 0x12, 0x06, 0, 0
    .uleb128 8, 0x2e; .byte 0; .uleb128 0x40, 0x09, 0x03, 0x0e, 0, 0
    .byte 0
    .section .debug_info,"",@progbits
unit:
"""
CODE = ".quad _start; .long end - _start"
HONEST = ".long last - first"

# {name: (the unit's length, its entries)}
PROGRAMS = {
    "cyclic-origins": (HONEST, f"""
a:      .uleb128 2; .long b - unit; {CODE}
inner:  .uleb128 3; .long inner - unit; {CODE}
        .byte 0, 0
b:      .uleb128 4; .long c - unit
c:      .uleb128 5; .long a - unit; .long b - unit
        .byte 0"""),
    "cyclic-siblings": (HONEST, f"""
a:      .uleb128 7; .long a - unit; .long a - unit; {CODE}
b:      .uleb128 7; .long 0; .long b - unit; {CODE}
        .byte 0, 0, 0"""),
    "cyclic-imports": (HONEST, """
        .uleb128 6; .long 11
        .uleb128 6; .long 0
        .byte 0"""),
    "deep": (HONEST, f"""
        .rept 5000
        .uleb128 3; .long 11; {CODE}
        .endr
        .rept 5001
        .byte 0
        .endr"""),
    "giant-blocks": (HONEST, """
        .uleb128 8; .uleb128 0x7fffffffffffffff; .long 0xffffffff
        .byte 0"""),
    "giant-unit": (".long 0xffffffef", f"""
        .uleb128 2; .long 0xfffffff0; {CODE}
        .byte 0, 0"""),
    "giant-unit-64": (".long 0xffffffff; .quad 0xfffffffffffffff0", ""),
}


# The tables of the target go_table, which are of a function of 64 bytes at 0x401000, and the words of
# runtime.moduledata by which they are found (src/resolve/elf/go_module.c).
GO = START + """\
    .section .gopclntab,"a",@progbits
    .balign 8
table:
    .incbin "{table}"
tree:
    .data
    .rept {false}
    .quad table
    .endr
    .quad table, table + 0x48
    .zero 8 * {words}
    .quad table + (tree - table) / 2
"""
GO_PROGRAMS = {  # the table, which word gofunc is, how it is linked, words that seem to be the first
    "go-1.18": ("inlines-1.18-le", 38, "-static", 0),
    "go-1.20": ("inlines-1.20-le", 40, "-static", 0),
    "go-pie": ("inlines-1.20-le", 40, "-pie", 0),
    "go-pie-false": ("inlines-1.20-le", 40, "-pie", 50),
}
TABLES = pathlib.Path(__file__).resolve().parent.parent / "fuzz/corpus/go_table"


def assemble(program, text, *flags):
    made = program.parent / (program.name + ".o")
    subprocess.run(["as", "-o", made, "-"], input=text, text=True, check=True)
    subprocess.run(["ld", "-z", "noseparate-code", "--build-id=none", *flags, "-o", program, made],
                   check=True)
    subprocess.run(["objcopy", "-R", ".note.gnu.property", program], check=True)
    program.chmod(0o644)
    made.unlink()


def write(folder, name):
    length, entries = PROGRAMS[name]
    assemble(folder / name, f"{HEAD}    {length}\nfirst: .short 4; .long 0; .byte 8\n"
                            f"    .uleb128 1; {CODE}\n{entries}\nlast:\n", "-static")


def write_go(folder, name):
    table, gofunc, flag, false = GO_PROGRAMS[name]
    program, zeros = folder / name, folder / "zeros"
    assemble(program, GO.format(table=TABLES / table, words=gofunc - 2, false=false), flag,
             "-Ttext=0x401000")
    if flag == "-pie":  # Go's linker leaves the words to the loader
        zeros.write_bytes(bytes(8 * (false + gofunc + 1)))
        subprocess.run(["objcopy", "--update-section", f".data={zeros}", program], check=True)
        zeros.unlink()


if __name__ == "__main__":
    for each in PROGRAMS:
        write(pathlib.Path(sys.argv[1]), each)
    for each in GO_PROGRAMS:
        write_go(pathlib.Path(sys.argv[1]), each)
