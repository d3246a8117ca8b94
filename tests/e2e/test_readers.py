#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Programs that are no browsers read the SVG without being told anything: libxml2 as it is, and
rsvg-convert, whose pixels must be the boxes that the file says."""
import re
import shutil
import struct
import subprocess
import xml.etree.ElementTree as ElementTree
import zlib

from lab import TMP, Skip, case, run, succeed

NS = "{http://www.w3.org/2000/svg}"
STACKS = [(f"app;f{i % 9};g{i};h\u00e9{i}{'_[k]' if i % 3 else '_[j]'}", 1 + i * i % 400)
          for i in range(300)]
STACKS += [("app;<b>&amp;\"'\x1b[2J\u202e;]]>", 5000), ("app;" + "vector<" * 1400, 4000)]


def draw(name, *options):
    folded, picture = TMP / (name + ".folded"), TMP / (name + ".svg")
    folded.write_text("".join(f"{stack} {weight}\n" for stack, weight in STACKS))
    succeed("-q", *options, "-o", picture, folded)
    return picture


def read_png(path):
    """Rows of bytes, and how many make a pixel (the filters of RFC 2083, chapter 6)."""
    data, at, packed = path.read_bytes(), 8, b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + size]
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", body[:10])
            assert depth == 8 and colour in (2, 6), (depth, colour)
            pixel = 3 if colour == 2 else 4
        elif kind == b"IDAT":
            packed += body
        at += 12 + size
    raw, rows, before = zlib.decompress(packed), [], bytearray(width * pixel)
    for y in range(height):
        start = y * (width * pixel + 1)
        row = bytearray(raw[start + 1:start + 1 + width * pixel])
        for i in range(len(row)) if raw[start] else ():
            left = row[i - pixel] if i >= pixel else 0
            corner = before[i - pixel] if i >= pixel else 0
            up = before[i]
            guess = left + up - corner
            paeth = min((left, up, corner), key=lambda value: abs(guess - value))
            row[i] = row[i] + (0, left, up, (left + up) // 2, paeth)[raw[start]] & 255
        rows.append(row)
        before = row
    return rows, pixel


def file_boxes(picture):
    """x, middle, width and colour of each box that the file draws, in px."""
    frames = next(g for g in ElementTree.parse(picture).getroot().iter(NS + "g")
                  if g.get("class") == "pf-frames")
    for rect in frames.iter(NS + "rect"):
        yield (float(rect.get("x")), float(rect.get("y")) + float(rect.get("height")) / 2,
               float(rect.get("width")), rect.get("fill"))
    for path in frames.iter(NS + "path"):
        x = middle = 0
        high = False
        for letter, numbers in re.findall(r"([Mhv])([-\d. ]+)", path.get("d")):
            if letter == "M":
                x, foot = map(float, numbers.split())
                middle = (foot - 0.5) * 17
            elif letter == "v":
                high = numbers == "-1"
            else:
                if high:
                    yield x / 10, middle, float(numbers) / 10, path.get("fill")
                x += float(numbers)


@case
def libxml2_reads_them_as_it_is():
    for options in (), ("--width", "900"), ("--script", "none"), ("--sort", "time"):
        done = subprocess.run(["xmllint", "--noout", "--nonet", draw("xml", *options)],
                              capture_output=True, text=True, check=False)
        assert not done.returncode and not done.stderr, done.stderr


@case
def rsvg_convert_paints_the_boxes_that_the_file_says():
    if not shutil.which("rsvg-convert"):
        raise Skip("no rsvg-convert here")
    for options in ("--script", "none"), ("--inverted", "--theme", "dark"):
        picture = draw("rsvg", "--width", "1200", *options)
        painted = picture.with_suffix(".png")
        subprocess.run(["rsvg-convert", "-o", painted, picture], check=True)
        rows, pixel = read_png(painted)
        wrong, wide, narrow = [], 0, 0
        for x, middle, width, colour in file_boxes(picture):
            column = int(x + min(width / 2, 2))
            if width < 2 or column < x or column + 1 > x + width:
                continue  # no pixel lies in it as a whole
            wide, narrow = wide + (width >= 3), narrow + (width < 3)
            seen = rows[int(middle)][column * pixel:column * pixel + 3]
            if max(abs(a - b) for a, b in zip(seen, bytes.fromhex(colour[1:]))) > 12:  # edges are smoothed
                wrong.append((x, middle, width, colour, seen.hex()))
        assert wide > 200 and narrow > 20, (wide, narrow)
        assert not wrong, wrong[:5]


@case
def rsvg_convert_gives_a_fluid_picture_a_width():
    if not shutil.which("rsvg-convert"):
        raise Skip("no rsvg-convert here")
    picture = draw("fluid")
    painted = picture.with_suffix(".png")
    subprocess.run(["rsvg-convert", "-o", painted, picture], check=True)
    rows, pixel = read_png(painted)
    assert len(rows[0]) // pixel > 200 and len(set(map(bytes, rows))) > 20


run()
