#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""inlines.py PERFLAME [ROUNDS]: how long perflame fold and perf script take with inlined functions,
and how many of those they find, on recordings made here with --call-graph dwarf: C++ by g++ and by
clang++, Rust, and gcc (stripped, beside a libc with debug information). Each is the best of three."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PERFLAME = os.path.abspath(sys.argv[1])
ROUNDS = sys.argv[2] if len(sys.argv) > 2 else "600"
TMP = pathlib.Path(tempfile.mkdtemp(prefix="perflame-bench-", dir="/var/tmp"))


def best(command, times=3):
    """The shortest time and the output."""
    least, out = float("inf"), b""
    for _ in range(times):
        start = time.monotonic()
        out = subprocess.run(command, check=True, stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        least = min(least, time.monotonic() - start)
        if least > 20:
            break
    return least, out


def programs():
    """Yields a name and the command to record."""
    cpp, rust = ROOT / "tests/e2e/inlines.cpp", ROOT / "tests/e2e/inlines.rs"
    for compiler in ("g++", "clang++"):
        if shutil.which(compiler):
            subprocess.run([compiler, "-O2", "-g", cpp, "-o", TMP / compiler], check=True)
            yield f"C++, {compiler}", [TMP / compiler, ROUNDS]
    if shutil.which("rustc"):
        subprocess.run(["rustc", "-g", "-O", rust, "-o", TMP / "rust"], check=True, cwd=TMP)
        yield "Rust, rustc", [TMP / "rust", ROUNDS]
    if shutil.which("g++"):
        yield "g++ at work", ["g++", "-O2", "-c", cpp, "-o", TMP / "out.o"]


def main():
    print("| recording | samples | perf script | perf, --no-inline | perflame fold | times as fast "
          "| inlined frames: perf | perflame |\n|---|---|---|---|---|---|---|---|")
    for name, command in programs():
        data = TMP / "perf.data"
        subprocess.run(["perf", "record", "-q", "-e", "cpu-clock", "-F", "1999", "--call-graph",
                        "dwarf,16384", "-o", data, "--", *command], check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        theirs, script = best(["perf", "script", "-i", data])
        without, _ = best(["perf", "script", "--no-inline", "-i", data])
        ours, folded = best([PERFLAME, "fold", "-q", "-w", "samples", "--suffixes", data])
        stacks = [line.rsplit(b" ", 1) for line in folded.splitlines()]
        samples = sum(int(weight) for _, weight in stacks)
        inlined = sum(stack.count(b"_[i];") * int(weight) + stack.endswith(b"_[i]") * int(weight)
                      for stack, weight in stacks)
        print(f"| {name} | {samples} | {theirs:.2f} s | {without:.2f} s | {ours:.3f} s | "
              f"{theirs / ours:.0f} | {len(re.findall(rb'[(]inlined[)]', script))} | {inlined} |",
              flush=True)
    shutil.rmtree(TMP)


if __name__ == "__main__":
    main()
