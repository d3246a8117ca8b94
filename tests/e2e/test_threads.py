#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What perflame writes does not depend on the number of threads that it reads with: recordings of
every shape, and such as perf makes here."""
import sys

from lab import HERE, TMP, Skip, can_probe, can_trace, case, compile_c, need_perf, perflame, record, run

sys.path.insert(0, str(HERE.parent / "generate"))
import shapes  # noqa: E402

NUMBERS = (1, 2, 3, 8)
NAMES = ["--addresses", "--symfs", "/nonexistent", "--kallsyms", "/dev/null", "--buildid-dir", "/nonexistent"]


def said(*arguments):
    """All that a command says, but a time that it took."""
    result = perflame(*arguments)
    assert "Sanitizer" not in result.err, result
    return result.status, result.raw, result.err


def differing(one, other):
    """The lines that are in one of two results alone."""
    lines = [set(f"{status} {raw.decode(errors='replace')}{err}".splitlines()) for status, raw, err in (one, other)]
    return sorted(lines[0] ^ lines[1])[:10]


def check(data, *options, commands=("fold",)):
    """The same for every number, and for what is taken where none is given."""
    for command in commands:
        alone = said(command, "--threads", NUMBERS[0], *options, data)
        assert alone[0] == 0 and alone[1], f"{data}: {alone}"
        for number in NUMBERS[1:] + (0,):
            found = said(command, "--threads", number, *options, data)
            assert found == alone, f"{data} {options}: {command} with {number} threads: {differing(alone, found)}"


@case
def recordings_of_every_shape_are_the_same():
    for name, make in shapes.SHAPES.items():
        path = shapes.write(TMP, name, make())
        one, other = (said("fold", "--threads", number, *NAMES, path) for number in (1, 3))
        assert one == other, f"{name}: {one} and {other}"


@case
def call_chains_are_the_same():
    check(record([compile_c("busy.c", "-fno-omit-frame-pointer")], "-F", "4999", "-g", name="fp.data"),
          commands=("fold", "info", "top"))


@case
def captured_stacks_are_the_same():
    program = compile_c("busy.c", name="captured")
    data = record([program], "-F", "1999", "--call-graph", "dwarf,8192", "-m", "8M", name="dwarf.data")
    check(data)
    check(data, "--perf-compat")


@case
def stacks_through_return_probes_are_the_same():
    try:
        import probes
    except SystemExit:
        raise Skip("probes are not known here") from None
    if not can_probe():
        raise Skip("no probes here")
    try:
        for name in "malloc", "calloc":
            probes.probe(name, f"size={probes.FIRST}")
        probes.probe("free", f"ptr={probes.FIRST}", back=False)
    except OSError as error:
        raise Skip(f"no probes here: {error}") from None
    program = compile_c("blocks.c")
    data = record([program], "--call-graph", "dwarf,4096", "-m", "16M", "-e", probes.GROUP + ":*",
                  name="probes.data")
    for weight in "samples", "alloc-bytes", "inuse-bytes":
        check(data, "-w", weight)


def traced(event, *options, name):
    """Records all that runs here: of which the files may be gone a moment later, so without NAMES no two
    readings need be the same."""
    if not can_trace(event):
        raise Skip(f"{event} cannot be recorded here")
    return record(["sh", "-c", "ls -R /etc; sort /etc/services; sleep 0.1"], "-a", "-g", "-m", "4M", "-e",
                  event, *options, name=name)


@case
def allocations_of_the_kernel_are_the_same():
    data = traced("kmem:*", name="kmem.data")
    for weight in "alloc-bytes", "inuse-bytes", "samples":
        check(data, *NAMES, "-w", weight)
    check(data, *NAMES, "-w", "inuse-bytes", "--at", "peak")


@case
def waits_are_the_same():
    check(traced("sched:sched_switch", name="waits.data"), *NAMES, "-w", "off-cpu")


@case
def a_flame_chart_is_the_same():
    data = record(["sh", "-c", "ls -R /etc; sort /etc/services"], "-F", "4999", "-g", name="chart.data")
    check(data, "--sort", "time", "-o", "-", "--format", "svg", commands=("render",))


@case
def what_is_no_number_of_threads_is_refused():
    for number in "-1", "many", "":
        result = perflame("fold", "--threads", number, "perf.data")
        assert result.status == 2 and "--threads" in result.err, result


need_perf()
run()
