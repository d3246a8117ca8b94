#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The scripts of examples/, each of which answers one question, where the kernel permits it."""
import os
import re
import signal
import subprocess
import time
import xml.etree.ElementTree

from lab import PERFLAME, ROOT, TMP, TRACING, Skip, can_probe, case, compile_c, need_perf, run, succeed
from probes import FIRST, probe

need_perf()
PROGRAM = compile_c("memory.c", "-fno-omit-frame-pointer", "-fno-optimize-sibling-calls")
SCRIPTS = ("faults.sh", "never-freed.sh", "waits.sh", "who-allocates.sh")
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
                          env={**ENVIRONMENT, "TMPDIR": str(TMP)}, cwd=TMP, stdout=subprocess.DEVNULL,
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


def attempt(script, *arguments, **changes):
    """Runs an example that is to fail, or has nothing to record; recordings that it keeps are in TMP."""
    return subprocess.run([ROOT / "examples" / script, *arguments], cwd=TMP, text=True, capture_output=True,
                          env={**ENVIRONMENT, "TMPDIR": str(TMP), **changes}, timeout=120, check=False)


@case
def nothing_is_recorded_in_vain():
    ran = TMP / "ran"
    for script in SCRIPTS:
        for arguments, changes, status, why in (
                ([], {"PERFLAME": "/nonexistent"}, 1, "there is no /nonexistent"),
                (["-o", "nodir/x.svg"], {}, 1, "nodir/x.svg: no folder"),
                (["-x"], {}, 2, "unknown option -x"),
                (["./nonexistent"], {}, 127, "./nonexistent: no such program")):
            done = attempt(script, *arguments, "touch", ran, **changes)
            assert done.returncode == status and why in done.stderr and done.stderr.count("\n") == 1, done
            assert not ran.exists() and not done.stdout, done
        done = attempt(script, "--help")
        assert done.returncode == 0 and f"examples/{script} [-o FILE]" in done.stdout and not done.stderr, done
        assert attempt(script).returncode == 2


@case
def a_recording_that_could_not_be_drawn_is_kept():
    done = attempt("faults.sh", "-o", "x.unknown", "true")
    kept = re.search(r"the recording is kept: (\S+)$", done.stderr, re.M)
    assert done.returncode == 2 and kept, done
    succeed("top", kept[1])


@case
def a_program_that_fails_is_drawn_all_the_same():
    done = attempt("faults.sh", "-o", "false.svg", "false")
    assert done.returncode == 0 and "status 1" in done.stderr and (TMP / "false.svg").exists(), done


@case
def a_script_allocates_by_its_interpreter():
    if not can_probe():
        raise Skip("no probes here")
    script = TMP / "hello"
    script.write_text("#!/bin/sh\necho hello\n")
    script.chmod(0o755)
    assert "unit bytes" in ask("never-freed.sh", script)


@case
def what_a_program_waits_for():
    table = ask("waits.sh", "sleep", "0.2")
    assert "unit ns" in table and "hrtimer_nanosleep" in table, table


@case
def which_code_faults_memory_in():
    table = ask("faults.sh", PROGRAM)
    assert "unit bytes" in table, table


run()
