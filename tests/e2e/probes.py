# SPDX-License-Identifier: MIT
"""Probes on functions of libraries, in a group of their own; removed when the script ends."""
import atexit
import os
import re
import subprocess

from lab import TRACING, can_probe, skip_all

GROUP = f"pfltest{os.getpid()}"
REGISTERS = {"x86_64": ("%di", "%si", "%dx"),
             "aarch64": ("%x0", "%x1", "%x2")}.get(os.uname().machine)
if not REGISTERS:
    skip_all("the registers of arguments are not known here")
FIRST, SECOND, THIRD = REGISTERS


def library(name, program="/bin/sh"):
    """Where a program finds a library."""
    text = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    return re.search(rf"=> (\S*{re.escape(name)})", text).group(1)


def symbol(name, path):
    """The offset of a function in a library, as uprobe_events wants it."""
    table = subprocess.run(["nm", "-D", path], capture_output=True, text=True, check=True).stdout
    return int(re.search(rf"^(\S+) [TW] {name}(@|$)", table, re.M).group(1), 16)


def control(line):
    events = os.open(TRACING / "uprobe_events", os.O_WRONLY | os.O_APPEND)
    try:
        os.write(events, (line + "\n").encode())
    finally:
        os.close(events)


def forget():
    if not can_probe():
        return
    for line in open(TRACING / "uprobe_events", encoding="ascii").read().splitlines():
        name = line.split()[0].split(":", 1)[1]
        if name.startswith(GROUP + "/"):
            control("-:" + name)


def probe(name, *arguments, back=True, path=None):
    """Probes a function's entry, and its return."""
    path = path or LIBC
    offset = symbol(name, path)
    control(f"p:{GROUP}/{name} {path}:{offset:#x} {' '.join(arguments)}")
    if back:
        control(f"r:{GROUP}/{name}__return {path}:{offset:#x} ret=$retval")


def probe_allocator():
    """The C library's functions that allocate, or skips the script where there are no probes."""
    try:
        probe("malloc", f"size={FIRST}")
        probe("calloc", f"n={FIRST}", f"size={SECOND}")
        probe("realloc", f"ptr={FIRST}", f"size={SECOND}")
        probe("free", f"ptr={FIRST}", back=False)
    except (OSError, AttributeError) as error:
        skip_all(f"no probes here: {error}")


LIBC = library("libc.so.6")
atexit.register(forget)
