# SPDX-License-Identifier: MIT
"""Draws small pictures and uses them in a browser: what the test scripts of this folder share."""
import os
import subprocess
import tempfile
import xml.etree.ElementTree as ElementTree

from browser import Browser, case, run
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

NS = '{http://www.w3.org/2000/svg}'
MS = 1000000
STACKS = [
    ('app;main;parse;malloc', 100, 5),
    ('app;main;parse;read_[k]', 200, 0),
    ('app;main;parse', 50, 0),
    ('app;main;work;malloc;sysmalloc', 150, 95),
    ('app;main;work;malloc', 100, 0),
    ('app;main;work;inner_[i]', 300, 0),
    ('other;idle', 100, 0),
]


class Pictures:
    """Draws into a folder of its own."""

    def __init__(self, command, second):
        self.command, self.second = command, second
        self.folder = tempfile.TemporaryDirectory(prefix='perflame-picture-')

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def draw(self, name, *options, stacks=STACKS, second=False):
        folded = self.path(name + '.folded')
        with open(folded, 'w', encoding='utf-8') as file:
            for stack, weight, other in stacks:
                more = f'\t{other}' if second else ''
                file.write(f'{stack}{more} {weight * MS}\n')
        output = self.path(name + '.svg')
        subprocess.run([*self.command, '-q', '--unit=ns', *options, '-o', output, folded], check=True)
        return output

    def page(self, name, body):
        path = self.path(name + '.html')
        with open(path, 'w', encoding='utf-8') as file:
            file.write('<!DOCTYPE html><meta charset="utf-8"><title>host</title>' + body)
        return path


def inline(path):
    with open(path, encoding='utf-8') as file:
        return file.read().split('?>', 1)[1]


def script_of(path):
    scripts = ElementTree.parse(path).getroot().findall(NS + 'script')
    return next(script.text for script in scripts if not script.get('type'))


BOX = """
const [name, which] = arguments;
const root = document.querySelectorAll('svg.perflame')[which || 0];
return [...root.querySelectorAll('[role=treeitem]')].find(
    e => e.getAttribute('aria-label').startsWith(name + ','))"""
DRAWN = """
const root = document.querySelectorAll('svg.perflame')[arguments[0] || 0];
return [root.querySelector('.pf-wide').innerHTML, root.querySelector('.pf-narrow').innerHTML]"""


class Test:
    def __init__(self, browser, pictures):
        self.browser, self.pictures = browser, pictures

    def box(self, name, which=0):
        return self.browser.run(BOX, name, which)

    def rect(self, name, which=0):
        return self.browser.run("""return (b => b && ['x', 'y', 'width'].map(
            k => Number(b.querySelector('rect').getAttribute(k))))(
            (function () {""" + BOX + """})(...arguments))""", name, which)

    def click(self, name, which=0):
        rect = self.box(name, which).find_element(By.CSS_SELECTOR, 'rect')
        ActionChains(self.browser.driver).move_to_element(rect).click().perform()

    def part(self, selector, which=0):
        root = self.browser.driver.find_elements(By.CSS_SELECTOR, 'svg.perflame')[which]
        return root.find_element(By.CSS_SELECTOR, selector)

    def button(self, text):
        """A button of the menu or the table, by the beginning of its text."""
        return next(button for button in self.browser.driver.find_elements(
            By.CSS_SELECTOR, '.pf-panel button, .pf-list button') if button.text.startswith(text))

    def text(self, selector, which=0):
        return self.browser.run('return arguments[0].textContent', self.part(selector, which))

    def drawn(self, which=0):
        return self.browser.run(DRAWN, which)

    def keys(self, *keys):
        actions = ActionChains(self.browser.driver)
        for key in keys:
            actions.send_keys(key)
        actions.perform()

    def control(self, key):
        ActionChains(self.browser.driver).key_down(Keys.CONTROL).send_keys(key) \
            .key_up(Keys.CONTROL).perform()

    def type(self, text):
        """Into the search box, which the slash opens also where nothing has the focus yet."""
        if self.browser.run("return document.activeElement !== document.querySelector('input')"):
            self.keys('/')
        self.keys(text)

    def focused(self):
        return self.browser.run(
            "return (document.activeElement.getAttribute('aria-label') || '').split(',')[0]")


def make_case(test, method):
    """One method as a case of its own: afterwards nothing may stand in the console."""
    def run_one():
        test.allowed = None
        getattr(test, method)()
        complaints = [complaint for complaint in test.browser.complaints()
                      if not (test.allowed and test.allowed in complaint)]
        assert not complaints, complaints
        assert not test.browser.requests(), 'something was asked of the network'
    run_one.__name__ = method.removeprefix('test_')
    return case(run_one)


def main(tests, arguments):
    """Runs every method test_... of a class that is a Test."""
    second = '--second-column' in arguments
    command = [argument for argument in arguments if argument != '--second-column']
    browser = Browser()
    test = tests(browser, Pictures(command, second))
    for method in sorted(name for name in dir(tests) if name.startswith('test_')):
        make_case(test, method)
    try:
        run()
    finally:
        browser.close()
