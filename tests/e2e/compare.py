#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""compare.py PERFLAME RECORDING [OPTION]...: holds perflame fold --perf-compat --no-inline against
a folding of what perf script prints, stack by stack. perf knows what it recorded; this knows
nothing of perflame.

Prints the share of the weight that has the same stack in both, what perflame names and perf leaves
unknown (it counts as the same), whether the totals are equal, and the stacks that differ most. Ends
with status 1 below 99.9 % or with unequal totals."""
import collections
import os
import re
import subprocess
import sys

FIELDS = "comm,pid,tid,cpu,time,event,period,ip,sym,dso"
HEADER = re.compile(r"\s*(?P<comm>\S.*?|)\s+(?P<pid>-?\d+)/(?P<tid>-?\d+)\s+(?:\[(?P<cpu>\d+)\]\s+)?"
                    r"(?P<time>\d+\.\d+):\s+(?P<period>\d+)\s+(?P<event>\S.*?):\s*"
                    r"(?P<frame>[0-9a-f]+ .*\))?\s*$")
FRAME = re.compile(r"\s*[0-9a-f]+ (.*) \((.*)\)\s*$")

Sample = collections.namedtuple("Sample", "comm pid tid cpu time event period frames")


def frame_name(line):
    """The name of a frame as folded text has it: the symbol, else its object in brackets."""
    found = FRAME.match(line.replace(" (deleted))", ")"))
    if not found:
        raise ValueError(f"no frame: {line!r}")
    symbol, dso = found[1], found[2]
    if symbol == "[unknown]" and dso != "[unknown]":
        symbol = "[" + os.path.basename(dso).strip("[]") + "]"
    return symbol.replace(";", ":")


def read_script(lines):
    """Yields the samples of perf script -F FIELDS, frames from the root to the leaf."""
    names = {}
    head, frames = None, []
    for line in lines:
        line = line.rstrip("\n")
        if not line:
            if head:
                yield Sample(*head, tuple(reversed(frames)))
            head, frames = None, []
        elif head is None:
            found = HEADER.match(line)
            if not found:
                raise ValueError(f"no sample: {line!r}")
            head = (found["comm"], int(found["pid"]), int(found["tid"]), int(found["cpu"] or 0),
                    found["time"], found["event"], int(found["period"]))
            if found["frame"]:  # recorded without -g: all in one line, and no empty one after it
                yield Sample(*head, (frame_name(found["frame"]),))
                head = None
        else:
            name = names.get(line)
            if name is None:
                name = names[line] = frame_name(line)
            frames.append(name)
    if head:
        yield Sample(*head, tuple(reversed(frames)))


def script(recording, *options):
    """Runs perf script and yields its samples. The cpu is asked for only where it was recorded."""
    evlist = subprocess.run(["perf", "evlist", "-v", "-i", str(recording)], check=True,
                            stdin=subprocess.DEVNULL, capture_output=True, text=True).stdout
    fields = FIELDS if re.search(r"sample_type: \S*\bCPU\b", evlist) else FIELDS.replace(",cpu", "")
    with subprocess.Popen(["perf", "script", "--no-inline", "--ns", "-F", fields, *options,
                           "-i", str(recording)], stdin=subprocess.DEVNULL, text=True,
                          errors="replace", stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL) as perf:
        yield from read_script(perf.stdout)
    if perf.returncode:
        raise ValueError(f"perf script ended with {perf.returncode}")


def fold_samples(samples, root=lambda sample: sample.comm):
    stacks = collections.Counter()
    for sample in samples:
        first = root(sample)
        stacks[";".join((first, *sample.frames) if first else sample.frames)] += sample.period
    return stacks


def same_weight(ours, theirs):
    """The weight whose stack is in both: what the smaller of the two gives each."""
    return sum(min(weight, ours.get(stack, 0)) for stack, weight in theirs.items())


def is_unnamed(frame):
    return frame == "[unknown]" or (frame.startswith("[") and frame.endswith("]"))


def explained(our, their):
    """Why a frame may differ from perf's: "" if it does not, None if nothing explains it."""
    if our == their:
        return ""
    if is_unnamed(their):
        return "perf has no name"
    # perf 6.1 lets _init, which has no size, reach over the jump table behind it, and finds one or
    # the other as its tree of symbols happens to be balanced.
    if their == "_init" and our.endswith("@plt"):
        return "perf says _init for an entry of a jump table"
    return None


def explain(ours, theirs):
    """Pairs the stacks that differ in frames whose difference is explained. Gives {(why, our frame,
    their frame): weight}, the weight of all pairs, and {stack: what of it only one has}."""
    left = collections.defaultdict(list)
    for stack, weight in ours.items():
        if weight > theirs.get(stack, 0):
            frames = stack.split(";")
            left[len(frames), frames[0]].append([frames, weight - theirs.get(stack, 0)])
    reasons, rest, total = collections.Counter(), {}, 0
    # Those that say most first, so that they do not find their partners taken.
    for stack, weight in sorted(theirs.items(), key=lambda item: item[0].count("[")):
        missing = weight - ours.get(stack, 0)
        frames = stack.split(";")
        for candidate in left[len(frames), frames[0]] if missing > 0 else ():
            if not candidate[1] or missing <= 0:
                continue
            pairs = {(explained(our, their), our, their)
                     for our, their in zip(candidate[0], frames)}
            if any(why is None for why, _, _ in pairs):
                continue
            taken = min(missing, candidate[1])
            candidate[1] -= taken
            missing -= taken
            total += taken
            for pair in pairs:
                if pair[0]:
                    reasons[pair] += taken
        if missing > 0:
            rest[stack] = -missing
    for candidates in left.values():
        rest.update({";".join(frames): weight for frames, weight in candidates if weight})
    return reasons, total, rest


def report(ours, theirs, rows=12):
    """Prints how the two differ and gives (share of the same weight, totals equal). Frames that
    perflame names and perf does not count as the same, and are listed."""
    total, same = sum(theirs.values()), same_weight(ours, theirs)
    reasons, named, rest = explain(ours, theirs)
    share = (same + named) / total if total else 0
    print(f"# perf: {total} in {len(theirs)} stacks; perflame: {sum(ours.values())} in "
          f"{len(ours)} stacks")
    print(f"# the same stack: {100 * same / total if total else 0:.4f} % of the weight; with what perf "
          f"does not know: {100 * share:.4f} %")
    for (why, our, their), weight in reasons.most_common(rows):
        print(f"# {weight} {why}: {our[:120]} ({their[:60]})")
    for stack in sorted(rest, key=lambda stack: -abs(rest[stack]))[:rows]:
        shown = stack if len(stack) < 300 else stack[:100] + " ... " + stack[-200:]
        print(f"# {rest[stack]:+d} {shown}")
    return share, sum(ours.values()) == total


def main():
    command, recording, options = sys.argv[1], sys.argv[2], sys.argv[3:]
    out = subprocess.run([command, "fold", "-q", "--perf-compat", "--no-inline", *options, recording], check=True,
                         stdout=subprocess.PIPE).stdout.decode("utf-8", "replace")
    ours = collections.Counter()
    for line in out.splitlines():
        stack, weight = line.rsplit(" ", 1)
        ours[stack] += int(weight)
    share, equal = report(ours, fold_samples(script(recording)), 40)
    print("totals are equal" if equal else "TOTALS DIFFER")
    return 0 if share >= 0.999 and equal else 1


if __name__ == "__main__":
    sys.exit(main())
