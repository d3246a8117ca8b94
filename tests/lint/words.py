#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What is in the text files: a licence line in every source, no tabs, no trailing blanks, and no
folder of the machine that somebody happened to write on."""
import re
import shutil
import subprocess

from tree import Skip, case, files, lines, no, run, short

SOURCES = (".c", ".h", ".py", ".sh", ".js", ".css")
TEXTS = SOURCES + ("meson.build", ".md", ".scd", ".ini", ".txt", ".map", ".bash")
MACHINES = re.compile(r"(?<![\w.}])/(?:root|work|(?:home|Users)/(?!user\b|\w/)\w+|tmp/wt?)/")


def ours():
    """Fixtures and golden results are as they are."""
    for path in files(*TEXTS):
        if not short(path).startswith(("tests/fixtures/", "tests/golden/cases/", "data/demo/k")):
            yield path


def find(judge, but=()):
    for path in ours():
        if but and path.name.endswith(but):
            continue
        for number, line in enumerate(lines(path), 1):
            complaint = judge(line)
            if complaint:
                yield f"{short(path)}:{number}: {complaint}"


@case
def every_source_names_its_licence():
    no(short(path) for path in files(*SOURCES)
       if not any("SPDX-License-Identifier: MIT" in line for line in lines(path)[:3]))


@case
def no_tabs():
    no(find(lambda line: "a tab" if "\t" in line else None, but=(".scd",)))  # scdoc wants them


@case
def no_trailing_blanks():
    no(find(lambda line: "trailing blanks" if line != line.rstrip() else None))


@case
def no_folders_of_build_machines():
    no(find(lambda line: (MACHINES.search(line) or [None])[0]))


@case
def files_end_with_one_newline():
    no(short(path) for path in ours()
       if (lines(path)[-1] or lines(path)[-2:-1] == [""]) and path.stat().st_size)


@case
def c_is_formatted_as_clang_format_does_it():
    if not shutil.which("clang-format"):
        raise Skip("no clang-format here")
    sources = [path for path in files(".c", ".h") if not short(path).startswith("tests/fixtures/")]
    done = subprocess.run(["clang-format", "--dry-run", "-Werror", *sources],
                          capture_output=True, text=True)
    assert not done.returncode, "\n" + "\n".join(done.stderr.splitlines()[:20])


run()
