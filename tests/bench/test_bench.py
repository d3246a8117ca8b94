#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""That the bench runs and tells what it should, on a tiny recording: test_bench.py PERFLAME FLOOR
STAGES. How fast anything is, is no test's business."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from tap import case, run  # noqa: E402

PERFLAME, FLOOR, STAGES = map(os.path.abspath, sys.argv[1:4])


def bench(*options):
    """Runs the bench on a thousandth of the workload `many`, and gives what it printed and wrote.
    """
    with tempfile.TemporaryDirectory(prefix="perflame-bench-") as folder:
        figures = os.path.join(folder, "figures.json")
        done = subprocess.run(
            [HERE / "bench.py", "--perflame", PERFLAME, "--floor", FLOOR, "--stages", STAGES,
             "--folder", folder, "--scale", "0.001", "--rounds", "1", "--json", figures, *options,
             "many"], check=True, stdout=subprocess.PIPE, text=True,
            env=dict(os.environ, PATH="/usr/bin:/bin", BENCH=""))
        with open(figures, encoding="ascii") as file:
            return done.stdout, json.load(file)


@case
def it_measures_stages_and_tools():
    printed, [many] = bench()
    assert many["samples"] == 1000, many
    assert {"read", "weigh", "resolve", "fold", "draw"} < set(many["stages"]), many
    fold, svg = many["tasks"]
    assert [row["tool"] for row in fold["tools"]] == ["perflame", "the bare loop"], fold
    assert svg["tools"][0]["tool"] == "perflame" and svg["tools"][0]["times"] == 1, svg
    for row in fold["tools"] + svg["tools"]:
        assert row["samples_per_second"] > 0 and row["peak_mib"] > 0, row
        assert f"| {row['tool']} |" in printed, printed


@case
def peers_are_found_where_they_are_pointed_to():
    with tempfile.TemporaryDirectory(prefix="perflame-bench-") as folder:
        for name in ("stackcollapse-perf.pl", "flamegraph.pl"):
            script = pathlib.Path(folder) / name
            script.write_text("#!/bin/sh\ncat\n")
            script.chmod(0o755)
        _, [many] = bench("--flamegraph", folder)
    tools = [row["tool"] for row in many["tasks"][1]["tools"]]
    assert "perf script, FlameGraph" in tools or not os.path.exists("/usr/bin/perf"), tools


@case
def the_bare_loop_sees_every_sample():
    sys.path.insert(0, str(HERE))
    import workloads
    with tempfile.TemporaryDirectory(prefix="perflame-bench-") as folder:
        data = workloads.make("many", folder, 0.001)
        out = subprocess.run([FLOOR, data], check=True, stdout=subprocess.PIPE, text=True).stdout
    assert out.split()[0] == "1000", out


run()
