#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""That the bench runs and tells what it should, on a tiny recording: test_bench.py, with what meson
tells bench.py of. How fast anything is, is no test's business."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from tap import Skip, case, run  # noqa: E402

TOOLS = sys.argv[1:]
PERFLAME, RUN, FLOOR = (os.path.abspath(TOOLS[TOOLS.index(name) + 1])
                        for name in ("--perflame", "--run", "--floor"))


def bench(*options, workload="many"):
    """Runs the bench on a thousandth of a workload, and gives what it printed and wrote."""
    with tempfile.TemporaryDirectory(prefix="perflame-bench-") as folder:
        figures = os.path.join(folder, "figures.json")
        done = subprocess.run(
            [HERE / "bench.py", *TOOLS, "--folder", folder, "--scale", "0.001", "--rounds", "1",
             "--json", figures, *options, workload], check=True, stdout=subprocess.PIPE, text=True,
            env=dict(os.environ, PATH="/usr/bin:/bin", BENCH=""))
        with open(figures, encoding="ascii") as file:
            return done.stdout, json.load(file)["workloads"]


def fake_peer(folder, script):
    """FlameGraph's scripts, as they are not."""
    for name in ("stackcollapse-perf.pl", "flamegraph.pl"):
        path = pathlib.Path(folder) / name
        path.write_text("#!/bin/sh\n" + script)
        path.chmod(0o755)


def row_of(task, tool):
    return next((row for row in task["tools"] if row["tool"] == tool), None)


@case
def it_measures_stages_and_tools():
    printed, [many] = bench()
    assert many["samples"] == 1000, many
    for threads in ("all", "one"):
        for clock in ("cpu", "seconds"):
            assert {"read", "weigh", "resolve", "fold", "draw"} == set(
                many["stages"][threads][clock]), many
    fold, svg = many["tasks"]
    assert [row["tool"] for row in fold["tools"]][:2] == ["perflame fold", "the bare loop"], fold
    drawn = svg["tools"][0]
    assert drawn["tool"] == "perflame render" and drawn["times"]["perflame render"] == 1, svg
    assert drawn["one_thread"]["seconds"] > 0, svg
    for row in fold["tools"] + svg["tools"]:
        assert row["samples_per_second"] > 0 and row["peak_mib"] > 0, row
        assert f" {row['tool']} " in printed, printed


@case
def what_is_not_installed_is_told_by_name():
    with tempfile.TemporaryDirectory(prefix="perflame-bench-") as folder:
        done = subprocess.run([HERE / "bench.py", *TOOLS, "--folder", folder, "kmem", "go"],
                              check=False, stdout=subprocess.PIPE, text=True,
                              env=dict(os.environ, PATH=folder, BENCH=""))
    assert done.returncode == 1, done
    assert "so not measured: perf, inferno, FlameGraph" in done.stdout, done.stdout
    assert "## kmem: not measured: perf is not installed" in done.stdout, done.stdout
    assert "## go: not measured: go is not installed" in done.stdout, done.stdout


@case
def peers_are_found_where_they_are_pointed_to():
    if not os.path.exists("/usr/bin/perf"):
        raise Skip("perf is not installed")
    with tempfile.TemporaryDirectory(prefix="perflame-bench-") as folder:
        fake_peer(folder, "cat\n")
        _, [many] = bench("--flamegraph", folder)
        assert row_of(many["tasks"][1], "perf script, FlameGraph")["seconds"] > 0, many
        fake_peer(folder, "cat; sleep 60\n")
        printed, [many] = bench("--flamegraph", folder, "--limit", "2")
        assert row_of(many["tasks"][1], "perf script, FlameGraph")["late"], many
        assert "| > 2.0" in " ".join(printed.split()), printed
        fake_peer(folder, "cat; exit 3\n")
        printed, [many] = bench("--flamegraph", folder)
        assert row_of(many["tasks"][1], "perf script, FlameGraph")["failed"], many
        assert "failed" in printed, printed


@case
def what_a_command_took_is_its_own():
    """Not the memory of who started it, nor the time of one that does not end."""
    filler = bytearray(200 << 20)
    took = json.loads(subprocess.run([RUN, "9", "exit 7"], check=True, stdout=subprocess.PIPE).stdout)
    assert took["status"] == 7 and not took["late"] and took["peak_kib"] < 20 << 10, took
    took = json.loads(subprocess.run([RUN, "1", "sleep 50 | sleep 50"], check=True,
                                     stdout=subprocess.PIPE).stdout)
    assert took["late"] and took["seconds"] < 40, took
    del filler


@case
def its_help_names_all_workloads():
    sys.path.insert(0, str(HERE))
    import workloads
    told = subprocess.run([HERE / "bench.py", "--help"], check=True, stdout=subprocess.PIPE,
                          text=True, env=dict(os.environ, BENCH="")).stdout
    for name in workloads.MAKERS:
        assert f"\n    {name} " in told, told


@case
def the_bare_loop_sees_every_sample():
    sys.path.insert(0, str(HERE))
    import workloads
    with tempfile.TemporaryDirectory(prefix="perflame-bench-") as folder:
        data = workloads.make("many", folder, 0.001)
        out = subprocess.run([FLOOR, data], check=True, stdout=subprocess.PIPE, text=True).stdout
    assert out.split()[0] == "1000", out


@case
def what_is_made_ten_times_as_long_is_in_order():
    sys.path.insert(0, str(HERE))
    import workloads
    import perfdata  # found by the one before
    made = perfdata.Recording()
    fields = perfdata.IDENTIFIER | perfdata.IP | perfdata.TID | perfdata.TIME | perfdata.CALLCHAIN
    event = made.event(perfdata.Event("cycles", fields, ids=[1]))
    made.comm(10, 10, "app", time=1)
    for time in range(2, 5):
        made.sample(event, ip=0x401000, pid=10, tid=10, time=time, chain=[perfdata.USER, 0x401000])
    made.round()
    with tempfile.TemporaryDirectory(prefix="perflame-bench-") as folder:
        (pathlib.Path(folder) / "kmem-1.data").write_bytes(made.describe().file())
        data = workloads.make("long", folder, 1)
        out = subprocess.run([FLOOR, data], check=True, stdout=subprocess.PIPE, text=True).stdout
        told = subprocess.run([PERFLAME, "info", "-q", data], check=True, stdout=subprocess.PIPE,
                              text=True).stdout
    assert out.split()[0] == "30", out
    assert "cycles: 30 samples" in told and "from 0.000000 s to 0.009000 s" in told, told


run()
