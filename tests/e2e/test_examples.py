#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""test_examples.py PERFLAME DRAW: examples/draw.c, built against the public headers, examples/report.sh, and
examples/quickstart.sh in a copy of the project: once where perf may record, and once more where it
may not."""
import html.parser
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree

from lab import DEMO, PERFLAME, ROOT, TMP, case, run

COPY = TMP / "copy"
LEFT_OUT = shutil.ignore_patterns("build", "build-*", ".git", "__pycache__")


def quickstart(**changes):
    environment = dict(os.environ, **changes)
    environment.pop("LD_LIBRARY_PATH", None)  # meson's, to the library of this build
    return subprocess.run(["sh", COPY / "examples/quickstart.sh"], stdin=subprocess.DEVNULL,
                          env=environment, cwd=TMP, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def has_left_its_pictures(done):
    assert done.returncode == 0, done.stdout[-3000:]
    root = xml.etree.ElementTree.parse(COPY / "flame.svg").getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert (COPY / "flame.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    for function in ("merge_halves", "next_word", "hash_word"):
        assert function in done.stdout, f"{function} is not in the table:\n{done.stdout[-3000:]}"


@case
def the_library_example_draws_a_recording():
    done = subprocess.run([sys.argv[2], DEMO[-1]], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    xml.etree.ElementTree.fromstring(done.stdout)
    assert b"cpu-clock: 1987975936 ns" in done.stderr, done.stderr


@case
def the_library_example_says_what_is_wrong():
    done = subprocess.run([sys.argv[2], "/nonexistent"], capture_output=True, check=False)
    assert done.returncode == 1 and done.stderr.startswith(b"draw: ") and not done.stdout, done


class Frames(html.parser.HTMLParser):
    """The attributes of a page's frames."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag == "iframe":
            self.found.append(dict(attrs))


@case
def the_name_of_a_recording_is_text_in_a_report():
    name = "a\" onload=\"alert(1)\" <b>&amp;.data"
    shutil.copy(DEMO[-1], TMP / name)
    subprocess.run(["sh", ROOT / "examples/report.sh", TMP / "report", TMP / name], check=True,
                   env=dict(os.environ, PERFLAME=PERFLAME), stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    frames = Frames((TMP / "report/index.html").read_text()).found
    assert frames == [{"src": "1.svg", "title": f"Flame graph of {name}", "loading": "lazy"}], frames


@case
def quickstart_needs_nothing_prepared():
    shutil.copytree(ROOT, COPY, ignore=LEFT_OUT)
    for left_by_an_earlier_run in ("perf.data", "flame.svg", "flame.png"):
        (COPY / left_by_an_earlier_run).unlink(missing_ok=True)
    has_left_its_pictures(quickstart())


@case
def a_second_run_installs_and_rebuilds_nothing():
    before = (COPY / "build/src/cli/perflame").stat().st_mtime_ns
    done = quickstart()
    has_left_its_pictures(done)
    assert "no work to do" in done.stdout and "installing" not in done.stdout, done.stdout
    assert (COPY / "build/src/cli/perflame").stat().st_mtime_ns == before


@case
def where_perf_may_not_record_the_shipped_recording_is_drawn():
    (TMP / "bin").mkdir()
    refusing = TMP / "bin/perf"
    refusing.write_text("#!/bin/sh\necho 'Access to performance monitoring is limited.' >&2\n"
                        "exit 255\n")
    refusing.chmod(0o755)
    done = quickstart(PATH=f"{TMP}/bin:{os.environ['PATH']}")
    has_left_its_pictures(done)
    assert "Access to performance monitoring is limited." in done.stdout, done.stdout
    assert "data/demo/perf.data" in done.stdout


run()
