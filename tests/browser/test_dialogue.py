"""Rehearsing a conversation twice: another way from the moment that decided; both runs stay."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
CASE = "dialogue-late-check-in"


def test_a_conversation_is_played_twice_and_both_runs_are_kept(enter, clerk):
    me, hand = enter()
    page, case = hand.page, clerk.ask("case_of", slug=CASE)
    me.go(page, case["address"])
    hand.press(page.locator(".dock form button"))
    page.wait_for_url("**/attempts/**")
    attempt = int(page.url.split("/attempts/")[1].split("/")[0])
    ways = clerk.ask("two_runs", attempt=attempt, position=1)
    first, second = ways["tokens"]
    part = page.locator("#q1 .dialogue")

    say(hand, part, first)
    expect(part.locator(".ending")).to_be_focused()
    expect(part.locator(".turn.decisive")).to_have_count(1)
    assert part.locator(".turn").count() == len(first)

    hand.press(part.locator(".turn.decisive button[name=back]"))
    expect(part.locator("[data-now]")).to_be_focused()
    expect(part.locator(".replies")).to_be_visible()
    assert part.locator(".line.us").count() == ways["at"]
    say(hand, part, second[ways["at"] :])
    expect(part.locator(".ending")).to_be_focused()
    expect(part.locator(".compared .runs > li")).to_have_count(2)

    assert clerk.ask("answers", attempt=attempt)[0]["response"] == {"runs": ways["ids"]}
    page.reload()
    expect(part.locator(".compared .runs > li")).to_have_count(2)
    expect(part.locator("details.earlier")).to_have_count(1)


def say(hand, part, tokens):
    """Choose replies one after the other; each answer of the customer gets the focus."""
    for n, token in enumerate(tokens, start=1):
        reply = part.locator(f".reply[value$='.{token}']")
        hand.press(reply)
        reply.wait_for(state="detached")
        if n < len(tokens):
            expect(part.locator("[data-now]")).to_be_focused()


def test_a_turn_that_does_not_arrive_is_told_and_can_be_taken_again(visit, clerk):
    me = visit()
    me.expect("ERR_FAILED")
    attempt = clerk.ask("start", username=me.username, quiz=clerk.ask("case_of", slug=CASE)["quiz"])
    page = me.page(f"/quizzes/attempts/{attempt}/")
    reply = page.locator("#q1 .reply").first

    page.route("**/turn/", lambda route: route.abort())
    reply.tap()
    expect(page.locator("#q1 [data-trouble]")).to_be_visible()
    expect(reply).to_be_focused()
    assert clerk.ask("answers", attempt=attempt)[0]["response"] is None
    page.unroute("**/turn/")
    reply.tap()
    expect(page.locator("#q1 .line.us")).to_have_count(1)

    assert len(clerk.ask("answers", attempt=attempt)[0]["response"]["runs"][0]) == 1


def test_two_taps_on_two_replies_are_one_turn(visit, clerk):
    me = visit()
    attempt = clerk.ask("start", username=me.username, quiz=clerk.ask("case_of", slug=CASE)["quiz"])
    page = me.page(f"/quizzes/attempts/{attempt}/")

    page.evaluate("document.querySelectorAll('#q1 .reply').forEach((one) => one.click())")
    expect(page.locator("#q1 .line.us")).to_have_count(1)

    assert len(clerk.ask("answers", attempt=attempt)[0]["response"]["runs"][0]) == 1


def test_an_older_page_is_shown_where_the_conversation_stands(visit, clerk):
    me = visit()
    me.expect("status of 409")
    attempt = clerk.ask("start", username=me.username, quiz=clerk.ask("case_of", slug=CASE)["quiz"])
    older, newer = (me.page(f"/quizzes/attempts/{attempt}/") for _ in range(2))

    newer.locator("#q1 .reply").first.tap()
    expect(newer.locator("#q1 .line.us")).to_have_count(1)
    older.locator("#q1 .reply").last.tap()

    expect(older.locator("#q1 .error:visible")).to_have_count(1)
    expect(older.locator("#q1 .line.us")).to_have_count(1)
    assert len(clerk.ask("answers", attempt=attempt)[0]["response"]["runs"][0]) == 1
