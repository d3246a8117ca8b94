#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How long things may be. A file that is a table of data says so in a comment: lint: table."""
from tree import case, files, lines, no, run, short

FILE, FUNCTION, HEADER, MESON = 800, 60, 300, 120


def length(path):
    return len(lines(path)) - 1


def functions(path):
    """Gives (line, lines) of each function: clang-format puts its braces alone in column 0."""
    start = None
    for number, line in enumerate(lines(path), 1):
        if line == "{":
            start = number
        elif line == "}" and start:
            yield start, number - start + 1
            start = None


def longer(paths, limit):
    no(f"{short(path)}: {length(path)} lines, at most {limit}" for path in paths
       if length(path) > limit and "lint: table" not in path.read_text())


@case
def no_source_file_is_too_long():
    longer(files(".c", ".h", ".py", ".sh", ".css", ".js"), FILE)


@case
def no_function_is_too_long():
    no(f"{short(path)}:{start}: a function of {count} lines, at most {FUNCTION}"
       for path in files(".c", ".h", under="src") for start, count in functions(path)
       if count > FUNCTION)


@case
def no_public_header_is_too_long():
    longer(files(".h", under="include"), HEADER)


@case
def no_meson_build_is_too_long():
    longer(files("meson.build"), MESON)


run()
