# SPDX-License-Identifier: MIT
"""A kernel that never ran: its image, its list of symbols, a module in every compression, and a
recording of it. Made with gcc and binutils, so that another kernel than the one that runs is at hand."""
import gzip
import lzma
import pathlib
import subprocess

from perfdata import (CALLCHAIN, F_BUILD_ID, IN_KERNEL, IN_USER, IP, KERNEL, PERIOD, TID, TIME, USER,
                      Event, Recording, zstd)

RELEASE = "5.0.0"  # that of Recording.describe
CORE = 0xffffffff81000000
MOVED = 0x1c00000  # so far from where it was linked it was loaded
MODULE = 0xffffffffc0123000
KERNEL_ID, MODULE_ID = bytes(range(1, 21)), bytes(range(21, 41))
MODULE_PATH = f"/lib/modules/{RELEASE}/kernel/drivers/made/made.ko"

SOURCE = """.text
.globl {first}
{first}:
{functions}
"""
FUNCTION = """.globl {name}
.type {name}, @function
.p2align 4
{name}: .fill 32, 1, 0x90
.size {name}, 32
"""
KERNEL_FUNCTIONS = ("start_kernel", "do_syscall_64", "vfs_read")
MODULE_FUNCTIONS = ("made_probe", "made_interrupt")


def link(path, first, functions, *arguments):
    source = path.with_suffix(".s")
    source.write_text(SOURCE.format(first=first, functions="".join(
        FUNCTION.format(name=name) for name in functions)))
    subprocess.run(["gcc", "-nostdlib", *arguments, source, "-o", path], check=True)
    source.unlink()


def make(folder):
    """Gives {name: path}: vmlinux, System.map, and made.ko with nothing, .gz, .xz and .zst behind."""
    folder = pathlib.Path(folder)
    image, module = folder / "vmlinux", folder / "made.ko"
    link(image, "_text", KERNEL_FUNCTIONS, "-static", f"-Wl,-Ttext={CORE:#x},-e,_text",
         f"-Wl,--build-id=0x{KERNEL_ID.hex()}")
    link(module, "made_first", MODULE_FUNCTIONS, "-r", f"-Wl,--build-id=0x{MODULE_ID.hex()}")
    files = {"vmlinux": image, "made.ko": module, "System.map": folder / "System.map"}
    files["System.map"].write_text(subprocess.run(["nm", "-n", image], check=True, text=True,
                                                  stdout=subprocess.PIPE).stdout)
    whole = module.read_bytes()
    for ending, pack in ((".gz", gzip.compress), (".xz", lzma.compress), (".zst", zstd)):
        files["made.ko" + ending] = folder / ("made.ko" + ending)
        files["made.ko" + ending].write_bytes(pack(whole))
    return files


def addresses(path, moved):
    """{name: address} of an image's or a module's functions where they were loaded."""
    listed = subprocess.run(["nm", path], check=True, text=True, stdout=subprocess.PIPE).stdout
    return {name: int(address, 16) + moved & (1 << 64) - 1 for address, kind, name
            in (line.split() for line in listed.splitlines() if line[0] != " ") if kind in "tT"}


def record(path, ips, *, kernel_id=KERNEL_ID, text=CORE + MOVED,
           modules=((MODULE_PATH, MODULE, 0x1000, MODULE_ID),), program=None):
    """Writes a recording with a sample at each address; `text` is where _text was. A program is mapped at
    0x400000: its path and its build id."""
    made = Recording()
    event = made.event(Event("cycles", IP | TID | TIME | CALLCHAIN | PERIOD))
    ids = made.build_id(-1, IN_KERNEL, kernel_id, "[kernel.kallsyms]")
    made.mmap(-1, 0, text, 0x4000000, text, "[kernel.kallsyms]_text", misc=IN_KERNEL)
    for file, start, size, build_id in modules:
        made.mmap(-1, 0, start, size, 0, file, misc=IN_KERNEL)
        ids += made.build_id(-1, IN_KERNEL, build_id, file)
    made.comm(7, 7, "task", time=1)
    if program:
        made.mmap2(7, 7, 0x400000, 0x100000, 0, str(program[0]), build_id=program[1], time=2)
    for number, ip in enumerate(ips):
        mode, mark = (IN_KERNEL, KERNEL) if ip >> 63 else (IN_USER, USER)
        made.sample(event, misc=mode, ip=ip, pid=7, tid=7, time=3 + number, period=1,
                    chain=[mark, ip])
    made.describe().features[F_BUILD_ID] = ids
    pathlib.Path(path).write_bytes(made.file())
