# SPDX-License-Identifier: MIT
"""What the end-to-end tests share: a folder that goes away, the compiler, perf, and perflame.

Scripts are run as: SCRIPT PERFLAME, where PERFLAME is the command that was built."""
import atexit
import collections
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent))

from tap import Skip, case, run, skip_all  # noqa: E402 F401 (for those who import this)

PERFLAME = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else "perflame"
TMP = pathlib.Path(tempfile.mkdtemp(prefix="perflame-e2e-"))
atexit.register(shutil.rmtree, TMP, ignore_errors=True)
os.environ["HOME"] = str(TMP)  # perf keeps copies of what it recorded in ~/.debug
signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # meson's timeout: still clean up
DEMO = ["--symfs", str(ROOT / "data/demo/root"), "--kallsyms", str(ROOT / "data/demo/kallsyms"),
        str(ROOT / "data/demo/perf.data")]


class Result:
    """What a command did: status, out and err as text, raw as bytes."""

    def __init__(self, done):
        self.status = done.returncode
        self.raw = done.stdout
        self.out = done.stdout.decode("utf-8", "replace")
        self.err = done.stderr.decode("utf-8", "replace")

    def __str__(self):
        return f"status {self.status}\n{self.out[-2000:]}{self.err[-2000:]}"


def perflame(*arguments, cwd=None, data=b"", **options):
    """Runs perflame with `data` on standard input."""
    return Result(subprocess.run([PERFLAME, *map(str, arguments)], cwd=cwd or TMP, input=data,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300,
                                 check=False, **options))


def succeed(*arguments, **options):
    result = perflame(*arguments, **options)
    assert result.status == 0, f"perflame {arguments}: {result}"
    return result


def parse_folded(text):
    stacks = collections.Counter()
    for line in text.split("\n"):
        if line:
            stack, weight = line.rsplit(" ", 1)
            stacks[stack] += int(weight)
    return stacks


def fold(*arguments, **options):
    """Gives {stack: weight} of perflame fold."""
    return parse_folded(succeed("fold", "-q", *arguments, **options).out)


def compile_c(source, *flags, name=None):
    program = TMP / (name or pathlib.Path(source).stem)
    subprocess.run(["cc", "-std=gnu11", "-O2", "-g", *flags, "-o", program, HERE / source,
                    "-pthread"], check=True)
    return program


def record(command, *options, name="perf.data"):
    """Records a command with cpu-clock, which every machine has, and gives the file."""
    path = TMP / name
    if "-e" not in options:
        options = ("-e", "cpu-clock", *options)
    subprocess.run(["perf", "record", "-q", *options, "-o", path, "--", *map(str, command)],
                   check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return path


def need_perf():
    """Ends the script, saying why, where perf cannot record."""
    if not shutil.which("perf"):
        skip_all("perf is not installed")
    done = subprocess.run(["perf", "record", "-q", "-e", "cpu-clock", "-g", "-o", TMP / "try",
                           "--", "true"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          check=False)
    if done.returncode:
        lines = [line.strip() for line in (done.stderr + done.stdout).splitlines() if line.strip()]
        skip_all("perf may not record here: " + " ".join(lines[:2]))
