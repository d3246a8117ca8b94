#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The manual page, the completion and the help name the same options."""
import re

from lab import ROOT, case, run, succeed

OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
COMMANDS = ("render", "fold", "top", "info")
ALIASES = {"--comms", "--minwidth"}  # perf's and FlameGraph's words, accepted without a line


def helped():
    text = "".join(succeed("help", command).out for command in COMMANDS) + succeed("--help").out
    return set(OPTION.findall(text)) - ALIASES


def manual():
    text = (ROOT / "doc/perflame.1.scd").read_text()
    return set(re.findall(r"\*(--[a-z][a-z-]*)\*", text))


@case
def the_manual_names_what_the_help_names():
    # What examples of other commands mention is no option of perflame's.
    foreign = {"--call-graph", "--version", "--help"}
    assert manual() - foreign == helped() - foreign, sorted((manual() ^ helped()) - foreign)


@case
def the_completion_knows_the_same_options():
    text = (ROOT / "data/completions/perflame.bash").read_text()
    offered = set(re.findall(r"(?<![\w-])(--[a-z][a-z-]+)", text))
    ours = helped() | {"--help", "--version"}
    assert offered - ours == set(), sorted(offered - ours)
    assert ours - offered == set(), sorted(ours - offered)


run()
