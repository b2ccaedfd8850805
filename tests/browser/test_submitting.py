"""Submitting once, signing out in between, and what stays on a shared device."""

import pytest
from playwright.sync_api import expect

from people.demo import PASSWORD
from tests.browser.test_saving import ANSWERS, NO_LINE, given, say
from tests.browser.visiting import save_state, unsent

pytestmark = pytest.mark.browser


@pytest.fixture
def player(visit, clerk, places):
    """A visit with an open pre-test: the visit, its page and the attempt's id."""
    me = visit()
    number = clerk.ask("start", username=me.username, quiz=places["pre"])
    return me, me.page(f"/quizzes/attempts/{number}/"), number


def click_twice(page, button, address):
    """Click again while the server is still thinking about the first; how many posts it got."""
    held = []

    def hold(route):
        if route.request.method == "POST":
            held.append(route)
        else:
            route.continue_()

    page.route(address, hold)
    page.locator(button).evaluate("one => { one.click(); setTimeout(() => one.click(), 150); }")
    page.wait_for_timeout(500)
    held[-1].continue_()
    page.unroute(address)
    return len(held)


def go_to_overview(page):
    for _ in range(page.locator(".question").count()):
        page.locator("#next").click()
    expect(page.locator("#overview")).to_be_visible()


def test_a_submission_carries_what_had_not_arrived_and_clears_the_device(player, clerk):
    me, page, number = player
    me.expect(*NO_LINE)
    page.route(ANSWERS, lambda route: route.abort())
    say(page, 1, "true")
    page.locator("[name=a1-confidence][value=sure]").check()
    save_state(page, "retry")
    go_to_overview(page)

    page.locator("#submit").click()
    page.wait_for_selector(".score")

    assert unsent(page) == {}
    stored = clerk.ask("answers", attempt=number)[0]
    assert (stored["response"], stored["confidence"]) == ({"answer": True}, "sure")


def test_a_double_click_submits_once(player, clerk, places):
    me, page, _ = player
    go_to_overview(page)

    posted = click_twice(page, "#submit", "**/submit/")
    page.wait_for_selector(".score")

    assert posted == 1
    assert clerk.ask("attempts", username=me.username, quiz=places["pre"]) == [True]


def test_a_double_click_begins_one_attempt(visit, clerk, places):
    me = visit()
    page = me.page(f"/quizzes/{places['pre']}/")

    posted = click_twice(page, "main form.row button", "**/quizzes/*/")
    page.wait_for_selector(".question.now")

    assert posted == 1
    assert clerk.ask("attempts", username=me.username, quiz=places["pre"]) == [False]


def test_going_back_after_submitting_shows_the_result_and_loses_nothing(player, clerk, places):
    me, page, number = player
    say(page, 1, "true")
    save_state(page, "saved")
    go_to_overview(page)
    page.locator("#submit").click()
    page.wait_for_selector(".score")

    page.go_back()
    expect(page.locator(".score")).to_be_visible()
    page.go_forward()
    expect(page.locator(".score")).to_be_visible()

    assert given(clerk, number) == {"answer": True}
    assert clerk.ask("attempts", username=me.username, quiz=places["pre"]) == [True]


def test_leaving_and_coming_back_goes_on_at_the_first_open_question(player):
    _, page, number = player
    say(page, 1, "true")
    page.locator("[name=a1-confidence][value=sure]").check()
    page.locator("#next").click()
    say(page, 2, "true")  # without a confidence it is not finished
    save_state(page, "saved")

    page.locator(".top .back").click()
    page.locator("main form.row button").click()

    page.wait_for_selector("#q2.now")
    expect(page.locator("[name=a2-answer][value=true]")).to_be_checked()
    assert f"/attempts/{number}/" in page.url


def test_signed_out_in_between_the_answers_wait_until_one_is_in_again(visit, clerk, places):
    me = visit(
        person={"username": "trainee11", "key": clerk.ask("make_session", username="trainee11")}
    )
    me.expect("status of 401")
    number = clerk.ask("start", username=me.username, quiz=places["pre"])
    page = me.page(f"/quizzes/attempts/{number}/")
    me.sign_out_unnoticed()

    say(page, 1, "true")
    save_state(page, "signed-out")
    assert len(unsent(page)) == 1
    with me.context.expect_page() as opened:
        page.locator("#save a").click()
    tab = opened.value
    tab.locator("[name=login]").fill(me.username)
    tab.locator("[name=password]").fill(PASSWORD)
    tab.locator("form.card button").click()
    tab.wait_for_selector(".question")
    tab.close()
    page.bring_to_front()
    page.evaluate("window.dispatchEvent(new Event('focus'))")  # without a screen nothing has it

    save_state(page, "saved")
    assert unsent(page) == {}
    assert given(clerk, number) == {"answer": True}


def test_the_next_person_on_a_device_finds_nothing_of_the_one_before(player, clerk):
    me, page, number = player
    me.expect(*NO_LINE)
    page.route(ANSWERS, lambda route: route.abort())
    say(page, 1, "true")
    save_state(page, "retry")

    me.sign_in(clerk.ask("make_trainee")["key"])
    me.go(page, "/")

    assert unsent(page) == {}
    assert given(clerk, number) is None


def test_signing_out_leaves_nothing_on_the_device(player):
    me, page, _ = player
    me.expect(*NO_LINE)
    page.route(ANSWERS, lambda route: route.abort())
    say(page, 1, "true")
    save_state(page, "retry")
    me.go(page, "/me/")
    assert len(unsent(page)) == 1  # one's own page keeps them

    page.locator("form.sign-out button").click()
    page.wait_for_url("**/accounts/login/")

    assert unsent(page) == {}
