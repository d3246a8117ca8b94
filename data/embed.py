#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Turns files into a C file of byte arrays: embed.py OUTPUT STYLE.css SCRIPT.js...

The scripts are joined in the order in which they are given into the one script that every picture
carries; comments and indentation stay behind, in data/script. Each array has a NUL behind it."""
import base64
import hashlib
import re
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


def bare(path):
    """The lines of a script without what only its readers need. A comment stands on lines of its
    own or at the end of one."""
    with open(path, encoding='utf-8') as file:
        text = file.read()
    if '`\n' in text:
        sys.exit(f'{path}: a template of several lines would lose its indentation')
    text = re.sub(r'^\s*/\*.*?\*/\s*$', '', text, flags=re.M | re.S)
    text = re.sub(r'[ \t]*/\*[^\'"`\n]*\*/[ \t]*$', '', text, flags=re.M)
    return [line.strip() for line in text.splitlines() if line.strip()]


def join(paths):
    lines = ['/* perflame, MIT licence: makes this picture interactive. No network, no storage. */',
             "(() => {", "'use strict';"]
    for path in paths:
        lines += bare(path)
    data = ('\n'.join(lines + ['})();']) + '\n').encode()
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
