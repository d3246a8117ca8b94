#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Where symbols are found, and that they are never another program's: stripped programs and what
was stripped off, files that moved, were deleted or replaced, containers, the cache of perf."""
import collections
import contextlib
import lzma
import os
import platform
import re
import shutil
import struct
import subprocess
import sys
import time

from compare import fold_samples, script
from lab import DEMO, HERE, PERFLAME, ROOT, TMP, Skip, case, compile_c, fold, let_run, need_perf, perflame, \
    record, recorder, run

sys.path.insert(0, str(ROOT / "tests/generate"))
import programs  # noqa: E402

need_perf()
os.chdir(TMP)  # node leaves its log where it runs
# Nothing of this machine's caches.
HOME = TMP / "home"
HOME.mkdir()
os.environ["HOME"] = str(HOME)
os.environ.pop("XDG_CACHE_HOME", None)
POINTERS = ("-F", "1999", "-g")


def forget_cache():
    """Empties the cache that perf record fills."""
    shutil.rmtree(HOME / ".debug", ignore_errors=True)


def tool(*command):
    subprocess.run([str(part) for part in command], check=True, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL)


def build(name, *flags, folder=TMP):
    """Compiles busy.c as a program of its own, with a build id that no other has."""
    folder.mkdir(parents=True, exist_ok=True)
    return compile_c("busy.c", "-fno-omit-frame-pointer", "-Wl,--build-id=uuid", *flags,
                     name=folder / name)


def strip(program, debug):
    """Moves the debug information of a program to a file of its own."""
    tool("objcopy", "--only-keep-debug", program, debug)
    tool("strip", program)


def share(stacks, name):
    """The share of the weight of stacks with a frame of that name."""
    return sum(weight for stack, weight in stacks.items() if name in stack.split(";")) / \
        sum(stacks.values())


def build_ids(data):
    """Gives (build id, path) of what the recording hit."""
    out = subprocess.run(["perf", "buildid-list", "-i", data], check=True, capture_output=True,
                         text=True).stdout
    return [line.split(maxsplit=1) for line in out.splitlines()]


def list_of_kernel():
    """The kernel's symbols as they were when perf ended: its modules and programs come and go."""
    kept = TMP / "kallsyms"
    shutil.copy(next(HOME.glob(".debug/?kernel.kallsyms?/*/kallsyms"), "/proc/kallsyms"), kept)
    return kept


def leaves(stacks, mark):
    """{leaf frame: weight} of the stacks whose leaf has `mark` in its name."""
    weights = collections.Counter()
    for stack, weight in stacks.items():
        if mark in stack.rsplit(";", 1)[-1]:
            weights[stack.rsplit(";", 1)[-1]] += weight
    return weights


def has_names(data, *options):
    return share(fold(*options, data), "inner_static") > 0.8


def lacks_names(data, *options):
    return share(fold(*options, data), "inner_static") == 0


@case
def a_stripped_program_is_told_as_such():
    program = build("stripped")
    tool("strip", program)
    data = record([program, "0.2"], *POINTERS, name="stripped.data")
    assert lacks_names(data), fold(data)
    done = perflame("fold", data)
    assert "(stripped)" in done.err, done.err


@case
def gnu_debugdata_names_what_strip_removed():
    program, mini = build("mini"), TMP / "mini.debug"
    strip(program, TMP / "mini.full")
    tool("objcopy", "-S", "--remove-section", ".comment", "--keep-symbol=inner_static",
         TMP / "mini.full", mini)
    (TMP / "mini.xz").write_bytes(lzma.compress(mini.read_bytes()))
    tool("objcopy", "--add-section", f".gnu_debugdata={TMP / 'mini.xz'}", program)
    assert has_names(record([program, "0.2"], *POINTERS, name="mini.data"))


@case
def a_debuglink_is_followed_beside_the_file_and_into_dot_debug():
    for where in (".", ".debug"):
        folder = TMP / ("linked" + where)
        program = build("linked", folder=folder)
        (folder / where).mkdir(exist_ok=True)
        debug = folder / where / "linked.debug"
        strip(program, debug)
        tool("objcopy", f"--add-gnu-debuglink={debug}", program)
        assert has_names(record([program, "0.2"], *POINTERS, name="linked.data")), where


@case
def without_a_build_id_the_checksum_of_the_debuglink_decides():
    folder = TMP / "checked"
    debug = folder / "program.debug"
    program = build("program", "-Wl,--build-id=none", folder=folder)
    strip(program, debug)
    tool("objcopy", f"--add-gnu-debuglink={debug}", program)
    data = record([program, "0.2"], *POINTERS, name="checked.data")
    assert has_names(data)
    with debug.open("ab") as file:
        file.write(b"\0")
    assert lacks_names(data), fold(data)


@case
def debug_information_alone_names_a_program_that_is_gone():
    folder = TMP / "gone"
    nested = TMP / "any/where"
    nested.mkdir(parents=True)
    debug = nested / "it"
    program = build("program", folder=folder)
    strip(program, debug)
    data = record([program, "0.2"], *POINTERS, name="gone.data")
    shutil.rmtree(folder)
    forget_cache()
    assert lacks_names(data), fold(data)
    assert "(not found)" in perflame("fold", data).err
    os.symlink(TMP / "any", TMP / "any/circle")
    assert has_names(data, "--symbols", TMP / "any")
    assert has_names(data, "--symbols", debug)
    assert lacks_names(data, "--symbols", TMP / "checked")
    assert lacks_names(data, "--symbols", "/dev/null")


@case
def a_source_of_symbols_that_is_of_no_use_is_told():
    """A wrong path must not look like symbols that are missing; /dev/null says that none are wanted."""
    text, folder, packed = TMP / "text", TMP / "empty folder", TMP / "vmlinuz"
    text.write_text("no symbols here\n")
    folder.mkdir()
    packed.write_bytes(b"MZ" + bytes(4096))
    bare = TMP / "bare.o"
    tool("gcc", "-c", HERE / "small32.c", "-o", bare)
    for option, path, why in (
            ("--symfs", "/nonexistent", "no such file or folder"), ("--symfs", text, "not a folder"),
            ("--buildid-dir", text / "x", "a part of the path is no folder"),
            ("--symbols", text, "neither an ELF file nor a folder"),
            ("--symbols", bare, "has no build id to know it by"),
            ("--kallsyms", text, "not a list of kernel symbols"), ("--kallsyms", folder, "a folder"),
            ("--vmlinux", packed, "not an ELF file"), ("--vmlinux", "/nonexistent", "no such file")):
        result = perflame("fold", *DEMO, option, path)
        assert result.status == 0 and "Sanitizer" not in result.err, result
        told = [line for line in result.err.splitlines() if f"that {option} gives" in line]
        assert len(told) == 1 and told[0].startswith(f"perflame: warning: {path}: {why}"), result.err
        if option == "--kallsyms":  # what was given is advised no more
            assert "--kallsyms FILE" not in result.err, result.err
    for option in ("--symfs", "--buildid-dir", "--symbols", "--kallsyms", "--vmlinux"):
        assert "gives no symbols" not in perflame("fold", *DEMO, option, "/dev/null").err, option
    for option in ("--symfs", "--buildid-dir", "--symbols"):
        assert "gives no symbols" not in perflame("fold", *DEMO, option, folder).err, option
    for path in (PERFLAME, "/proc/kallsyms"):
        assert "gives no symbols" not in perflame("fold", *DEMO, "--symbols", path).err, path
    kernel = perflame("info", DEMO[-1], "--kallsyms", text)
    assert "no names in the file given" in kernel.out + kernel.err, kernel


@case
def of_a_list_with_holes_what_is_whole_is_used():
    stacks, torn = fold(*DEMO), TMP / "torn"
    lines = (ROOT / "data/demo/kallsyms").read_bytes().splitlines()
    unseen = next(i for i, line in enumerate(lines)
                  if i > 30 and line.split()[2].decode() not in " ".join(stacks))
    lines[unseen] = lines[unseen][:25] + bytes(9)
    torn.write_bytes(b"\n".join(lines))
    result = perflame("fold", *DEMO, "--kallsyms", torn)
    assert f"warning: {torn}: lines with NUL bytes were skipped" in result.err, result
    assert fold(*DEMO, "--kallsyms", torn) == stacks


@case
def a_list_that_is_of_another_kernel_is_told():
    lines = (ROOT / "data/demo/kallsyms").read_text(encoding="ascii").splitlines()
    whole, stacks, other = "\n".join(lines), fold(*DEMO), TMP / "other.kallsyms"
    etext, = (line for line in lines if line.endswith(" _etext"))
    moved = "\n".join(f"{int(line[:16], 16) + (1 << 21):016x}{line[16:]}" for line in lines)
    for text, foreign in ((whole, False), (moved, False), (whole.replace("\n" + etext, ""), False),
                          (whole.replace(etext, f"{int(etext[:16], 16) + 64:016x} T _etext"), True)):
        other.write_text(text + "\n", encoding="ascii")
        result = perflame("fold", *DEMO, "--kallsyms", other)
        told = f"warning: {other}: seems to be of another kernel" in result.err
        assert result.status == 0 and told == foreign, result
        assert fold(*DEMO, "--kallsyms", other) == stacks


def build_go(name, *flags):
    """Compiles busy.go, without symbols."""
    if not shutil.which("go"):
        raise Skip("no Go compiler here")
    done = subprocess.run(["go", "build", "-ldflags=-s -w", *flags, "-o", TMP / name,
                           ROOT / "tests/e2e/busy.go"], capture_output=True, text=True, check=False,
                          env={**os.environ, "GO111MODULE": "off", "GOCACHE": str(TMP / "gocache"),
                               "GOFLAGS": ""})
    if done.returncode:
        raise Skip("this Go cannot build it: " + done.stderr.strip()[-100:])
    return TMP / name


@case
def stripped_go_programs_are_named_by_their_own_table():
    for name, flags in ("go-plain", []), ("go-pie", ["-buildmode=pie"]):
        stacks = fold(record([build_go(name, *flags), "0.3"], *POINTERS, name=name + ".data"))
        assert share(stacks, "main.(*worker).spin") > 0.5, name
        assert share(stacks, "runtime.main") > 0.5, name
        assert share(stacks, f"[{name}]") == 0, name


@case
def every_kind_of_jump_table_is_named():
    for flags in (["-Wl,-z,lazy"], ["-Wl,-z,lazy", "-DCHOSEN"], ["-Wl,-z,now"],
                  ["-fcf-protection", "-Wl,-z,ibtplt"]):
        program = compile_c("jumps.c", "-O1", "-fno-omit-frame-pointer", *flags, name="jumps")
        names = subprocess.run(["objdump", "-d", "--no-show-raw-insn", program], check=True,
                               capture_output=True, text=True).stdout
        assert "<toupper@plt>:" in names, "the compiler made no jump table"
        stacks = fold(record([program, "0.3"], "-F", "4999", "-g", name="jumps.data"))
        assert share(stacks, "toupper@plt") > 0.001, flags
        assert share(stacks, "[jumps]") < 0.001, flags


def unsize(program, *sections):
    """Takes from the headers of jump tables how long their entries are, which lld does not tell."""
    out = subprocess.run(["readelf", "-SW", program], check=True, capture_output=True, text=True).stdout
    image = bytearray(program.read_bytes())
    headers = int.from_bytes(image[40:48], "little")
    for name in sections:
        at = headers + 64 * int(re.search(rf"\[ *(\d+)\] {re.escape(name)} ", out)[1])
        image[at + 56:at + 64] = bytes(8)
    program.write_bytes(image)


@case
def a_jump_table_that_does_not_tell_its_entries_size_is_named():
    if platform.machine() != "x86_64":
        raise Skip("ld is asked for the tables of x86-64")
    for sections, flags in (((".plt",), ["-Wl,-z,lazy"]),
                            ((".plt", ".plt.sec"), ["-fcf-protection", "-Wl,-z,ibtplt"])):
        program = compile_c("jumps.c", "-O1", "-fno-omit-frame-pointer", "-Wl,--build-id=uuid", *flags,
                            name="jumps-unsized")
        unsize(program, *sections)
        stacks = fold(record([program, "0.3"], "-F", "4999", "-g", name="jumps-unsized.data"))
        assert share(stacks, "toupper@plt") > 0.001, (flags, stacks)
        assert share(stacks, "[jumps-unsized]") < 0.001, (flags, stacks)


@case
def the_jump_table_of_risc_v_begins_with_a_header_of_two_entries():
    names = b"\0one\0two\0six\0"
    symbols = bytes(24) + b"".join(struct.pack("<IBBHQQ", 1 + 4 * i, 0x12, 0, 0, 0, 0) for i in range(3))
    words = b"".join(struct.pack("<QQq", 0x9000 + 8 * i, i + 1 << 32 | 5, 0) for i in range(3))
    for entry_size in 0, 16:
        made = programs.elf(64, [
            (".plt", programs.PROGBITS, programs.ALLOC | programs.EXEC, b"\x13" * 80, entry_size),
            (".dynsym", programs.DYNSYM, programs.ALLOC, symbols, 24),
            (".dynstr", programs.STRTAB, programs.ALLOC, names, 0),
            (".rela.plt", programs.RELA, programs.ALLOC, words, 24)], machine=programs.RISCV)
        program, data = TMP / "risc-v", TMP / "risc-v.data"
        program.write_bytes(made)
        plt = programs.BASE + made.index(b"\x13" * 80)
        data.write_bytes(programs.recording(program, [plt + 32 + 16 * (i // 2) for i in range(6)]))
        stacks = fold("--buildid-dir", "/dev/null", data)
        assert stacks == {"app;one@plt": 2, "app;two@plt": 2, "app;six@plt": 2}, (entry_size, stacks)


@case
def jumps_to_functions_that_are_chosen_are_named():
    if platform.machine() != "x86_64":
        raise Skip("what stands in the table is known of x86-64 alone")
    for flags in (["-static", "-no-pie"], ["-static-pie"], ["-Wl,-z,lazy"], ["-Wl,-z,now"]):
        program = compile_c("jumps.c", "-O1", "-fno-omit-frame-pointer", "-DCHOSEN", *flags,
                            name="jumps-chosen")
        data = record([program, "0.3"], "-F", "4999", "-g", name="jumps-chosen.data")
        stacks = fold(data)
        assert share(stacks, "chosen@plt") > 0.001, (flags, stacks)
        assert share(stacks, "[jumps-chosen]") < 0.001, (flags, stacks)
        if "-static" in flags:  # without a symbol, as objdump has it
            tool("objcopy", "--strip-symbol=chosen", program)
            forget_cache()
            assert any(re.search(r";\*ABS\*\+0x\w+@plt$", stack) for stack in fold(data)), fold(data)


@case
def the_jump_table_of_a_program_that_is_gone_bears_no_other_name():
    program = compile_c("jumps.c", "-g", "-O1", "-fno-omit-frame-pointer", "-Wl,-z,lazy",
                        "-Wl,--build-id=uuid", name="jumps-gone")
    data = record([program, "0.3"], "-F", "4999", "-g", name="jumps-gone.data")
    debug = TMP / "jumps-gone.debug"
    strip(program, debug)
    program.unlink()
    stacks = fold("--buildid-dir", "/dev/null", "--symbols", debug, data)
    assert share(stacks, "main") > 0.001, stacks
    assert share(stacks, "[jumps-gone]") > 0.001, stacks
    assert share(stacks, "_init") == 0, stacks


@case
def a_program_that_was_replaced_gives_no_names():
    program = build("replaced")
    data = record([program, "0.2"], *POINTERS, name="replaced.data")
    assert has_names(data)
    os.unlink(program)
    forget_cache()
    assert build("replaced", "-DNDEBUG") == program
    assert lacks_names(data), fold(data)
    assert "(build id differs)" in perflame("fold", data).err


@case
def symfs_gives_the_same_stacks_as_the_machine():
    program = build("moved")
    data = record([program, "0.2"], *POINTERS, name="moved.data")
    before = fold(data)
    root = TMP / "root"
    used = re.findall(r"/\S+", subprocess.run(["ldd", program], check=True, text=True,
                                              capture_output=True).stdout)
    for path in {os.path.realpath(path) for path in [program, *used]}:
        notes = subprocess.run(["readelf", "-n", path], check=True, text=True,
                               capture_output=True).stdout
        build_id = re.search(r"Build ID: (\w+)", notes)[1]
        for file in (path, f"/usr/lib/debug/.build-id/{build_id[:2]}/{build_id[2:]}.debug"):
            if os.path.isfile(file):
                (root / file[1:]).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, root / file[1:])
    os.unlink(program)
    lists = ["--kallsyms", list_of_kernel()]
    forget_cache()
    after = fold("--symfs", root, *lists, data)
    assert after == before, (after - before, before - after)
    assert lacks_names(data, "--symfs", TMP / "linked.", *lists)


@case
def a_perf_archive_gives_the_same_stacks():
    program = build("archived")
    data = record([program, "0.2"], *POINTERS, name="archived.data")
    before = fold(data)
    done = subprocess.run(["perf", "archive", data], cwd=TMP, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, check=False)
    archive = TMP / (data.name + ".tar.bz2")
    if done.returncode or not archive.exists():
        raise Skip("perf archive does not work here: " + done.stderr.strip()[:100])
    cache = TMP / "unpacked"
    cache.mkdir()
    tool("tar", "-C", cache, "-xf", archive)
    os.unlink(program)
    forget_cache()
    after = fold("--buildid-dir", cache, data)
    assert after == before, (after - before, before - after)
    assert fold("--symbols", cache, data) == before


@case
def a_program_of_a_container_is_read_while_it_runs():
    if os.geteuid():
        raise Skip("chroot needs root")
    root, data = TMP / "container", TMP / "container.data"
    build("inside", "-static", folder=root)
    with contextlib.ExitStack() as running:
        with recorder(data, *POINTERS, "-a"):
            process = subprocess.Popen(["chroot", root, "/inside", "60"])
            running.callback(process.wait)
            running.callback(process.kill)
            let_run(process.pid, 0.3)
        forget_cache()
        assert has_names(data, "--pid", process.pid)
    assert lacks_names(data, "--pid", process.pid)


@case
def what_is_mounted_for_a_process_alone_is_not_named_by_what_lies_below():
    """Without a build id, by the device that was recorded; the process is gone."""
    if os.geteuid() or not shutil.which("unshare"):
        raise Skip("needs root and unshare")
    if os.major(os.stat(TMP).st_dev) == 0:
        raise Skip("files here are of no disk: their devices are not those of mappings")
    below = build("mounted", "-Wl,--build-id=none", folder=TMP / "mount")
    above = shutil.copy(below, TMP / "above")
    tool("objcopy", "--redefine-sym", "inner_static=of_another_program", below)
    script = f"mount -t tmpfs none {below.parent} && cp {above} {below} && exec {below} 0.3"
    data = record(["unshare", "-m", "sh", "-c", script], *POINTERS, name="mounted.data")
    stacks = fold("--comm", "mounted", data)
    assert share(stacks, "of_another_program") == 0, stacks
    assert share(stacks, "[mounted]") > 0.5, stacks


@case
def jitdump_files_are_read_as_perf_inject_does():
    if not shutil.which("node"):
        raise Skip("no node here")
    data, injected = TMP / "jit.data", TMP / "injected.data"
    # Beside the recording: the compiler writes jit-PID.dump where it runs.
    done = subprocess.run(["perf", "record", "-q", "-k", "mono", "-e", "cpu-clock", *POINTERS, "-o",
                           data, "--", "node", "--perf-prof", HERE / "real.js", "1"], cwd=TMP,
                          stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, check=False)
    if done.returncode or not list(TMP.glob("jit-*.dump")):
        raise Skip("this node writes no jitdump file")
    tool("perf", "inject", "--jit", "-i", data, "-o", injected)
    ours, theirs = (leaves(stacks, "JS:") for stacks in
                    (fold("--no-inline", data), fold_samples(script(injected))))
    assert sum(theirs.values()) > 0 and len(theirs) >= 2, theirs
    assert ours == theirs, (ours - theirs, theirs - ours)


@case
def the_map_of_a_container_has_its_own_number():
    if os.geteuid() or platform.machine() != "x86_64" or not shutil.which("unshare"):
        raise Skip("needs root, unshare and an x86-64")
    root, data = TMP / "cell", TMP / "cell.data"
    compile_c("jitted.c", "-static", "-fno-omit-frame-pointer", name=root.name + "-jitted")
    (root / "tmp").mkdir(parents=True)
    (TMP / "cell-jitted").rename(root / "jitted")
    process = subprocess.Popen(["unshare", "--pid", "--fork", "chroot", root, "/jitted", "60"],
                               start_new_session=True)
    try:
        for _ in range(1200):
            if list((root / "tmp").glob("perf-*.map")):
                break
            time.sleep(0.05)
        assert [file.name for file in (root / "tmp").iterdir()] == ["perf-1.map"]
        with open(f"/proc/{process.pid}/task/{process.pid}/children", encoding="ascii") as children:
            inside = children.read().strip()
        with recorder(data, *POINTERS, "-a"):
            let_run(inside, 0.2)
        assert share(fold("--pid", inside, data), "made_at_run_time") > 0.9
    finally:
        os.killpg(process.pid, 9)
        process.wait()
    assert share(fold("--pid", inside, data), "made_at_run_time") == 0


@case
def a_map_that_is_older_than_its_process_is_another_ones():
    if not shutil.which("node"):
        raise Skip("no node here")
    data = record(["node", "--perf-basic-prof", HERE / "real.js", "0.5"], "-F", "999", "-g",
                  name="old.data")
    stacks = fold(data)
    assert leaves(stacks, "fibonacci"), stacks
    pid = re.search(r"(\d+)$", next(iter(fold("--by", "process", data))).split(";")[0])[1]
    old = time.time() - 3600
    os.utime(f"/tmp/perf-{pid}.map", (old, old))
    stacks = fold(data)
    assert not leaves(stacks, "fibonacci") and leaves(stacks, f"[perf-{pid}.map]"), stacks
    assert "JIT map older than its process" in perflame("info", data).out
    assert leaves(fold("--symfs", "/", data), "fibonacci"), "who says so is believed"


def add_symbols(program, names, offsets):
    """Gives a stripped program another symbol table: at inner_static's address, a function for
    each of `offsets` into `names`."""
    image = bytearray(program.read_bytes())
    out = subprocess.run(["nm", program], check=True, capture_output=True, text=True).stdout
    address = int(re.search(r"(\w+) t inner_static", out)[1], 16)
    at, count = struct.unpack_from("<Q", image, 0x28)[0], struct.unpack_from("<H", image, 0x3c)[0]
    headers = [list(struct.unpack_from("<IIQQQQIIQQ", image, at + 64 * i)) for i in range(count)]
    table = next(i for i, header in enumerate(headers) if header[1] == 2)
    text = next(i for i, header in enumerate(headers)
                if header[2] & 4 and header[3] <= address < header[3] + header[5])
    symbols = bytearray(24)
    for offset in offsets:
        symbols += struct.pack("<IBBHQQ", offset, 0x12, 0, text, address, 64)
    for header, data in (headers[table], symbols), (headers[headers[table][6]], names):
        header[4], header[5] = len(image), len(data)
        image += data
    for i, header in enumerate(headers):
        struct.pack_into("<IIQQQQIIQQ", image, at + 64 * i, *header)
    program.write_bytes(image)


@case
def a_million_aliases_are_survived():
    program = build("aliases")
    data = record([program, "0.2"], *POINTERS, name="aliases.data")
    forget_cache()
    whole = program.read_bytes()
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWX"
    bomb = "_ZN1fI1AI1BS0_E" + "".join(f"S_IS{d}_S{d}_E" for d in digits[1:]) + "E1gEv"
    long = "a" * 65000
    many = [f"alias{i:06}" for i in range(300000)]
    for names, offsets in ((["winner", *many], [1 + 7 + 12 * i for i in range(len(many))] + [1]),
                           ([bomb], [1] * 1000000), ([long], range(1, 60000))):
        program.write_bytes(whole)
        add_symbols(program, ("\0" + "\0".join(names) + "\0").encode(), offsets)
        stacks = fold("--perf-compat", data)
        assert lacks_names(data) and sum(stacks.values()) == sum(fold(data).values())
        assert any(re.search(r";(alias0|f<|_ZN|a{50})", stack) for stack in stacks), \
            [stack[:200] for stack in stacks]


@case
def the_kernel_is_named_by_its_copy_in_the_cache():
    data = record([build("any-program"), "0.1"], *POINTERS, "-a", name="kernel.data")
    ids = [build_id for build_id, path in build_ids(data) if path == "[kernel.kallsyms]"]
    if not ids:
        raise Skip("the recording has no build id of the kernel")
    folder = TMP / "kernels/[kernel.kallsyms]" / ids[0]
    folder.mkdir(parents=True)
    shutil.copy(list_of_kernel(), folder / "kallsyms")
    forget_cache()
    assert fold("--symfs", TMP, "--symbols", TMP / "kernels", "--frames", "kernel", data) == \
        fold("--frames", "kernel", data)


run()
