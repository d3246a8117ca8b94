#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Accessibility: axe-core finds nothing, and what axe does not see: test_axe.py AXE.js COMMAND.

tests/run.sh gets axe-core through npm; without it only the project's own assertions run."""
import os
import sys

from browser import Skip
from pictures import Test, inline, main
from selenium.webdriver.common.keys import Keys

AXE = sys.argv.pop(1)
RUN = """
const done = arguments[arguments.length - 1];
axe.run(document, {resultTypes: ['violations']}).then(({violations}) => done(violations.map(
    v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 160) + ' ' + n.failureSummary).join('; '))),
    error => done(['axe: ' + error]));"""
CONTRAST = """
const parts = (text) => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
const light = (text) => parts(text).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 :
    ((v + 0.055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
const contrast = (a, b) => (Math.max(light(a), light(b)) + 0.05) /
    (Math.min(light(a), light(b)) + 0.05);
const page = getComputedStyle(document.querySelector('.pf-page')).fill;
const poor = [];
const check = (what, front, back, least) => {
    if (contrast(front, back) < least)
        poor.push([what, front, back, contrast(front, back)]);
};
for (const box of document.querySelectorAll('.pf-wide > g')) {
    const rect = box.querySelector('rect'), text = box.querySelector('text');
    if (text && !rect.getAttribute('opacity'))
        check(text.textContent, getComputedStyle(text).fill, getComputedStyle(rect).fill, 4.5);
}
for (const text of document.querySelectorAll('.pf-head > text, .pf-legend text'))
    if (text.textContent)
        check(text.textContent, getComputedStyle(text).fill, page, 4.5);
for (const control of document.querySelectorAll('.pf-bar > *, .pf-panel p, .pf-list td'))
    if (!control.disabled)
        check(control.textContent, getComputedStyle(control).color, page, 4.5);
check('cursor', getComputedStyle(document.querySelector('.pf-cursor')).stroke, page, 3);
check('focus', 'rgb(59, 130, 208)', page, 3);
return poor;"""
KINDS = [('app;main;read_[k]', 200, 0), ('app;main;in_[i]', 200, 0), ('app;main;jit_[j]', 200, 0),
         ('app;[unknown]', 100, 0), ('app;[broken]', 100, 0), ('app;main;work', 300, 0)]


class Access(Test):
    def theme(self, name):
        self.browser.driver.execute_cdp_cmd('Emulation.setEmulatedMedia', {
            'features': [{'name': 'prefers-color-scheme', 'value': name}]})

    def axe(self):
        if not os.path.exists(AXE):
            raise Skip('no axe-core: npm was not there to get it')
        with open(AXE, encoding='utf-8') as file:
            self.browser.run(file.read() + '; window.axe = axe;')
        found = self.browser.driver.execute_async_script(RUN)
        assert not found, '\n'.join(found)

    def page(self, name, *options):
        svg = inline(self.pictures.draw(name, *options))
        return self.pictures.page(name, f'<html lang="en"><main><h1>host</h1>{svg}</main>')

    def test_axe_finds_nothing(self):
        path = self.page('axe')
        for theme in ('light', 'dark'):
            self.theme(theme)
            self.browser.open(path)
            self.axe()
            self.choose_and_open_the_menu()
            self.type('malloc')
            self.axe()

    def choose_and_open_the_menu(self):
        self.browser.run('arguments[0].focus()', self.box('work'))
        self.keys('?')

    def test_axe_finds_nothing_in_the_table(self):
        self.browser.open(self.page('axetable'))
        self.part('button[aria-label="Table of functions"]').click()
        self.axe()

    def test_axe_finds_nothing_without_a_script(self):
        self.browser.open(self.page('axenone', '--script=none'), wait=None)
        self.axe()

    def test_everything_can_be_read(self):
        path = self.pictures.draw('contrast', stacks=KINDS)
        for theme in ('light', 'dark'):
            self.theme(theme)
            for state in ('', '#search=work', '#table=1', '#zoom=app;main'):
                self.browser.open(path, fragment=state)
                poor = self.browser.run(CONTRAST)
                assert not poor, (theme, state, poor)
        self.theme('light')

    def test_a_narrow_window_has_every_control(self):
        """320 px: what a large one is at 400 %."""
        svg = inline(self.pictures.draw('small', '--title=a title that is longer than the picture',
                                        second=self.pictures.second))
        page = self.pictures.page('small', f'<body style="margin:0"><div id="room">{svg}</div>')
        self.browser.open(page)
        for width in (280, 320, 480, 640, 1000):
            self.browser.run("document.querySelector('#room').style.width = arguments[0] + 'px'",
                             width)
            self.browser.wait("return document.querySelector('svg').viewBox.baseVal.width === "
                              f'{width}')
            self.choose_and_open_the_menu()
            outside = self.browser.run("""
                const title = document.querySelector('.pf-title').getBoundingClientRect();
                const seen = [...document.querySelectorAll(
                    'button, input, select, .pf-title, .pf-dim')].filter(e =>
                        e.checkVisibility() && e.textContent + e.placeholder !== 'undefined');
                return seen.filter(e => {
                    const box = e.getBoundingClientRect();
                    const bar = e.parentNode.className === 'pf-bar';
                    const room = e.closest('foreignObject')?.getBoundingClientRect();
                    return box.left < 0 || box.right > arguments[0] + 0.5 || bar &&
                        (box.bottom > room.bottom + 0.5 || box.right > title.left &&
                            box.left < title.right && box.bottom > title.top);
                }).map(e => [e.textContent || e.placeholder, e.getBoundingClientRect().toJSON()])""",
                width)
            assert not outside, (width, outside)
            self.keys(Keys.ESCAPE)

    def test_one_tab_stop_for_frames_and_all_controls_by_key(self):
        self.browser.open(self.pictures.draw('tabs'))
        seen = []
        for _ in range(20):
            self.keys(Keys.TAB)
            seen.append(self.browser.run("""const e = document.activeElement;
                return e?.getAttribute('role') || e?.getAttribute('aria-label') || 'elsewhere'"""))
        assert seen.count('Search, a regular expression') >= 1, seen
        cycle = seen[:seen.index(seen[0], 1)] if seen[0] in seen[1:] else seen
        assert cycle.count('treeitem') == 1, cycle
        assert 'Menu' in cycle and 'Table of functions' in cycle, cycle

    def test_siblings_are_counted(self):
        self.browser.open(self.pictures.draw('count'))
        for name, place, size, level in (('parse', '1', '2', '4'), ('work', '2', '2', '4'),
                                         ('all', '1', '1', '1'), ('read', '2', '2', '5')):
            box = self.box(name)
            assert [box.get_attribute(key) for key in (
                'aria-posinset', 'aria-setsize', 'aria-level')] == [place, size, level], name

    def test_nothing_moves_and_messages_are_live(self):
        self.browser.open(self.pictures.draw('still'))
        moving = self.browser.run("""return [...document.querySelectorAll('*')].filter(e => {
            const style = getComputedStyle(e);
            return style.transitionDuration !== '0s' || style.animationName !== 'none';
        }).length""")
        assert moving == 0
        live = self.part('.pf-found')
        assert live.get_attribute('aria-live') == 'polite' and live.get_attribute('role') == 'status'


main(Access, sys.argv[1:])
