#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Opens pictures in a browser and uses them as a person would.

    test_picture.py [--second-column] COMMAND

COMMAND draws folded text: COMMAND -q [--OPTION=VALUE]... -o OUTPUT.svg INPUT.folded. With
--second-column it takes a second weight behind a tab."""
import sys
import xml.etree.ElementTree as ElementTree

from browser import Skip
from pictures import NS, Test, inline, main
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys


class Basics(Test):
    def check_same_boxes(self, path):
        """The script's first view and the file's own: the same boxes in the same colours."""
        def boxes(frames):
            return (sorted((r.get('x'), r.get('y'), r.get('width'), r.get('fill'))
                           for r in frames.iter(NS + 'rect') if r.get('class') != 'pf-cursor'),
                    sorted((p.get('fill'), p.get('d')) for p in frames.iter(NS + 'path')
                           if p.get('class') != 'pf-same'))
        static = next(g for g in ElementTree.parse(path).getroot().iter(NS + 'g')
                      if g.get('class') == 'pf-frames')
        self.browser.open(path)
        live = ElementTree.fromstring(self.browser.run(
            "return new XMLSerializer().serializeToString(document.querySelector('.pf-frames'))"))
        assert boxes(static) == boxes(live), (boxes(static), boxes(live))
        return boxes(static)

    def test_the_script_draws_what_stands_in_the_file(self):
        for colour in ('kind', 'module', 'name'):
            wide, narrow = self.check_same_boxes(
                self.pictures.draw(colour, '--width=1200', '--color=' + colour))
            assert len(wide) == 12 and not narrow, (wide, narrow)

    def test_it_does_so_for_many_boxes_too(self):
        stacks = [(f'app;f{i % 9};g{i};h\u00e9{i}_[k]', 1 + i * i % 400, 0) for i in range(1200)]
        for sort in ('name', 'weight'):
            wide, narrow = self.check_same_boxes(
                self.pictures.draw('many', '--width=1200', '--sort=' + sort, stacks=stacks))
            assert len(wide) > 10 and len(narrow) > 3, (len(wide), len(narrow))

    def test_the_words_are_those_of_the_file(self):
        for options in ((), ('--title=nightly',)):
            path = self.pictures.draw('words', '--width=1200', *options)
            head = next(g for g in ElementTree.parse(path).getroot().iter(NS + 'g')
                        if g.get('class') == 'pf-head')
            self.browser.open(path)
            words = [self.text('.pf-title'), self.text('.pf-head .pf-dim')]
            assert words == [text.text for text in head.iter(NS + 'text')], words
            assert 'words.folded' in ' '.join(words), words

    def test_widths_are_shares(self):
        self.browser.open(self.pictures.draw('widths', '--width=1032'))
        assert abs(self.rect('work')[2] - 550) < 0.01, self.rect('work')
        assert abs(self.rect('parse')[2] - 350) < 0.01
        assert abs(self.rect('other')[0] - 916) < 0.01

    def test_a_click_zooms_and_keeps_the_ancestors(self):
        self.browser.open(self.pictures.draw('zoom', '--width=1032'))
        self.click('work')
        assert self.rect('work')[2] == 1000
        assert self.rect('main')[2] == 1000
        assert self.box('parse') is None
        opacity = "return arguments[0].querySelector('rect').getAttribute('opacity')"
        assert self.browser.run(opacity, self.box('main'))
        assert not self.browser.run(opacity, self.box('work'))
        self.click('main')
        assert abs(self.rect('work')[2] - 1000 * 550 / 900) < 0.01
        self.click('all')
        assert self.rect('other')[2] == 100

    def test_details_are_there_at_once(self):
        self.browser.open(self.pictures.draw('details'))
        ActionChains(self.browser.driver).move_to_element(
            self.box('parse').find_element(By.CSS_SELECTOR, 'rect')).perform()
        text = self.text('.pf-details')
        assert 'parse' in text and '350 ms' in text and '35.00%' in text, text
        assert 'self 50.0 ms, 5.00%' in text, text

    def test_a_search_counts_each_stack_once(self):
        self.browser.open(self.pictures.draw('search'))
        before = self.drawn()
        self.type('malloc')
        assert self.text('.pf-found') == 'matched 350 ms, 35.00%', self.text('.pf-found')
        self.type('|work')
        assert self.text('.pf-found') == 'matched 650 ms, 65.00%', self.text('.pf-found')
        self.type('|(')
        assert self.text('.pf-found') == 'not a regular expression'
        self.keys(Keys.ESCAPE)
        assert self.text('.pf-found') == ''
        assert self.drawn()[1] == before[1]

    def test_names_with_braces_are_searched_as_they_are(self):
        stacks = [('app;run::{{closure}}', 100, 0), ('app;{closure#0}', 200, 0), ('app;rest', 100, 0)]
        self.browser.open(self.pictures.draw('braces', stacks=stacks))
        for typed, found in (('{', '75.00%'), ('{clos', '75.00%'), ('ure}}$', '25.00%'),
                             ('run\\:\\:', '25.00%'), ('x{2', '0.00%')):
            self.type(typed)
            assert found in self.text('.pf-found'), (typed, self.text('.pf-found'))
            self.keys(Keys.ESCAPE)

    def test_case_is_an_option(self):
        self.browser.open(self.pictures.draw('case'))
        self.type('MALLOC')
        assert '35.00%' in self.text('.pf-found')
        self.part('button[aria-label="Match case"]').click()
        assert '0.00%' in self.text('.pf-found'), self.text('.pf-found')

    def test_a_mark_in_front_ignores_case_as_in_the_command(self):
        self.browser.open(self.pictures.draw('mark'))
        self.part('button[aria-label="Match case"]').click()
        for typed, found in (('MALLOC', '0.00%'), ('(?i)MALLOC', '35.00%'), ('(?i)^WORK$', '55.00%'),
                             ('MAL(?i)LOC', 'not a regular expression')):
            self.type(typed)
            assert found in self.text('.pf-found'), (typed, self.text('.pf-found'))
            self.keys(Keys.ESCAPE)

    def test_reset_restores_the_same_elements(self):
        self.browser.open(self.pictures.draw('reset'))
        before = self.drawn()
        self.click('work')
        self.type('malloc')
        assert self.drawn() != before
        self.part('button[aria-label^="Reset"]').click()
        assert self.drawn() == before
        assert self.part('input').get_attribute('value') == ''

    def test_back_undoes_a_zoom(self):
        self.browser.open(self.pictures.draw('back', '--width=1032'))
        self.click('main')
        self.click('work')
        self.keys(Keys.BACKSPACE)
        assert abs(self.rect('work')[2] - 1000 * 550 / 900) < 0.01
        self.browser.wait("return location.hash === '#zoom=app;main'")
        self.part('button[aria-label^="Back"]').click()
        assert self.rect('other')[2] == 100

    def test_the_keyboard_walks_and_zooms(self):
        self.browser.open(self.pictures.draw('keys'))
        stops = "return document.querySelectorAll('.pf-wide [tabindex=\"0\"]').length"
        assert self.browser.run(stops) == 1
        self.browser.run("document.querySelector('.pf-wide [tabindex=\"0\"]').focus()")
        assert self.focused() == 'all'
        walked = []
        for key in (Keys.ARROW_UP, Keys.ARROW_RIGHT, Keys.ARROW_LEFT, Keys.ARROW_UP,
                    Keys.ARROW_UP, Keys.ARROW_LEFT, Keys.ARROW_DOWN, Keys.HOME):
            self.keys(key)
            walked.append(self.focused())
        assert walked == ['app', 'other', 'app', 'main', 'work', 'parse', 'main', 'all'], walked
        assert self.browser.run(stops) == 1
        self.keys(Keys.ARROW_UP, Keys.ARROW_UP, Keys.ARROW_UP, Keys.ENTER)
        assert self.focused() == 'work'
        assert self.box('parse') is None
        self.keys(Keys.ESCAPE)
        assert self.box('parse') is not None

    def test_screen_readers_hear_names_levels_and_shares(self):
        self.browser.open(self.pictures.draw('roles'))
        root = self.browser.run("""
            const root = document.documentElement;
            return [root.getAttribute('role'), root.getAttribute('aria-roledescription'),
                    root.getAttribute('aria-label'),
                    root.querySelectorAll('[role=tree] [role=treeitem]').length,
                    root.querySelectorAll('[role=treeitem]').length]""")
        assert root[:2] == ['graphics-document', 'flame graph'], root
        assert root[2].startswith('Flame graph: ') and '1.00 s' in root[2], root
        assert root[3] == root[4] == 12, root
        parse = self.box('parse')
        assert parse.get_attribute('aria-label') == 'parse, 350 ms, 35.00%'
        assert parse.get_attribute('aria-level') == '4'
        unnamed = self.browser.run("""
            return [...document.querySelectorAll('button, input, select')].filter(
                e => e.checkVisibility() && (!(e.getAttribute('aria-label') || e.textContent) ||
                     e.getBoundingClientRect().height < 24 ||
                     e.getBoundingClientRect().width < 24)).length""")
        assert unnamed == 0

    def test_slash_and_ctrl_f_open_the_search(self):
        self.browser.open(self.pictures.draw('slash'))
        self.browser.run("document.querySelector('.pf-wide [tabindex=\"0\"]').focus()")
        self.keys('/')
        assert self.focused() == 'Search'
        self.keys(Keys.ESCAPE)
        assert self.focused() == 'all'
        taken = self.browser.run("""
            const press = target => !target.dispatchEvent(new KeyboardEvent('keydown',
                {key: 'f', ctrlKey: true, bubbles: true, cancelable: true}));
            return [press(document.activeElement), press(document.activeElement)]""")
        assert taken == [True, False], taken

    def test_the_location_has_the_state_by_names(self):
        path = self.pictures.draw('where')
        self.browser.open(path)
        self.click('work')
        self.type('malloc')
        fragment = self.browser.run('return location.hash')
        assert fragment == '#zoom=app;main;work&search=malloc', fragment
        self.browser.open(path, fragment=fragment)
        assert self.box('parse') is None
        assert 'matched 350 ms' in self.text('.pf-found')
        self.part('button[aria-label^="Reset"]').click()
        assert self.box('parse') is not None
        self.browser.driver.back()
        self.browser.wait('return location.hash !== ""')
        self.browser.wait("return !document.querySelector('[aria-label^=\"parse,\"]')")

    def test_two_pictures_in_a_page_work_alone(self):
        first = inline(self.pictures.draw('first'))
        second = inline(self.pictures.draw('second', '--inverted'))
        self.browser.open(self.pictures.page('two', first + '<p>and</p>' + second))
        before = self.drawn(0)
        self.click('work', 1)
        assert self.box('parse', 1) is None
        assert self.drawn(0) == before
        assert self.browser.run('return location.hash') == ''
        assert self.browser.run('return document.title') == 'host'
        self.browser.run('document.activeElement.blur()')
        self.keys('/')
        assert self.browser.run('return document.activeElement === document.body')
        assert self.browser.run("""
            const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
            return ids.length === new Set(ids).size""")

    def test_a_fluid_picture_follows_its_room(self):
        svg = inline(self.pictures.draw('fluid'))
        self.browser.open(self.pictures.page('fluid', f'<div id="room">{svg}</div>'))
        for width in (1000, 600, 330):
            self.browser.run("document.querySelector('#room').style.width = arguments[0] + 'px'",
                             width)
            self.browser.wait("return document.querySelector('svg').viewBox.baseVal.width === "
                              f'{width}')
            assert abs(self.rect('work')[2] - 0.55 * (width - 32)) < 0.01

    def test_the_legend_has_the_lines_that_its_room_needs(self):
        stacks = [('app;jit_[j];[unknown]', 10, 0), ('app;read_[k]', 20, 0), ('app;inner_[i]', 30, 0),
                  ('app;[truncated]', 40, 0)]
        svg = inline(self.pictures.draw('legend', stacks=stacks))
        self.browser.open(self.pictures.page('legend', f'<div id="room">{svg}</div>'))
        for width, lines in ((1000, 1), (330, 2), (1000, 1)):
            self.browser.run("document.querySelector('#room').style.width = arguments[0] + 'px'",
                             width)
            self.browser.wait("return document.querySelector('svg').viewBox.baseVal.width === "
                              f'{width}')
            tops, right, room = self.browser.run("""
                const all = [...document.querySelectorAll('.pf-legend text')].map(
                    e => e.getBoundingClientRect());
                const room = document.querySelector('svg').getBoundingClientRect();
                return [all.map(box => box.top - room.top), Math.max(...all.map(box => box.right)) -
                        room.left, [room.width - 16, room.height]]""")
            assert len(tops) >= 5 and len(set(tops)) == lines, (width, tops)
            assert right <= room[0] and max(tops) + 14 <= room[1], (width, tops, right, room)

    def test_controls_have_room_for_their_text_in_any_font_size(self):
        for size in (6, 12, 30):
            self.browser.open(self.pictures.draw('large', f'--font-size={size}'))
            self.part('button[aria-label="Table of functions"]').click()
            lines = self.browser.run("""return [...document.querySelectorAll(
                '.pf-bar > *, .pf-list tr')].map(e => [e.clientHeight, e.tagName === 'TR' ? 26 :
                    parseFloat(getComputedStyle(e).fontSize) * 1.3, e.textContent])""")
            for high, needed, text in lines:
                enough = high <= 28 if needed == 26 else high >= needed
                assert enough, (size, high, needed, text)

    def test_themes_change_the_colours(self):
        self.browser.open(self.pictures.draw('theme'))
        fill = "return getComputedStyle(document.querySelector('.pf-page')).fill"
        assert self.browser.run(fill) == 'rgb(255, 255, 255)'
        self.browser.driver.execute_cdp_cmd('Emulation.setEmulatedMedia', {
            'features': [{'name': 'prefers-color-scheme', 'value': 'dark'}]})
        self.browser.wait(fill + " === 'rgb(22, 24, 29)'")
        # The style sheet's colours are there at once, that of the scroll bars when the script is told.
        self.browser.wait("return getComputedStyle(document.documentElement).colorScheme === 'dark'")
        self.part('button[aria-label="Menu"]').click()
        self.button('Theme').click()
        assert self.browser.run(fill) == 'rgb(255, 255, 255)'
        self.browser.driver.execute_cdp_cmd('Emulation.setEmulatedMedia', {'features': []})

    def test_the_weight_can_be_switched(self):
        if not self.pictures.second:
            raise Skip('this command takes one weight')
        self.browser.open(self.pictures.draw('weights', '--width=1032', second=True))
        self.browser.run("""
            const select = document.querySelector('select');
            select.value = '1';
            select.dispatchEvent(new Event('change'))""")
        assert abs(self.rect('work')[2] - 950) < 0.01, self.rect('work')
        assert '100 B' in self.text('.pf-head .pf-dim')
        assert self.box('other') is None

    def test_weights_of_one_name_are_told_apart(self):
        if self.pictures.second:
            raise Skip('this command reads no pictures')
        first = self.pictures.draw('nanoseconds', '--width=1032')
        self.browser.open(self.pictures.draw('merged', '--unit=samples', first))
        choices = "return [...document.querySelectorAll('option')].map(e => e.textContent)"
        assert self.browser.run(choices) == ['samples, ns', 'samples']

    def test_a_sandbox_and_an_image_do_no_harm(self):
        path = self.pictures.draw('boxed')
        page = self.pictures.page('boxed', (
            f'<img src="{path}" width="700"><iframe sandbox="allow-scripts" src="{path}" '
            'width="700" height="400"></iframe><iframe sandbox src="' + path + '"></iframe>'))
        self.browser.open(page, wait=None)
        assert self.browser.run("return document.querySelector('img').naturalWidth > 0")
        self.browser.driver.switch_to.frame(0)
        self.browser.wait("return document.documentElement.dataset.ready === '1'")
        self.click('work')
        assert self.box('parse') is None
        self.browser.driver.switch_to.default_content()
        # Chromium itself says that a sandbox blocks scripts; that is what was asked for.
        self.allowed = 'Blocked script execution'

    def test_sorting_by_weight_and_back_to_the_file(self):
        self.browser.open(self.pictures.draw('sorted', '--sort=weight', '--width=1032'))
        assert self.rect('work')[0] == 16
        assert abs(self.rect('parse')[0] - 566) < 0.01
        self.click('parse')
        assert self.rect('read')[0] == 16

    def test_hostile_names_do_no_harm(self):
        stacks = [('a<script>alert(1)</script>;x"&\'<b>', 10, 0), ('a\x1b[2J\u202e;]]>', 20, 0),
                  ('a;' + 'vector<' * 1400, 30, 0)]
        self.check_same_boxes(self.pictures.draw('hostile', '--width=1200', stacks=stacks))
        assert self.browser.run("return document.querySelectorAll('[role=treeitem]').length") == 7
        assert self.box('a<script>alert(1)</script>') is not None


main(Basics, sys.argv[1:])
