#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Turns files into a C file of byte arrays: embed.py OUTPUT STYLE.css SCRIPT.js...

The scripts are joined in the order in which they are given into the one script that every picture
carries; comments, needless space and long names stay behind, in data/script. Each array has a NUL
behind it."""
import base64
import hashlib
import re
import string
import sys

SCRIPT_LIMIT = 48 * 1024  # in every picture


def array(name, data):
    if b']]>' in data or b'\0' in data:
        sys.exit(f'{name}: cannot stand in a CDATA section')
    yield f'const char assets_{name}[] = {{'
    codes = [str(byte if byte < 128 else byte - 256) for byte in data + b'\0']
    for start in range(0, len(codes), 24):
        yield '    ' + ', '.join(codes[start:start + 24]) + ','
    yield '};'
    yield f'const size_t assets_{name}_size = {len(data)};'


TOKEN = re.compile(r"""(?P<comment>/\*.*?\*/)
    |(?P<text>'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\\n])*`)
    |(?P<pattern>(?<=[(,=:\[!&|?{};+\s])/(?![*/\s])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/[a-z]*)
    |(?P<space>\s+)|(?P<word>[\w$]+)|(?P<mark>.)""", re.S | re.X)


# What is declared outside of all functions, and constants declared beside another.
DECLARED = re.compile(r'^(?:const|let|(?:async )?function) (\w{4,})|\b([A-Z][A-Z_]{3,}) = ', re.M)


def count(pattern, text):
    return len(re.findall(pattern, text))


def replace(text, names, is_ours):
    """Gives names that are ours a short one, those first that take most space."""
    short = (mark + letter for mark in '$_' for letter in string.ascii_letters + string.digits)
    for name in sorted(names, key=lambda name: (-text.count(name) * len(name), name)):
        if is_ours(name, text):
            text = re.sub(rf'\b{name}\b', next(short), text)
    return text


def is_no_property(name, text):
    return not re.search(rf'\.{name}\b|[{{,]{name}[:,}}]', text)


def is_of_this(name, text):
    """Stands behind `this` and where a method begins, and nowhere else."""
    return count(rf'\b{name}\b', text) == \
        count(rf'\bthis\.{name}\b', text) + count(rf'(?<![\w$.]){name}\([^()]*\){{', text)


def shorten(text, declared):
    """Shortens what is declared outside of all functions, and what a picture keeps for itself."""
    text = replace(text, declared, is_no_property)
    return replace(text, set(re.findall(r'\bthis\.(\w{4,})', text)), is_of_this)


def bare(path, text):
    """A script without what only its readers need: comments, and space that separates nothing.
    Line breaks stay where a statement may end."""
    if re.search(r'^\s*(for|while|if) \(.*\);$', text, flags=re.M):
        sys.exit(f'{path}: a loop with nothing in it would take what follows')
    out, gap = '', ''
    for token in TOKEN.finditer(text):
        if token.lastgroup in ('comment', 'space'):
            gap = '\n' if '\n' in token[0] or gap == '\n' else ' '
            continue
        if token.lastgroup == 'mark' and token[0] in '`\'"':
            sys.exit(f'{path}: a text that does not end on its line: {text[token.start():][:40]}')
        before, after = out[-1:], token[0][0]
        if gap == '\n' and before not in '{[(,;=&|?:+' and after not in '})],.?:&|=':
            out += gap
        elif after == '}' and before == ';':
            out = out[:-1]
        elif gap and (is_word(before) and is_word(after) or before == after and after in '+-'):
            out += ' '
        out += token[0]
        gap = ''
    return out


def is_word(character):
    return character.isalnum() or character in ('_', '$')


def join(paths):
    texts = []
    for path in paths:
        with open(path, encoding='utf-8') as file:
            texts.append(file.read())
    names = {a or b for text in texts for a, b in DECLARED.findall(text)}
    lines = ['/* perflame, MIT licence; the sources are in data/script */', '(() => {',
             "'use strict';", shorten('\n'.join(map(bare, paths, texts)), names), '})();', '']
    data = '\n'.join(lines).replace(']]>', ']] >').encode()  # the end of a CDATA section
    if len(data) > SCRIPT_LIMIT:
        sys.exit(f'the script has {len(data)} bytes, more than {SCRIPT_LIMIT}')
    return data


def main(output, style, *scripts):
    with open(style, 'rb') as file:
        css = file.read()
    script = join(scripts)
    digest = base64.b64encode(hashlib.sha256(script).digest()).decode()
    lines = ['/* Made by data/embed.py. */', '#include "draw/assets.h"',
             *array('js', script), *array('css', css),
             f'const char assets_js_hash[] = "sha256-{digest}";']
    with open(output, 'w', encoding='ascii') as file:
        file.write('\n'.join(lines) + '\n')


if __name__ == '__main__':
    main(*sys.argv[1:])
