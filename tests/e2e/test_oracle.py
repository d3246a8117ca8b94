#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""perflame fold --perf-compat --no-inline against perf script, stack by stack, on small recordings."""
from compare import fold_samples, report, script
from lab import case, compile_c, fold, need_perf, record, run

need_perf()


def hold(data):
    share, equal = report(fold("--perf-compat", "--no-inline", data), fold_samples(script(data)))
    assert equal, "the totals differ"
    assert share >= 0.999, f"only {100 * share:.2f} % of the weight has the same stack"


@case
def frame_pointers_threads_fork_and_exec():
    hold(record([compile_c("known.c", "-fno-omit-frame-pointer"), "40"], "-F", "1999", "-g"))


@case
def a_shell_that_starts_many_small_programs():
    hold(record(["sh", "-c", "for i in 1 2 3 4 5 6 7 8 9 10; do ls -lR /usr/share/doc >/dev/null; "
                 "find /etc -type f 2>/dev/null | sort | md5sum >/dev/null; done"],
                "-F", "1999", "-g"))


@case
def no_call_chains():
    hold(record([compile_c("known.c", "-fno-omit-frame-pointer"), "20"], "-F", "999"))


run()
