#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Holds perflame to its limits: no input of 1 MB makes it use more than 256 MiB or 5 s.

    tests/generate/limits.py PERFLAME [NAME]...     a release build; names of hostile.HEAVY

Prints, for each input, the worst of the commands: status, processor seconds, MiB at most."""
import multiprocessing
import os
import pathlib
import subprocess
import sys
import tempfile

import hostile

SECONDS, MEBIBYTES = 5, 256
COMMANDS = (["fold", "-o", "/dev/null"], ["top", "-o", "/dev/null"], ["info", "-o", "/dev/null"],
            ["render", "-o", "OUT.svg"], ["render", "-o", "OUT.pdf"], ["render", "-o", "OUT.png"])


def make(name, path):
    path.write_bytes(hostile.HEAVY[name]())


def measure(perflame, command, path, folder):
    """Gives status, processor seconds, MiB."""
    words = [word.replace("OUT", str(folder / "out")) for word in command]
    child = subprocess.Popen([perflame, *words, "-q", path], stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return child.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    perflame, chosen = sys.argv[1], sys.argv[2:] or hostile.HEAVY
    over = 0
    print("| input | status | seconds | MiB | slowest |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "input"
        for name in chosen:
            # In a process of its own: what this one holds would count as the command's.
            maker = multiprocessing.Process(target=make, args=(name, path))
            maker.start()
            maker.join()
            found = [(*measure(perflame, command, path, path.parent), command)
                     for command in COMMANDS]
            slowest = max(found, key=lambda one: one[1])
            status = "/".join(map(str, sorted({one[0] for one in found})))
            most = max(one[2] for one in found)
            bad = slowest[1] > SECONDS or most > MEBIBYTES or not {0, 1, 3} >= {
                one[0] for one in found}
            over += bad
            print(f"| {name} | {status} | {slowest[1]:.2f} | {most:.0f} | "
                  f"{slowest[3][0]} {slowest[3][2][-3:]} |{' OVER' if bad else ''}", flush=True)
    sys.exit(1 if over else 0)


main()
