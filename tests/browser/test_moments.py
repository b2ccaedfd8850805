"""Marking the moments of a case: found, read, marked, checked against the experts, finished."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.visiting import DESK, settled

pytestmark = pytest.mark.browser
CASE = "itinerary-call"


def test_a_case_is_found_read_marked_checked_and_then_told_in_both_tellings(enter, clerk):
    me, hand = enter()
    page, case = hand.page, clerk.ask("case_of", slug=CASE)

    # Found by a word of either language, whichever the page speaks.
    me.go(page, "/cases/")
    for word in ("改行程", "itinerary"):
        hand.write(page.locator("#q"), word)
        hand.press(page.locator("form[role=search] button"))
        page.wait_for_url(lambda url: "q=" in url)
        found = page.locator(f"main ul.rows a[href='{case['address']}']")
        expect(found).to_be_visible()
    hand.press(found)
    page.wait_for_url(f"**{case['address']}")

    # Nothing of the experts: neither to be seen nor in the page's source.
    expect(page.locator("#locked")).to_be_visible()
    assert page.locator("details.mark, .versions").count() == 0
    assert told(page, case["secrets"] + case["better"]) == []
    hand.press(page.locator(".dock form button"))
    page.wait_for_url("**/attempts/**")
    attempt = int(page.url.split("/attempts/")[1].split("/")[0])
    assert told(page, case["secrets"]) == []

    # Marked by the sheet (or the panel in the margin); a page loaded again still shows it.
    right = clerk.ask("right_fields", attempt=attempt)[0]
    section = page.locator("#q1")
    marks = marks_in(right)
    for token, (polarity, step) in marks.items():
        hand.press(section.locator(f"[data-spot='{token}'] .piece"))
        hand.press(section.locator(f"dialog [data-polarity={polarity}]"))
        hand.press(section.locator(f"dialog [data-step={step}]"))
        hand.press(section.locator("dialog [data-done]"))
        expect(section.locator(f"[data-spot='{token}'] .piece")).to_be_focused()
    settled(page)
    stored = clerk.ask("answers", attempt=attempt)[0]["response"]["marks"]
    assert len(stored) == len(marks)
    page.reload()
    expect(section.locator(".spot.good, .spot.bad")).to_have_count(len(marks))
    assert told(page, case["secrets"]) == []

    # Checked: the experts' view folds over one's own, line by line.
    hand.press(section.locator("[data-check]"))
    expect(section.locator(".verdict")).to_be_focused()
    expect(section.locator(".verdict")).to_have_class(re.compile("good"))
    expect(section.locator(".spot.found")).to_have_count(len(marks))
    assert section.locator(".spot.found details.mark").count() == len(marks)
    mark = section.locator(".spot.found details.mark > summary").first
    if mark.locator("..").get_attribute("open") is None:
        hand.press(mark)
    expect(mark.locator("xpath=following-sibling::p").first).to_be_visible()
    assert told(page, case["secrets"])

    # On to the next exercise, and to the end; the others may stay open.
    hand.press(page.locator("#next"))
    expect(page.locator("#q2")).to_be_visible()
    while page.locator("#next").is_visible():
        hand.press(page.locator("#next"))
    hand.press(page.locator("#submit"))
    page.wait_for_selector(".score")
    assert clerk.ask("checked", attempt=attempt)[0]

    # The case now tells both tellings, side by side.
    hand.press(page.locator(".dock a.button"))
    page.wait_for_url(f"**{case['address']}")
    assert page.locator(".versions .pair-row").count() > 5
    assert page.locator("#locked").count() == 0
    assert page.locator("details.mark").count() > 5


def marks_in(fields):
    """Token to (polarity, step), in the form's names."""
    found = {}
    for name, value in fields.items():
        _, what, token = name.split("-", 2)
        found.setdefault(token, {})[what] = value
    return {token: (one["mark"], one["step"]) for token, one in found.items()}


def told(page, texts):
    """Which of the texts stand anywhere in the page's source."""
    source = page.evaluate("document.documentElement.outerHTML")
    return [text for text in texts if text in source]


def test_letters_and_digits_mark_the_line_in_focus_and_arrows_go_on(visit, clerk):
    me = visit(viewport=DESK)
    attempt = clerk.ask("start", username=me.username, quiz=clerk.ask("case_of", slug=CASE)["quiz"])
    page = me.page(f"/quizzes/attempts/{attempt}/")
    pieces = page.locator("#q1 .line.us .piece")

    pieces.nth(0).focus()
    page.keyboard.press("b")
    page.keyboard.press("2")
    page.keyboard.press("ArrowDown")
    focused = page.evaluate("document.activeElement.className")
    page.keyboard.press("g")
    page.keyboard.press("Delete")
    settled(page)

    marks = clerk.ask("answers", attempt=attempt)[0]["response"]["marks"]
    assert "piece" in focused
    assert list(marks.values()) == [{"polarity": "bad", "step": "diagnose"}]
    expect(page.locator("#q1 .spot.bad")).to_have_count(1)
    expect(page.locator("#q1 .spot.good")).to_have_count(0)


def test_escape_and_a_tap_beside_the_sheet_put_it_away_and_keep_the_mark(visit, clerk):
    me = visit()
    attempt = clerk.ask("start", username=me.username, quiz=clerk.ask("case_of", slug=CASE)["quiz"])
    page = me.page(f"/quizzes/attempts/{attempt}/")
    piece = page.locator("#q1 .line.us .piece").first
    sheet = page.locator("#q1 dialog")

    piece.tap()
    sheet.locator("[data-polarity=good]").tap()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(piece).to_be_focused()
    piece.tap()
    expect(sheet.locator("[data-polarity=good]")).to_have_attribute("aria-pressed", "true")
    page.touchscreen.tap(195, 40)
    expect(sheet).to_be_hidden()
    settled(page)

    assert len(clerk.ask("answers", attempt=attempt)[0]["response"]["marks"]) == 1
