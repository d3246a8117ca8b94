#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Who may include whom: the #include lines of src/ against the table of src/README.md, and each
foreign library in its one home."""
import re

from tree import ROOT, case, files, lines, no, run, short

# Third-party headers (a pattern of their names) and the files that may include them.
HOMES = {
    r"(zlib|libdeflate|isa-l/.*|lzma|zstd)\.h": "src/base/compress",
    r"(event-parse|trace-seq|kbuffer|traceevent/.*)\.h": "src/weigh/",
    r"(libelf|gelf|elf|dwarf|elfutils/.*)\.h": "src/resolve/",
    r"(demangle|libiberty/.*)\.h": "src/resolve/",
    r"libxml/.*\.h": "src/draw/",
    r"(cairo|pango).*\.h": "src/draw/canvas_cairo.c",
}


def read_table():
    """Gives {room: [the rooms it may include]} as src/README.md has it."""
    rooms = {}
    for line in lines(ROOT / "src/README.md"):
        cells = [cell.strip() for cell in line.strip("| ").split("|")]
        if len(cells) == 3 and re.fullmatch("[a-z]+", cells[0]) and cells[0] != "room":
            rooms[cells[0]] = cells[2]
    below = []
    for room, allowed in rooms.items():
        if allowed == "nothing" or allowed.startswith("include/"):
            rooms[room] = []
        elif allowed == "all of the above":
            rooms[room] = list(below)
        else:
            rooms[room] = [name.strip() for name in allowed.split(",")]
        below.append(room)
    return rooms


ROOMS = read_table()


def includes(path):
    for number, line in enumerate(lines(path), 1):
        found = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if found:
            yield f"{short(path)}:{number}", found[1], found[2]


def sources():
    return files(".c", ".h", under="src")


@case
def the_table_names_the_folders():
    folders = {path.name for path in (ROOT / "src").iterdir() if path.is_dir()}
    assert folders == set(ROOMS), folders ^ set(ROOMS)
    for room, allowed in ROOMS.items():
        assert set(allowed) <= set(ROOMS), f"{room} may include {allowed}, which are no rooms"


@case
def rooms_include_only_what_the_table_allows():
    complaints = []
    for path in sources():
        room = path.relative_to(ROOT / "src").parts[0]
        for place, mark, name in includes(path):
            if mark != '"':
                continue
            first = name.split("/")[0]
            generated = "/" not in name
            public = first == "perflame"
            if not (generated or public or first == room or first in ROOMS[room]):
                complaints.append(f"{place}: {room} must not include {name}")
            if generated and (path.parent / name).exists():
                complaints.append(f"{place}: write {room}/{name}")
    no(complaints)


@case
def public_headers_include_only_each_other():
    no(f"{place}: a public header includes {name}"
       for path in files(".h", under="include") for place, mark, name in includes(path)
       if mark == '"' and not name.startswith("perflame/"))


@case
def foreign_headers_stay_in_their_home():
    no(f"{place}: {name} belongs in {home}"
       for path in sources() + files(".h", under="include") for place, _, name in includes(path)
       for pattern, home in HOMES.items()
       if re.fullmatch(pattern, name) and not short(path).startswith(home))


run()
