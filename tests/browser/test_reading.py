#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What the picture's menu, keys and table do to the trie: test_reading.py [--second-column] COMMAND,
as test_picture.py takes it."""
import sys

from pictures import Test, main
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

FRAMES = """
const root = document.querySelector('svg.perflame');
return [...root.querySelectorAll('[role=treeitem]')].map(e => [
    e.getAttribute('aria-label'), Number(e.getAttribute('aria-level')),
    Number(e.querySelector('rect').getAttribute('y'))])"""

TAP = """
const rect = arguments[0].querySelector('rect'), box = rect.getBoundingClientRect();
rect.dispatchEvent(new PointerEvent('click', {pointerType: 'touch', bubbles: true,
    clientX: box.x + box.width / 2, clientY: box.y + box.height / 2}))"""


class Reading(Test):
    def frames(self):
        """name → sorted weights of all its boxes, as the labels have them."""
        found = {}
        for label, _, _ in self.browser.run(FRAMES):
            name, weight, _ = label.rsplit(', ', 2)
            found.setdefault(name, []).append(weight)
        return {name: sorted(weights) for name, weights in found.items()}

    def choose(self, name):
        self.browser.run('arguments[0].focus()', self.box(name))

    def open(self, name, *options, **more):
        self.browser.open(self.pictures.draw(name, '--width=1032', *options, **more))

    def summary(self):
        return self.text('.pf-head .pf-dim')

    def test_focus_keeps_the_stacks_with_a_function(self):
        self.open('focus')
        self.choose('malloc')
        self.keys('f')
        frames = self.frames()
        assert frames['all'] == ['350 ms'] and frames['malloc'] == ['100 ms', '250 ms'], frames
        assert 'read' not in frames and 'other' not in frames and 'inner' not in frames, frames
        assert '350 ms of 1.00 s (35.00%)' in self.summary(), self.summary()
        assert 'only stacks with malloc' in self.summary(), self.summary()
        assert self.browser.run('return location.hash') == '#focus=malloc'

    def test_stacks_can_be_dropped(self):
        self.open('drop')
        self.choose('parse')
        self.keys('x')
        frames = self.frames()
        assert frames['all'] == ['650 ms'] and frames['main'] == ['550 ms'], frames
        assert 'parse' not in frames and frames['malloc'] == ['250 ms'], frames

    def test_a_hidden_frame_leaves_its_callees_to_its_caller(self):
        self.open('hide')
        self.choose('parse')
        self.keys('h')
        self.choose('work')
        self.keys('h')
        frames = self.frames()
        assert frames['all'] == ['1.00 s'] and frames['malloc'] == ['350 ms'], frames
        assert 'parse' not in frames and 'work' not in frames, frames
        self.keys(Keys.BACKSPACE)
        assert 'work' in self.frames() and 'parse' not in self.frames()
        self.browser.wait("return location.hash === '#hide=parse'")
        self.browser.driver.back()
        self.browser.wait("return location.hash === ''")
        self.browser.wait("return document.querySelector('[aria-label^=\"parse,\"]')")

    def test_recursion_collapses(self):
        stacks = [('app;f;f;f;g', 10, 0), ('app;f;g;f;h', 20, 0), ('app;f;f', 5, 0)]
        self.open('recursion', stacks=stacks)
        self.keys('/')
        self.keys(Keys.ESCAPE)
        self.keys('r')
        frames = self.frames()
        assert frames['f'] == ['35.0 ms'], frames
        assert frames['g'] == ['10.0 ms'] and frames['h'] == ['20.0 ms'], frames

    def test_inlined_frames_merge_into_their_caller(self):
        self.open('merge')
        self.choose('work')
        self.keys('m')
        frames = self.frames()
        assert 'inner' not in frames and frames['work'] == ['550 ms'], frames

    def test_leaf_first_turns_stacks_round_and_keeps_the_group(self):
        self.open('leaf')
        self.choose('work')
        self.keys('l')
        levels = {(label.split(', ')[0], level) for label, level, _ in self.browser.run(FRAMES)}
        assert {('app', 2), ('malloc', 3), ('sysmalloc', 3), ('parse', 4), ('work', 4)} <= levels
        frames = self.frames()
        assert frames['malloc'] == ['150 ms', '200 ms'], frames
        assert frames['other'] == ['100 ms'] and frames['idle'] == ['100 ms'], frames

    def test_a_sandwich_has_callees_and_callers(self):
        self.open('sandwich')
        self.choose('malloc')
        self.keys('s')
        boxes = {label.split(', ')[0]: (label.split(', ')[1], y)
                 for label, _, y in self.browser.run(FRAMES)}
        root = boxes['malloc']
        assert root[0] == '350 ms', boxes
        assert boxes['sysmalloc'] == ('150 ms', root[1] - 18), boxes
        assert boxes['parse'] == ('100 ms', root[1] + 18), boxes
        assert boxes['work'] == ('250 ms', root[1] + 18), boxes
        assert boxes['app'][1] == root[1] + 54 and 'all' not in boxes, boxes
        self.type('main')
        assert self.text('.pf-found') == 'matched 350 ms, 100.00%', self.text('.pf-found')
        self.control('a')
        self.keys('work|sysm')
        assert self.text('.pf-found') == 'matched 250 ms, 71.43%', self.text('.pf-found')
        self.click('parse')
        assert self.rect('parse')[2] == 1000 and self.box('work') is None

    def test_a_group_is_not_taken_for_the_function_of_its_name(self):
        stacks = [('worker;main;worker;scan', 100, 0), ('worker;main', 200, 0),
                  ('xterm;worker;scan', 50, 0), ('xterm;idle', 25, 0)]
        path = self.pictures.draw('group', '--width=1032', stacks=stacks)
        self.browser.open(path, fragment='#hide=worker')
        frames = self.frames()
        assert frames['worker'] == ['300 ms'] and frames['scan'] == ['100 ms', '50.0 ms'], frames
        self.browser.open(path)
        self.part('button[aria-label="Table of functions"]').click()
        self.button('worker').click()
        frames = self.frames()
        assert frames['worker'] == ['100 ms', '150 ms'] and frames['xterm'] == ['50.0 ms'], frames
        self.browser.open(path, fragment='#drop=worker')
        assert set(self.frames()) == {'all', 'xterm', 'idle'}, 'a group chooses whole stacks'
        self.browser.open(path)
        self.choose('worker')
        self.keys('h', 's')
        assert self.browser.run('return location.hash') == ''
        self.keys('?')
        assert [self.button(text).is_enabled() for text in ('Zoom', 'Hide it', 'Callees')] == \
            [True, False, False]

    def test_the_keyboard_walks_a_sandwich(self):
        self.open('walk')
        self.choose('malloc')
        self.keys('s')
        self.choose('malloc')
        walked = []
        for key in (Keys.ARROW_UP, Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_LEFT,
                    Keys.ARROW_DOWN, Keys.ARROW_UP, Keys.ARROW_UP):
            self.keys(key)
            walked.append(self.focused())
        assert walked == ['sysmalloc', 'malloc', 'work', 'parse', 'main', 'parse', 'malloc'], walked

    def test_the_root_can_be_on_top(self):
        self.open('icicle')
        self.choose('work')
        before = self.rect('work')[1], self.rect('main')[1]
        self.keys('i')
        after = self.rect('work')[1], self.rect('main')[1]
        assert before[0] < before[1] and after[0] > after[1], (before, after)
        self.keys(Keys.ARROW_DOWN)
        assert self.focused() == 'inner', self.focused()
        assert self.browser.run('return location.hash') == '#inverted=1'

    def test_the_order_can_be_by_weight(self):
        self.open('order')
        assert self.rect('parse')[0] < self.rect('work')[0]
        self.choose('work')
        self.keys('w')
        assert self.rect('work')[0] == 16 and self.rect('parse')[0] > 500

    def order(self):
        """Name and left edge of each box, from the root on and from the left."""
        return [(label.split(',')[0], x) for x, level, label in sorted(self.browser.run("""
            return [...document.querySelectorAll('[role=treeitem]')].map(e => [
                Number(e.querySelector('rect').getAttribute('x')),
                Number(e.getAttribute('aria-level')), e.getAttribute('aria-label')])"""),
            key=lambda box: (box[1], box[0]))]

    def test_a_flame_chart_has_the_order_of_time(self):
        stacks = [('app;b;c', 100, 0), ('app;a', 200, 0), ('app;b;c', 300, 0), ('app;b', 50, 0),
                  ('app;b;c;d', 50, 0), ('app;b;x;c', 300, 0)]
        self.open('chart', '--sort=time', stacks=stacks)
        chart = [('all', 16), ('app', 16), ('b', 16), ('a', 116), ('b', 316), ('c', 16), ('c', 316),
                 ('x', 666), ('d', 316), ('c', 666)]
        assert self.order() == chart, self.order()
        assert 'in the order of time' in self.summary(), self.summary()
        self.choose('x')
        self.keys('h')
        assert ('c', 316) in self.order() and ('x', 666) not in self.order(), self.order()
        assert [box for box in self.order() if box[0] == 'c'] == [('c', 16), ('c', 316)]
        self.keys(Keys.BACKSPACE)
        assert self.order() == chart, self.order()
        self.browser.wait("return location.hash === ''")
        self.keys('w')
        assert self.order()[2:5] == [('b', 16), ('a', 716), ('b', 916)], self.order()
        assert 'in the order of time' not in self.summary(), self.summary()
        self.keys('w')
        self.choose('a')
        self.keys('s')
        assert self.order() == [('a', 16), ('app', 16)], self.order()

    def test_matches_are_walked_through_however_narrow(self):
        stacks = [(f'app;main;f{i:03}', 100000, 0) for i in range(10)]
        stacks += [('app;main;f005;needle', 2, 0), ('app;main;f007;needle', 1, 0)]
        self.open('next', stacks=stacks)
        assert self.box('needle') is None
        self.type('needle')
        assert self.text('.pf-found').startswith('matched 3.00 ms, <0.01%'), self.text('.pf-found')
        self.keys(Keys.ENTER)
        assert self.text('.pf-found').startswith('1 of 2 frames'), self.text('.pf-found')
        assert self.focused() == 'Search' and self.rect('needle')[2] > 50
        assert self.text('.pf-details').startswith('needle2.00 ms'), self.text('.pf-details')
        self.keys(Keys.ENTER)
        assert self.text('.pf-found').startswith('2 of 2 frames'), self.text('.pf-found')
        assert self.box('needle').get_attribute('aria-label').startswith('needle, 1.00 ms')
        self.browser.run('arguments[0].focus()', self.part('button[aria-label="Next match"]'))
        for place in (1, 2, 1):
            self.keys(Keys.ENTER)
            assert self.text('.pf-found').startswith(f'{place} of 2 frames'), place
        assert self.focused() == 'Next match'
        self.choose('needle')
        self.keys('n')
        assert self.text('.pf-found').startswith('2 of 2 frames')
        assert self.focused() == 'needle'
        self.keys('N')
        assert self.text('.pf-found').startswith('1 of 2 frames')
        self.keys('N')
        assert self.text('.pf-found').startswith('2 of 2 frames'), 'it goes round'

    def test_the_table_hides_frames_from_matches_and_keys(self):
        stacks = [('app;main', 1000000, 0), ('app;main;needle', 1, 0)]
        self.open('unseen', stacks=stacks)
        self.keys('t')
        self.type('needle')
        state = self.browser.run('return location.hash')
        self.keys(Keys.ENTER)
        assert self.browser.run('return location.hash') == state, 'nothing is zoomed unseen'
        self.browser.run('document.activeElement.blur()')
        self.keys(Keys.ARROW_UP, Keys.ENTER)
        assert self.browser.run('return location.hash') == state, 'nor walked to'

    def test_the_same_function_is_outlined_everywhere(self):
        self.open('same')
        self.choose('malloc')
        outline = self.part('.pf-same').get_attribute('d')
        assert outline.count('M') == 1, outline
        self.choose('parse')
        assert self.part('.pf-same').get_attribute('d') == ''

    def test_the_table_has_every_function(self):
        self.open('table')
        self.part('button[aria-label="Table of functions"]').click()
        rows = [[cell.text for cell in row.find_elements(By.CSS_SELECTOR, 'td')]
                for row in self.browser.driver.find_elements(By.CSS_SELECTOR, '.pf-list tr')][1:]
        by_name = {row[2]: row[:2] for row in rows}
        assert by_name['malloc'] == ['200 ms 20.00%', '350 ms 35.00%'], by_name
        assert rows[0][2] == 'inner' and 'app' not in by_name, rows
        places = {span.rect['x'] for span in self.browser.driver.find_elements(
            By.CSS_SELECTOR, '.pf-list td:first-child > span')}
        assert len(places) == 1, places  # the shares stand below each other
        names = [row[2] for row in rows]
        assert names == ['inner', 'malloc', 'read', 'sysmalloc', 'idle', 'parse', 'main', 'work'], names
        self.button('Total').click()
        names = [cell.text for cell in
                 self.browser.driver.find_elements(By.CSS_SELECTOR, '.pf-list td:nth-child(3)')]
        assert names == ['main', 'work', 'malloc', 'parse', 'inner', 'read', 'sysmalloc', 'idle'], names
        assert self.part('.pf-list th[aria-sort]').text == 'Total'
        self.type('alloc')
        assert len(self.browser.driver.find_elements(By.CSS_SELECTOR, '.pf-list tr')) == 3
        self.button('malloc').click()
        assert self.box('malloc') is not None and self.box('other') is None

    def test_names_and_stacks_can_be_copied(self):
        self.open('copy')
        self.choose('sysmalloc')
        self.keys('c')
        self.browser.wait("return document.querySelector('.pf-found').textContent === "
                          "'copied the name'")
        assert self.focused() == 'sysmalloc'
        self.keys('/')
        self.control('v')
        assert self.part('input').get_attribute('value') == 'sysmalloc'
        self.keys(Keys.ESCAPE, Keys.ESCAPE)
        self.choose('work')
        self.keys('C')
        self.browser.wait("return document.querySelector('.pf-found').textContent === "
                          "'copied the stack'")
        self.keys('/')
        self.control('v')
        # A line of input takes no line breaks.
        assert self.part('input').get_attribute('value').replace(' ', '') == 'appmainwork'

    def test_the_menu_does_what_its_buttons_say(self):
        self.open('menu')
        self.choose('parse')
        self.keys('?')
        assert self.part('.pf-panel p').text == 'parse'
        self.button('Hide it').click()
        assert self.box('parse') is None
        self.button('Sort by weight').click()
        assert self.button('Sort by weight').get_attribute('aria-pressed') == 'true'
        self.keys(Keys.ESCAPE)
        assert not self.part('.pf-panel').is_displayed()
        assert self.browser.run("return document.activeElement.getAttribute('role')") == 'treeitem'
        self.part('button[aria-label^="Reset"]').click()
        assert self.box('parse') is not None
        assert self.browser.run('return location.hash') == ''

    def test_the_open_menu_names_the_frame_that_it_acts_on(self):
        self.open('named')
        self.choose('parse')
        self.keys('?')
        self.choose('work')
        assert self.part('.pf-panel p').text == 'work'
        self.keys(Keys.ARROW_DOWN)
        assert self.part('.pf-panel p').text == 'main'
        self.browser.run(TAP, self.box('malloc'))
        assert self.part('.pf-panel p').text == 'malloc'
        self.button('Drop its stacks').click()
        assert self.browser.run('return location.hash') == '#drop=malloc'
        self.choose('all')
        assert not self.button('Drop its stacks').is_enabled()
        self.browser.run(TAP, self.box('parse'))
        self.button('Hide it').click()
        assert self.browser.run('return location.hash') == '#drop=malloc&hide=parse'

    def test_a_link_brings_the_whole_state_back(self):
        path = self.pictures.draw('link', '--width=1032')
        state = '#zoom=app;main&search=malloc&hide=work&merge=1&inverted=1&sort=weight'
        self.browser.open(path, fragment=state)
        frames = self.frames()
        assert 'work' not in frames and 'inner' not in frames and 'other' not in frames, frames
        assert self.rect('main')[2] == 1000
        self.keys('/')
        self.keys(Keys.ESCAPE)
        assert self.browser.run('return location.hash') == state.replace('search=malloc&', '')
        self.browser.open(path, fragment='#zoom=%&hide=%E0%A4%A')
        assert self.frames()['all'] == ['1.00 s'], 'nonsense counts as nothing'

    def test_back_and_forward_go_through_every_step(self):
        self.open('steps')
        self.choose('work')
        hashes, drawn = [''], [self.drawn()]
        for key in 'iwrmt' + 't' + 'l' + 'l':
            self.keys(key)
            hashes.append(self.browser.run('return location.hash'))
            drawn.append(self.drawn())
        for name, key in (('work', Keys.ENTER), ('inner', 'h'), ('malloc', 'f'), ('sysmalloc', 'x'),
                          ('malloc', 's')):
            if self.box(name):
                self.choose(name)
                self.keys(key)
                hashes.append(self.browser.run('return location.hash'))
                drawn.append(self.drawn())
        assert len(hashes) >= 12 and all(a != b for a, b in zip(hashes, hashes[1:])), hashes

        def plain(parts):
            """Which frame has the tab stop is no part of a step."""
            return [part.replace('tabindex="0"', 'tabindex="-1"') for part in parts]

        def at(step):
            self.browser.wait(f'return location.hash === {hashes[step]!r}')
            # The page is told of it a moment after it has changed.
            self.browser.until(lambda: plain(self.drawn()) == plain(drawn[step]), (step, hashes[step]))
        for step in range(len(hashes) - 2, -1, -1):
            self.browser.driver.back()
            at(step)
        for step in range(1, len(hashes)):
            self.browser.driver.forward()
            at(step)
        for step in range(len(hashes) - 2, -1, -1):
            self.part('button[aria-label^="Back"]').click()
            at(step)

    def test_siblings_of_one_name_have_addresses_of_their_own(self):
        stacks = [('app;f_[k];one', 100, 0), ('app;f_[i];two', 200, 0), ('app;f_[j];three', 300, 0)]
        path = self.pictures.draw('siblings', '--width=1032', stacks=stacks)
        for fragment, below in (('f', 'one'), ('f~2', 'two'), ('f~3', 'three')):
            names = set()
            self.browser.open(path, fragment='#zoom=app;' + fragment)
            names = set(self.frames()) & {'one', 'two', 'three'}
            assert len(names) == 1 and self.rect(names.copy().pop())[2] == 1000, (below, names)
            assert self.browser.run('return location.hash') == '#zoom=app;' + fragment
            self.choose('f')
            self.keys(Keys.BACKSPACE)

    def test_a_name_that_looks_like_an_address_has_one(self):
        stacks = [('app;f~2;below', 100, 0), ('app;f;other', 200, 0), ('app;~g;third', 200, 0)]
        path = self.pictures.draw('tildes', '--width=1032', stacks=stacks)
        for name, below in (('f~2', 'below'), ('~g', 'third')):
            self.browser.open(path)
            self.click(name)
            fragment = self.browser.run('return location.hash')
            self.browser.open(path, fragment=fragment)
            assert set(self.frames()) == {'all', 'app', name, below}, (fragment, self.frames())

    def test_the_share_of_the_zoomed_frame_is_told_too(self):
        self.open('shares')
        self.choose('work')
        self.keys(Keys.ENTER)
        self.choose('malloc')
        text = self.text('.pf-details')
        assert '250 ms' in text and '25.00% of all, 45.45% of the zoomed frame' in text, text
        assert 'self 100 ms, 10.00%' in text, text

    def test_the_legend_names_what_there_is(self):
        self.open('legend')
        legend = "return [...document.querySelectorAll('.pf-legend text')].map(e => e.textContent)"
        assert self.browser.run(legend) == ['user', 'kernel', 'inlined'], self.browser.run(legend)
        same = self.browser.run("""
            const box = name => [...document.querySelectorAll('[role=treeitem]')].find(
                e => e.getAttribute('aria-label').startsWith(name + ',')).querySelector('rect');
            const marks = [...document.querySelectorAll('.pf-legend rect')];
            const kind = e => Math.floor(Number(e.getAttribute('class').slice(1)) / 4);
            return [kind(box('work')) === kind(marks[0]), kind(box('read')) === kind(marks[1]),
                    kind(box('inner')) === kind(marks[2])]""")
        assert same == [True, True, True], same

    def test_the_legend_names_kinds_that_are_drawn_later(self):
        stacks = [('app;main', 1000000, 5), ('app;main;tiny;read_[k]', 1, 0)]
        self.open('later', second=True, stacks=stacks)
        assert self.box('read') is None
        marks = """return [...document.querySelectorAll('.pf-legend g')].map(
            e => [e.textContent, e.querySelector('rect').getAttribute('class')])"""
        before = dict(self.browser.run(marks))
        assert list(before) == ['user', 'kernel'], before
        self.type('read')
        self.keys(Keys.ENTER, Keys.ESCAPE)
        drawn = self.box('read').find_element(By.CSS_SELECTOR, 'rect').get_attribute('class')
        assert int(before['kernel'][1:]) // 4 == int(drawn[1:]) // 4, (before, drawn)

    def test_menu_and_table_have_room_on_a_phone_and_in_a_slim_picture(self):
        command = self.browser.driver.execute_cdp_cmd
        try:
            for wide, width in ('fluid', 320), ('fluid', 1300), ('320', 1300):
                path = self.pictures.draw('phone', f'--width={wide}')
                command('Emulation.setDeviceMetricsOverride', {
                    'width': width, 'height': 700, 'deviceScaleFactor': 1, 'mobile': False})
                self.browser.open(path)
                self.part('button[aria-label="Menu"]').click()
                panel, picture = self.browser.run("""
                    return [document.querySelector('.pf-panel'), document.documentElement].map(
                        e => e.getBoundingClientRect().bottom + window.scrollY)""")
                assert panel < picture, (wide, width, panel, picture)
                self.keys(Keys.ESCAPE)
                self.part('button[aria-label="Table of functions"]').click()
                name = self.browser.run("""
                    return document.querySelector('.pf-list td button').getBoundingClientRect()
                        .toJSON()""")
                assert name['width'] > 20 and name['right'] < width, (wide, width, name)
        finally:
            command('Emulation.clearDeviceMetricsOverride', {})

    def test_a_high_picture_opens_with_its_root_in_view(self):
        stacks = [('app;' + ';'.join(f'f{i}' for i in range(90)), 100, 0)]
        for option, inside in (('--color=kind', 'app'), ('--inverted', 'app')):
            self.open('high' + option[2:5], option, stacks=stacks)
            box = self.browser.run('return arguments[0].getBoundingClientRect().toJSON()',
                                   self.box(inside))
            assert 0 <= box['top'] and box['bottom'] <= self.browser.run('return innerHeight'), box
            bar = self.part('.pf-bar')
            assert self.browser.run('return arguments[0].getBoundingClientRect().top', bar) >= 0

    def test_the_head_covers_no_match(self):
        self.open('covered', stacks=[('app;' + ';'.join(f'f{i}' for i in range(90)), 100, 0)])
        self.type('f[1-8]5')
        for _ in range(8):
            self.keys(Keys.ENTER)
            self.browser.wait("""
                const [frame, head] = ['[role=treeitem][tabindex="0"]', '.pf-head .pf-page'].map(
                    what => document.querySelector(what).getBoundingClientRect());
                return head.top === 0 && head.bottom <= frame.top && frame.bottom <= innerHeight""")

    def test_a_click_beside_the_frames_frames_nothing(self):
        self.open('beside')
        ActionChains(self.browser.driver).move_to_element(self.part('.pf-legend')).click().perform()
        outline = 'return getComputedStyle(document.querySelector("svg")).outlineStyle'
        assert self.browser.run(outline) == 'none', self.browser.run(outline)

    def test_pinch_and_scroll_stay_the_browsers(self):
        self.open('pinch')
        taken = self.browser.run("""
            const root = document.documentElement, box = document.querySelector('.pf-wide rect');
            const kept = ['touchstart', 'touchmove', 'wheel', 'gesturestart'].filter(name =>
                !box.dispatchEvent(new Event(name, {bubbles: true, cancelable: true})));
            return [kept, getComputedStyle(root).touchAction, getComputedStyle(box).touchAction]""")
        assert taken == [[], 'auto', 'auto'], taken

    def test_touch_shows_first_and_zooms_then(self):
        self.open('touch')
        self.browser.run(TAP, self.box('work'))
        assert self.box('parse') is not None and 'work' in self.text('.pf-details')
        self.browser.run(TAP, self.box('work'))
        assert self.box('parse') is None

    def test_every_sum_is_whole(self):
        stacks = [(f'app;main;f{i};g{i % 3}', 1 + i * 7919 % 1000, 0) for i in range(300)]
        self.open('sums', stacks=stacks)
        self.type('g1$')
        exact = sum(weight for stack, weight, _ in stacks if stack.endswith('g1'))
        assert self.text('.pf-found').startswith(f'matched {(exact + 50) // 100 / 10} s'), \
            (exact, self.text('.pf-found'))


main(Reading, sys.argv[1:])
