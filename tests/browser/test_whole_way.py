"""A trainee's whole way through the course, on a phone, in both languages."""

import pytest
from playwright.sync_api import expect

from people.demo import PASSWORD
from tests.browser.taking import answer_all, begin, fill_in, submit

pytestmark = pytest.mark.browser

LANGUAGES = {"zh-CN": ("trainee9", "zh-Hans"), "en-US": ("trainee10", "en")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_signing_in_to_the_comparison_of_before_and_after(visit, clerk, places, language):
    username, tag = LANGUAGES[language]
    me = visit(person=False, language=language)
    page = me.page("/")

    sign_in(page, username)
    expect(page.locator("html")).to_have_attribute("lang", tag)
    take_pre_test(page, clerk)
    expect(page.locator(".score")).to_be_visible()
    assert page.locator(".review, .marks, .verdict, .plot").count() == 0  # nothing of the key

    page.locator(".card.next .button").click()
    read_unit(page, clerk, places)
    take_check(page, clerk)
    expect(page.locator(".score.good")).to_be_visible()
    assert page.locator(".review").count() == page.locator(".marks a").count() == 10
    assert page.locator(".review .verdict p").count() >= 10

    clerk.ask("finish_units", username=username, but=places["unit_slug"])
    me.go(page, "/")
    page.locator(".card.next .button").click()
    attempt = begin(page)
    answer_all(page, clerk.ask("right_fields", attempt=attempt))
    submit(page)
    page.locator(".card.next .button").click()
    page.wait_for_url(f"**{places['comparison']}")
    assert page.locator(".beliefs > li").count() == 10
    expect(page.locator("html")).to_have_attribute("lang", tag)


def sign_in(page, username):
    page.locator("[name=login]").fill(username)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form.card button").click()
    expect(page.locator(".card.next")).to_be_visible()


def take_pre_test(page, clerk):
    page.locator(".card.next .button").click()
    attempt = begin(page)
    answers = clerk.ask("right_fields", attempt=attempt)
    assert len(answers) == 10
    for number, fields in enumerate(answers):
        confidence = next(name for name in fields if name.endswith("-confidence"))
        fields[confidence] = ["sure", "fairly", "guess"][number % 3]
        answer = next(name for name in fields if name.endswith("-answer"))
        if number % 2:
            fields[answer] = "false" if fields[answer] == "true" else "true"
    answer_all(page, answers)
    submit(page)
    stored = clerk.ask("answers", attempt=attempt)
    assert [one["confidence"] for one in stored] == ["sure", "fairly", "guess"] * 3 + ["sure"]


def read_unit(page, clerk, places):
    """Every lesson of the first unit; in the first of them every exercise is answered."""
    page.locator(".path li.now a").click()
    page.wait_for_url(f"**{places['lessons'][0]}")
    exercises = page.locator(".exercise").evaluate_all("all => all.map((one) => one.id)")
    assert exercises
    for name in exercises:
        exercise = page.locator(f"#{name}")
        fill_in(exercise, clerk.ask("right_practice", exercise=name.removeprefix("ex-")))
        exercise.locator(".act .button").click()
        expect(exercise.locator(".verdict.good")).to_be_visible()
    for _ in places["lessons"]:
        before = page.url
        page.locator(".dock [data-key=next]").click()
        page.wait_for_url(lambda url, before=before: url != before)
    page.wait_for_url(f"**/quizzes/{places['check']}/")
    expect(page.locator(".notice")).to_be_visible()


def take_check(page, clerk):
    attempt = begin(page)
    answer_all(page, clerk.ask("right_fields", attempt=attempt))
    submit(page)
