#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How fast perflame is beside what else reads a recording, on the same recordings.

Tools are run by turns, so that a busy machine is busy for all. `s` is the time from the start to the end, `cpu s`
that of the processors, each the median of the rounds; `peak` is the largest resident set of any one process. A
tool takes `A times` as long as the first command of perflame, `B times` as the second (and so on), `A cpu` times the time of
the processors, and `floor` times as long as the bare loop, which reads the file once and hashes each call
chain. The stages are the best of the rounds. What is printed so far is in the JSON file too, whenever you look or stop it."""
import argparse
import json
import os
import pathlib
import shlex
import statistics
import subprocess
import sys

import machine
import peers
import workloads

# A tool is not begun again when it has had so many seconds.
ENOUGH = 60
STAGES = ("read", "weigh", "resolve", "fold", "draw")


def arguments():
    parser = argparse.ArgumentParser(
        prog="bench.py", formatter_class=argparse.RawDescriptionHelpFormatter, description=__doc__,
        epilog="meson compile -C BUILD bench builds all that is needed and gives these options from "
               "$BENCH:\n    BENCH='--quick short' meson compile -C BUILD bench\nWorkloads:\n" +
               "\n".join(f"    {name:9}{make.__doc__}" for name, make in workloads.MAKERS.items()))
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", help="those below; all but `long` if none is named")
    told = parser.add_argument_group("what meson tells")
    for name in ("perflame", "floor", "stages", "unwind", "run"):
        told.add_argument("--" + name, required=True, metavar="FILE", help=argparse.SUPPRESS
                          if name != "perflame" else "and --floor, --stages, --unwind, --run")
    parser.add_argument("--folder", default="/var/tmp/perflame-bench",
                        help="where recordings are, and are made if they are not (%(default)s)")
    parser.add_argument("--data", action="append", default=[], metavar="NAME=FILE",
                        help="this recording for the workload NAME")
    parser.add_argument("--rounds", type=int, default=5, metavar="N",
                        help=f"how often each is run (%(default)s); one that took {ENOUGH} s so far is not again")
    parser.add_argument("--limit", type=int, default=120, metavar="SECONDS",
                        help="a run that takes longer is ended (%(default)s)")
    parser.add_argument("--scale", type=float, default=1, metavar="N",
                        help="smaller recordings, 0.1 is a tenth; short and shell stay as they are")
    parser.add_argument("--quick", action="store_true", help="--scale 0.02 --rounds 2")
    parser.add_argument("--json", metavar="FILE", help="the figures as JSON too")
    for name, what in (("inferno", "folder of inferno-collapse-perf and inferno-flamegraph"),
                       ("flamegraph", "folder of stackcollapse-perf.pl and flamegraph.pl"),
                       ("hotspot", "hotspot-perfparser")):
        parser.add_argument("--" + name, metavar="PATH", default=os.environ.get(name.upper()),
                            help=what + ", where not installed")
    options = parser.parse_args(sys.argv[1:] + shlex.split(os.environ.get("BENCH", "")))
    for name in options.workloads:
        if name not in workloads.MAKERS:
            parser.error(f"no workload {name}: there are {', '.join(workloads.MAKERS)}")
    for pair in options.data:
        if pair.partition("=")[0] not in workloads.MAKERS or not os.path.exists(pair.partition("=")[2]):
            parser.error(f"--data {pair}: NAME=FILE with a workload's name and a file that is there")
    if options.quick:
        options.scale, options.rounds = 0.02, 2
    for name in ("perflame", "floor", "stages", "unwind", "run", "folder", "json"):
        if getattr(options, name):
            setattr(options, name, os.path.abspath(getattr(options, name)))
    return options


class Bench:
    """A run of the bench: how commands are run, and what was found so far."""

    def __init__(self, options):
        self.options = options
        self.one = machine.one_thread(options.perflame)
        self.found = {"machine": machine.describe(options.perflame), "rounds": options.rounds,
                      "limit": options.limit, "workloads": []}

    def run(self, text, data):
        """Runs a shell command once. Gives its figures; "late" if it was ended for its time, "failed" if
        it did not end well."""
        out = os.path.join(self.options.folder, "out")
        line = text.format(data=shlex.quote(str(data)), out=shlex.quote(out))
        child = subprocess.Popen([self.options.run, str(self.options.limit), line],
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, text=True, errors="replace",
                                 start_new_session=True)
        try:
            printed, said = child.communicate()
        except BaseException:
            child.terminate()
            child.wait()
            raise
        finally:
            for path in (out, out + ".svg"):
                if os.path.exists(path):
                    os.remove(path)
        figures = json.loads(printed)
        figures["failed"] = figures["status"] != 0 and not figures["late"]
        if figures["failed"]:
            machine.say(f"ended with {figures['status']}: {line}\n{said.strip()[-500:]}")
        return figures

    def rounds(self, commands, data, title):
        """Runs the commands by turns; gives the figures of each, by its name."""
        runs = {command.name: [] for command in commands}
        over = set()
        for number in range(self.options.rounds):
            for command in commands:
                if command.name in over:
                    continue
                machine.progress(f"{title}: round {number + 1} of {self.options.rounds}: "
                                 f"{command.name}")
                figures = self.run(command.text, data)
                runs[command.name].append(figures)
                spent = sum(one["seconds"] for one in runs[command.name])
                if figures["late"] or figures["failed"] or spent > ENOUGH:
                    over.add(command.name)
        machine.progress("")
        return runs

    def measure(self, commands, data, title, samples, size):
        """What is told of each command. perflame's are also run with one thread."""
        everything = []
        for command in commands:
            everything.append(command)
            if command.ours:
                everything.append(peers.Command(command.name + ONE, self.one(command.text)))
        runs = self.rounds(everything, data, title)
        rows = []
        for command in commands:
            row = row_of(command.name, runs[command.name], samples, size)
            if command.ours:
                one = row_of(command.name, runs[command.name + ONE], samples, size)
                row["one_thread"] = {key: one[key] for key in ("seconds", "cpu") if key in one}
            rows.append(row)
        own = [row for row, command in zip(rows, commands) if command.ours and "seconds" in row]
        floor = next((row["seconds"] for row in rows if row["tool"] == peers.FLOOR), None)
        for row in rows:
            if "seconds" in row:
                row["floor_times"] = row["seconds"] / floor if floor else None
                row["times"] = {one["tool"]: row["seconds"] / one["seconds"] for one in own}
                row["cpu_times"] = {one["tool"]: row["cpu"] / max(one["cpu"], 1e-4) for one in own}
        return rows

    def stages(self, name, data):
        """The best of the rounds of each stage: with all threads, and with one."""
        found = {}
        command = [shlex.quote(self.options.stages), "{data}"] + ["alloc-bytes"] * (name == "kmem")
        for title, text in (("all", " ".join(command)), ("one", "taskset -c 0 " + " ".join(command))):
            runs = []
            for number in range(self.options.rounds):
                machine.progress(f"{name}: stages, round {number + 1} of {self.options.rounds}")
                done = subprocess.run(text.format(data=shlex.quote(str(data))), shell=True, check=True,
                                      stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
                runs.append(json.loads(done.stdout))
            found[title] = {clock: {stage: max(min(run[clock][stage] for run in runs), 0)
                                    for stage in STAGES} for clock in ("cpu", "seconds")}
            found["samples"] = runs[0]["samples"]
        machine.progress("")
        return found

    def workload(self, name, data):
        """Measures one workload, and keeps each table as soon as it is there."""
        size, stages = data.stat().st_size, self.stages(name, data)
        samples = stages.pop("samples")
        result = {"workload": name, "bytes": size, "samples": samples, "stages": stages, "tasks": []}
        self.found["workloads"].append(result)
        print(f"\n## {name}: {size / 1e6:,.1f} MB, {samples:,} samples", flush=True)
        table_of_stages(stages)
        self.keep()
        for title, commands in peers.tasks(self.options, name):
            self.run(commands[0].text, data)  # so that the file is in memory for whoever is first
            rows = self.measure(commands, data, f"{name}, {title}", samples, size)
            table(title, rows)
            result["tasks"].append({"task": title, "tools": rows})
            self.keep()
        if name in workloads.UNWOUND:
            self.unwound(name, data, result, rows)
            self.keep()

    def unwound(self, name, data, result, rows):
        """What a table of times does not tell of captured stacks."""
        scripted = any(row["tool"] == "perf script" and not row.get("late") for row in rows)
        done = subprocess.run([self.options.unwind, data], check=False, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, text=True)
        result["warm"] = done.stdout.strip()
        print(f"\nUnwinding with warm tables: {result['warm']}", flush=True)
        machine.progress(f"{name}: counting inlined frames")
        result["inlined_frames"] = machine.inlined_frames(self.options.perflame, data, scripted)
        machine.progress("")
        print("Inlined frames: " + ", ".join(f"{tool} {count:,}" for tool, count
                                             in result["inlined_frames"].items()), flush=True)

    def keep(self):
        """Writes what was found so far."""
        if self.options.json:
            machine.write_whole(self.options.json, json.dumps(self.found, indent=1) + "\n")


ONE = ", one thread"


def row_of(name, runs, samples, size):
    """What the runs of one command tell: medians, or that it took too long or failed."""
    good = [run for run in runs if not run["late"] and not run["failed"]]
    row = {"tool": name, "rounds": len(good)}
    if any(run["failed"] for run in runs):
        return row | {"failed": True}
    late = [run for run in runs if run["late"]]
    if late:
        row |= {"late": True}
        good = late
    for key in ("seconds", "cpu"):
        row[key] = statistics.median(run[key] for run in good)
    return row | {"samples_per_second": samples / row["seconds"],
                  "bytes_per_second": size / row["seconds"],
                  "peak_mib": max(run["peak_kib"] for run in good) / 1024}


def times(ratio):
    return f"{ratio:.{2 if ratio < 10 else 1 if ratio < 100 else 0}f}"


def cells(row, own, floor):
    """The row of a table; what was ended takes at least so long, and its other figures are unknown."""
    if "seconds" not in row:
        return [row["tool"], "failed"] + [""] * (2 + floor + 2 * len(own) + 3)
    late = row.get("late")
    more, least = ("> ", "< ") if late else ("", "")
    one = row.get("one_thread", {}).get("seconds")
    return ([row["tool"], f"{more}{row['seconds']:.3f}", "" if late else f"{row['cpu']:.3f}",
             f"{one:.3f} ({times(one / row['seconds'])})" if one else ""] +
            [more + times(row["times"][name]) for name in own] +
            ["" if late else times(row["cpu_times"][name]) for name in own] +
            ([more + times(row["floor_times"])] if floor else []) +
            [f"{least}{row['samples_per_second']:,.0f}",
             f"{least}{row['bytes_per_second'] / 1e6:,.1f}",
             "" if late else f"{row['peak_mib']:.0f}"])


def table(title, rows):
    own = list(next((row["times"] for row in rows if "times" in row), {}))
    floor = any(row.get("floor_times") for row in rows)
    letters = "ABC"[:len(own)]
    head = (["tool", "s", "cpu s", "one thread: s (times)"] + [f"{x} times" for x in letters] +
            [f"{x} cpu" for x in letters] + ["floor"] * floor + ["samples/s", "MB/s", "peak MiB"])
    body = [cells(row, own, floor) for row in rows]
    for letter, name in zip(letters, own):
        for line in body:
            if line[0] == name:
                line[0] = f"{letter}: {name}"
    print(f"\n### {title}\n")
    if letters:
        print("A tool takes `A times` as long as A, and `A cpu` times A's time of the processors, and so on.\n")
    machine.print_table(head, body)


def table_of_stages(stages):
    def alone(stage):
        """Beside another stage one may take no time: how many times as long it takes alone says nothing then."""
        one, both = (stages[threads]["seconds"][stage] for threads in ("one", "all"))
        return f"{one:.3f}" + (f" ({times(one / both)})" if both >= 5e-4 else "")
    print("\n### stages of perflame\n")
    machine.print_table(
        ["stage", "s", "cpu s", "one thread: s (times)"],
        [[stage, f"{stages['all']['seconds'][stage]:.3f}", f"{stages['all']['cpu'][stage]:.3f}", alone(stage)]
         for stage in STAGES])


def main():
    options = arguments()
    given = dict(pair.split("=", 1) for pair in options.data)
    os.makedirs(options.folder, exist_ok=True)
    bench = Bench(options)
    print(machine.line(bench.found["machine"]))
    missing = peers.Peers(options).missing()
    if missing:
        print(f"Not found, so not measured: {', '.join(missing)}", flush=True)
    failed = False
    usual = [name for name in workloads.MAKERS if name not in workloads.ONLY_NAMED]
    for name in options.workloads or usual:
        try:
            machine.progress(f"{name}: recording")
            data = (pathlib.Path(given[name]) if name in given
                    else workloads.make(name, options.folder, options.scale))
            bench.workload(name, data)
        except (RuntimeError, OSError, ValueError, subprocess.CalledProcessError) as reason:
            machine.progress("")
            print(f"\n## {name}: not measured: {reason}", flush=True)
            failed = True
    if options.json:
        print(f"\nwritten: {options.json}")
    return failed


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        machine.progress("")
        sys.exit("stopped")
