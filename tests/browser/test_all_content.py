"""All content of the course, page by page in both languages: nothing broken, nothing sticks out.

At 320 pixels each page is looked at in both languages; axe takes each page once, one half in
Chinese and light, the other in English and dark, and the next kind of page the other way round.
"""

import gzip
import re
from collections import defaultdict

import pytest

from tests.browser.test_every_page import STICKS_OUT, axe
from tests.browser.visiting import NARROW

pytestmark = pytest.mark.browser

SCHEMES = {"zh-hans": ("zh-CN", "light"), "en": ("en-US", "dark")}
HEAVIEST = 13_000  # bytes of a lesson's HTML as sent
# What a text would show if a directive, a variable or a mark were left as it was written.
LEFT_OVER = re.compile(r":::|\*\*|\{own\}|\{\{|\}\}|%\(\w+\)s|\]\(/")
BROKEN = """() => [
  ...[...document.images].filter((one) => one.complete && !one.naturalWidth)
    .map((one) => `image ${one.src}`),
  ...[...document.querySelectorAll("use")]
    .filter((one) => !one.getAttribute("href")).map(() => "an icon without a name"),
  ...[...document.querySelectorAll("a[href^='#']")]
    .filter((one) => one.hash.length > 1 && !document.getElementById(one.hash.slice(1)))
    .map((one) => `a link to nothing: ${one.hash}`),
]"""
LINKS = """() => [...document.querySelectorAll("main a[href^='/']")]
  .map((one) => one.getAttribute("href").split(/[?#]/)[0])"""


@pytest.fixture(scope="module")
def found(long_visit, clerk):
    """What is wrong: by what was looked at, address and language."""
    wrong, links = defaultdict(dict), set()
    everything = clerk.ask("content_addresses")
    for number, (language, (locale, scheme)) in enumerate(SCHEMES.items()):
        person = clerk.ask("make_one", role="instructor", language=language)
        me = long_visit(person, language=locale, motion="reduce", scheme=scheme)
        page = me.page(width=NARROW)
        for kind, addresses in everything.items():
            for place, address in enumerate(addresses):
                name = f"{address} {language}"
                response = me.go(page, address)
                if response.status != 200:
                    wrong["status"][name] = response.status
                    continue
                if faults := page.evaluate(STICKS_OUT):
                    wrong["narrow"][name] = faults
                if faults := page.evaluate(BROKEN):
                    wrong["broken"][name] = faults
                if faults := LEFT_OVER.findall(page.locator("main").inner_text()):
                    wrong["left over"][name] = faults
                heavy = len(gzip.compress(response.body(), 6))
                if kind == "lessons" and heavy > HEAVIEST:
                    wrong["heavy"][name] = heavy
                links.update(page.evaluate(LINKS))
                if place % 2 == number and (faults := axe(page)):
                    wrong["axe"][name] = faults[:5]
        for link in sorted(links):
            if me.context.request.get(f"{me.url}{link}").status >= 400:
                wrong["dead links"][f"{link} {language}"] = True
        links.clear()
        page.close()
        assert me.unexpected() == []
    wrong["seen"] = {kind: len(addresses) for kind, addresses in everything.items()}
    return wrong


def test_every_page_of_the_content_is_there(found):
    print(found["seen"])
    assert found["status"] == {}
    assert all(found["seen"].values())


def test_no_content_scrolls_sideways_at_320(found):
    assert found["narrow"] == {}


def test_nothing_in_the_content_is_broken(found):
    assert found["broken"] == {}
    assert found["left over"] == {}
    assert found["dead links"] == {}


def test_no_lesson_is_heavy(found):
    assert found["heavy"] == {}


def test_axe_finds_nothing_in_the_content(found):
    assert found["axe"] == {}
