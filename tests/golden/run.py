#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""run.py PERFLAME [--update] [CASE]...: each folder of cases/ is a command and what it must print.

    cmd      the arguments, as a shell would read them; run in that folder
    stdout   what must come out, byte by byte
    stderr   the same; a missing file means nothing
    status   the exit status; a missing file means 0

Other files there are input. --update writes what came out: read the difference before you commit
it. A case whose status is not 0 must fail, and so must leave no file behind."""
import os
import pathlib
import shlex
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import tap  # noqa: E402

PERFLAME = os.path.abspath(sys.argv[1])
UPDATE = "--update" in sys.argv
CHOSEN = [name for name in sys.argv[2:] if name != "--update"]


def read(path):
    return path.read_bytes() if path.exists() else b""


def write(path, data):
    if data:
        path.write_bytes(data)
    elif path.exists():
        path.unlink()


def check(folder):
    before = sorted(os.listdir(folder))
    arguments = shlex.split((folder / "cmd").read_text())
    done = subprocess.run([PERFLAME, *arguments], cwd=folder, stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=60, check=False)
    after = sorted(os.listdir(folder))
    status = b"%d\n" % done.returncode if done.returncode else b""
    if UPDATE:
        write(folder / "stdout", done.stdout)
        write(folder / "stderr", done.stderr)
        write(folder / "status", status)
        return
    assert read(folder / "status") == status, f"status {done.returncode}: {done.stderr.decode()}"
    for name, got in (("stdout", done.stdout), ("stderr", done.stderr)):
        expected = read(folder / name)
        assert got == expected, f"{name}:\n{got.decode(errors='replace')}\n" \
            f"expected:\n{expected.decode(errors='replace')}"
    assert before == after, f"left behind: {sorted(set(after) - set(before))}"


def add(folder):
    def function():
        check(folder)
    function.__name__ = folder.name
    tap.case(function)


for case in sorted(path.parent for path in (HERE / "cases").glob("*/cmd")):
    if not CHOSEN or case.name in CHOSEN:
        add(case)
tap.run()
