#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""moments.py: makes the golden cases unwind-waiting and unwind-leaving anew.

A thread that waits for a mutex (waiting.s): perf 6.1 was seen to follow the frame pointer at such a place, which
leads past pthread_mutex_lock and its caller. And one that leaves _Unwind_Resume (leaving.s). Their stacks are laid
out here. Needs gcc for x86-64."""
import pathlib
import struct
import subprocess

from frames import EXCLUDE_CALLCHAIN_USER, SAMPLE_ID_ALL, build_id, segments
from perfdata import CALLCHAIN, IP, PERIOD, REGS_USER, STACK_USER, TID, TIME, F_ARCH, Event, Recording

HERE = pathlib.Path(__file__).resolve().parent
CASES = HERE.parent / "golden/cases"
REGISTERS = 0xff0fff  # all but the segments of data, as perf asks for them
BX, CX, BP, SP, IP_AT = 1, 2, 6, 7, 8
TOP = 0x7fff00001000


def symbols(program):
    out = subprocess.run(["nm", program], check=True, text=True, capture_output=True).stdout
    return {line.split()[2]: int(line.split()[0], 16) for line in out.splitlines()}


def make(name, places, moment, expected):
    """`places`: labels inside of functions, which are to give the names; `moment` gives the words of the stack from
    TOP on, and the registers, by where the symbols are."""
    case = CASES / f"unwind-{name}"
    program = case / "root/usr/bin" / name
    program.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["gcc", "-nostdlib", "-static", "-no-pie", "-Wl,--build-id", "-o", program, HERE / f"{name}.s"],
                   check=True)
    at = symbols(program)
    subprocess.run(["strip", *(word for place in places for word in ("-N", place)), program], check=True)
    words, told = moment(at)
    stack = struct.pack(f"<{len(words)}Q", *words)
    registers = [0] * 20
    for number, value in told.items():
        registers[number] = value
    recording = Recording()
    event = recording.event(Event("sched:sched_switch", IP | TID | TIME | CALLCHAIN | PERIOD | REGS_USER | STACK_USER,
                                  kind=1, flags=SAMPLE_ID_ALL | EXCLUDE_CALLCHAIN_USER, regs_user=REGISTERS,
                                  stack_user=len(stack)))
    recording.comm(10, 10, name, time=1)
    for address, offset, size in segments(program):
        recording.mmap2(10, 10, address & ~0xfff, (size + (address & 0xfff) + 0xfff) & ~0xfff, offset & ~0xfff,
                        f"/usr/bin/{name}", build_id=build_id(program), time=2)
    recording.sample(event, ip=told[IP_AT], pid=10, tid=10, time=3, period=7, abi=2, regs=registers, stack=stack)
    recording.describe()
    recording.features[F_ARCH] = recording.text("x86_64")
    (case / "perf.data").write_bytes(recording.file())
    (case / "cmd").write_text("fold -q -w samples --symfs root perf.data\n")
    (case / "stdout").write_text(expected + "\n")


def main():
    make("waiting", ("waits", "locked", "wanted", "began"),
         lambda at: ((at["locked"], 0, at["wanted"], 0, at["began"], 0, 0, 0),
                     {BP: TOP + 24, SP: TOP, IP_AT: at["waits"]}),
         "waiting;_start;want_lock;pthread_mutex_lock;lll_lock_wait 1")
    make("leaving", ("leaves", "lands", "began"),
         lambda at: ((0, 0, 0, at["began"], 0, 0),
                     {BX: TOP + 16, CX: at["lands"], SP: TOP, IP_AT: at["leaves"]}),
         "leaving;_start;catches;throws 1")


if __name__ == "__main__":
    main()
