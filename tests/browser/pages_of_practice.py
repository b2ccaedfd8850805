"""Exercises with feedback after each, and cases of one's own, in every state."""

from collections.abc import Iterator

from playwright.sync_api import Page, expect

from tests.browser.pages import OPEN_ALL
from tests.browser.taking import fill_in, talk
from tests.browser.visiting import Visit, settled

Pages = Iterator[tuple[str, Page]]


def pages_of_practice(me: Visit, clerk) -> Pages:
    """What a trainee sees who works through exercises of a case."""
    me.expect("status of 40[049]", "status of 422")
    me.context.grant_permissions(["microphone"])
    page = me.page()
    yield from _moments(me, page, clerk)
    yield from _rewrite(me, page, clerk)
    yield from _dialogue(me, page, clerk)
    yield from _voice(me, page, clerk)
    yield from _others(me, page, clerk)
    page.close()


def _open(me: Visit, page: Page, clerk, kind: str) -> tuple[int, dict]:
    attempt = clerk.ask("start_with", username=me.username, kind=kind)
    me.go(page, f"/quizzes/attempts/{attempt}/")
    return attempt, clerk.ask("right_fields", attempt=attempt)[0]


def _check(page: Page) -> None:
    settled(page)
    page.locator("#q1 [data-check]").click()
    expect(page.locator("#q1 .verdict")).to_be_visible()
    page.evaluate(OPEN_ALL)


def _moments(me: Visit, page: Page, clerk) -> Pages:
    yield from _case(me, page, clerk, "case, locked", "itinerary-call")
    quiz = clerk.ask("case_of", slug="itinerary-call")["quiz"]
    attempt = clerk.ask("start", username=me.username, quiz=quiz)
    me.go(page, f"/quizzes/attempts/{attempt}/")
    fields = clerk.ask("right_fields", attempt=attempt)
    piece = page.locator("#q1 .line.us .piece").nth(2)
    piece.click()
    yield "moments, sheet open", page
    page.locator("#q1 dialog [data-polarity=bad]").click()
    page.locator("#q1 dialog [data-why]").fill("他没有听。")
    yield "moments, sheet with steps", page
    page.locator("#q1 dialog [data-done]").click()
    fill_in(page.locator("#q1"), fields[0])
    yield "moments, marked", page
    _check(page)
    yield "moments, revealed", page
    only = page.locator("#q1 .only input")
    if only.count():
        only.check(force=True)
        yield "moments, only what was missed", page
    for number in range(2, len(fields) + 1):
        page.locator("#next").click()
        expect(page.locator(f"#q{number}")).to_be_visible()
    page.locator("#next").click()
    yield "exercises, looked over", page
    page.locator("#submit").click()
    page.wait_for_selector(".score")
    page.evaluate(OPEN_ALL)
    yield "result of a case", page
    yield from _case(me, page, clerk, "case, both tellings", "itinerary-call")


def _case(me: Visit, page: Page, clerk, name: str, slug: str) -> Pages:
    me.go(page, f"/cases/{slug}/")
    page.evaluate(OPEN_ALL)
    yield name, page


def _rewrite(me: Visit, page: Page, clerk) -> Pages:
    _, fields = _open(me, page, clerk, "rewrite")
    page.locator("#q1 [data-check]").click()
    expect(page.locator("#q1 .error").first).to_be_visible()
    yield "rewrite, refused", page
    fill_in(page.locator("#q1"), fields)
    yield "rewrite, written", page
    _check(page)
    yield "rewrite, beside the experts", page


def _dialogue(me: Visit, page: Page, clerk) -> Pages:
    attempt, _ = _open(me, page, clerk, "dialogue")
    runs = clerk.ask("two_runs", attempt=attempt, position=1)
    first, second = runs["tokens"]
    talk(page.locator("#q1"), first[0])
    yield "dialogue, midway", page
    talk(page.locator("#q1"), ".".join(first[1:]))
    expect(page.locator("#q1 .ending")).to_be_visible()
    page.evaluate(OPEN_ALL)
    yield "dialogue, debrief", page
    page.locator("#q1 .decisive button[name=back]").click()
    expect(page.locator("#q1 .replies")).to_be_visible()
    yield "dialogue, second run", page
    talk(page.locator("#q1"), ".".join(second[runs["at"] :]))
    expect(page.locator("#q1 .compared")).to_be_visible()
    page.evaluate(OPEN_ALL)
    yield "dialogue, runs side by side", page


def _voice(me: Visit, page: Page, clerk) -> Pages:
    _open(me, page, clerk, "voice")
    part = page.locator("#q1 .voice")
    yield "voice, ready", page
    part.locator("[data-record]").click()
    expect(part).to_have_attribute("data-now", "recording")
    count = part.locator("[data-count]")
    expect(count).not_to_have_text(count.inner_text())
    yield "voice, recording", page
    part.locator("[data-record]").click()
    expect(part.locator("[data-fresh]")).to_be_visible()
    yield "voice, recorded", page
    part.locator("[data-keep]").click()
    expect(part).to_have_attribute("data-now", "saved")
    page.evaluate(OPEN_ALL)
    yield "voice, kept", page
    _check(page)
    yield "voice, with a model", page
    page.locator("#q1 [data-send]").click()
    expect(page.locator("#q1 [data-sent]")).to_be_visible()
    yield "voice, sent", page
    me.context.clear_permissions()
    _open(me, page, clerk, "voice")
    part.locator("[data-record]").click()
    expect(part).to_have_attribute("data-now", "refused")
    yield "voice, refused", page


def _others(me: Visit, page: Page, clerk) -> Pages:
    for kind in ("counting", "gap", "grid", "rating", "reflection", "writing"):
        _, fields = _open(me, page, clerk, kind)
        fill_in(page.locator("#q1"), fields)
        _check(page)
        yield f"{kind}, checked", page


def pages_of_own_cases(me: Visit, clerk, instructor: dict) -> Pages:
    """A case of one's own from the first note to the library."""
    me.expect("status of 40[049]", "status of 422")
    page = me.page("/cases/mine/")
    yield "my cases, none", page
    me.go(page, "/cases/mine/new/")
    yield "new note", page
    page.locator("form.three").evaluate("one => { one.noValidate = true; }")
    page.locator("form.three .dock button").click()
    page.wait_for_selector(".error")
    yield "new note, refused", page
    note = clerk.ask("make_note", username=me.username, text="王先生，13812345678，等了很久。")
    me.go(page, f"/cases/mine/{note}/")
    page.evaluate(OPEN_ALL)
    yield "note with findings", page
    mine = clerk.ask("begin_own_case", username=me.username)["pk"]
    yield from _ladder(me, page, clerk, mine, note)
    me.go(page, f"/cases/mine/{mine}/hand-in/")
    yield "before handing in", page
    page.locator("form.dock button").click()
    page.wait_for_selector(".read-part")
    yield "handed in", page
    clerk.ask("judge", write_up=mine, instructor=instructor["username"], outcome="returned")
    me.go(page, f"/cases/mine/{mine}/")
    page.evaluate(OPEN_ALL)
    yield "returned", page
    page.locator("form.dock button").click()
    page.wait_for_selector("#writing")
    me.go(page, f"/cases/mine/{mine}/?rung=full")
    page.evaluate(OPEN_ALL)
    yield "revising", page
    page.locator("textarea[name$='-part-event']").fill("换了一种写法。")
    settled(page)
    me.go(page, f"/cases/mine/{mine}/versions/")
    yield "versions", page
    me.go(page, f"/cases/mine/{mine}/hand-in/")
    page.locator("form.dock button").click()
    page.wait_for_selector(".read-part")
    clerk.ask("judge", write_up=mine, instructor=instructor["username"], outcome="accepted")
    me.go(page, f"/cases/mine/{mine}/")
    yield "accepted, consent asked", page
    me.go(page, "/cases/mine/")
    page.evaluate(OPEN_ALL)
    yield "my cases", page
    page.close()


def _ladder(me: Visit, page: Page, clerk, mine: int, note: int) -> Pages:
    for rung in ("short", "full"):
        me.go(page, f"/cases/mine/{mine}/?rung={rung}")
        page.evaluate(OPEN_ALL)
        yield f"own case, {rung}", page
    other = me.page(f"/cases/mine/{mine}/?rung=full")
    other.locator("textarea[name$='-part-event']").fill("另一台设备上写的。")
    settled(other)
    other.close()
    page.locator("textarea[name$='-part-event']").fill("这台设备上写的。")
    expect(page.locator(".both [data-keep]")).to_be_visible()
    yield "own case, two texts", page
    page.locator(".both [data-keep]").click()
    settled(page)
    me.go(page, f"/cases/mine/{note}/")
    page.locator("form.dock button").click()
    expect(page.locator("h1")).to_be_visible()
    yield "one case at a time", page
