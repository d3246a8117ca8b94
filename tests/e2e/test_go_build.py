#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The large oracle: a Go build, recorded with frame pointers, against perf script.

Go's code keeps frame pointers, so perf can name nearly everything - but Debian's own tools are
stripped. So the compiler is linked anew with its symbols, and `go build -a -toolexec` runs it over
the standard library. At least 99.5 % of the weight must have the same stack, and the totals must be
equal."""
import os
import shutil
import subprocess

from compare import fold_samples, report, script
from lab import PERFLAME, TMP, case, fold, need_perf, record, run, skip_all

need_perf()
if not shutil.which("go"):
    skip_all("Go is not installed")

# Of its own in every respect, and without the network.
ENVIRONMENT = dict(os.environ, HOME=str(TMP), GOFLAGS="", GOPROXY="off",
                   GOPATH=str(TMP / "gopath"), GOCACHE=str(TMP / "cache"))


def go(*arguments, **options):
    return subprocess.run(["go", *arguments], check=True, stdin=subprocess.DEVNULL,
                          env=ENVIRONMENT, capture_output=True, text=True, **options).stdout


def record_a_build():
    """Gives a recording of `go build -a std` by a compiler with symbols."""
    root = go("env", "GOROOT").strip()
    go("build", "-o", str(TMP / "compile"), "cmd/compile", cwd=os.path.join(root, "src"))
    wrapper = TMP / "toolexec"
    wrapper.write_text("#!/bin/sh\ntool=$1\nshift\ncase $tool in\n"
                       f"*/compile) exec {TMP}/compile \"$@\" ;;\n*) exec \"$tool\" \"$@\" ;;\n"
                       "esac\n")
    wrapper.chmod(0o755)
    ENVIRONMENT["GOCACHE"] = str(TMP / "cache2")
    os.environ.update(ENVIRONMENT)
    return record(["go", "build", "-a", "-toolexec", wrapper, "std"], "-F", "4999", "-g")


DATA = record_a_build()
SAMPLES = list(script(DATA))


@case
def the_recording_is_worth_comparing():
    named = sum(frame[0] != "[" for sample in SAMPLES for frame in sample.frames)
    frames = sum(len(sample.frames) for sample in SAMPLES)
    print(f"# {PERFLAME}: {len(SAMPLES)} samples, {frames} frames, {100 * named / frames:.1f} % "
          "of them named by perf")
    assert len(SAMPLES) > 20000 and named > 0.9 * frames


@case
def stacks_and_totals_are_perf_script_s():
    share, equal = report(fold("--perf-compat", "--no-inline", DATA), fold_samples(SAMPLES))
    assert equal, "the totals differ"
    assert share >= 0.999, f"only {100 * share:.2f} % of the weight has the same stack"


run()
