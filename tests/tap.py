# SPDX-License-Identifier: MIT
"""The frame of every test script here: functions marked @case run in order and each is one line of
TAP (https://testanything.org), which tests/count.py counts.

    from tap import case, run, Skip

    @case
    def a_sentence_that_says_what_holds():
        assert 1 + 1 == 2, "why"

    run()
"""
import sys
import traceback

CASES = []


class Skip(Exception):
    """Raise it, with the reason, where a case cannot run here."""


def case(function):
    CASES.append(function)
    return function


def skip_all(reason):
    """Ends a script that cannot run here at all, in the way that meson calls a skip."""
    print(f"1..0 # SKIP {reason}", flush=True)
    sys.exit(77)


def run():
    failed = 0
    print(f"1..{len(CASES)}", flush=True)
    for number, function in enumerate(CASES, 1):
        name = function.__name__.replace("_", " ")
        try:
            function()
            print(f"ok {number} - {name}", flush=True)
        except Skip as reason:
            print(f"ok {number} - {name} # SKIP {reason}", flush=True)
        except Exception:  # a bug in a test is a failure too, and the others still run
            failed += 1
            print(f"not ok {number} - {name}")
            print("# " + traceback.format_exc().strip().replace("\n", "\n# "), flush=True)
    sys.exit(1 if failed else 0)
