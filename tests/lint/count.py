#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The count at the end of tests/run.sh is true: what it makes of the logs that meson may write."""
import json
import subprocess
import sys

from tree import ROOT, case, run


def count(*tests):
    log = "".join(json.dumps({"name": "t", **test}) + "\n" for test in tests)
    done = subprocess.run([sys.executable, ROOT / "tests/count.py", "/dev/stdin"], input=log,
                          capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    return lines[-1], done.returncode, lines[:-1]


def expect(result, line, status):
    assert result[:2] == (line, status), result


@case
def a_test_without_lines_counts_as_one():
    expect(count({"result": "OK"}), "1 passed, 0 failed, 0 skipped", 0)
    expect(count({"result": "OK"}, {"result": "FAIL"}), "1 passed, 1 failed, 0 skipped", 1)


@case
def each_line_of_tap_counts():
    tap = "1..3\nok 1 - a\nnot ok 2 - b\nok 3 - c # SKIP no perf\n"
    result = count({"result": "FAIL", "stdout": tap})
    expect(result, "1 passed, 1 failed, 1 skipped", 1)
    assert any("no perf" in line for line in result[2]), "a skip must be named with its reason"


@case
def a_crash_beside_good_lines_is_a_failure():
    expect(count({"result": "FAIL", "stdout": "1..1\nok 1 - a\n"}),
           "1 passed, 1 failed, 0 skipped", 1)


@case
def lines_that_did_not_come_are_failures():
    expect(count({"result": "TIMEOUT", "stdout": "1..3\nok 1 - a\n"}),
           "1 passed, 2 failed, 0 skipped", 1)
    expect(count({"result": "OK", "stdout": "1..2\nok 1 - a\n"}),
           "1 passed, 1 failed, 0 skipped", 1)


@case
def a_whole_script_that_is_skipped_is_one_skip():
    result = count({"result": "OK"}, {"result": "SKIP", "stdout": "1..0 # SKIP no perf here\n"})
    expect(result, "1 passed, 0 failed, 1 skipped", 0)
    assert any("no perf here" in line for line in result[2])


@case
def nothing_run_is_no_success():
    expect(count(), "0 passed, 0 failed, 0 skipped", 1)
    expect(count({"result": "SKIP"}), "0 passed, 0 failed, 1 skipped", 1)


run()
