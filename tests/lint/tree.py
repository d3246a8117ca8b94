# SPDX-License-Identifier: MIT
"""What every lint script looks at: the files of the project, as they lie in the folder. It asks no
git, for a clone, an unpacked archive and a copy are all the project."""
import fnmatch
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from tap import Skip, case, run, skip_all  # noqa: E402 F401 (for those who import this)

ROOT = pathlib.Path(__file__).resolve().parents[2]


def ignored(name):
    """Whether .gitignore names this entry of the top folder."""
    patterns = (ROOT / ".gitignore").read_text().split()
    return any(fnmatch.fnmatch(name, pattern.strip("/")) for pattern in patterns)


def files(*suffixes, under=""):
    """The project's files, sorted; with suffixes, those that end so."""
    found = []
    for folder, folders, names in os.walk(ROOT / under):
        if pathlib.Path(folder) == ROOT:
            folders[:] = [name for name in folders if name != ".git" and not ignored(name)]
            names = [name for name in names if name != ".git" and not ignored(name)]
        folders[:] = [name for name in folders if name != "__pycache__"]
        found += [pathlib.Path(folder) / name for name in names]
    return sorted(path for path in found if not suffixes or path.name.endswith(suffixes))


def lines(path):
    return path.read_text(encoding="utf-8").split("\n")


def short(path):
    return str(path.relative_to(ROOT))


def no(complaints):
    """Fails with all of them, one per line."""
    complaints = list(complaints)
    assert not complaints, "\n" + "\n".join(complaints)
