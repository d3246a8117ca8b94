#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Inlined functions and lines against addr2line -if, stack by stack, on programs built by g++,
clang++ and rustc: for every sampled address the same chain. perf script tells the addresses."""
import collections
import os
import pathlib
import re
import shutil
import subprocess
import sys

OWN_HOME = os.environ.get("HOME", "/")  # lab.py has another; rustup's rustc looks at it

import compare  # noqa: E402
from lab import HERE, ROOT, TMP, Skip, case, fold, need_perf, record, run  # noqa: E402

sys.path.insert(0, str(ROOT / "tests/generate"))
import perfdata  # noqa: E402

need_perf()
LINE = re.compile(r"\s*([0-9a-f]+) (.*) \((.*)\)\s*$")
FLAGS = ("-O2", "-fno-omit-frame-pointer")


def need(*tools):
    for tool in tools:
        if not shutil.which(tool):
            raise Skip(f"{tool} is not installed")


def build_cpp(compiler, name, *flags, folder=TMP):
    """Compiles and links apart, as .dwo files are named after the object."""
    need(compiler)
    folder.mkdir(exist_ok=True)
    program = folder / name
    subprocess.run([compiler, *FLAGS, *flags, "-c", HERE / "inlines.cpp", "-o", f"{name}.o"],
                   check=True, cwd=folder)
    subprocess.run([compiler, *FLAGS, *flags, f"{name}.o", "-o", program], check=True, cwd=folder)
    return program


def build_rust(name, *flags):
    need("rustc")
    program = TMP / name
    done = subprocess.run(["rustc", "-g", "-O", "-C", "force-frame-pointers=yes",
                           *flags, HERE / "inlines.rs", "-o", program],
                          check=False, capture_output=True, text=True, cwd=TMP,
                          env=dict(os.environ, HOME=OWN_HOME))
    if done.returncode:
        raise Skip("rustc does not work here: " + done.stderr[-200:])
    return program


def sample(program, rounds=150):
    return record([program, rounds], "-F", "1999", "-g", name=f"{program.name}.data")


def frames_of(data):
    """The samples of a recording, their frames as perf script's lines."""
    compare.frame_name = lambda line: line
    return list(compare.script(data))


def code_at(program):
    """How far the addresses of the code are from its offsets, which perf script prints."""
    out = subprocess.run(["readelf", "-lW", program], check=True, capture_output=True,
                         text=True).stdout
    found = re.search(r"LOAD +0x(\w+) 0x(\w+) .* R E ", out)
    return int(found[2], 16) - int(found[1], 16)


def debug_section(program, name):
    """Where it stands in the file, and its size."""
    out = subprocess.run(["readelf", "-SW", program], check=True, capture_output=True,
                         text=True).stdout
    return [int(number, 16) for number in
            re.search(rf" \.debug_{name} +PROGBITS +\w+ (\w+) (\w+)", out).groups()]


BUILD_ID = bytes(range(20))


def link(program, *arguments):
    """{symbol: address} of what gcc makes of it."""
    subprocess.run(["gcc", *arguments, "-no-pie", f"-Wl,--build-id=0x{BUILD_ID.hex()}", "-o", program],
                   check=True, cwd=program.parent)
    told = subprocess.run(["nm", "--defined-only", program], check=True, capture_output=True, text=True)
    return {line.split()[2]: int(line.split()[0], 16) for line in told.stdout.splitlines()}


def sampled_at(program, *places):
    """A recording of a program that link() made, with a sample at each place, ten times as heavy as the one
    before."""
    start = min(places) & -4096
    made = perfdata.Recording()
    event = made.event(perfdata.Event("cycles", perfdata.IP | perfdata.TID | perfdata.TIME |
                                      perfdata.PERIOD | perfdata.IDENTIFIER, ids=[1]))
    made.comm(10, 10, "app", time=1)
    made.mmap2(10, 10, start, 4096, start - code_at(program), str(program), build_id=BUILD_ID, time=2)
    for time, place in enumerate(places):
        made.sample(event, ip=place, pid=10, tid=10, time=10 + time, period=10 ** time)
    data = program.with_suffix(".data")
    data.write_bytes(made.describe().file())
    return data


def chains(tool, program, offsets):
    """{offset: [(name, "file:line")]}, innermost first, names as c++filt shows them."""
    moved = code_at(program)
    addresses = "".join(f"{int(offset, 16) + moved:#x}\n" for offset in offsets)
    out = subprocess.run([tool, "-ifa", "-e", program], input=addresses, check=True,
                         capture_output=True, text=True).stdout.splitlines()
    found, at = {}, None
    names = iter(out)
    for line in names:
        if re.fullmatch(r"0x[0-9a-f]+", line):
            at = found.setdefault(int(line, 16) - moved, [])
        else:
            place = re.sub(r" \(discriminator.*", "", next(names))
            at.append((line, place.rsplit("/", 1)[-1]))
    mangled = sorted({name for chain in found.values() for name, _ in chain})
    shown = subprocess.run(["c++filt", "-p"], input="\n".join(mangled) + "\n", check=True,
                           capture_output=True, text=True).stdout.splitlines()
    plain = {a: re.sub(r"::h[0-9a-f]{16}$|\[[0-9a-f]{8,16}\](?=::)", "", b) for a, b in zip(mangled, shown)}
    return {offset: [(plain[name], place) for name, place in chain]
            for offset, chain in found.items()}


def with_line(name, place):
    return name if re.search(r":[0?]$|^\?", place) else f"{name} ({place})"


def expect(samples, program, tool, lines):
    """What perflame should fold: perf's frames of the program, with inlined ones inside."""
    frames = {line: LINE.match(line) for line in {line for one in samples for line in one.frames}}
    ours = {line for line, found in frames.items() if os.path.basename(found[3]) == program.name}
    known = chains(tool, program, sorted({frames[line][1] for line in ours}))
    named = {}
    for line in ours:
        chain = known[int(frames[line][1], 16)]
        names = [name for name, _ in chain[:-1]] + [frames[line][2]]
        if lines:
            names = [with_line(*pair) for pair in zip(names, (place for _, place in chain))]
        named[line] = ";".join(name.replace(";", ":") for name in reversed(names))
    stacks = collections.Counter()
    for one in samples:
        stacks[";".join((one.comm, *(named[at] for at in one.frames if at in named)))] += one.period
    return stacks, sum(len(known[int(frames[line][1], 16)]) - 1 for line in ours)


def hold(data, program, tool="llvm-addr2line", lines=False):
    need(tool, "c++filt")
    theirs, inlined = expect(frames_of(data), program, tool, lines)
    options = ["--hide", r"^(lib[a-z_+]*\.so|ld-linux|\[)"] + (["--lines"] if lines else [])
    share, equal = compare.report(fold("--perf-compat", "--inline", *options, data), theirs, 4)
    print(f"# {program.name}: {inlined} inlined frames at the addresses sampled, as {tool} has "
          f"them for {100 * share:.3f} % of the weight" + (", with lines" if lines else ""))
    assert inlined > 100, "there is nothing to compare"
    assert equal, "the totals differ"
    assert share >= 0.999, f"only {100 * share:.3f} % of the weight has the frames of {tool}"


@case
def gcc_with_dwarf_5():
    program = build_cpp("g++", "gcc5", "-g", "-gdwarf-5")
    data = sample(program)
    hold(data, program)
    hold(data, program, lines=True)
    assert fold("--no-inline", data) != fold(data)


@case
def gcc_with_dwarf_2_and_4_and_compressed():
    for name, flags in {"gcc2": ("-gdwarf-2", "-gz=zlib-gnu"), "gcc4": ("-gdwarf-4", "-gz")}.items():
        program = build_cpp("g++", name, "-g", *flags)
        hold(sample(program), program)


@case
def what_lies_before_the_damage_in_a_compressed_section():
    program = build_cpp("g++", "gccdamaged", "-g", "-gz")
    data = sample(program)
    before = fold(data)
    headers = subprocess.run(["readelf", "-SW", program], check=True, capture_output=True,
                             text=True).stdout
    offset, size = (int(text, 16) for text in re.search(
        r" \.debug_info +PROGBITS +\w+ (\w+) (\w+) \w+ +C ", headers).groups())
    checksum = offset + size - 4
    bytes_of = bytearray(program.read_bytes())
    bytes_of[checksum] ^= 1
    program.write_bytes(bytes_of)
    assert fold(data) == before
    assert before != fold("--no-inline", data)


@case
def gcc_with_link_time_optimisation():
    program = build_cpp("g++", "gcclto", "-g", "-flto")
    hold(sample(program), program)


@case
def gcc_with_split_dwarf():
    for name, flags in {"gccsplit4": ["-gdwarf-4"], "gccsplit5": ["-gdwarf-5"],
                        "gcctypes": ["-gdwarf-5", "-fdebug-types-section"]}.items():
        program = build_cpp("g++", name, "-g", "-gsplit-dwarf", *flags)
        data = sample(program, 100)
        hold(data, program)
        hold(data, program, lines=True)


@case
def clang_which_writes_no_aranges():
    program = build_cpp("clang++", "clang5", "-g", "-gdwarf-5")
    data = sample(program)
    hold(data, program)
    hold(data, program, lines=True)
    program = build_cpp("clang++", "clang4", "-g", "-gdwarf-4")
    data = sample(program, 100)
    hold(data, program)
    hold(data, program, "addr2line")


@case
def clang_with_split_dwarf_alone_and_packaged():
    need("llvm-dwp")
    for name, version in {"clangsplit4": 4, "clangsplit5": 5}.items():
        program = build_cpp("clang++", name, "-g", "-gsplit-dwarf", f"-gdwarf-{version}")
        data = sample(program, 100)
        hold(data, program)
        before = fold("--lines", data)
        subprocess.run(["llvm-dwp", "-e", program, "-o", f"{program}.dwp"], check=True, cwd=TMP)
        for dwo in TMP.glob(f"{name}*.dwo"):
            dwo.unlink()
        assert fold("--lines", data) == before, "the package has other frames"
        pathlib.Path(f"{program}.dwp").unlink()
        assert fold("--lines", data) != before, "the package was not needed"


@case
def rust():
    for name, flags in {"rust": (), "rustv0": ("-C", "symbol-mangling-version=v0")}.items():
        program = build_rust(name, *flags)
        data = sample(program, 200)
        hold(data, program)
        hold(data, program, "addr2line")
        hold(data, program, lines=True)


@case
def go_without_dwarf_by_its_own_table():
    """The compiler's DWARF of the same program is the measure. Where a signal interrupts the program, to preempt
    it, both have no answer: its handler returns to a function's first byte, in front of which no call stands. The
    byte there is in no symbol, and in the table, which tells no sizes, in the function before."""
    need("go", "strip")
    stripped = False
    for name, flags in ("goplain", []), ("gopie", ["-buildmode=pie"]):
        whole, program = TMP / (name + "-whole"), TMP / name
        build_id = "4711" * 9 + ("0001" if flags else "0002")
        done = subprocess.run(["go", "build", *flags, "-ldflags=-B 0x" + build_id, "-o", whole,
                               HERE / "inlines.go"], capture_output=True, text=True, check=False,
                              env=dict(os.environ, GO111MODULE="off", GOFLAGS="",
                                       GOCACHE=str(TMP / "gocache")))
        if done.returncode:
            print(f"# {name}: {done.stderr.strip()[-100:]}")
            continue
        subprocess.run(["strip", "-o", program, whole], check=True)
        # Of many samples one alone is no thousandth.
        data = record(["env", "GODEBUG=asyncpreemptoff=1", program, "1"], "-F", "4999", "-g",
                      name=name + ".data")
        shutil.rmtree(TMP / ".debug", ignore_errors=True)
        for options in [], ["--lines"]:
            # The linker's symbols of assembly have a suffix that the table has not; and the garbage that ends a
            # chain may be the address of data, which symbols know.
            ours, theirs = collections.Counter(), collections.Counter()
            for to, symbols in (ours, []), (theirs, ["--symbols", whole]):
                for stack, weight in fold(*options, *symbols, data).items():
                    stack = re.sub(r"^([^;]*;\[broken\];)[^;]*;", r"\1", stack)
                    to[stack.replace(".abi0", "")] += weight
            share, equal = compare.report(ours, theirs, 4)
            print(f"# {name}: as DWARF has it for {100 * share:.3f} % of the weight")
            assert equal and share >= 0.999, f"only {100 * share:.2f} % are as DWARF has them"
        assert any("main.point.hash;main.mix" in stack for stack in fold(data)), "no inlined ones"
        assert fold("--no-inline", data) != fold(data)
        stripped = True
    if not stripped:
        raise Skip("this Go cannot build it")


@case
def rust_with_split_dwarf():
    program = build_rust("rustsplit", "-C", "split-debuginfo=unpacked")
    hold(sample(program), program)


@case
def what_was_stripped_off_and_what_dwz_shares():
    need("dwz", "objcopy", "strip")
    programs = [build_cpp("g++", f"shared{i}", "-g", "-gdwarf-4", folder=TMP / "dwz")
                for i in range(2)]
    data = sample(programs[0], 100)
    options = ("--lines", "--buildid-dir", "/dev/null", data)  # perf keeps a copy of the program
    before = fold(*options)
    subprocess.run(["dwz", "-m", "common.debug", "shared0", "shared1"], check=True,
                   cwd=TMP / "dwz")
    assert fold(*options) == before, "dwz changed the frames"
    debug = programs[0].with_suffix(".debug")
    subprocess.run(["objcopy", "--only-keep-debug", programs[0], debug], check=True)
    subprocess.run(["strip", "-s", programs[0]], check=True)
    subprocess.run(["objcopy", f"--add-gnu-debuglink={debug}", programs[0]], check=True)
    assert fold(*options) == before, "stripping changed the frames"
    (TMP / "dwz/common.debug").write_bytes(b"no ELF")
    assert fold(*options) != before, "the shared file was not needed"


@case
def what_strip_has_left_the_symbols_of():
    need("objcopy", "strip")
    folder = TMP / "halved"
    program = build_cpp("g++", "halved", "-g", "-Wl,--build-id=none", folder=folder)
    data = sample(program, 100)
    options = ("--lines", "--buildid-dir", "/dev/null", data)
    before = fold(*options)
    debug = program.with_suffix(".debug")
    subprocess.run(["objcopy", "--only-keep-debug", program, debug], check=True)
    subprocess.run(["strip", "-g", program], check=True)
    subprocess.run(["objcopy", f"--add-gnu-debuglink={debug}", program], check=True)
    assert fold("--symfs", "/", *options) == before
    debug.unlink()
    assert fold("--symfs", "/", *options) != before, "the debug file was not needed"


@case
def aranges_are_a_short_cut_and_no_more():
    program = build_cpp("g++", "aranges", "-g", folder=TMP / "aranges")
    (TMP / "aranges/spare.cpp").write_text("int spare() { return 1; }\n")
    subprocess.run(["g++", *FLAGS, "-g", "spare.cpp", "aranges.o", "-o", program], check=True,
                   cwd=TMP / "aranges")
    options = ("--lines", "--buildid-dir", "/dev/null", sample(program))
    whole, before = program.read_bytes(), fold(*options)
    (start, size), (info, _) = (debug_section(program, name) for name in ("aranges", "info"))

    def changed(*changes):
        bad = bytearray(whole)
        for at, some in changes:
            bad[at:at + len(some)] = some
        program.write_bytes(bad)
        return fold(*options)

    for fill in b"\0\1\xff":
        assert changed((start, bytes([fill] * size))) == before, fill
    second = start + 4 + int.from_bytes(whole[start:start + 4], "little")
    assert changed((second + 6, b"\0\0\0\0")) == before, "the first unit is told for the second"
    cut = (info, b"\0\0\0\0")  # the first unit's length, after which no walk gets on
    assert changed(cut) == before, "units between were looked at"
    assert changed(cut, (start, bytes(size))) != before, "the first unit was not needed"


@case
def what_is_in_no_function_needs_no_other_unit():
    """Assembly within a unit, padding, and what programs begin and end with. And a function that is
    within another one, of which there is no sample."""
    folder = TMP / "outside"
    folder.mkdir()
    (folder / "spare.c").write_text("int spare(void) { return 1; }\n")
    (folder / "work.c").write_text("""
asm(".text; .globl bare; .type bare, %function; bare: nop; ret; .size bare, . - bare");
static inline __attribute__((always_inline)) int inner(int x)
{
    asm volatile(".globl in_inner; in_inner: nop");
    return x;
}
__attribute__((noinline)) int outer(int x) { return inner(x); }
static inline __attribute__((always_inline)) int deep(int x)
{
    asm volatile(".globl in_deep; in_deep: nop");
    return x;
}
__attribute__((noinline)) int around(int x)
{
    __attribute__((noinline)) int nested(int y) { return deep(y) + x; }
    return nested(x) - x;
}
int main(int c, char **v) { (void)v; return outer(c) - around(c); }
""")
    program = folder / "outside"
    at = link(program, "-O2", "-g", "spare.c", "work.c")
    assert at["bare"] % 16 == 0, at
    names = "in_inner", "bare", "in_deep", "_start", "_init", "_fini"
    data = sampled_at(program, *(at[name] for name in names), at["bare"] - 1)  # before it is padding
    before, whole = fold("--buildid-dir", "/dev/null", data), program.read_bytes()
    assert before["app;in_inner;inner"] == 1 and before["app;bare"] == 10, before
    assert before["app;in_deep;deep"] == 100, before
    info, _ = debug_section(program, "info")  # the first unit's length, after which no walk gets on
    program.write_bytes(whole[:info] + b"\0\0\0\0" + whole[info + 4:])
    assert fold("--buildid-dir", "/dev/null", data) == before, "units between were looked at"


@case
def functions_without_a_linkage_name_are_told_with_what_they_are_in():
    """g++ writes none for what no other file can call. A function has one name, called or inlined; a lambda that
    was inlined is told by its place, for DWARF has not the number by which the symbol calls it."""
    need("g++")
    folder = TMP / "scopes"
    folder.mkdir()
    run_in = "app::run(char const*, int)::"
    text = (HERE / "scopes.cpp").read_text(encoding="utf-8")

    def at_line_of(what):  # compilers differ in the column
        return rf"{text[:text.index(what)].count(chr(10)) + 1}:\d+"

    expected = {
        "parser": "app::(anonymous namespace)::Parser::next",
        "part": "app::(anonymous namespace)::Parser::Part<unsigned long>::next",
        "lexer": "app::(anonymous namespace)::Lexer::next",
        "inner": "app::(anonymous namespace)::Lexer::deep;app::(anonymous namespace)::Lexer::Inner::next",
        "helper": "app::next",
        "c": "app_next",
        "local": run_in + "Local::next",
        "unnamed": run_in + f"{{unnamed type at {at_line_of('struct {')}}}::next",
        "first": run_in + f"{{lambda at {at_line_of('auto first')}}}::operator()",
        "second": run_in + f"{{lambda at {at_line_of('auto second')}}}::operator()",
        "both": "app::(anonymous namespace)::both",
    }
    for name, flags in {"plain": (), "four": ("-gdwarf-4",), "linked": ("-flto",)}.items():
        program = folder / name
        symbols = link(program, "-x", "c++", "-O2", "-g", *flags, HERE / "scopes.cpp")
        places = [(place, re.sub(r"_\d+$", "", symbol)) for symbol, place in sorted(symbols.items())
                  if re.sub(r"_\d+$", "", symbol) in expected]
        labels = [label for _, label in places]
        assert set(labels) == set(expected) and labels.count("both") == 2, symbols
        data = sampled_at(program, *(place for place, _ in places))
        stacks = {weight: stack for stack, weight in fold("--buildid-dir", "/dev/null", data).items()}
        for i, label in enumerate(labels):
            wanted = re.escape(expected[label]).replace(r"\\d\+", r"\d+")
            assert re.search(f";{wanted}$", stacks[10 ** i]), (name, label, stacks)
        bare = fold("--perf-compat", "--inline", "--buildid-dir", "/dev/null", data)
        assert {"next", "operator()"} <= {stack.split(";")[-1] for stack in bare}, bare


@case
def inlined_functions_that_nothing_names_are_left_out():
    """gcc refers to no entry (0) with -gdwarf-4 -gsplit-dwarf -flto."""
    folder = TMP / "nameless"
    folder.mkdir()
    (folder / "work.c").write_text("""
#define INLINE static inline __attribute__((always_inline))
INLINE int inner(int x)
{
    asm volatile("in_inner: nop");
    return x;
}
INLINE int middle(int x)
{
    asm volatile("in_middle: nop");
    return inner(x);
}
INLINE int outer(int x) { return middle(x); }
int main(int c, char **v) { (void)v; return outer(c); }
""")
    subprocess.run(["gcc", "-O2", "-g", "-dA", "-S", "work.c"], check=True, cwd=folder)
    text = (folder / "work.s").read_text(encoding="utf-8")
    entries = re.split(r"(?<=\) DW_TAG_inlined_subroutine\)\n)", text)
    assert len(entries) == 4, "outer, middle, inner"
    entries[2] = re.sub(r"\.long\t.*# DW_AT_abstract_origin", ".long\t0", entries[2], count=1)
    (folder / "work.s").write_text("".join(entries), encoding="utf-8")
    at = link(folder / "work", "work.s")
    data = sampled_at(folder / "work", at["in_middle"], at["in_inner"])
    stacks = fold("--lines", "--buildid-dir", "/dev/null", data)
    main = "app;main (work.c:14);outer (work.c:13)"
    assert stacks == {main: 1, main + ";inner (work.c:5)": 10}, stacks


@case
def what_clang_wrote_stands_between_what_gcc_wrote():
    """Of clang's there is no set in .debug_aranges, and little room in which it stands."""
    need("clang")
    folder = TMP / "between"
    folder.mkdir()
    (folder / "before.c").write_text("int before(void) { return 1; }\n")
    (folder / "small.c").write_text("""
static inline __attribute__((always_inline)) int inner(int x)
{
    __asm__ volatile(".globl in_inner; in_inner: nop");
    return x;
}
int small(int x) { return inner(x); }
""")
    (folder / "behind.c").write_text("""
int small(int x);
__attribute__((noinline)) int behind(int c) { return c; }
int main(int c, char **v) { (void)v; return small(c) - behind(c); }
""")
    subprocess.run(["clang", "-O2", "-g", "-c", "small.c"], check=True, cwd=folder)
    program = folder / "between"
    at = link(program, "-O2", "-g", "before.c", "small.o", "behind.c")
    assert at["before"] < at["in_inner"] < at["behind"] < at["before"] + 64, at
    stacks = fold("--buildid-dir", "/dev/null", sampled_at(program, at["in_inner"], at["behind"]))
    assert stacks["app;in_inner;inner"] == 1 and stacks["app;behind"] == 10, stacks


@case
def damaged_debug_information_is_survived():
    program = build_cpp("g++", "damaged", "-g")
    data = sample(program)
    options = ("--lines", "--buildid-dir", "/dev/null", data)
    whole, plain = program.read_bytes(), fold(*options)
    sections = subprocess.run(["readelf", "-SW", program], check=True, capture_output=True,
                              text=True).stdout
    places = re.findall(r" \.debug_(info|abbrev|line|str|rnglists) +PROGBITS +\w+ (\w+) (\w+)",
                        sections)
    assert len(places) == 5
    for name, start, size in places:
        start, size = int(start, 16), int(size, 16)
        for fill in (b"\0", b"\xff", b"\x81\x01"):
            bad = bytearray(whole)
            half = size // 4 * 2
            bad[start:start + half] = fill * (half // len(fill))
            program.write_bytes(bad)
            stacks = fold(*options)
            assert sum(stacks.values()) == sum(plain.values()), (name, fill)
            assert stacks != plain, (name, fill, "was the file read?")


run()
