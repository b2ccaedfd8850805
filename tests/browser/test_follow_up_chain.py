"""The chain of follow-ups as people see it, from the baseline to day thirty.

With SCREENSHOTS=folder every page is written there, on a phone and a desk, in both languages.
"""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.visiting import DESK, PHONE

pytestmark = pytest.mark.browser

COURSE, UNIT = "mot-core", "diagnose"
LOOKS = [("zh-CN", "zh-hans", PHONE), ("en-US", "en", DESK)]
FOLDER = os.environ.get("SCREENSHOTS")
if FOLDER:
    LOOKS += [("en-US", "en", PHONE), ("zh-CN", "zh-hans", DESK)]
NOTE = {
    "zh-hans": "她说“还行”。我问了半句：“哪一样最费事？”她说等电梯等了一刻钟。",
    "en": "She said it was all right. I asked what had been tiring: the lift.",
}

REPLY = {
    "zh-hans": "您问出了那半句。电梯的事，明天早会上提一提？",
    "en": "You heard the half sentence. Will you raise the lift at the morning meeting?",
}


class Chain:
    """The three people at their devices, and the pictures of what they see."""

    def __init__(self, clerk, visit, locale, language, viewport):
        self.clerk, self.language = clerk, language
        self.made = clerk.ask("begin_chain", language=language, course=COURSE)
        self.everybody = [self.made[one]["pk"] for one in ("trainee", "manager", "instructor")]
        self.visits = {
            one: visit(self.made[one], language=locale, viewport=viewport)
            for one in ("trainee", "manager", "instructor")
        }
        self.pages = {one: me.page() for one, me in self.visits.items()}
        self.name, self.number = f"{language[:2]}-{viewport['width']}", 0

    def see(self, who, name, address=""):
        """Go there if an address is given, take a picture; the page."""
        page = self.pages[who]
        if address:
            assert self.visits[who].go(page, address).ok, address
        self.number += 1
        if FOLDER:
            Path(FOLDER).mkdir(parents=True, exist_ok=True)
            path = Path(FOLDER) / f"{self.name}-{self.number:02}-{name}.png"
            page.screenshot(path=path, full_page=True)
        return page

    def pass_days(self, days):
        self.clerk.ask("days_pass", people=self.everybody, days=days)


@pytest.mark.parametrize(("locale", "language", "viewport"), LOOKS)
def test_the_chain_of_follow_ups(visit, clerk, locale, language, viewport):
    chain = Chain(clerk, visit, locale, language, viewport)
    username = chain.made["trainee"]["username"]
    chain.see("trainee", "today", "/")
    chain.see("trainee", "inbox", "/inbox/")
    baseline(chain, ("seen", "not_seen"))
    clerk.ask("finish_unit_and_course", username=username, unit=UNIT, course=COURSE)
    chain.see("trainee", "what-comes", "/follow-ups/")
    chain.pass_days(2)
    recall(chain, username)
    line(chain, None)
    chain.pass_days(5)
    line(chain, "yes")
    chain.pass_days(7)
    note(chain, NOTE[language])
    chain.pass_days(16)
    chain.see("trainee", "day-thirty", "/")
    baseline(chain, ("seen", "seen"))
    chain.see("trainee", "calendar", "/me/calendar/")
    nudge(chain, username)
    assert_mail(chain, username)


def follow_up_of(chain, who, kind):
    """The address of the person's follow-up of that kind that is to be done now."""
    page = chain.see(who, f"list-{kind}", "/follow-ups/")
    found = page.locator("section[aria-labelledby=now] a").evaluate_all(
        "all => all.map((one) => [one.getAttribute('href'), one.closest('li, article')"
        ".querySelector('use').getAttribute('href').split('#')[1]])"
    )
    icons = {"observation": "eye", "recall": "retry", "line": "task", "note": "note",
             "retention": "quiz", "nudge": "edit"}  # fmt: skip
    return next(href for href, icon in found if icon == icons[kind])


def baseline(chain, words):
    for who in ("manager", "trainee"):
        page = chain.see(who, "observe", follow_up_of(chain, who, "observation"))
        for encounter, word in enumerate(words, start=1):
            for one in page.locator(f"input[name$='-{encounter}'][value={word}]").all():
                one.check()
        page.locator("[name=finish]").click()
        page.wait_for_url("**/observations/**")
        expect(page.locator("table.beside")).to_be_visible()
        chain.see(who, "side-by-side")


def recall(chain, username):
    page = chain.see("trainee", "recall", follow_up_of(chain, "trainee", "recall"))
    page.locator("main form button").click()
    page.wait_for_url(re.compile(r"/quizzes/attempts/\d+/"))
    chain.see("trainee", "recall-question")
    attempt = chain.clerk.ask("finish_recall", username=username)
    chain.see("trainee", "recall-result", f"/quizzes/attempts/{attempt}/")


def line(chain, kept):
    page = chain.see("trainee", "line", follow_up_of(chain, "trainee", "line"))
    expect(page.locator(".if-then")).to_be_visible()
    page.locator(f"[name=kept][value={kept}]" if kept else ".dock button").click()
    expect(page.locator(".notice.good")).to_be_visible()
    chain.see("trainee", "line-done")


def note(chain, text):
    page = chain.see("trainee", "note", follow_up_of(chain, "trainee", "note"))
    page.locator("[name=met][value=yes]").check()
    page.locator("[name=steps][value=diagnose]").check()
    page.locator("[name=text]").fill(text)
    chain.see("trainee", "note-filled")
    page.locator(".dock button").last.click()
    expect(page.locator("main")).to_contain_text(text)
    theirs = chain.see("instructor", "notes", "/field-notes/")
    theirs.locator("a[href^='/field-notes/']").first.click()
    theirs.locator("[name=text]").fill(REPLY[chain.language])
    chain.see("instructor", "note-answering")
    theirs.locator("main form button").last.click()
    theirs.wait_for_url("**/field-notes/")
    chain.clerk.ask("a_minute_passes")
    page.reload()
    expect(page.locator(".answer")).to_be_visible()
    chain.see("trainee", "note-answered")
    chain.see("trainee", "inbox", "/inbox/")


def nudge(chain, username):
    made = chain.clerk.ask("hand_in_own_case", username=username)
    teacher = chain.made["instructor"]["username"]
    chain.clerk.ask("judge", write_up=made["pk"], instructor=teacher, outcome="returned")
    chain.clerk.ask("a_minute_passes")
    chain.pass_days(3)
    page = chain.see("trainee", "nudge", follow_up_of(chain, "trainee", "nudge"))
    assert f"/cases/mine/{made['pk']}/" in page.url
    told = f"/assignments/{chain.made['assignment']}/people/{username}/"
    chain.see("instructor", "who-got-what", told)


def assert_mail(chain, username):
    """The mail as a mail program shows it."""
    page = chain.pages["trainee"]
    page.goto("about:blank")
    page.set_content(chain.clerk.ask("newest_mail", username=username))
    assert page.locator(".button a").count() == 1
    chain.see("trainee", "mail")
