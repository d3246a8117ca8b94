#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The scripts of examples/, each of which answers one question, where the kernel permits it."""
import os
import signal
import subprocess
import time
import xml.etree.ElementTree

from lab import PERFLAME, ROOT, TMP, TRACING, Skip, can_probe, case, compile_c, need_perf, run
from probes import FIRST, probe

need_perf()
PROGRAM = compile_c("memory.c", "-fno-omit-frame-pointer", "-fno-optimize-sibling-calls")
ENVIRONMENT = dict(os.environ, PERFLAME=str(PERFLAME))


def ask(script, *command):
    """Runs an example; gives its table. It leaves no probe."""
    picture = TMP / (script + ".svg")
    with subprocess.Popen([ROOT / "examples" / script, "-o", picture, *command], cwd=TMP, env=ENVIRONMENT,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as example:
        out, told = example.communicate(timeout=120)
    if not can_probe() and example.returncode:
        raise Skip(f"the kernel does not permit it: {told.strip()[-200:]}")
    assert example.returncode == 0, out + told
    assert xml.etree.ElementTree.parse(picture).getroot().tag.endswith("svg")
    assert not probes(example), probes(example)
    return out


def probes(example):
    """The probes of this run of never-freed.sh."""
    if not can_probe():
        return []
    with open(TRACING / "uprobe_events", encoding="ascii") as lines:
        return [line for line in lines if f"never_freed_{example.pid}/" in line]


@case
def who_allocates_in_the_kernel():
    table = ask("who-allocates.sh", "ls", "/")
    assert "unit bytes" in table and "kmem_cache_alloc" in table, table


@case
def what_is_never_freed():
    if can_probe():
        probe("malloc", f"size={FIRST}")  # somebody else's
    table = ask("never-freed.sh", PROGRAM)
    leak = next(line for line in table.splitlines() if line.split()[-2:-1] == ["leak"])
    assert "2.93 KiB" in leak, table


@case
def an_interrupted_example_leaves_no_probe():
    if not can_probe():
        raise Skip("no probes here")
    with subprocess.Popen([ROOT / "examples/never-freed.sh", "-o", TMP / "no.svg", "sleep", "60"],
                          env=ENVIRONMENT, cwd=TMP, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as script:
        until = time.monotonic() + 60
        while len(probes(script)) < 9 and time.monotonic() < until:
            time.sleep(0.2)
        assert probes(script), "no probe was ever set"
        time.sleep(0.5)
        script.send_signal(signal.SIGTERM)
        script.wait(60)
    assert script.returncode == 130, script.returncode
    assert not probes(script), probes(script)


@case
def what_a_program_waits_for():
    table = ask("waits.sh", "sleep", "0.2")
    assert "unit ns" in table and "hrtimer_nanosleep" in table, table


@case
def which_code_faults_memory_in():
    table = ask("faults.sh", PROGRAM)
    assert "unit bytes" in table, table


run()
