#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""frames.py: makes the golden cases unwind-aarch64 and unwind-i386 anew.

Builds frames.c for both machines, stops it in leaf() under gdb-multiarch (aarch64 under qemu-aarch64,
which signs return addresses), and writes a recording of its registers and stack there. What the case must
print is the debugger's own backtrace; for aarch64 that of the same program built without signatures, at which
gdb 13 would stop. unwind-signal is the same of signals.c for aarch64, with the name of the trampoline, which gdb
shows as <signal handler called>. Needs gcc -m32, aarch64-linux-gnu-gcc, qemu-user, gdb-multiarch."""
import os
import pathlib
import re
import subprocess
import time

from perfdata import CALLCHAIN, IP, PERIOD, REGS_USER, STACK_USER, TID, TIME, F_ARCH, Event, Recording

HERE = pathlib.Path(__file__).resolve().parent
CASES = HERE.parent / "golden/cases"
FLAGS = ["-O2", "-nostdlib", "-static", "-fno-pie", "-no-pie", "-fasynchronous-unwind-tables",
         "-fno-stack-protector", "-ffreestanding", "-Wl,--build-id"]
SAMPLE_ID_ALL, EXCLUDE_CALLCHAIN_USER = 1 << 18, 1 << 22
PORT = "23456"

# The registers that perf records, in its order; None for those that gdb need not tell.
I386 = ["eax", "ebx", "ecx", "edx", "esi", "edi", "ebp", "esp", "eip", None, None, None]
ARM64 = [f"x{number}" for number in range(31)] + ["sp", "pc"]
MACHINES = {
    "i386": (["gcc", "-m32"], "x86_64", 1, 0xfff, I386),
    "aarch64": (["aarch64-linux-gnu-gcc", "-mbranch-protection=standard"], "aarch64", 2,
                0x1ffffffff, ARM64),
}


def debug(machine, program, registers, memory, size, cpu):
    """Gives ({register: value}, names of the backtrace, leaf first, pc)."""
    told = [name for name in registers if name]
    commands = ["set confirm off", "handle SIGUSR1 nostop noprint pass", f"file {program}",
                f"target remote :{PORT}" if machine == "aarch64" else "starti", "break *leaf",
                "continue", "stepi 3", "bt", "info registers " + " ".join(told),
                f"dump binary memory {memory} $sp $sp+{size}", "kill"]
    emulator = None
    if machine == "aarch64":
        emulator = subprocess.Popen(["qemu-aarch64", "-cpu", cpu, "-g", PORT, program],
                                    stderr=subprocess.DEVNULL)
        time.sleep(1)
    arguments = [text for command in commands for text in ("-ex", command)]
    out = subprocess.run(["gdb-multiarch", "-q", "-batch", "-nx", *arguments], check=True, text=True,
                         capture_output=True).stdout
    if emulator:
        emulator.wait()
    values = {name: int(value, 16) for name, value in re.findall(r"^(\w+) +(0x[0-9a-f]+)", out, re.M)}
    out = out.replace("<signal handler called>", "restorer (")
    return values, re.findall(r"^#\d+ +(?:0x[0-9a-f]+ in )?(\w+) \(", out, re.M)


def segments(program):
    """The mappings of the program's code: address, offset, size."""
    out = subprocess.run(["readelf", "-lW", program], check=True, text=True, capture_output=True).stdout
    for line in out.splitlines():
        words = line.split()
        if words[:1] == ["LOAD"] and "E" in words[6:8]:
            yield int(words[2], 16), int(words[1], 16), int(words[4], 16)


def build_id(program):
    out = subprocess.run(["readelf", "-nW", program], check=True, text=True, capture_output=True).stdout
    return bytes.fromhex(re.search(r"Build ID: ([0-9a-f]+)", out)[1])


def make(machine, source="frames.c", name=None, cpu="max", size=2048):
    compiler, arch, abi, mask, registers = MACHINES[machine]
    case = CASES / f"unwind-{name or machine}"
    program = case / "root/usr/bin/frames"
    program.parent.mkdir(parents=True, exist_ok=True)
    plain = ["-mbranch-protection=none"] if machine == "aarch64" else []
    subprocess.run([*compiler, *FLAGS, *plain, "-o", program, HERE / source], check=True)
    _, names = debug(machine, str(program), registers, case / "stack", size, cpu)
    subprocess.run([*compiler, *FLAGS, "-o", program, HERE / source], check=True)
    values, _ = debug(machine, str(program), registers, case / "stack", size, cpu)
    stack = (case / "stack").read_bytes()
    (case / "stack").unlink()
    recording = Recording()
    event = recording.event(Event("cpu-clock", IP | TID | TIME | CALLCHAIN | PERIOD | REGS_USER | STACK_USER,
                                  kind=1, flags=SAMPLE_ID_ALL | EXCLUDE_CALLCHAIN_USER, regs_user=mask,
                                  stack_user=size))
    recording.comm(10, 10, "frames", time=1)
    for address, offset, size in segments(program):
        recording.mmap2(10, 10, address & ~0xfff, (size + (address & 0xfff) + 0xfff) & ~0xfff,
                        offset & ~0xfff, "/usr/bin/frames", build_id=build_id(program), time=2)
    words = [values[name] if name else 0 for name in registers]
    recording.sample(event, ip=values["eip" if machine == "i386" else "pc"], pid=10, tid=10, time=3,
                     period=7, abi=abi, regs=words, stack=stack)
    recording.describe()
    recording.features[F_ARCH] = recording.text(arch)
    (case / "perf.data").write_bytes(recording.file())
    (case / "cmd").write_text("fold -q --symfs root perf.data\n")
    (case / "stdout").write_text(";".join(["frames", *reversed(names)]) + " 7\n")


if __name__ == "__main__":
    # The environment lies on the stacks that are captured, and is nobody's business.
    os.environ.clear()
    os.environ["PATH"] = os.defpath
    for each in MACHINES:
        make(each)
    # gdb 13 reads no signal's frame with SVE's registers; one without has 4.6 kB.
    make("aarch64", "signals.c", "signal", "cortex-a57", 8192)
