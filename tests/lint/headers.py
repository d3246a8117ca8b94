#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Each public header compiles alone, as C11 and as C++11, without a warning."""
import shutil
import subprocess

from tree import ROOT, Skip, case, files, no, run

STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only"]


def compile_all(compiler, standard, language):
    if not shutil.which(compiler):
        raise Skip(f"no {compiler} here")
    complaints = []
    for path in files(".h", under="include"):
        name = path.relative_to(ROOT / "include")
        done = subprocess.run(
            [compiler, standard, *STRICT, "-I", ROOT / "include", "-x", language, "-"],
            input=f'#include "{name}"\nextern int nothing;\n', capture_output=True, text=True)
        if done.returncode:
            complaints.append(f"{name} as {standard}:\n{done.stderr}")
    no(complaints)


@case
def public_headers_compile_alone_as_c11():
    compile_all("cc", "-std=c11", "c")


@case
def public_headers_compile_alone_as_cpp11():
    compile_all("c++", "-std=c++11", "c++")


@case
def the_header_of_all_includes_every_one():
    everything = (ROOT / "include/perflame/perflame.h").read_text()
    no(path.name for path in files(".h", under="include")
       if path.name != "perflame.h" and f'"perflame/{path.name}"' not in everything)


run()
