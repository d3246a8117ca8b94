#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How fast a picture opens, zooms and searches in a browser, and how large it is.

    picture.py PERFLAME [INPUT]...

Draws a generated trie of a million nodes, one of 20,000, and each INPUT; opens each three times and
prints the best: milliseconds until the picture is ready and painted, and from a click or a letter
until the frame after it is painted (two animation frames, of which one is waiting). The
first pattern matches nearly every frame."""
import os
import random
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'browser'))
from browser import Browser  # noqa: E402

PAINTED = """
const done = arguments[arguments.length - 1], start = performance.now();
%s
const script = performance.now() - start;
requestAnimationFrame(() => requestAnimationFrame(() =>
    done([script, performance.now() - start])));"""
ZOOM = """
const boxes = [...document.querySelectorAll('[role=treeitem] rect')];
const box = boxes[Math.floor(boxes.length * arguments[0])].getBoundingClientRect();
document.documentElement.dispatchEvent(new MouseEvent('click', {bubbles: true,
    clientX: box.x + box.width / 2, clientY: box.y + box.height / 2}));"""
SEARCH = """
const search = document.querySelector('input');
search.value = arguments[0];
search.dispatchEvent(new Event('input'));"""


def generate(path, nodes):
    """Folded text whose trie has about so many nodes: a walk through names (4,573 in a recording of
    a small Go build) that share their callers as real stacks do."""
    random.seed(7)
    count = 2000 if nodes < 100000 else 20000
    names = [f'module{i % 40}::Class{i % 900}::method_{i}<T{i % 7}>' for i in range(count)]
    made, stack = 0, ['main']
    with open(path, 'w', encoding='utf-8') as file:
        while made < nodes:
            del stack[max(1, len(stack) - int(random.expovariate(0.35))):]
            for _ in range(random.randint(1, 12 if len(stack) < 28 else 1)):
                stack.append(names[int(random.random() ** 2 * count)])
                made += 1
            file.write(f'app;{";".join(stack)} {random.choice((1, 1, 1, 2, 5))}\n')


def measure(browser, path):
    best = {}

    def keep(what, milliseconds):
        best[what] = min(best.get(what, 1e9), milliseconds)
    for _ in range(3):
        browser.driver.get('about:blank')
        start = time.monotonic()
        browser.driver.get('file://' + path)
        browser.wait("return document.documentElement.dataset.ready === '1'", 60)
        browser.driver.execute_async_script(PAINTED % '')
        keep('open', (time.monotonic() - start) * 1000)
        for place in (0.2, 0.6):
            script, painted = browser.driver.execute_async_script(PAINTED % ZOOM, place)
            keep('zoom script', script)
            keep('zoom', painted)
            browser.run("document.querySelector('[aria-label^=\"Reset\"]').click()")
        for pattern in ('a', 'alloc|read', '_1.*T3'):
            script, painted = browser.driver.execute_async_script(PAINTED % SEARCH, pattern)
            keep(f'search {pattern}', painted)
    nodes = browser.run("return document.querySelectorAll('*').length")
    print(f'{os.path.basename(path):16} {os.path.getsize(path) / 1000:7.0f} kB  '
          + '  '.join(f'{what} {value:.0f} ms' for what, value in best.items())
          + f'  {nodes} elements', flush=True)


def main(perflame, *inputs):
    with tempfile.TemporaryDirectory(prefix='perflame-bench-') as folder:
        pictures = []
        for nodes in (20000, 1000000):
            folded = os.path.join(folder, f'{nodes}.folded')
            generate(folded, nodes)
            pictures.append((folded, os.path.join(folder, f'{nodes}.svg')))
        pictures += [(path, os.path.join(folder, os.path.basename(path) + '.svg'))
                     for path in inputs]
        browser = Browser()
        try:
            for source, picture in pictures:
                subprocess.run([perflame, '-q', '-o', picture, source], check=True)
                measure(browser, picture)
        finally:
            browser.close()


if __name__ == '__main__':
    main(*sys.argv[1:])
