"""Every page a trainee can see, in its states, one after the other."""

from collections.abc import Iterator

from playwright.sync_api import Page, expect

from tests.browser.taking import fill_in
from tests.browser.visiting import Visit, settled

OPEN_ALL = "document.querySelectorAll('main details').forEach((one) => { one.open = true; })"


def pages_at_the_door(me: Visit) -> Iterator[tuple[str, Page]]:
    """What somebody sees who is not signed in."""
    page = me.page("/accounts/login/")
    yield "sign-in", page
    page.locator("[name=login]").fill("nobody")
    page.locator("[name=password]").fill("nothing at all")
    page.locator("form.card button").click()
    page.wait_for_selector("[role=alert]")
    yield "sign-in refused", page
    me.go(page, "/accounts/password/reset/")
    yield "reset", page
    me.go(page, "/help/")
    yield "help", page
    page.close()


def pages_of_a_trainee(me: Visit, clerk, places: dict) -> Iterator[tuple[str, Page]]:
    """First as somebody new, then as somebody who has done everything."""
    page = me.page("/")
    yield "today", page
    for name, address in {
        "courses": "/courses/",
        "course": places["course"],
        "unit": places["unit"],
        "quiz": f"/quizzes/{places['pre']}/",
        "cases": "/cases/",
        "me": "/me/",
        "sessions": "/accounts/sessions/",
        "lesson": places["lessons"][0],
    }.items():
        me.go(page, address)
        yield name, page
    yield from _lesson_answered(page, clerk)
    yield from _case(me, page)
    yield from _quiz_of_every_kind(me, page, clerk)
    yield from _results(me, page, clerk, places)
    me.expect("status of 404")
    me.go(page, "/no/such/page/")
    yield "404", page
    page.close()


def _lesson_answered(page: Page, clerk) -> Iterator[tuple[str, Page]]:
    """One exercise refused because it is empty, one right, the others wrong where that is easy."""
    names = page.locator(".exercise").evaluate_all("all => all.map((one) => one.id)")
    for number, name in enumerate(names):
        exercise = page.locator(f"#{name}")
        fill_in(exercise, clerk.ask("right_practice", exercise=name.removeprefix("ex-")))
        if number and exercise.locator("[type=radio]").count():
            exercise.locator("[type=radio]").first.check()
        exercise.locator(".act .button").click()
        expect(exercise.locator(".verdict")).to_be_visible()
    page.evaluate(OPEN_ALL)
    # At the end of the page the bar with the buttons covers nothing.
    page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
    yield "lesson answered", page


def _case(me: Visit, page: Page) -> Iterator[tuple[str, Page]]:
    me.go(page, "/cases/")
    page.evaluate(OPEN_ALL)
    yield "cases with filters", page
    me.go(page, page.locator("main ul.rows a").first.get_attribute("href"))
    page.evaluate(OPEN_ALL)
    yield "case", page
    me.go(page, "/cases/?q=zzzz")
    yield "no case found", page


def _quiz_of_every_kind(me: Visit, page: Page, clerk) -> Iterator[tuple[str, Page]]:
    attempt = clerk.ask("start", username=me.username, quiz="every-kind")
    me.go(page, f"/quizzes/attempts/{attempt}/")
    kinds = [one["kind"] for one in clerk.ask("answers", attempt=attempt)]
    for kind, fields in zip(kinds, clerk.ask("right_fields", attempt=attempt), strict=True):
        yield f"player, {kind}", page
        fill_in(page.locator(".question.now"), fields)
        settled(page)
        yield f"player, {kind} answered", page
        page.locator("#next").click()
    page.locator("#strip summary").click()
    yield "player, overview", page


def _results(me: Visit, page: Page, clerk, places: dict) -> Iterator[tuple[str, Page]]:
    takes = {
        "result of every kind": ("every-kind", True),
        "result, nothing answered": (places["check"], False),
        "result of the pre-test": (places["pre"], True),
        "result of the post-test": (places["post"], True),
    }
    for name, (quiz, right) in takes.items():
        attempt = clerk.ask("take", username=me.username, quiz=quiz, right=right)
        me.go(page, f"/quizzes/attempts/{attempt}/")
        page.evaluate(OPEN_ALL)
        yield name, page
    for name, address in {
        "comparison": places["comparison"],
        "quiz taken": f"/quizzes/{places['pre']}/",
        "quiz too early": f"/quizzes/{places['check']}/",
        "course begun": places["course"],
        "today begun": "/",
    }.items():
        me.go(page, address)
        yield name, page
