#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What `meson install` puts in place, under a root of its own: the command finds its library there and draws, and without
the module that paints PNG and PDF it says what is missing and still draws SVG."""
import os
import pathlib
import shutil
import subprocess

from lab import DEMO, PERFLAME, TMP, Result, Skip, case, run

MODULE = "libperflame-paint.so.0"
STARTS = {"svg": b"<", "png": b"\x89PNG", "pdf": b"%PDF-"}


def install(name):
    """Gives the command and the folder of libraries under a fresh root."""
    if not shutil.which("meson"):
        raise Skip("meson is not installed")
    root, build = TMP / name, pathlib.Path(PERFLAME).resolve().parents[2]
    subprocess.run(["meson", "install", "-C", build, "--no-rebuild", "--quiet", "--destdir", root],
                   check=True, capture_output=True)
    module, = root.rglob(MODULE)
    command, = root.rglob("bin/perflame")
    return command, module.parent


def draw(command, ending):
    """Gives the result and the picture, if there is one. The command is to find its library by itself."""
    path = TMP / f"picture.{ending}"
    path.unlink(missing_ok=True)
    environment = {name: value for name, value in os.environ.items() if name != "LD_LIBRARY_PATH"}
    done = Result(subprocess.run([command, "-q", "-o", path, *DEMO], capture_output=True,
                                 check=False, stdin=subprocess.DEVNULL,
                                 env=environment))
    return done, path.read_bytes() if path.exists() else None


@case
def what_is_installed_draws_all_formats():
    command, _ = install("whole")
    for ending, start in STARTS.items():
        done, picture = draw(command, ending)
        assert done.status == 0 and picture.startswith(start), done


@case
def cairo_is_loaded_for_png_and_pdf_alone():
    needed = subprocess.run(["ldd", PERFLAME], check=True, capture_output=True, text=True).stdout
    assert "libperflame.so" in needed and "cairo" not in needed, needed


@case
def without_the_module_svg_alone():
    if MODULE in subprocess.run(["/sbin/ldconfig", "-p"], check=True, capture_output=True,
                                text=True).stdout:
        raise Skip("perflame is installed here, and its module is found")
    command, libraries = install("without")
    (libraries / MODULE).unlink()
    assert draw(command, "svg")[1].startswith(STARTS["svg"])
    for ending in ("png", "pdf"):
        done, picture = draw(command, ending)
        assert done.status == 1 and picture is None, done
        assert done.err.count("\n") == 1 and f"need {MODULE}" in done.err, done


@case
def a_module_of_another_version_is_not_used():
    command, libraries = install("other")
    source = TMP / "other.c"
    source.write_text("const unsigned pfl_canvas_calls[20] = {0};\n")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", libraries / MODULE, source], check=True)
    done, picture = draw(command, "png")
    assert done.status == 1 and picture is None and "another version" in done.err, done


run()
