# SPDX-License-Identifier: MIT
"""A headless Chromium for the tests: a new profile each time, nothing of the network."""
import json
import os
import socket
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from tap import Skip, case, run, skip_all  # noqa: E402,F401

try:
    from selenium import webdriver
    from selenium.common.exceptions import WebDriverException
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service
except ImportError:
    skip_all('python3-selenium is missing')

ARGUMENTS = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage',
             '--disable-background-networking', '--disable-component-update',
             '--disable-default-apps', '--disable-sync', '--no-first-run', '--window-size=1300,900',
             '--host-resolver-rules=MAP * ~NOTFOUND']


class Browser:
    def __init__(self):
        self.profile = tempfile.TemporaryDirectory(prefix='perflame-browser-')
        options = Options()
        for argument in ARGUMENTS + ['--user-data-dir=' + self.profile.name]:
            options.add_argument(argument)
        options.set_capability('goog:loggingPrefs', {'browser': 'ALL', 'performance': 'ALL'})
        try:
            socket.getaddrinfo('localhost', 0)  # chromedriver speaks to Chromium by that name
        except socket.gaierror:
            skip_all('localhost has no address here: /etc/hosts does not name it')
        try:
            self.driver = webdriver.Chrome(service=Service('/usr/bin/chromedriver'),
                                           options=options)
        except (WebDriverException, OSError) as error:
            self.profile.cleanup()
            skip_all('no chromium-driver that works: ' + str(error).splitlines()[0])

    def close(self):
        self.driver.quit()
        self.profile.cleanup()

    def open(self, path, wait='svg', fragment=''):
        """Opens a file and waits until every picture in it says that it is ready."""
        self.driver.get('about:blank')
        self.driver.get('file://' + path + fragment)
        if wait:
            self.wait("const all = [...document.querySelectorAll('svg.perflame')];"
                      "return all.length && all.every(e => e.dataset.ready === '1')")

    def wait(self, condition):
        self.until(lambda: self.driver.execute_script(condition), condition)

    def until(self, holds, what, seconds=10):
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, f'still not: {what}'
            time.sleep(0.02)

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def complaints(self):
        """What stands in the console."""
        return [entry['message'] for entry in self.driver.get_log('browser')]

    def requests(self):
        """Addresses asked for that are not files."""
        found = []
        for entry in self.driver.get_log('performance'):
            message = json.loads(entry['message'])['message']
            if message['method'] == 'Network.requestWillBeSent':
                url = message['params']['request']['url']
                if not url.startswith(('file:', 'about:', 'data:', 'blob:', 'chrome')):
                    found.append(url)
        return found
