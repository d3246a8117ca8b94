#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The pages of examples/, with pictures in them: test_pages.py COMMAND, the perflame command."""
import json
import os
import re
import shutil
import subprocess
import sys

from pictures import Test, main
from selenium.webdriver.common.by import By

EXAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../examples')
READY = "return document.documentElement.dataset.ready === '1'"


class Pages(Test):
    def test_the_dashboard_shows_three_that_work(self):
        for name in ('cpu', 'before', 'after'):
            self.pictures.draw(name)
        page = self.pictures.path('dashboard.html')
        shutil.copy(os.path.join(EXAMPLES, 'dashboard.html'), page)
        self.browser.open(page, wait=None)
        for frame in range(3):
            self.browser.driver.switch_to.default_content()
            self.browser.driver.switch_to.frame(frame)
            self.browser.wait(READY)
            self.browser.run('arguments[0].focus()', self.box('parse'))
            self.keys('h')
            assert self.box('parse') is None and self.box('read') is not None
        self.browser.driver.switch_to.default_content()
        assert self.browser.run('return location.hash') == ''

    def test_the_report_has_every_recording(self):
        for name in ('one', 'two<b>'):
            self.pictures.draw(name)
        folder = self.pictures.path('report')
        environment = {**os.environ, 'PERFLAME': self.pictures.command[0], 'OPTIONS': '--unit ns'}
        subprocess.run(['sh', os.path.join(EXAMPLES, 'report.sh'), folder,
                        self.pictures.path('one.folded'), self.pictures.path('two<b>.folded')],
                       env=environment, check=True, stdout=subprocess.DEVNULL)
        self.browser.open(os.path.join(folder, 'index.html'), wait=None)
        heads = [head.text for head in self.browser.driver.find_elements(By.TAG_NAME, 'h2')]
        assert heads == ['one.folded', 'two<b>.folded'], heads
        table = self.browser.driver.find_element(By.TAG_NAME, 'pre').text
        assert 'malloc' in table and 'SELF%' in table, table
        assert sorted(os.listdir(folder)) == ['1.png', '1.svg', '2.png', '2.svg', 'index.html']
        self.browser.driver.switch_to.frame(0)
        self.browser.wait(READY)

    def test_details_name_the_object(self):
        demo = os.path.join(EXAMPLES, '../data/demo')
        picture = self.pictures.path('demo.svg')
        subprocess.run([self.pictures.command[0], '-q', '--symfs', demo + '/root',
                        '--kallsyms', demo + '/kallsyms', '-o', picture, demo + '/perf.data'],
                       check=True)
        self.browser.open(picture)
        self.browser.run("""[...document.querySelectorAll('[role=treeitem]')].find(
            e => e.getAttribute('aria-label').startsWith('index_text')).focus()""")
        details = self.text('.pf-details')
        assert re.fullmatch(r'index_text1\.\d+ s \u00b7 .*\u00b7 self .* \u00b7 demo', details), details

    def test_the_panel_is_one(self):
        with open(os.path.join(EXAMPLES, 'grafana-panel.json'), encoding='utf-8') as file:
            panel = json.load(file)
        assert panel['type'] == 'text' and panel['options']['mode'] == 'html'
        self.pictures.draw('cpu')
        content = panel['options']['content'].replace('https://profiles.example/', '')
        page = self.pictures.page('grafana', f'<div style="height:400px">{content}</div>')
        self.browser.open(page, wait=None)
        self.browser.driver.switch_to.frame(0)
        self.browser.wait(READY)


main(Pages, sys.argv[1:])
