"""What is shown as saved is saved; what is not yet saved is kept, tried again, and told."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.visiting import save_state, unsent, wait_until_unsent

pytestmark = pytest.mark.browser

ANSWERS = "**/answers/*/"
NO_LINE = ["ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "ERR_CONNECTION"]


@pytest.fixture
def attempt(visit, clerk, places):
    """A visit with an open pre-test: the visit, its page and the attempt's id."""

    def begin(me=None):
        me = me or visit()
        number = clerk.ask("start", username=me.username, quiz=places["pre"])
        return me, me.page(f"/quizzes/attempts/{number}/"), number

    return begin


def say(page, position, value):
    """Answer a statement, whichever question is on the screen."""
    page.locator(f"#q{position} [name=a{position}-answer][value={value}]").check(force=True)


def given(clerk, attempt, position=1):
    return clerk.ask("answers", attempt=attempt)[position - 1]["response"]


def test_an_answer_is_saved_when_it_is_given_and_kept_nowhere_else(attempt, clerk):
    me, page, number = attempt()

    say(page, 1, "true")
    save_state(page, "saved")

    assert given(clerk, number) == {"answer": True}
    assert unsent(page) == {}
    assert len(me.posts) == 1


def test_of_many_quick_changes_the_last_one_is_saved(attempt, clerk):
    _, page, number = attempt()

    for value in ["true", "false"] * 5 + ["true"]:
        say(page, 1, value)
    save_state(page, "saved")

    assert given(clerk, number) == {"answer": True}


def test_offline_answers_wait_on_the_device_and_are_sent_when_the_line_is_back(attempt, clerk):
    me, page, number = attempt()
    me.expect(*NO_LINE)

    me.context.set_offline(True)
    save_state(page, "offline")
    say(page, 1, "true")
    page.locator("#next").click()
    say(page, 2, "false")
    wait_until_unsent(page, 2)
    save_state(page, "offline")
    assert {key.split(":")[1] for key in unsent(page)} == {str(me.pk)}
    assert given(clerk, number) is None

    me.context.set_offline(False)
    save_state(page, "saved")
    assert unsent(page) == {}
    assert [given(clerk, number, n) for n in (1, 2)] == [{"answer": True}, {"answer": False}]


@pytest.mark.parametrize("trouble", ["abort", "503", "500"])
def test_a_server_in_trouble_is_asked_again_until_it_takes_the_answer(attempt, clerk, trouble):
    me, page, number = attempt()
    me.expect(*NO_LINE, "status of 50", "^50[03]: POST .*/answers/")
    refused = []

    def refuse(route):
        refused.append(route.request.url)
        route.abort() if trouble == "abort" else route.fulfill(status=int(trouble), body="busy")

    page.route(ANSWERS, refuse)
    say(page, 1, "true")
    save_state(page, "retry")
    assert len(unsent(page)) == 1
    page.unroute(ANSWERS)

    save_state(page, "saved")
    assert refused
    assert unsent(page) == {}
    assert given(clerk, number) == {"answer": True}


def test_a_reply_that_is_lost_on_the_way_is_no_trouble(attempt, clerk):
    me, page, number = attempt()
    me.expect(*NO_LINE)
    stored = []

    def lose(route):
        stored.append(route.fetch().status)
        route.abort()

    page.route(ANSWERS, lose, times=1)
    say(page, 1, "true")
    save_state(page, "retry")
    save_state(page, "saved")

    assert stored == [200]
    assert given(clerk, number) == {"answer": True}


def test_a_server_that_never_answers_is_given_up_after_ten_seconds(attempt, clerk):
    me, page, number = attempt()
    me.expect(*NO_LINE)
    page.clock.install()
    page.reload()
    waiting = []
    page.route(ANSWERS, lambda route: waiting.append(route), times=1)

    say(page, 1, "true")
    page.clock.run_for(100)
    save_state(page, "saving")
    page.clock.run_for(10_000)
    save_state(page, "retry")
    page.clock.run_for(1_100)
    save_state(page, "saved")
    waiting[0].abort()

    assert len(waiting) == 1
    assert given(clerk, number) == {"answer": True}


def test_a_page_loaded_again_shows_and_sends_what_waited(attempt, clerk):
    me, page, number = attempt()
    me.expect(*NO_LINE)
    page.route(ANSWERS, lambda route: route.abort())
    say(page, 1, "false")
    save_state(page, "retry")
    # The page dies at once: a last request while it is left slips past the closed line at times.
    page.evaluate("() => { window.fetch = () => new Promise(() => {}); }")

    page.reload()
    expect(page.locator("[name=a1-answer][value=false]")).to_be_checked()
    assert len(unsent(page)) == 1
    assert given(clerk, number) is None
    page.unroute(ANSWERS)

    save_state(page, "saved")
    assert unsent(page) == {}
    assert given(clerk, number) == {"answer": False}


def test_what_waited_never_beats_an_answer_given_later_elsewhere(visit, attempt, clerk):
    me, page, number = attempt()
    me.expect(*NO_LINE, "status of 409")
    page.route(ANSWERS, lambda route: route.abort())
    say(page, 1, "false")
    save_state(page, "retry")

    there = visit(person={"username": me.username, "key": session(clerk, me)})
    other = there.page(f"/quizzes/attempts/{number}/")
    say(other, 1, "true")
    save_state(other, "saved")
    page.unroute(ANSWERS)
    save_state(page, "newer")

    expect(page.locator("[name=a1-answer][value=true]")).to_be_checked()
    assert given(clerk, number) == {"answer": True}
    assert unsent(page) == {}


def test_an_older_page_is_told_and_shows_the_newer_answer(visit, attempt, clerk):
    me, page, number = attempt()
    me.expect("status of 409")
    there = visit(person={"username": me.username, "key": session(clerk, me)})
    other = there.page(f"/quizzes/attempts/{number}/")
    say(other, 1, "true")
    other.locator("[name=a1-confidence][value=guess]").check()
    save_state(other, "saved")

    say(page, 1, "false")
    save_state(page, "newer")

    expect(page.locator("[name=a1-answer][value=true]")).to_be_checked()
    expect(page.locator("[name=a1-confidence][value=guess]")).to_be_checked()
    assert given(clerk, number) == {"answer": True}


def test_a_page_whose_attempt_was_submitted_elsewhere_says_so_and_leads_to_the_result(
    attempt, clerk, places
):
    me, page, number = attempt()
    me.expect("status of 409")
    clerk.ask("take", username=me.username, quiz=places["pre"], right=False)

    say(page, 1, "true")
    save_state(page, "closed")
    assert unsent(page) == {}
    page.locator("#save a").click()

    expect(page.locator(".score")).to_be_visible()
    assert given(clerk, number) is None


def test_what_waits_on_the_device_names_nobody(attempt):
    me, page, number = attempt()
    me.expect(*NO_LINE)
    page.route(ANSWERS, lambda route: route.abort())

    say(page, 1, "true")
    save_state(page, "retry")

    ((key, value),) = unsent(page).items()
    assert key == f"mot-unsent:{me.pk}:{number}:1"
    assert set(json.loads(value)) == {"fields", "ticket", "n"}
    assert me.username not in json.dumps(page.evaluate("({...localStorage, ...sessionStorage})"))


def session(clerk, me):
    return clerk.ask("make_session", username=me.username)
