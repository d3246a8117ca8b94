# SPDX-License-Identifier: MIT
"""What the end-to-end tests share: a folder that goes away, the compiler, perf, and perflame.

Scripts are run as: SCRIPT PERFLAME, where PERFLAME is the command that was built."""
import atexit
import collections
import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

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
TRACING = pathlib.Path("/sys/kernel/tracing")
if not os.path.exists(TRACING / "events"):
    # perf does so for the first tracepoint that it records, which may be another test's.
    subprocess.run(["mount", "-t", "tracefs", "none", TRACING], stderr=subprocess.DEVNULL, check=False)


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


@contextlib.contextmanager
def recorder(path, *options):
    """perf at work beside what the block does: it records from the first line on, however long it takes to
    begin, for only then it answers; at the end of the block it is asked to stop. Gives its process."""
    if "-e" not in options:
        options = ("-e", "cpu-clock", *options)
    (asked, ask), (answers, answer) = os.pipe(), os.pipe()
    try:
        with subprocess.Popen(["perf", "record", "-q", f"--control=fd:{asked},{answer}", *options, "-o", path],
                              pass_fds=(asked, answer), stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as perf:
            os.close(answer)
            os.write(ask, b"ping\n")
            if not os.read(answers, 100):
                raise Skip(f"perf may not record so here: {options}")
            try:
                yield perf
            finally:
                perf.send_signal(signal.SIGINT)
    finally:
        for end in asked, ask, answers:
            os.close(end)


@contextlib.contextmanager
def one_processor():
    """What is begun in the block runs on one processor."""
    all_of_them = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(all_of_them)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, all_of_them)


def let_run(pid, seconds):
    """Waits until a process has had so much more CPU time, however busy the machine is."""
    def had():
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:  # utime and stime: see proc(5)
            ticks = stat.read().rpartition(")")[2].split()[11:13]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
    enough, until = had() + seconds, time.monotonic() + 60
    while had() < enough:
        assert time.monotonic() < until, f"not {seconds} s of CPU time in a minute"
        time.sleep(0.02)


def can_trace(event):
    """Whether perf may record a tracepoint, or some of a glob, named as perf does."""
    return any(os.access(path, os.R_OK) for path in TRACING.glob(f"events/{event.replace(':', '/')}/format"))


def can_probe():
    """Whether probes may be set."""
    return os.access(TRACING / "uprobe_events", os.W_OK)


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
