#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The top folder holds what a visitor looks for, and nothing else."""
from tree import ROOT, case, ignored, run

FOLDERS = {"src", "include", "data", "tests", "examples", "doc", ".ci"}
FILES = {"meson.build", "meson_options.txt", "README.md", "LICENSE", "NEWS.md", "CONTRIBUTING.md",
         "dev.ini", ".clang-format", ".editorconfig", ".gitignore", ".gitattributes"}


@case
def the_top_folder_holds_nothing_else():
    there = {path.name for path in ROOT.iterdir() if path.name != ".git"}
    strange = {name for name in there - FOLDERS - FILES if not ignored(name)}
    assert not strange, sorted(strange)


@case
def the_top_folder_is_complete():
    missing = (FOLDERS | FILES) - {path.name for path in ROOT.iterdir()} - {".gitattributes"}
    assert not missing, sorted(missing)


run()
