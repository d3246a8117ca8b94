#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Turns files into a C file of byte arrays: embed.py OUTPUT NAME=FILE...

Each NAME becomes `const char assets_NAME[]`, with a NUL behind it, and `assets_NAME_size`."""
import sys


def array(name, data):
    yield f'const char assets_{name}[] = {{'
    codes = [str(byte if byte < 128 else byte - 256) for byte in data + b'\0']
    for start in range(0, len(codes), 24):
        yield '    ' + ', '.join(codes[start:start + 24]) + ','
    yield '};'
    yield f'const size_t assets_{name}_size = {len(data)};'


def main(output, *pairs):
    lines = ['/* Made by data/embed.py. */', '#include "draw/assets.h"']
    for pair in pairs:
        name, path = pair.split('=', 1)
        with open(path, 'rb') as file:
            data = file.read()
        if b']]>' in data or b'\0' in data:
            sys.exit(f'{path}: cannot stand in a CDATA section')
        lines += array(name, data)
    with open(output, 'w', encoding='ascii') as file:
        file.write('\n'.join(lines) + '\n')


if __name__ == '__main__':
    main(*sys.argv[1:])
