#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes inputs of the fuzz target recording that reach what the shapes of records alone do not: captured
stacks in a program, a list of the kernel's symbols, tracepoints with their formats, and recordings so large that
a second thread reads ahead and blocks are given up: tests/generate/recordings.py FOLDER.
tests/fuzz/corpus/recording holds what it wrote, as made-*. Needs gcc, gzip, xz and zstd."""
import pathlib
import struct
import subprocess
import sys
import tempfile

from debug_files import SOURCE, gcc
from perfdata import *  # noqa: F403 (the names of the format)
from perfdata import Event, Recording
from shapes import APP, BASE, CORE, many

EXCLUDE_CALLCHAIN_USER = 1 << 22
REGISTERS, SP, IP_AT = 0xff0fff, 7, 8  # of x86-64, as perf asks for them
STACK_AT = 0x7ffff0000000
TRAMPOLINE = 0x7fffffffe000
F_TRACING_DATA = 1

# A function whose caller's stack begins where a word on the stack says (DW_CFA_def_cfa_expression).
ODD = """
asm("odd:\\n.cfi_startproc\\n.cfi_escape 0x0f, 3, 0x77, 16, 6\\nnop\\nnop\\nnop\\nret\\n.cfi_endproc");
"""


def with_file(content, recording):
    return b"+" + struct.pack("<H", len(content)) + content + recording


def begun(*events):
    r = Recording()
    for event in events:
        r.event(event)
    r.mmap(-1, 0, CORE, 0x1000000, CORE, "[kernel.kallsyms]_text", misc=IN_KERNEL)
    r.comm(10, 10, "app", execed=True, time=1)
    return r


# Captured stacks.

def code_of(program):
    """Where a small program's code begins in memory and in the file, and how long it is."""
    entry, at = struct.unpack_from("<QQ", program, 0x18)  # _start comes last
    for number in range(struct.unpack_from("<H", program, 0x38)[0]):
        kind, flags, offset, address, _, size = struct.unpack_from("<IIQQQQ", program, at + 56 * number)
        if kind == 1 and flags & 1:  # PT_LOAD, PF_X
            return entry - 72, entry - 72 - address + offset, 112
    raise ValueError("a program without code")


def built(folder, *flags):
    gcc(folder, *flags, source=SOURCE + ODD)
    subprocess.run(["objcopy", "-R", ".comment", "--strip-all", "program"], cwd=folder, check=True)
    return (folder / "program").read_bytes()


def finished(program, r, compat, arch="x86_64"):
    """The target reads what is as long as a multiple of three as perf does."""
    r.describe().features[F_ARCH] = r.text(arch)
    data = r.file()
    while (len(data) % 3 == 0) != compat:
        data += b"\0"
    return with_file(program, data)


def stacked(name, kind=1, **options):
    return Event(name, IP | TID | TIME | CALLCHAIN | PERIOD | REGS_USER | STACK_USER | RAW | IDENTIFIER,
                 kind=kind, flags=SAMPLE_ID_ALL | EXCLUDE_CALLCHAIN_USER, regs_user=REGISTERS,
                 stack_user=64, **options)


def with_registers(code, stack):
    registers = [stack + 8 * n for n in range(20)]
    registers[SP], registers[IP_AT], registers[6] = stack, code, stack
    return registers


def captured(*flags, compat=False, arch="x86_64"):
    """A sample at each byte of a program's code; on its stack lie addresses of the code, and a frame
    pointer that leads up the stack."""
    def make(folder):
        program = built(folder, *flags)
        address, offset, size = code_of(program)
        r = begun(stacked("cpu-clock", ids=[1]))
        r.mmap2(10, 10, address & ~0xfff, 0x2000, offset & ~0xfff, "/file", time=2)
        r.mmap2(10, 10, 0x900000, 0x1000, 0, "//anon", time=2)
        for number in range(size):
            code = address + number
            words = [STACK_AT + 16, code + 3, STACK_AT + 32, address + 40, STACK_AT + 48, 0x900010, 0, 1]
            r.sample(r.events[0], ip=code, pid=10, tid=10, time=10 + number, period=3,
                     regs=with_registers(code, STACK_AT), stack=r.words(words),
                     valid=64 if number % 5 else 24,
                     chain=[KERNEL, CORE + number] if number % 7 == 0 else [],
                     abi=(2, 2, 2, 1, 0)[number % 5])
        r.sample(r.events[0], ip=5, pid=10, tid=10, time=9000, regs=[5] * 20, stack=b"")
        return finished(program, r, compat, arch)
    return make


def deep(folder):
    """Stacks so large that their middle is not read before somebody looks there: the frame pointer leads into it.
    One lies behind where the middle would begin, so that it must be read before anything else."""
    program = built(folder, "-fno-asynchronous-unwind-tables", "-fno-omit-frame-pointer")
    address, offset, _ = code_of(program)
    r = begun(stacked("cpu-clock", ids=[1]))
    r.mmap2(10, 10, address & ~0xfff, 0x2000, offset & ~0xfff, "/file", time=2)
    for number, raw in enumerate((8, 8, 4800)):
        words = [0] * 700
        for at in range(0, 680, 170):  # a frame each 1360 bytes
            words[at:at + 2] = STACK_AT + 8 * (at + 170), address + 40 + number
        r.sample(r.events[0], ip=address + 50, pid=10, tid=10, time=10 + number, raw=bytes(raw + 4),
                 regs=with_registers(address + 50, STACK_AT), stack=r.words(words), valid=5600 - 8 * number)
    return finished(program, r, False)


def probed(folder):
    """A function's entry and return: between them the stack holds the kernel's trampoline where the return
    address was."""
    program = built(folder, "-fasynchronous-unwind-tables")
    address, offset, _ = code_of(program)
    names = ["probe_libc:malloc", "probe_libc:malloc__return"]
    r = begun(stacked("cpu-clock", ids=[1]),
              *(stacked(name, kind=2, config=100 + n, ids=[2 + n]) for n, name in enumerate(names)))
    r.mmap2(10, 10, address & ~0xfff, 0x2000, offset & ~0xfff, "/file", time=2)
    r.mmap2(10, 10, TRAMPOLINE, 0x1000, 0, "[uprobes]", time=2)
    for turn in range(4):
        stack, time = STACK_AT + 64 * (turn % 2), 10 + 10 * turn
        for n, (event, top) in enumerate(zip((1, 0, 2), (address + 45, TRAMPOLINE, address + 50))):
            raw = struct.pack("<HHI4Q", 99 + event, 0, 10, 0x1000, 64, 64, 0)
            words = r.words([top, address + 42, TRAMPOLINE + 1, 0, 0, 0, 0, 0])
            r.sample(r.events[event], ip=address + 40, pid=10, tid=10, time=time + n, raw=raw + bytes(4),
                     regs=with_registers(address + 40, stack), stack=words)
    r.describe().features[F_TRACING_DATA] = tracing(names)
    return finished(program, r, False)


# The kernel's names.

def kernel_names(_):
    lines = [f"{CORE + 0x10 * n:016x} {'tTwWdb'[n % 6]} symbol_{n}" for n in range(60)]
    lines[0] = f"{CORE:016x} T _text"
    lines += [f"{0xffffffffc0000000 + 0x40 * n:016x} t entry_{n}\t[module]" for n in range(5)]
    r = begun(Event("cpu-clock", BASE, ids=[1]))
    r.mmap(-1, 0, 0xffffffffc0000000, 0x1000, 0, "[module]", misc=IN_KERNEL)
    r.record(KSYMBOL, r.pack("QIHH", 0xffffffffc0100000, 0x80, 1, 0) + b"bpf_prog_1\0", time=3)
    for number in range(40):
        at = (CORE + 7 * number, 0xffffffffc0000000 + 9 * number, 0xffffffffc0100000 + number)[number % 3]
        r.sample(r.events[0], misc=IN_KERNEL, ip=at, pid=10, tid=10, time=10 + number,
                 chain=[KERNEL, at, CORE + 0x111, USER, APP])
    return with_file("\n".join(lines).encode() + b"\n", r.describe().file())


# Tracepoints: all their fields have 8 bytes.

POINTS = {
    "sched:sched_switch": ["prev_pid", "prev_state", "next_pid"],
    "sched:sched_wakeup": ["pid"],
    "kmem:kmalloc": ["call_site", "ptr", "bytes_req", "bytes_alloc"],
    "kmem:kfree": ["call_site", "ptr"],
    "kmem:mm_page_alloc": ["pfn", "order", "gfp_flags", "migratetype"],
    "kmem:mm_page_free": ["pfn", "order"],
    "exceptions:page_fault_user": ["address", "error_code"],
    "probe_libc:malloc": ["__probe_ip", "size"],
    "probe_libc:malloc__return": ["__probe_func", "__probe_ret_ip", "ret"],
    "probe_libc:realloc": ["__probe_ip", "ptr", "size"],
    "probe_libc:realloc__return": ["__probe_func", "__probe_ret_ip", "ret"],
    "probe_libc:free": ["__probe_ip", "ptr"],
    "syscalls:sys_enter_mmap": ["addr", "len"],
    "syscalls:sys_exit_mmap": ["ret"],
    "syscalls:sys_enter_munmap": ["addr", "len"],
}


def tracing(names):
    """The formats, as perf copies them from tracefs (tools/perf/util/trace-event-info.c)."""
    data = b"\x17\x08\x44tracing0.6\0\0\x08" + struct.pack("<I", 4096)
    data += b"header_page\0" + bytes(8) + b"header_event\0" + bytes(8) + struct.pack("<II", 0, len(names))
    for number, name in enumerate(names):
        system, point = name.split(":")
        text = (f"name: {point}\nID: {100 + number}\nformat:\n"
                "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
                "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n")
        text += "".join(f"\tfield:u64 {field};\toffset:{8 + 8 * n};\tsize:8;\tsigned:0;\n"
                        for n, field in enumerate(POINTS[name]))
        text += "\tfield:char comm[16];\toffset:8;\tsize:16;\tsigned:0;\n\nprint fmt: \"\"\n"
        data += system.encode() + b"\0" + struct.pack("<IQ", 1, len(text)) + text.encode()
    return data


def tracepoints(*systems):
    """Each event with values that fit those before: blocks that are freed, threads that wait."""
    def make(_):
        names = [name for name in POINTS if name.split(":")[0] in systems]
        r = begun(*(Event(name, IP | TID | TIME | CPU | CALLCHAIN | PERIOD | RAW | IDENTIFIER, kind=2,
                          config=100 + n, ids=[n + 1]) for n, name in enumerate(names)))
        time = 10
        for turn in range(4):
            for n, name in enumerate(names):
                tid, time = 10 + turn % 2, time + 5
                values = {"size": 64, "len": 8192, "order": turn % 2, "prev_pid": tid, "pid": 10,
                          "next_pid": 21 - tid, "prev_state": turn % 2, "error_code": 4, "migratetype": 0,
                          "__probe_func": 0x1000, "__probe_ip": 0x1000, "call_site": CORE}
                raw = struct.pack("<HHI", 100 + n, 0, tid) + struct.pack(
                    f"<{len(POINTS[name])}Q", *(values.get(field, 0x10000 * (1 + turn // 2))
                                                for field in POINTS[name]))
                r.sample(r.events[n], ip=APP, pid=10, tid=tid, time=time, raw=raw + bytes(4),
                         chain=[KERNEL, CORE + n, USER, APP + 16 * n])
        r.describe().features[F_TRACING_DATA] = tracing(names)
        return r.file()
    return make


# Packed as a whole.

def whole(command, ending, share=1, records=60):
    def make(folder):
        (folder / "data").write_bytes(many(count=records).recording.describe().file())
        subprocess.run([*command.split(), "data"], cwd=folder, check=True)
        data = (folder / f"data.{ending}").read_bytes()
        return data[:int(len(data) * share)]
    return make


def large(order, megabytes, wrap):
    """Samples of 60 KB each, without rounds; order says when each was taken."""
    def make(folder):
        r = begun(Event("e", IP | TID | TIME | CALLCHAIN | RAW))
        count = megabytes * 1000 // 60
        records = [b"".join(r.records)]
        for number in range(count):
            r.records.clear()
            r.sample(r.events[0], ip=APP + number % 3, pid=10, tid=10, time=1000 + order(number, count),
                     raw=bytes(60004), chain=[USER, APP + number % 3, APP + 99])
            records += r.records
        r.records = records
        (folder / "data").write_bytes(wrap(r.describe()))
        subprocess.run(["zstd", "-q", "-19", "data"], cwd=folder, check=True)
        return (folder / "data.zst").read_bytes()
    return make


def small_ahead(folder):
    """Batches of short records, and of some that are not short."""
    r = begun(Event("short", IP | TID | TIME | PERIOD | CALLCHAIN))
    records = [b"".join(r.records)]
    for number in range(40000):
        r.records.clear()
        if number % 1000 == 7:
            r.comm(10, 10, f"app{number}", time=1000 + number // 500)
        r.sample(r.events[0], ip=APP, pid=10, tid=10, time=1000 + number // 500,
                 chain=[USER] + 9 * [APP + 5])
        records += r.records
    r.records = records
    (folder / "data").write_bytes(r.describe().file())
    subprocess.run(["zstd", "-q", "-19", "data"], cwd=folder, check=True)
    return (folder / "data.zst").read_bytes()


INPUTS = {
    "made-whole-gz": whole("gzip -n", "gz"),
    "made-whole-gz-cut": whole("gzip -n", "gz", 0.7),
    "made-whole-xz": whole("xz", "xz"),
    "made-whole-xz-cut": whole("xz", "xz", 0.9),
    "made-whole-zst": whole("zstd -q", "zst"),
    "made-whole-zst-cut": whole("zstd -q", "zst", 0.9, records=2000),
    "made-captured": captured("-fasynchronous-unwind-tables", "-Wl,--eh-frame-hdr"),
    "made-captured-compat": captured("-fasynchronous-unwind-tables", compat=True),
    "made-captured-elsewhere": captured("-fasynchronous-unwind-tables", arch="alpha"),
    "made-captured-probes": probed,
    "made-captured-deep": deep,
    "made-captured-guessed": captured("-fno-asynchronous-unwind-tables", "-fno-omit-frame-pointer"),
    "made-kernel-names": kernel_names,
    "made-waits": tracepoints("sched"),
    "made-slab-and-pages": tracepoints("kmem", "exceptions"),
    "made-heap": tracepoints("probe_libc"),
    "made-maps": tracepoints("syscalls"),
    "made-large-backwards": large(lambda n, count: count - n, 24, Recording.file),
    "made-large-mixed": large(lambda n, count: n * 7919 % count, 24, Recording.file),
    "made-large-pipe": large(lambda n, count: n * 7919 % count, 24, Recording.pipe),
    "made-ahead": small_ahead,
}


def write(folder):
    for name, make_input in INPUTS.items():
        with tempfile.TemporaryDirectory() as scratch:
            made = pathlib.Path(folder, "recording", name)
            made.parent.mkdir(parents=True, exist_ok=True)
            made.write_bytes(make_input(pathlib.Path(scratch)))


if __name__ == "__main__":
    write(sys.argv[1])
