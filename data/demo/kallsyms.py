#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Standard input is /proc/kallsyms; the argument is the text of perf script -F ip,sym. Prints the
symbols that name the kernel addresses in it, the ones that follow them (a symbol ends where the
next begins), and the anchors by which a kernel's place in memory is known."""
import bisect
import sys

ANCHORS = {"_text", "_stext", "_etext"}


def main():
    symbols = []
    for line in sys.stdin:
        address, kind, name = line.split(None, 2)
        if kind in "tTwW":
            symbols.append((int(address, 16), line))
    symbols.sort(key=lambda symbol: symbol[0])
    starts = [address for address, _ in symbols]
    wanted = {address for address, line in symbols if line.split()[2] in ANCHORS}
    with open(sys.argv[1], encoding="utf-8") as stacks:
        for line in stacks:
            fields = line.split()
            if not fields or int(fields[0], 16) < starts[0]:
                continue
            after = bisect.bisect_right(starts, int(fields[0], 16))
            wanted.update(starts[after - 1:after + 1])
    for address, line in symbols:
        if address in wanted:
            sys.stdout.write(line)


main()
