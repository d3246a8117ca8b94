#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A program whose stacks are known (known.c) is recorded, and perflame must find them, weigh them,
filter them and add them up as perf script's samples say."""
import collections
import re

from compare import fold_samples, script
from lab import TMP, case, compile_c, fold, need_perf, perflame, record, run, succeed

need_perf()
# Without a jump table, in which perf 6.1 now and then finds another name (compare.py).
PROGRAM = compile_c("known.c", "-fno-omit-frame-pointer", "-fno-plt")
DATA = record([PROGRAM, "60"], "-F", "1999", "-g", "--sample-cpu")
TWO = record([PROGRAM, "20"], "-F", "999", "-g", "-e", "task-clock,page-faults,cpu-clock",
             name="two.data")
SAMPLES = list(script(DATA))
TOTAL = sum(sample.period for sample in SAMPLES)

KNOWN = {  # what must be in a stack: its parts of the CPU time (see known.c)
    ("known", ";main;trunk;branch;burn"): 2,
    ("red", ";thread_red;red_middle;burn"): 3,
    ("blue", ";thread_blue;burn"): 1,
    ("known", ";main;trunk;recurse;recurse;recurse;recurse;burn"): 1,
    ("green", ";main;green_work;burn"): 2,
    ("forked", ";main;forked_work;burn"): 1,
}


def same(ours, theirs):
    wrong = {stack: (ours.get(stack, 0), theirs.get(stack, 0))
             for stack in ours.keys() | theirs.keys() if ours.get(stack, 0) != theirs.get(stack, 0)}
    assert not wrong, "perflame, perf: " + str(sorted(wrong.items())[:8])


def agree(options, keep, root=lambda sample: sample.comm, data=DATA, samples=None):
    """The same filter, by perflame and on perf script's samples."""
    chosen = [sample for sample in (SAMPLES if samples is None else samples) if keep(sample)]
    assert chosen, "the test's own filter keeps nothing"
    same(fold("--perf-compat", "--no-inline", *options, data), fold_samples(chosen, root))


@case
def the_known_stacks_have_their_share():
    stacks = fold(DATA)
    for (comm, path), parts in KNOWN.items():
        weight = sum(weight for stack, weight in stacks.items()
                     if stack.startswith(comm + ";") and path in stack + ";")
        share = weight / TOTAL
        assert abs(share - parts / 10) < 0.03, f"{comm}: {path}: {share:.3f}, not {parts / 10}"


@case
def nothing_is_named_that_was_not_there():
    for stack in fold(DATA):
        frames = stack.split(";")
        if "red_middle" in frames:
            assert frames[0] == "red" and frames[frames.index("red_middle") - 1] == "thread_red", \
                stack


@case
def the_total_is_perf_script_s_sum_of_periods():
    assert sum(fold(DATA).values()) == TOTAL
    assert sum(fold("--perf-compat", "--no-inline", DATA).values()) == TOTAL
    assert sum(fold("-w", "samples", DATA).values()) == len(SAMPLES)


@case
def comm_pid_tid_and_cpu_choose_what_perf_says():
    agree([], lambda sample: True)
    agree(["--comm", "red"], lambda sample: sample.comm == "red")
    agree(["--comm", "red,blue"], lambda sample: sample.comm in ("red", "blue"))
    agree(["--comm", "red", "--comm", "green"], lambda sample: sample.comm in ("red", "green"))
    pid = next(sample.pid for sample in SAMPLES if sample.comm == "green")
    agree(["--pid", pid], lambda sample: sample.pid == pid)
    tid = next(sample.tid for sample in SAMPLES if sample.comm == "blue")
    agree(["--tid", tid], lambda sample: sample.tid == tid)
    cpu = SAMPLES[0].cpu
    agree(["--cpu", cpu], lambda sample: sample.cpu == cpu)
    agree(["--cpu", "0-4095", "--comm", "red"], lambda sample: sample.comm == "red")


@case
def a_window_of_time_chooses_what_perf_says():
    times = sorted(float(sample.time) for sample in SAMPLES)
    # Between two samples, so that no rounding decides.
    first = f"{(times[len(times) // 4] + times[len(times) // 4 + 1]) / 2:.9f}"
    last = f"{(times[len(times) // 2] + times[len(times) // 2 + 1]) / 2:.9f}"
    agree(["--time", f"{first},{last}"],
          lambda sample: float(first) <= float(sample.time) <= float(last))
    agree(["--time", f"{last},"], lambda sample: float(sample.time) >= float(last))
    agree(["--time", f",{first}"], lambda sample: float(sample.time) <= float(first))
    relative = f"{float(first) - times[0]:.9f}"
    agree(["--time", f"+{relative},"], lambda sample: float(sample.time) >= float(first))


@case
def by_chooses_the_root():
    def keep(_):
        return True
    agree(["--by", "comm"], keep)
    agree(["--by", "process"], keep, lambda sample: f"{sample.comm}-{sample.pid}")
    agree(["--by", "thread"], keep, lambda sample: f"{sample.comm}-{sample.pid}/{sample.tid}")
    agree(["--by", "tid"], keep, lambda sample: f"{sample.comm}-{sample.pid}/{sample.tid}")
    agree(["--by", "cpu"], keep, lambda sample: f"CPU {sample.cpu}")
    agree(["--by", "none"], keep, lambda sample: "")


@case
def reverse_turns_all_but_the_root():
    turned = collections.Counter()
    for stack, weight in fold(DATA).items():
        root, *frames = stack.split(";")
        turned[";".join([root, *reversed(frames)])] += weight
    same(fold("--reverse", DATA), turned)


@case
def events_are_chosen_summed_and_kept_apart():
    samples = list(script(TWO))

    def of(*names):
        return lambda sample: sample.event.split(":")[0] in names
    agree(["-e", "page-faults"], of("page-faults"), data=TWO, samples=samples)
    agree(["-e", "cpu-clock"], of("cpu-clock"), data=TWO, samples=samples)
    agree(["-e", "*-clock"], of("cpu-clock", "task-clock"), data=TWO, samples=samples)
    agree(["-e", "cpu-clock", "-e", "task-clock"], of("cpu-clock", "task-clock"), data=TWO,
          samples=samples)
    agree([], of("task-clock"), data=TWO, samples=samples)
    told = succeed("fold", TWO).err
    assert "cpu-clock" in told and "page-faults" in told, "left out without a word: " + told
    mixed = perflame("fold", "-e", "cpu-clock,page-faults", TWO)
    assert mixed.status == 2, f"nanoseconds and faults were added: {mixed}"
    absent = perflame("fold", "-e", "no-such-event", TWO)
    assert absent.status == 1 and "page-faults" in absent.err, absent


@case
def several_inputs_are_added():
    both = collections.Counter(fold(DATA)) + collections.Counter(fold("-e", "cpu-clock", TWO))
    same(fold("-e", "cpu-clock", DATA, TWO), both)
    same(fold("-e", "cpu-clock", "-i", DATA, TWO), both)


@case
def folded_text_goes_in_as_it_came_out():
    text = succeed("fold", "-q", DATA).out
    assert text == "".join(sorted(text.splitlines(True))), "the lines are not sorted"
    again = succeed("fold", "-q", "-", data=text.encode())
    assert again.out == text


@case
def filters_on_frames_shape_the_stacks():
    stacks = fold(DATA)
    same(fold("--focus", "^red_middle$", DATA),
         {stack: weight for stack, weight in stacks.items() if "red_middle" in stack.split(";")})
    same(fold("--ignore", "^red_middle$", DATA),
         {stack: weight for stack, weight in stacks.items() if "red_middle" not in stack.split(";")})
    shown = fold("--show-from", "^trunk$", DATA)
    assert shown and all(stack.split(";")[1] == "trunk" or stack.split(";")[0] == "trunk"
                         for stack in shown), list(shown)[:3]
    hidden = fold("--hide", "^recurse$", DATA)
    assert sum(hidden.values()) == TOTAL and not any("recurse" in stack for stack in hidden)
    collapsed = fold("--collapse-recursion", DATA)
    assert sum(collapsed.values()) == TOTAL
    assert any(";trunk;recurse;burn" in stack for stack in collapsed)
    assert all(len(stack.split(";")) <= 3 for stack in fold("--max-depth", "2", DATA))


def chart_of(samples):
    """What stands on what in a flame chart, root first: the stacks one after the other, of which
    neighbours share what they begin with. What a function did itself stands right of all that it
    called, so it does not part two calls of the same function (an interrupt that comes twice)."""
    names, latest = [], []
    for sample in samples:
        stack = list(sample.frames)
        same = 0
        while same < min(len(stack), len(latest)) and stack[same] == latest[same]:
            same += 1
        names += stack[same:]
        if same < len(stack):
            latest = stack
    return names


@case
def a_flame_chart_has_the_samples_of_a_thread_in_their_order():
    # Children are called so too until they have a name of their own.
    main = next(sample.tid for sample in SAMPLES if "trunk" in sample.frames)
    known = [sample for sample in SAMPLES if sample.comm == "known" and sample.tid == main]
    turn = next(i for i in range(1, len(known)) if "branch" in known[i - 1].frames
                and "recurse" in known[i].frames)
    part = known[max(turn - 15, 0):turn + 15]
    near = [float(sample.time) for sample in known]
    first, last = float(part[0].time), float(part[-1].time)
    assert "branch" in part[0].frames and near.index(last) - near.index(first) > 20
    picture = TMP / "chart.svg"
    succeed("-q", "--flamechart", "--perf-compat", "--comm", "known", "--tid", part[0].tid, "--time",
            f"{first - 5e-7:.9f},{last + 5e-7:.9f}", "--min-width", "0.01", "--width", "32000",
            "-o", picture, DATA)
    titles = re.findall(r"<title>([^\n<]*)\n", picture.read_text())
    assert titles[0] == "all" and titles[1] == f"known-{part[0].pid}/{part[0].tid}", titles[:3]
    assert titles[2:] == chart_of(part), (titles, chart_of(part))
    assert titles.index("branch") < titles.index("recurse"), titles
    # As an input it is what was recorded; drawn by time again it is the same picture.
    same(fold(picture), fold("--by", "thread", "--perf-compat", "--comm", "known", "--tid",
                             part[0].tid, "--time", f"{first - 5e-7:.9f},{last + 5e-7:.9f}", DATA))
    again = succeed("-q", "--sort", "time", "--min-width", "0.01", "--width", "32000", "-o", "-",
                    "--format", "svg", picture).out
    assert re.findall(r"<title>([^\n<]*)\n", again) == titles


@case
def the_table_says_the_same():
    rows = succeed("top", "-q", "--format", "tsv", DATA).out.splitlines()
    burn = next(row.split("\t") for row in rows if "\tburn" in row)
    weight = sum(weight for stack, weight in fold(DATA).items() if stack.endswith(";burn"))
    assert burn[0] == str(weight), f"{burn}, not {weight}"
    recurse = next(row.split("\t") for row in rows if "\trecurse" in row)
    once = sum(weight for stack, weight in fold(DATA).items() if ";recurse" in stack)
    assert recurse[2] == str(once), f"recursion does not count once: {recurse}, not {once}"


@case
def info_names_the_event_and_counts_the_samples():
    text = succeed("info", DATA).out
    assert "cpu-clock" in text and str(len(SAMPLES)) in text.replace(",", ""), text
    times = sorted((sample.time for sample in SAMPLES), key=float)
    first, last = re.search(r"duration .*, from ([\d.]+) s to ([\d.]+) s$", text, re.M).groups()
    assert times[0].startswith(first) and times[-1].startswith(last), (first, last, times[0], times[-1])


run()
