#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How fast perflame is, beside what else there is, on the same recordings.

    bench.py --perflame PERFLAME --floor BENCH-FLOOR --stages BENCH-STAGES [OPTION]... [WORKLOAD]...
    meson compile -C BUILD bench                    options stand in $BENCH then

    WORKLOAD              kmem, go, dwarf, many, short; all of them if none is named
    --folder FOLDER       where recordings are kept, and made if they are not there (/var/tmp/perflame-bench)
    --data NAME=FILE      this recording for the workload NAME
    --rounds N            each is run so often (5), a slow one less
    --scale N, --quick    smaller recordings: a share of the size, or 0.02 of it and two rounds
    --json FILE           the figures as JSON too
    --inferno FOLDER      with inferno-collapse-perf and inferno-flamegraph (or they are on the PATH)
    --flamegraph FOLDER   with stackcollapse-perf.pl and flamegraph.pl (or they are on the PATH)
    --hotspot FILE        hotspot-perfparser

Tools are run by turns, so that a busy machine is busy for all. Time is that of the clock from the
start to the end, the median of the rounds; cpu is that of the processors, the median as well;
memory is the largest resident set of any one process. What is not there is left out."""
import argparse
import glob
import json
import os
import pathlib
import shlex
import shutil
import statistics
import subprocess
import sys
import time

import workloads

# No tool is begun once more when it has had so many seconds.
ENOUGH = 60


def arguments():
    parser = argparse.ArgumentParser(usage=__doc__, add_help=False)
    parser.add_argument("--perflame", required=True)
    parser.add_argument("--floor", required=True)
    parser.add_argument("--stages", required=True)
    parser.add_argument("--folder", default="/var/tmp/perflame-bench")
    parser.add_argument("--data", action="append", default=[])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json")
    parser.add_argument("--inferno", default=os.environ.get("INFERNO"))
    parser.add_argument("--flamegraph", default=os.environ.get("FLAMEGRAPH"))
    parser.add_argument("--hotspot", default=os.environ.get("HOTSPOT_PERFPARSER"))
    parser.add_argument("workloads", nargs="*")
    options = parser.parse_args(sys.argv[1:] + shlex.split(os.environ.get("BENCH", "")))
    if options.quick:
        options.scale, options.rounds = 0.02, 2
    for name in ("perflame", "floor", "stages"):
        setattr(options, name, os.path.abspath(getattr(options, name)))
    return options


def tool(folder, name):
    """A command of a peer, or None where it is not there."""
    found = shutil.which(name, path=folder) if folder else shutil.which(name)
    return shlex.quote(found) if found else None


def hotspot(options):
    found = [options.hotspot] if options.hotspot else glob.glob(
        "/usr/lib/*/libexec/hotspot-perfparser") + glob.glob("/usr/libexec/hotspot-perfparser")
    return shlex.quote(found[0]) if found else None


def peers(options, draws, inlines):
    """Yields what to run in perflame's place: a name and a shell command with {data}."""
    if not shutil.which("perf"):
        return
    collapse, draw = (tool(options.inferno, "inferno-" + name)
                      for name in ("collapse-perf", "flamegraph"))
    fold, picture = (tool(options.flamegraph, name)
                     for name in ("stackcollapse-perf.pl", "flamegraph.pl"))
    scripts = ["perf script"] + ([] if inlines else ["perf script --no-inline"])
    for script in scripts:
        read = script + " -i {data} 2>/dev/null"
        if collapse and (draw or not draws):
            yield (f"{script}, inferno",
                   f"{read} | {collapse} 2>/dev/null" + (f" | {draw}" if draws else ""))
        if fold and (picture or not draws):
            yield (f"{script}, FlameGraph", f"{read} | {fold}" + (f" | {picture}" if draws else ""))
    yield "perf report", "perf report -i {data} --stdio -g caller 2>/dev/null"
    if hotspot(options):
        yield "hotspot-perfparser", hotspot(options) + " --input {data} --output {out} 2>/dev/null"


def tasks(options, name):
    """Yields for a workload what is measured: a title and a list of (name, command); perflame's
    comes first."""
    own = shlex.quote(options.perflame)
    floor = ("the bare loop", shlex.quote(options.floor) + " {data}")
    if name == "kmem":
        fold = list(peers(options, False, False))
        yield ("fold -w alloc-bytes",
               [("perflame", own + " fold -q -w alloc-bytes {data}"), floor, *fold])
        yield ("fold -w samples -e 'kmem:*'",
               [("perflame", own + " fold -q -w samples -e 'kmem:*' {data}"), floor])
    elif name == "dwarf":
        yield ("fold", [("perflame", own + " fold -q {data}"), *peers(options, False, True)])
        yield ("fold --no-inline",
               [("perflame", own + " fold -q --no-inline {data}"),
                ("perf script --no-inline", "perf script --no-inline -i {data} 2>/dev/null")])
    else:
        if name == "many":
            yield ("fold", [("perflame", own + " fold -q {data}"), floor])
        yield ("SVG", [("perflame", own + " -q -o {out}.svg {data}"),
                       ("perflame --no-inline", own + " -q --no-inline -o {out}.svg {data}"),
                       *peers(options, True, False)])


def run(command, data, out):
    """Runs a shell command once; gives seconds, processor seconds and MiB, or None if it failed."""
    line = command.format(data=shlex.quote(str(data)), out=shlex.quote(str(out)))
    start = time.monotonic()
    child = subprocess.Popen(["sh", "-c", line], stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        print(f"failed ({child.returncode}): {line}\n{said.decode(errors='replace')}",
              file=sys.stderr)
        return None
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def measure(commands, data, rounds, out):
    """Runs the commands by turns; gives for each its figures, all rounds of them."""
    figures = {name: [] for name, _ in commands}
    spent = dict.fromkeys(figures, 0)
    for _ in range(rounds):
        for name, command in commands:
            if spent[name] > ENOUGH:
                continue
            figure = run(command, data, out)
            if figure:
                spent[name] += figure[0]
                figures[name].append(figure)
            else:
                spent[name] = float("inf")
    return figures


def rows_of(figures, samples, size):
    """What is told of each command: medians, and how many times perflame's they are."""
    rows, own = [], None
    for name, found in figures.items():
        if not found:
            continue
        seconds, cpu, memory = (statistics.median(column) for column in zip(*found))
        own = own or (seconds, cpu)
        rows.append({"tool": name, "rounds": len(found), "seconds": seconds, "cpu": cpu,
                     "times": seconds / own[0], "cpu_times": cpu / own[1],
                     "samples_per_second": samples / seconds, "bytes_per_second": size / seconds,
                     "peak_mib": memory})
    return rows


def table(title, rows):
    print(f"\n### {title}\n\n| tool | s | cpu s | times perflame's | of cpu | samples/s | MB/s | "
          "peak MiB |\n|---|---|---|---|---|---|---|---|")
    for row in rows:
        print(f"| {row['tool']} | {row['seconds']:.3f} | {row['cpu']:.3f} | {row['times']:.2f} | "
              f"{row['cpu_times']:.2f} | {row['samples_per_second']:,.0f} | "
              f"{row['bytes_per_second'] / 1e6:,.0f} | {row['peak_mib']:.0f} |", flush=True)


def stages_of(options, name, data):
    """Processor seconds of perflame's stages: the best round of each."""
    weights = ["alloc-bytes"] if name == "kmem" else []
    found = [json.loads(subprocess.run([options.stages, data, *weights], check=True,
                                       stdout=subprocess.PIPE).stdout)
             for _ in range(options.rounds)]
    return {key: min(one[key] for one in found) for key in found[0]}


def bench(options, name, data):
    """Measures one workload; gives its figures."""
    size = data.stat().st_size
    stages = stages_of(options, name, data)
    samples = stages["samples"]
    print(f"\n## {name}: {size / 1e6:,.1f} MB, {samples:,} samples\n\nStages, processor seconds: "
          + ", ".join(f"{key} {stages[key]:.3f}"
                      for key in ("read", "weigh", "resolve", "fold", "draw")), flush=True)
    result = {"workload": name, "bytes": size, "samples": samples, "stages": stages, "tasks": []}
    out = pathlib.Path(options.folder) / "out"
    for title, commands in tasks(options, name):
        run(commands[0][1], data, out)  # so that the file is in memory for whoever comes first
        rows = rows_of(measure(commands, data, options.rounds, out), samples, size)
        table(f"{name}: {title}", rows)
        result["tasks"].append({"task": title, "tools": rows})
    return result


def main():
    options = arguments()
    given = dict(pair.split("=", 1) for pair in options.data)
    os.makedirs(options.folder, exist_ok=True)
    results = []
    for name in options.workloads or workloads.MAKERS:
        try:
            data = (pathlib.Path(given[name]) if name in given
                    else workloads.make(name, options.folder, options.scale))
        except (RuntimeError, OSError, subprocess.CalledProcessError) as reason:
            print(f"\n## {name}: not measured: {reason}", flush=True)
            continue
        results.append(bench(options, name, data))
    if options.json:
        with open(options.json, "w", encoding="ascii") as file:
            json.dump(results, file, indent=1)


if __name__ == "__main__":
    main()
