#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What `top` shows on a terminal: test_top.py PERFLAME."""
import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from tap import case, run  # noqa: E402

PERFLAME = os.path.abspath(sys.argv[1])
FOLDED = '\n'.join(['app;main;' + 'very_long_name::' * 12 + 'end 700000',
                    'app;main;short_[k] 250', 'app;main;µ 1500', 'app;main 5000000'])


def on_terminal(columns, *options, folded=FOLDED, **environment):
    """The lines that a terminal of so many columns gets."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', 40, columns, 0, 0))
    with tempfile.NamedTemporaryFile('w', suffix='.folded', encoding='utf-8') as file:
        file.write(folded + '\n')
        file.flush()
        env = {key: value for key, value in os.environ.items() if key not in ('NO_COLOR', 'TERM')}
        command = subprocess.Popen([PERFLAME, 'top', '-q', '--unit', 'ns', *options, file.name],
                                   stdout=slave, env={**env, 'TERM': 'xterm', **environment})
        os.close(slave)
        out = b''
        while True:
            try:
                data = os.read(master, 4096)
            except OSError:
                break
            if not data:
                break
            out += data
        assert command.wait() == 0
    os.close(master)
    return out.decode().replace('\r', '').splitlines()


def bare(line):
    return re.sub(r'\x1b\[[0-9;]*m', '', line)


@case
def columns_fit_the_terminal():
    for columns in (80, 100, 300):
        lines = [bare(line) for line in on_terminal(columns)]
        assert len(lines) == 7, lines
        assert all(len(line) <= columns for line in lines), [len(line) for line in lines]
        long = next(line for line in lines if 'very_long' in line)
        assert ('…' in long) == (columns < 300) and long.endswith('::end'), long
        ends = {line.index('%  ') for line in lines[2:]}
        assert len(ends) == 1, ('shares stand in a column, also behind a µ', lines)


@case
def shares_have_colours():
    lines = on_terminal(100)
    assert '\x1b[1;31m' in next(line for line in lines if bare(line).endswith('main')), lines
    assert '\x1b[1;31m' not in next(line for line in lines if line.endswith('short_[k]') or
                                    line.endswith('short')), lines


@case
def nothing_is_not_warm():
    lines = on_terminal(100, folded='app;main;leaf 40')
    main = next(line for line in lines if bare(line).endswith('main'))
    assert main.startswith(' ' * 10) and main.count('\x1b[1;31m') == 2, ('of the total alone', main)
    assert '\x1b[33m' not in '\n'.join(lines), lines


@case
def no_color_and_dumb_terminals_are_respected():
    for environment in ({'NO_COLOR': '1'}, {'TERM': 'dumb'}):
        lines = on_terminal(100, **environment)
        assert '\x1b' not in '\n'.join(lines)
        assert any('…' in line for line in lines), 'fitted all the same'


@case
def a_pipe_gets_everything_plain():
    done = subprocess.run([PERFLAME, 'top', '-q', '--unit', 'ns', '-'], input=FOLDED,
                          capture_output=True, text=True, check=True)
    assert '\x1b' not in done.stdout and '…' not in done.stdout
    assert 'very_long_name::' * 12 + 'end' in done.stdout


run()
