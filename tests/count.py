#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""count.py TESTLOG.json: adds up what meson's log says about a run, names what was skipped and why,
what failed, and ends with one line: N passed, N failed, N skipped.

A test that prints TAP counts as many as it has lines; any other counts as one. A test that fails
beside its lines (a crash, a leak, a timeout) is one more failure, and lines that were promised and
did not come are failures too."""
import json
import re
import sys

LINE = re.compile(r"^(ok|not ok)\b *\d* *-? *(.*?)(?: *# *(skip\S*|todo) *(.*))?$", re.I)
PLAN = re.compile(r"^1\.\.(\d+)(?: *# *skip\S* *(.*))?$", re.I)


def read_tap(text):
    """Gives (plan or None, [(name, outcome, reason)])."""
    plan, points = None, []
    for line in text.splitlines():
        planned, point = PLAN.match(line), LINE.match(line)
        if planned:
            plan = (plan or 0) + int(planned[1])
            if planned[1] == "0" and planned[2] is not None:
                points.append(("", "skipped", planned[2]))
        elif point:
            outcome = "passed" if point[1].lower() == "ok" else "failed"
            if (point[3] or "").lower().startswith("skip"):
                outcome = "skipped"
            points.append((point[2], outcome, point[4] or ""))
    return plan, points


def last_line(test):
    lines = (test.get("stdout", "") + "\n" + test.get("stderr", "")).strip().splitlines()
    return lines[-1] if lines else ""


def judge(test):
    """Gives [(name, outcome, reason)] for one test of the log."""
    plan, points = read_tap(test.get("stdout", ""))
    result = test["result"]
    if plan is None:
        points = []
    failed = any(outcome == "failed" for _, outcome, _ in points)
    if plan and plan > len(points):
        missing = plan - len(points)
        points += [("", "failed", f"{result}: promised and not run")] * missing
        failed = True
    if result in ("OK", "EXPECTEDFAIL"):
        return points or [("", "passed", "")]
    if result == "SKIP":
        return points if failed or points else [("", "skipped", last_line(test))]
    if not failed:
        points.append(("", "failed", f"{result} {last_line(test)}"))
    return points


def main():
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    notes = []
    try:
        with open(sys.argv[1], encoding="utf-8") as log:
            tests = [json.loads(line) for line in log if line.strip()]
    except OSError as error:
        print(f"no log of the tests: {error}")
        tests = []
    for test in tests:
        for name, outcome, reason in judge(test):
            counts[outcome] += 1
            if outcome != "passed":
                notes.append(f"{outcome}: {test['name']}" + (f": {name}" if name else "") +
                             (f" ({reason})" if reason else ""))
    print(*sorted(notes), sep="\n", end="\n" if notes else "")
    print("{passed} passed, {failed} failed, {skipped} skipped".format(**counts))
    return 1 if counts["failed"] or not counts["passed"] else 0


sys.exit(main())
