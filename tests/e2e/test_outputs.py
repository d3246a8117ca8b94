#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Where output goes: names, formats, whole files or none, links, devices, FIFOs, signals, readers
that go away."""
import os
import pathlib
import re
import signal
import stat
import subprocess
import tempfile
import threading
import time
import xml.etree.ElementTree

from lab import DEMO, PERFLAME, TMP, case, parse_folded, perflame, run, succeed


def fresh():
    """An empty folder."""
    return pathlib.Path(tempfile.mkdtemp(dir=TMP))


def is_svg(path):
    return xml.etree.ElementTree.parse(path).getroot().tag == "{http://www.w3.org/2000/svg}svg"


@case
def render_writes_flame_svg_and_says_so():
    folder = fresh()
    result = succeed(*DEMO, cwd=folder)
    assert os.listdir(folder) == ["flame.svg"] and is_svg(folder / "flame.svg")
    assert "flame.svg" in result.err and not result.raw, result
    succeed("--format", "png", *DEMO, cwd=folder)
    assert (folder / "flame.png").read_bytes().startswith(b"\x89PNG")


@case
def render_into_a_file_or_where_o_says():
    folder = fresh()
    with open(folder / "x.svg", "wb") as out:
        subprocess.run([PERFLAME, *DEMO], cwd=folder, stdout=out, stderr=subprocess.PIPE,
                       check=True)
    assert os.listdir(folder) == ["x.svg"] and is_svg(folder / "x.svg")
    result = succeed("-o", "-", *DEMO, cwd=folder)
    assert result.raw == (folder / "x.svg").read_bytes(), "-o - differs from > x.svg"


@case
def how_it_should_look_is_judged_before_anything_is_read():
    folder = fresh()
    for options, what in (("--palette", "nope"), "no palette is named 'nope'; there are: default,"), \
            (("--width", "40000"), "a width is from 100 to 32767 px"), \
            (("--width", "5"), "a width is from 100 to 32767 px"), \
            (("--width", "0"), "--width '0': give a number above 0"), \
            (("--font-size", "12pt"), "--font-size '12pt': give a number above 0"), \
            (("--scale", "nan"), "--scale 'nan': give a number above 0"), \
            (("--row-height", "1"), "a row height is from 2 to 200 px"), \
            (("--min-width", "0%"), "--min-width '0': give a number above 0"), \
            (("--min-width", "101%"), "a least width is at most 100%"), \
            (("--hide", "a(b"), "column 2"), \
            (("--sort", "time", "--by", "none"), "--by thread or cpu"), \
            (("--sort", "time", "-w", "inuse-bytes"), "has no order in time"):
        result = perflame(*options, "no-such-file", cwd=folder)
        assert result.status == 2 and what in result.err and not os.listdir(folder), result


@case
def the_last_of_repeated_options_wins():
    def picture(*options):
        return succeed("-q", "-o", "-", *options, *DEMO).raw
    for first, last in (("--width", "900"), ("--width", "fluid")), \
            (("--min-width", "50%"), ("--min-width", "0.1")), \
            (("--min-width", "40"), ("--min-width", "10%")):
        assert picture(*first, *last) == picture(*last) != picture(*first), (first, last)
    cut = pathlib.Path(DEMO[-1]).read_bytes()[:-3000]
    assert perflame("fold", "--strict=100", "-", data=cut).status == 0
    assert perflame("fold", "--strict=100", "--strict", "-", data=cut).status == 1


@case
def what_a_png_or_pdf_cannot_hold_is_told_with_what_to_lower():
    folder = fresh()
    deep = ";".join(["f"] * 3000) + " 1\n"
    many_pixels = ("--max-depth", "100", "--scale", "16", "--width", "9000")
    for name, options in ("a.png", ()), ("b.png", many_pixels), ("c.pdf", ()):
        result = perflame("-q", *options, "-o", name, "-", cwd=folder, data=deep.encode())
        assert result.status == 1 and "lower --" in result.err, (name, result)
        assert result.err.count("\n") == 1 and not os.listdir(folder), result


@case
def perf_data_is_the_default_input():
    folder = fresh()
    (folder / "perf.data").write_bytes(pathlib.Path(DEMO[-1]).read_bytes())
    for how in ({"stdin": subprocess.DEVNULL}, {"input": b""}):
        done = subprocess.run([PERFLAME, "fold", *DEMO[:-1]], cwd=folder, capture_output=True,
                              check=False, **how)
        assert done.returncode == 0 and done.stdout, done
    done = subprocess.run([PERFLAME, "fold"], cwd=fresh(), stdin=subprocess.DEVNULL,
                          capture_output=True, check=False)
    assert done.returncode == 1 and b"perf.data" in done.stderr, done


@case
def the_ending_tells_the_format():
    folder = fresh()
    succeed("-o", "a.svg", "-o", "b.png", "-o", "c.pdf", "-o", "d.folded", *DEMO, cwd=folder)
    starts = {"a.svg": b"<", "b.png": b"\x89PNG", "c.pdf": b"%PDF-", "d.folded": b"demo;"}
    assert sorted(os.listdir(folder)) == sorted(starts)
    for name, start in starts.items():
        assert (folder / name).read_bytes().startswith(start), name
    for ending in ("txt", "tsv", "json"):
        succeed("top", "-o", f"t.{ending}", *DEMO, cwd=folder)
        assert (folder / f"t.{ending}").stat().st_size


@case
def all_files_or_none():
    folder = fresh()
    result = perflame("-o", "a.svg", "-o", "/nonexistent/b.png", *DEMO, cwd=folder)
    assert result.status == 1 and not os.listdir(folder), (result, os.listdir(folder))


@case
def a_new_file_has_the_usual_mode_and_a_replaced_one_keeps_its_own():
    folder = fresh()
    old = os.umask(0o027)
    try:
        succeed("fold", "-o", "new.folded", *DEMO, cwd=folder)
    finally:
        os.umask(old)
    assert stat.S_IMODE((folder / "new.folded").stat().st_mode) == 0o640
    (folder / "new.folded").chmod(0o604)
    succeed("fold", "-o", "new.folded", *DEMO, cwd=folder)
    assert stat.S_IMODE((folder / "new.folded").stat().st_mode) == 0o604


@case
def a_link_stays_and_its_target_is_replaced():
    folder = fresh()
    (folder / "there").mkdir()
    (folder / "there/real.svg").write_text("older")
    (folder / "link.svg").symlink_to("there/real.svg")
    succeed("-o", "link.svg", *DEMO, cwd=folder)
    assert (folder / "link.svg").is_symlink() and is_svg(folder / "there/real.svg")
    assert os.listdir(folder / "there") == ["real.svg"]


@case
def all_links_of_a_chain_stay():
    folder = fresh()
    (folder / "there").mkdir()
    (folder / "there/middle").symlink_to("real.svg")
    (folder / "first").symlink_to("there/middle")
    for there in (False, True):
        assert (folder / "first").exists() is there
        succeed("--format", "svg", "-o", "first", *DEMO, cwd=folder)
        assert (folder / "first").is_symlink() and (folder / "there/middle").is_symlink()
        assert sorted(os.listdir(folder / "there")) == ["middle", "real.svg"]
        assert is_svg(folder / "there/real.svg")
    (folder / "circle").symlink_to("circle")
    result = perflame("--format", "svg", "-o", "circle", *DEMO, cwd=folder)
    assert result.status == 1 and "circle: Too many levels" in result.err, result


@case
def standard_output_by_its_file_name_is_standard_output():
    folder = fresh()
    plain = succeed("fold", "-q", *DEMO).raw
    for command in (["fold"], ["fold", "--format", "folded"]):
        (folder / "log").write_bytes(b"older line\n")
        with open(folder / "log", "ab") as log:
            subprocess.run([PERFLAME, *command, "-q", "-o", "/dev/stdout", *DEMO], cwd=folder,
                           stdout=log, check=True)
        assert (folder / "log").read_bytes() == b"older line\n" + plain, command
        assert succeed(*command, "-q", "-o", "/dev/stdout", *DEMO).raw == plain, command
    assert os.listdir(folder) == ["log"]


@case
def devices_and_fifos_are_written_directly():
    folder = fresh()
    succeed("--format", "svg", "-o", "/dev/null", *DEMO, cwd=folder)
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode), "/dev/null was replaced"
    os.mkfifo(folder / "pipe.folded")
    got = []
    reader = threading.Thread(target=lambda: got.append((folder / "pipe.folded").read_text()))
    reader.start()
    succeed("fold", "-o", "pipe.folded", *DEMO, cwd=folder)
    reader.join(10)
    assert parse_folded(got[0]) == parse_folded(succeed("fold", *DEMO).out)
    assert stat.S_ISFIFO(os.stat(folder / "pipe.folded").st_mode)


@case
def signals_remove_the_temporary_file_and_end_it():
    folder = fresh()
    (folder / "old.svg").write_text("older")
    (TMP / "many.folded").write_text("".join(
        ";".join(f"f{j}_{i % (j + 2)}" for j in range(30)) + f"_{i} {i + 1}\n"
        for i in range(20000)))
    ended = 0
    for sent in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        for delay in (0.05, 0.15, 0.3, 0.5, 0.8, 1.2):
            process = subprocess.Popen([PERFLAME, "-q", "-o", "old.svg", "--min-width", "0.01",
                                        TMP / "many.folded"], cwd=folder,
                                       stderr=subprocess.DEVNULL)
            time.sleep(delay)
            process.send_signal(sent)
            status = process.wait(60)
            assert status in (0, -sent), f"{sent}: {status}"
            assert os.listdir(folder) == ["old.svg"], os.listdir(folder)
            left = (folder / "old.svg").read_text()
            ended += status != 0
            # A signal may come when all is written, but before the process has ended.
            assert left == "older" and status or left.endswith("</svg>\n"), (status, left[-100:])
            (folder / "old.svg").write_text("older")
    assert ended, "it was always faster than the signal"


@case
def a_reader_that_goes_away_ends_it_quietly():
    (TMP / "long.folded").write_text("".join(f"root;function_{i:06} {i + 1}\n"
                                             for i in range(60000)))
    process = subprocess.Popen([PERFLAME, "fold", "-q", TMP / "long.folded"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout.readline().startswith(b"root;function_000000 1")
    process.stdout.close()
    told = process.stderr.read()
    assert process.wait(60) in (0, -signal.SIGPIPE, 128 + signal.SIGPIPE), process.returncode
    assert not told, told


@case
def standard_error_is_one_summary_line_and_q_silences_it():
    result = succeed("fold", *DEMO)
    lines = result.err.splitlines()
    assert len(lines) == 1 and re.search(r"^perflame: .* s in [\d,]+ samples", lines[0]), \
        result.err
    assert not succeed("fold", "-q", *DEMO).err


@case
def help_and_version():
    assert succeed("--version").out.startswith("perflame 0.")
    for arguments in (["--help"], ["-h"], ["help"], ["help", "fold"], ["fold", "--help"],
                      ["help", "--help"], ["help", "-h"], ["help", "--version"]):
        assert "perflame" in succeed(*arguments).out, arguments


run()
