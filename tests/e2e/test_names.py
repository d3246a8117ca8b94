#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A name is data. Whatever stands in it, the picture is well-formed XML, the same script is in it,
and no terminal is commanded."""
import re
import shutil
import subprocess
import xml.etree.ElementTree

from lab import TMP, Skip, case, run, succeed

NAMES = [
    b"<&>\"'", b"</script><script>alert(1)</script>", b"]]>", b"<!--", b"--><x>", b"&amp;&#0;&#x1;",
    b"\x01\x02\x07\x08\x0b\x0c\x0e\x1b[31mred\x7f", b"\xff\xfe\xc0\x80", b"\xed\xa0\x80surrogate",
    b"\xf4\x90\x80\x80", b"\xef\xbf\xbe\xef\xbf\xbf", b"\xe2\x80\xae\xe2\x81\xa6bidi",
    b"\xe2\x80\xa8line\xe2\x80\xa9", b"`${alert(1)}`\\u003c\\", b"javascript:alert(1)",
    b"std::vector<" * 800 + b"int" + b">" * 800, b"A" * 10000,
    "größe::λ<日本語>(🔥)".encode(), b"\xc2\x85next\xc2\x9b31m", b"operator<<", b"100% of %s%n",
]
FOLDED = b"".join(b"root;before %d;" % i + name + b";after " + b"%d\n" % (100 + i)
                  for i, name in enumerate(NAMES))


def draw(name, folded, *options):
    path = TMP / name
    (TMP / "names.folded").write_bytes(folded)
    succeed("render", "-q", "-o", path, *options, TMP / "names.folded")
    return path.read_bytes()


def scripts(svg):
    tree = xml.etree.ElementTree.fromstring(svg)
    return [element for element in tree.iter() if element.tag.endswith("}script")]


@case
def the_svg_is_well_formed_for_python():
    xml.etree.ElementTree.fromstring(draw("all.svg", FOLDED))


@case
def the_svg_is_well_formed_for_libxml2():
    if not shutil.which("xmllint"):
        raise Skip("no xmllint here")
    draw("all.svg", FOLDED)
    done = subprocess.run(["xmllint", "--noout", "--nonet", TMP / "all.svg"], capture_output=True,
                          text=True, check=False)
    assert not done.returncode and not done.stderr, done.stderr[:500]


@case
def each_name_alone_is_well_formed_too():
    for name in NAMES:
        xml.etree.ElementTree.fromstring(draw("one.svg", b"a;" + name + b" 5\n"))


@case
def no_name_adds_a_script_or_a_handler():
    plain, hostile = draw("plain.svg", b"a;b 5\n"), draw("all.svg", FOLDED)
    assert len(scripts(plain)) == len(scripts(hostile))
    for element in xml.etree.ElementTree.fromstring(hostile).iter():
        for key, value in element.attrib.items():
            assert not key.lower().startswith("on"), key
            assert not (key.endswith("href") and value.startswith("javascript")), value


@case
def hostile_titles_and_units_are_text_too():
    svg = draw("title.svg", b"a;b 5\n", "--title", "</title><script>x</script>&", "--subtitle",
               "<b>\x1b", "--unit", "<w>")
    assert len(scripts(svg)) == len(scripts(draw("plain.svg", b"a;b 5\n")))


@case
def equal_input_gives_equal_bytes():
    assert draw("one.svg", FOLDED) == draw("two.svg", FOLDED)


@case
def png_and_pdf_take_any_name():
    assert draw("all.png", FOLDED).startswith(b"\x89PNG\r\n\x1a\n")
    assert draw("all.pdf", FOLDED).startswith(b"%PDF-")


@case
def text_output_commands_no_terminal():
    (TMP / "names.folded").write_bytes(FOLDED)
    for command in ("fold", "top"):
        out = succeed(command, "-q", TMP / "names.folded").raw
        text = out.decode("utf-8")  # raises where it is not UTF-8
        bad = re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
        assert not bad, f"{command} prints {bad[0]!r}"


@case
def weights_survive_every_name():
    out = succeed("fold", "-q", "-", data=FOLDED).out
    assert sum(int(line.rsplit(" ", 1)[1]) for line in out.split("\n") if line) == \
        sum(100 + i for i in range(len(NAMES)))


run()
