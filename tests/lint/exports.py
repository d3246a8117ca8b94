#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""exports.py BUILD: what libperflame.so exports = what the headers mark PFL_EXPORT = what the map
file lists."""
import pathlib
import re
import subprocess
import sys

from tree import ROOT, case, files, run


def declared():
    text = "\n".join(path.read_text() for path in files(".h", under="include"))
    text = re.sub(r"/\*.*?\*/|^#.*?$", "", text, flags=re.S | re.M)
    return set(re.findall(r"PFL_EXPORT[^;(]*?\b(pfl_\w+)\s*\(", text))


def mapped():
    text = (ROOT / "src/lib/libperflame.map").read_text()
    text = re.sub(r"/\*.*?\*/|#.*?$", "", text, flags=re.S | re.M)
    return set(re.findall(r"^\s*(\w+);", text.split("local:")[0], re.M))


def exported(name):
    library = pathlib.Path(sys.argv[1], "src/lib", name)
    symbols = subprocess.run(["nm", "-D", "--defined-only", library], check=True,
                             capture_output=True, text=True).stdout
    names = {line.split()[2].split("@")[0] for line in symbols.splitlines()
             if line.split()[1] in "TDBRVW"}
    return {name for name in names if not name.startswith(("__asan", "__ubsan", "__odr_asan"))}


@case
def the_map_lists_what_the_headers_declare():
    assert declared(), "no PFL_EXPORT function found"
    assert mapped() == declared(), sorted(mapped() ^ declared())


@case
def the_library_exports_what_the_headers_declare():
    names = exported("libperflame.so.0")
    assert names == declared(), sorted(names ^ declared())


@case
def the_painters_module_exports_its_calls_alone():
    assert exported("libperflame-paint.so.0") == {"pfl_canvas_calls"}


run()
