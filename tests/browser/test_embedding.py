#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Every place where doc/embedding.md says that a picture works: test_embedding.py COMMAND, as
test_picture.py takes it."""
import base64
import hashlib
import os
import re
import sys

from pictures import Test, inline, main, script_of
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

READY = "return document.documentElement.dataset.ready === '1'"
# Name (from the tooltip or the label), left edge, width and height of each box, and its font size.
SEEN = """
return [...document.querySelectorAll('svg.perflame .pf-wide > *')].map(e => {
    const box = e.querySelector('rect').getBoundingClientRect();
    const name = e.querySelector('title')?.textContent.split('\\n')[0] ??
        e.getAttribute('aria-label').split(', ')[0];
    return [name, box.x, box.width, box.height,
            e.querySelector('text') ? getComputedStyle(e.querySelector('text')).fontSize : ''];
})"""


class Embedding(Test):
    def in_frame(self, which, wait=READY):
        self.browser.driver.switch_to.default_content()
        self.browser.driver.switch_to.frame(which)
        if wait:
            self.browser.wait(wait)

    def assert_works(self):
        """In the frame that is switched to: zoom and search."""
        self.click('work')
        assert self.box('parse') is None
        self.type('malloc')
        assert 'matched 350 ms' in self.text('.pf-found'), self.text('.pf-found')
        self.browser.driver.switch_to.default_content()

    def host_is_untouched(self):
        return self.browser.run("return location.hash === '' && document.title === 'host'")

    def test_without_scripts_the_boxes_are_the_same(self):
        path = self.pictures.draw('off')
        for width in (1200, 700):
            room = f'<body style="margin:0"><div style="width:{width}px">'
            with open(self.pictures.path('off.html'), 'w', encoding='utf-8') as file:
                file.write('<!DOCTYPE html><meta charset="utf-8"><meta http-equiv="Content-Security'
                           '-Policy" content="script-src \'none\'">' + room + inline(path))
            self.browser.open(self.pictures.path('off.html'), wait=None)
            still = sorted(self.browser.run(SEEN))
            self.browser.open(self.pictures.page('on', room + inline(path)))
            live = sorted(self.browser.run(SEEN))
            assert [box[0] for box in still] == [box[0] for box in live], (still, live)
            for one, other in zip(still, live):
                # The margins are a share of the width without a script, 16 px with one.
                near = 0.5 if width == 1200 else 16
                assert all(abs(one[i] - other[i]) <= near for i in (1, 2)), (one, other)
                assert one[3] == other[3] == 17, (one, other)
                assert one[4] in ('', '12px') and other[4] in ('', '12px'), (one, other)
        self.allowed = 'Content Security Policy'

    def test_every_box_has_its_share_of_the_pixels(self):
        """To half a pixel, against weights added up here; fixed, fluid and without a script."""
        stacks = [(f'app;main{i % 5};f{i % 37};g{i % 101};h{i}', 1 + i * 7919 % 1000, 0)
                  for i in range(900)]
        total, left = {}, {}
        for stack, weight, _ in stacks:
            names = stack.split(';')
            for depth in range(len(names)):
                path = ';'.join(names[:depth + 1])
                total[path] = total.get(path, 0) + weight
        whole = sum(weight for _, weight, _ in stacks)
        for path in sorted(total, key=lambda path: path.split(';')):
            above, _, _ = path.rpartition(';')
            left[path] = left.setdefault('in ' + above, left.get(above, 0))
            left['in ' + above] += total[path]
        worst, seen = 0, 0
        for options in ((), ('--width=1200',), ('--width=1200', '--script=none')):
            path = self.pictures.draw('exact', *options, stacks=stacks)
            page = self.pictures.page('exact', '<body style="margin:0"><div style="width:1200px">'
                                      + inline(path))
            self.browser.open(page, wait=None if '--script=none' in options else 'svg')
            boxes = {(name, round(x * 4)): (x, width)
                     for name, x, width, _, _ in self.browser.run(SEEN)}
            for path, weight in total.items():
                x, width = 16 + left[path] / whole * 1168, weight / whole * 1168
                found = [box for (name, _), box in boxes.items() if name == path.split(';')[-1]
                         and abs(box[0] - x) < 1]
                if width > 30:
                    assert found, (path, x, width)
                for box in found[:1]:
                    seen += 1
                    worst = max(worst, abs(box[0] - x), abs(box[1] - width))
        assert seen > 200 and worst <= 0.5, (seen, worst)

    def test_an_image(self):
        path = self.pictures.draw('image')
        self.browser.open(self.pictures.page('image', f'<img src="{path}" width="700">'), wait=None)
        size = self.browser.run("""const image = document.querySelector('img');
            return [image.naturalHeight > 100, image.getBoundingClientRect().height > 100]""")
        assert size == [True, True], size
        shot = self.browser.run("""
            const image = document.querySelector('img'), box = image.getBoundingClientRect();
            return [box.width, box.height, image.naturalHeight]""")
        assert shot[0] == 700 and shot[1] == shot[2], ('text is not shrunk', shot)

    def test_object_and_iframe(self):
        path = self.pictures.draw('framed')
        self.browser.open(self.pictures.page('framed', (
            f'<object data="{path}" type="image/svg+xml" width="900" height="400"></object>'
            f'<iframe src="{path}" width="900" height="400"></iframe>')), wait=None)
        for frame in (By.CSS_SELECTOR, 'object'), (By.CSS_SELECTOR, 'iframe'):
            self.in_frame(self.browser.driver.find_element(*frame))
            self.assert_works()
            assert self.host_is_untouched()

    def test_back_in_one_frame_leaves_the_others_alone(self):
        path = self.pictures.draw('beside')
        frame = f'<iframe src="{path}" width="900" height="400"></iframe>'
        self.browser.open(self.pictures.page('beside', frame + frame), wait=None)
        steps = self.browser.run('return history.length')
        for which in (0, 1):
            self.in_frame(which)
            for name in ('main', 'work'):
                self.click(name)
        self.in_frame(0)
        self.browser.run('arguments[0].focus()', self.box('work'))
        for zoomed in ('#zoom=app;main', ''):
            self.keys(Keys.BACKSPACE)
            assert self.browser.run('return location.hash') == zoomed
        assert self.box('other') is not None
        self.in_frame(1)
        assert self.browser.run('return location.hash') == '#zoom=app;main;work'
        assert self.box('parse') is None
        self.browser.driver.switch_to.default_content()
        assert self.browser.run('return history.length') == steps

    def test_sandboxes(self):
        path = self.pictures.draw('sandbox')
        self.browser.open(self.pictures.page('sandbox', (
            f'<iframe sandbox="allow-scripts" src="{path}" width="900" height="400"></iframe>'
            f'<iframe sandbox src="{path}" width="900" height="400"></iframe>')), wait=None)
        self.in_frame(0)
        self.assert_works()
        self.in_frame(1, None)
        assert self.browser.run("return document.documentElement.getAttribute('data-ready')") is None
        assert len(self.browser.run(SEEN)) == 12
        self.allowed = 'Blocked script execution'

    def test_an_iframe_whose_document_is_its_attribute(self):
        svg = inline(self.pictures.draw('srcdoc')).replace('&', '&amp;').replace('"', '&quot;')
        self.browser.open(self.pictures.page('srcdoc', (
            f'<iframe sandbox="allow-scripts" srcdoc="{svg}" width="900" height="400"></iframe>')),
            wait=None)
        self.in_frame(0, "return document.querySelector('svg')?.dataset.ready === '1'")
        self.assert_works()

    def test_three_in_a_page_as_if_each_were_alone(self):
        svgs = [inline(self.pictures.draw(f'three{i}', f'--title=t{i}')) for i in range(3)]
        self.browser.open(self.pictures.page(
            'three', '<div style="height:2000px">above</div>' + ''.join(svgs)))
        before = [self.drawn(i) for i in range(3)]
        self.browser.run("arguments[0].focus()", self.box('work', 1))
        self.keys('h')
        assert self.box('work', 1) is None
        assert [self.drawn(i) == before[i] for i in range(3)] == [True, False, True]
        assert self.host_is_untouched()
        self.browser.run('document.activeElement.blur()')
        for key in '/fhx?' + Keys.BACKSPACE:
            self.keys(key)
        assert [self.drawn(i) == before[i] for i in range(3)] == [True, False, True]
        at = self.browser.run("""
            document.querySelectorAll('svg.perflame')[1].dispatchEvent(
                new WheelEvent('wheel', {deltaY: 50, bubbles: true, cancelable: true}));
            return document.querySelectorAll('svg.perflame')[1].dispatchEvent(
                new WheelEvent('wheel', {deltaY: 50, bubbles: true, cancelable: true}))""")
        assert at, 'the wheel is the page\'s'

    def test_an_inline_picture_keeps_the_focus_and_so_hears_keys(self):
        svg = inline(self.pictures.draw('keeps'))
        page = self.pictures.page('keeps', '<p>above</p>' + svg)
        tabled = "return Boolean(document.querySelector('.pf-list tr'))"

        def begin(name):
            self.browser.open(page)
            self.browser.run('arguments[0].focus()', self.box(name))

        def press(label, key=Keys.ENTER):
            self.browser.run('arguments[0].focus()', self.part(f'button[aria-label^="{label}"]'))
            self.keys(key)

        begin('work')
        for shown in (True, False):
            self.keys('t')
            assert self.browser.run(tabled) == shown
        assert self.focused() == 'work', self.focused()
        self.keys('t', Keys.TAB, Keys.TAB, Keys.TAB, Keys.TAB, Keys.ENTER)
        assert not self.browser.run(tabled) and self.focused() == 'inner', self.focused()
        for label in ('Reset', 'Back'):
            begin('work')
            self.keys(Keys.ENTER)
            press(label)
            assert self.focused() == 'all', (label, self.focused())
        begin('parse')
        self.keys('?')
        self.browser.run('arguments[0].focus()', self.button('Hide it'))
        self.keys(Keys.ENTER)
        assert self.focused() == 'all' and self.box('parse') is None, self.focused()

    def test_a_picture_without_the_focus_does_not_take_it(self):
        self.browser.open(self.pictures.page(
            'without', '<input id="host">' + inline(self.pictures.draw('unfocused'))))
        self.browser.run("document.querySelector('#host').focus()")
        self.browser.run("document.querySelector('.pf-bar button[aria-label^=Table]').click()")
        assert self.browser.run("return document.activeElement.id") == 'host'

    def test_a_dashboard_that_strips_scripts(self):
        """As innerHTML does it, and as a sanitiser: no script elements at all."""
        svg = inline(self.pictures.draw('stripped'))
        bare = re.sub(r'<script.*?</script>', '', svg, flags=re.S)
        assert '<script' not in bare
        for name, text in (('inner', svg), ('bare', bare)):
            data = base64.b64encode(text.encode()).decode()
            self.browser.open(self.pictures.page(name, f"""<div id="panel"></div><script>
                document.querySelector('#panel').innerHTML = new TextDecoder().decode(
                    Uint8Array.from(atob('{data}'), c => c.charCodeAt(0)))</script>"""), wait=None)
            boxes = self.browser.run(SEEN)
            assert len(boxes) == 12 and all(box[2] > 10 for box in boxes), boxes

    def policy(self, name, svg, policy):
        with open(self.pictures.path(name), 'w', encoding='utf-8') as file:
            file.write('<!DOCTYPE html><meta charset="utf-8"><meta http-equiv='
                       f'"Content-Security-Policy" content="default-src \'none\'; {policy}">' + svg)
        return self.pictures.path(name)

    def test_a_strict_policy(self):
        path = self.pictures.draw('csp')
        digest = base64.b64encode(hashlib.sha256(script_of(path).encode()).digest()).decode()
        self.browser.open(self.policy('with.html', inline(path), f"script-src 'sha256-{digest}'"))
        self.assert_works()
        self.browser.open(self.policy('without.html', inline(path), ''), wait=None)
        assert len(self.browser.run(SEEN)) == 12
        assert self.browser.run("""return getComputedStyle(
            document.querySelector('.pf-wide rect')).fill""") == 'rgb(204, 210, 218)'
        self.allowed = 'Content Security Policy'

    def test_the_script_from_elsewhere_and_none_at_all(self):
        with open(self.pictures.path('flame.js'), 'w', encoding='utf-8') as file:
            file.write(script_of(self.pictures.draw('source')))
        self.browser.open(self.pictures.draw('linked', '--script=flame.js'))
        self.assert_works()
        none = self.pictures.draw('none', '--script=none')
        self.browser.open(none, wait=None)
        assert len(self.browser.run(SEEN)) == 12
        assert os.path.getsize(none) < 20000

    def test_print(self):
        self.browser.open(self.pictures.draw('print'))
        self.browser.driver.execute_cdp_cmd('Emulation.setEmulatedMedia', {'media': 'print'})
        shown = self.browser.run("""
            const seen = s => document.querySelector(s).checkVisibility();
            return [seen('.pf-tools'), seen('.pf-title'), seen('.pf-wide rect')]""")
        assert shown == [False, True, True], shown
        page = base64.b64decode(self.browser.driver.execute_cdp_cmd('Page.printToPDF', {})['data'])
        assert page.startswith(b'%PDF') and len(page) > 5000
        self.browser.driver.execute_cdp_cmd('Emulation.setEmulatedMedia', {'media': ''})

    def test_a_high_picture_is_printed_as_a_whole_with_its_head_above(self):
        stacks = [('app;' + ';'.join(f'f{i}' for i in range(200)), 100, 0)]
        self.browser.open(self.pictures.draw('tall', stacks=stacks))
        above = """return document.querySelector('.pf-title').getBoundingClientRect().top -
            document.documentElement.getBoundingClientRect().top"""
        assert self.browser.run(above) > 1000, 'on the screen the head is where the root is'
        command = self.browser.driver.execute_cdp_cmd
        command('Emulation.setEmulatedMedia', {'media': 'print'})
        assert 0 <= self.browser.run(above) < 30, self.browser.run(above)
        page = base64.b64decode(command('Page.printToPDF', {})['data'])
        assert len(re.findall(rb'/Type */Page\b', page)) == 1
        command('Emulation.setEmulatedMedia', {'media': ''})


main(Embedding, sys.argv[1:])
