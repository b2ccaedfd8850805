"""The site and the browser for all browser tests, and a person's visit for each of them.

Chromium is what `make test` found (CHROMIUM), else the one of Debian. Not for xdist: each worker
would start a site of its own.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from tests.browser.hands import HANDS, Keys, Touch
from tests.browser.running_site import Clerk, Site
from tests.browser.visiting import PATIENCE, PHONE, Visit

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--use-fake-device-for-media-stream",  # a microphone that beeps; a visit allows it, or not
]  # fmt: skip
FALLBACK = "/usr/bin/chromium"

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    running = Site(tmp_path_factory.mktemp("site"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def clerk(site: Site) -> Clerk:
    return site.clerk


@pytest.fixture(scope="session")
def places(clerk: Clerk) -> dict:
    """Where the course's pages are."""
    return clerk.ask("addresses")


@pytest.fixture(scope="session")
def _playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(_playwright: Playwright) -> Iterator[Browser]:
    program = os.environ.get("CHROMIUM") or FALLBACK
    if shutil.which(program) is None:
        pytest.skip(f"there is no browser at {program}; set CHROMIUM")
    browser = _playwright.chromium.launch(executable_path=program, args=FLAGS)
    yield browser
    browser.close()


Begin = Callable[..., Visit]


@contextmanager
def _visits(site: Site, chromium: Browser) -> Iterator[Begin]:
    begun: list[Visit] = []

    def begin(
        person: dict | bool = True,
        *,
        language: str = "zh-CN",
        viewport: dict | None = None,
        javascript: bool = True,
        scheme: str = "light",
        motion: str = "no-preference",
    ) -> Visit:
        context = chromium.new_context(
            locale=language,
            viewport=viewport or PHONE,
            has_touch=viewport is None,
            java_script_enabled=javascript,
            color_scheme=scheme,
            reduced_motion=motion,
            timezone_id="Asia/Shanghai",
        )
        one = Visit(context, site.url)
        begun.append(one)
        one.watch()
        if person is True:
            person = site.clerk.ask("make_trainee")
        if person:
            one.username, one.pk = person["username"], person.get("pk", 0)
            one.sign_in(person["key"])
        return one

    yield begin
    for one in begun:
        one.context.close()
    assert [text for one in begun for text in one.unexpected()] == []


@pytest.fixture
def visit(site: Site, chromium: Browser) -> Iterator[Begin]:
    """A function that gives a signed-in visit: of a fresh trainee, of `person`, or of nobody.

    At the end of the test nothing may have gone wrong in any visit but what it expected.
    """
    with _visits(site, chromium) as begin:
        yield begin


Enter = Callable[..., tuple[Visit, Keys | Touch]]


@pytest.fixture(params=HANDS)
def enter(request: pytest.FixtureRequest, visit: Begin) -> Enter:
    """A function that gives a visit and a hand for it: keys alone on a desk, touch on a phone."""
    hand = HANDS[request.param]

    def begin(person: dict | bool = True, **words: str) -> tuple[Visit, Keys | Touch]:
        me = visit(person, viewport=hand.viewport, **words)
        return me, hand(me.page())

    return begin


@pytest.fixture(scope="module")
def long_visit(site: Site, chromium: Browser) -> Iterator[Begin]:
    """The same for a visit that several tests ask about."""
    with _visits(site, chromium) as begin:
        yield begin
