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
def the_manual_says_for_which_commands_a_section_is():
    text = (ROOT / "doc/perflame.1.scd").read_text()
    options = {command: set(OPTION.findall(succeed("help", command).out)) for command in COMMANDS}
    said = 0
    for section in re.split(r"^# ", text, flags=re.M):
        line = re.search(r"^For ([^;.]*)(.*)", section, re.M)
        if not line:
            continue
        commands = COMMANDS if line[1] == "all commands" else re.findall(r"\*(\w+)\*", line[1])
        for option in re.findall(r"^\*(--[a-z-]+)\*", section, re.M):
            takers = {command for command in COMMANDS if option in options[command]}
            assert takers <= set(commands), (option, takers)
            assert ("info" in takers) != (f"*info* has no *{option}*" in line[2]) \
                or "info" not in commands, option
            said += 1
    assert said > 20, said


@case
def the_completion_knows_the_same_options():
    text = (ROOT / "data/completions/perflame.bash").read_text()
    offered = set(re.findall(r"(?<![\w-])(--[a-z][a-z-]+)", text))
    ours = helped() | {"--help", "--version"}
    assert offered - ours == set(), sorted(offered - ours)
    assert ours - offered == set(), sorted(ours - offered)


run()
