#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""waiting.py: makes the golden case unwind-waiting anew.

A thread that waits for a mutex: perf 6.1 was seen to follow the frame pointer at such a place, which leads past
pthread_mutex_lock and its caller. The program is waiting.s; its stack is laid out here. Needs gcc for x86-64."""
import pathlib
import struct
import subprocess

from frames import EXCLUDE_CALLCHAIN_USER, SAMPLE_ID_ALL, build_id, segments
from perfdata import CALLCHAIN, IP, PERIOD, REGS_USER, STACK_USER, TID, TIME, F_ARCH, Event, Recording

HERE = pathlib.Path(__file__).resolve().parent
CASE = HERE.parent / "golden/cases/unwind-waiting"
REGISTERS = 0xff0fff  # all but the segments of data, as perf asks for them
BP, SP, IP_AT = 6, 7, 8
TOP = 0x7fff00001000


def symbols(program):
    out = subprocess.run(["nm", program], check=True, text=True, capture_output=True).stdout
    return {line.split()[2]: int(line.split()[0], 16) for line in out.splitlines()}


def main():
    program = CASE / "root/usr/bin/waiting"
    program.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["gcc", "-nostdlib", "-static", "-no-pie", "-Wl,--build-id", "-o", program, HERE / "waiting.s"],
                   check=True)
    at = symbols(program)
    places = ("waits", "locked", "wanted", "began")  # inside of functions, which are to give the names
    subprocess.run(["strip", *(word for place in places for word in ("-N", place)), program], check=True)
    stack = struct.pack("<5Q", at["locked"], 0, at["wanted"], 0, at["began"]) + bytes(24)
    registers = [0] * 20
    registers[BP], registers[SP], registers[IP_AT] = TOP + 24, TOP, at["waits"]
    recording = Recording()
    event = recording.event(Event("sched:sched_switch", IP | TID | TIME | CALLCHAIN | PERIOD | REGS_USER | STACK_USER,
                                  kind=1, flags=SAMPLE_ID_ALL | EXCLUDE_CALLCHAIN_USER, regs_user=REGISTERS,
                                  stack_user=len(stack)))
    recording.comm(10, 10, "waiting", time=1)
    for address, offset, size in segments(program):
        recording.mmap2(10, 10, address & ~0xfff, (size + (address & 0xfff) + 0xfff) & ~0xfff, offset & ~0xfff,
                        "/usr/bin/waiting", build_id=build_id(program), time=2)
    recording.sample(event, ip=at["waits"], pid=10, tid=10, time=3, period=7, abi=2, regs=registers, stack=stack)
    recording.describe()
    recording.features[F_ARCH] = recording.text("x86_64")
    (CASE / "perf.data").write_bytes(recording.file())
    (CASE / "cmd").write_text("fold -q -w samples --symfs root perf.data\n")
    (CASE / "stdout").write_text("waiting;_start;want_lock;pthread_mutex_lock;lll_lock_wait 1\n")


if __name__ == "__main__":
    main()
