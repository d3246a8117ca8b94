#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Recordings that lie about themselves (tests/generate/hostile.py) are refused in one line or read in
part, at once."""
import resource
import sys

from lab import HERE, TMP, case, perflame, run

sys.path.insert(0, str(HERE.parent / "generate"))
import hostile  # noqa: E402
import programs  # noqa: E402

SECONDS = 5  # of processor time, with sanitizers; without them it is milliseconds


def spent():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def survive(name, data):
    path = TMP / "input"
    path.write_bytes(data)
    return survive_file(name, path)


def survive_file(name, path, *options):
    before = spent()
    result = perflame("fold", *options, path)
    took = spent() - before
    assert result.status in (0, 1, 3), f"{name}: {result}"
    assert "Sanitizer" not in result.err and "runtime error" not in result.err, f"{name}: {result}"
    assert all(line.startswith("perflame: ") for line in result.err.splitlines()), result.err
    assert result.status == 0 or result.err.count("\n") <= 3, f"{name}: {result.err}"
    assert took < SECONDS, f"{name}: {took:.1f} s"
    return result


@case
def lies_are_survived():
    for name, data in hostile.lies():
        survive(name, data)


@case
def a_lie_in_one_record_leaves_the_others():
    for name, data in hostile.lies():
        if name.startswith("unended-") and not name.endswith("-120"):
            result = survive(name, data)
            assert result.status == 0 and "warning" in result.err, f"{name}: {result}"


@case
def a_program_s_tables_ask_for_no_more_than_they_are_worth():
    for name in programs.PROGRAMS:
        result = survive_file(name, programs.write(TMP, name), "--lines", "--buildid-dir", "/dev/null")
        assert result.status == 0, f"{name}: {result}"


run()
