"""Everything works without JavaScript: forms, links and full page loads."""

import pytest
from playwright.sync_api import expect

from tests.browser.taking import begin, fill_in

pytestmark = pytest.mark.browser
NO_SCRIPT = {"javascript": False}


def test_a_quiz_is_taken_saved_looked_over_and_submitted(visit, clerk, places):
    me = visit(**NO_SCRIPT)
    page = me.page("/")
    page.locator(".card.next .button").click()
    attempt = begin(page)
    answers = clerk.ask("right_fields", attempt=attempt)
    sections = page.locator(".question")
    assert [one.is_visible() for one in sections.all()] == [True] * 10  # below each other
    assert page.locator(".js-only:visible").count() == 0

    for section, fields in zip(sections.all()[:9], answers, strict=False):
        fill_in(section, fields, javascript=False)
    page.locator("[name=a2-flagged]").check()
    page.locator("[name=save]").click()
    page.wait_for_url("**?review=1")
    stored = clerk.ask("answers", attempt=attempt)
    assert [one["response"] is not None for one in stored] == [True] * 9 + [False]
    assert stored[1]["flagged"]
    expect(page.locator("#unanswered")).to_be_visible()
    assert page.locator("#overview .jump .done").count() == 9

    fill_in(page.locator("#q10"), answers[9], javascript=False)
    page.locator("[name=confirmed]").click()
    expect(page.locator(".score")).to_be_visible()
    assert all(
        one["response"] and one["confidence"] for one in clerk.ask("answers", attempt=attempt)
    )


def test_every_kind_is_answered_by_plain_controls(visit, clerk):
    me = visit(**NO_SCRIPT)
    attempt = clerk.ask("start", username=me.username, quiz="every-kind")
    page = me.page(f"/quizzes/attempts/{attempt}/")
    answers = clerk.ask("right_fields", attempt=attempt)
    asked = list(zip(page.locator(".question").all(), answers, strict=True))
    # A conversation is a page for each turn: first, so that nothing typed is in the way.
    asked.sort(key=lambda one: not any(name.endswith("-runs") for name in one[1]))

    for section, fields in asked:
        fill_in(section, fields, javascript=False)
    page.locator("[name=save]").click()
    page.wait_for_url("**?review=1")
    expect(page.locator("#complete")).to_be_visible()
    page.locator("[name=confirmed]").click()

    expect(page.locator(".score")).to_be_visible()
    kinds = [one["kind"] for one in clerk.ask("answers", attempt=attempt)]
    open_ended = {"rating", "reflection", "rewrite", "voice", "writing"}
    marks = page.locator(".marks a").evaluate_all("all => all.map((one) => one.className)")
    assert marks == ["note" if kind in open_ended else "good" for kind in kinds]


def test_a_refused_answer_keeps_what_was_typed(visit, clerk):
    me = visit(**NO_SCRIPT)
    me.expect("status of 422")
    attempt = clerk.ask("start", username=me.username, quiz="every-kind")
    page = me.page(f"/quizzes/attempts/{attempt}/")
    kinds = [one["kind"] for one in clerk.ask("answers", attempt=attempt)]
    shares = page.locator(f"#q{kinds.index('allocate') + 1} input[type=number]")
    choice = page.locator(f"#q{kinds.index('single_choice') + 1} input[type=radio]").nth(1)

    choice.check()
    shares.nth(0).fill("70")
    shares.nth(1).fill("60")
    with page.expect_response("**/submit/") as response:
        page.locator("[name=save]").click()

    assert response.value.status == 422
    expect(page.locator("[role=alert]:visible")).to_have_count(1)
    expect(choice).to_be_checked()
    assert [shares.nth(0).input_value(), shares.nth(1).input_value()] == ["70", "60"]


def test_practice_checks_and_tries_again_by_full_page_loads(visit, clerk, places):
    me = visit(**NO_SCRIPT)
    page = me.page(places["lessons"][0])
    names = page.locator(".exercise").evaluate_all("all => all.map((one) => one.id)")

    for name in names:
        answer = clerk.ask("right_practice", exercise=name.removeprefix("ex-"))
        fill_in(page.locator(f"#{name}"), answer, javascript=False)
        page.locator(f"#{name} .act .button").click()
        page.wait_for_url(f"**{places['lessons'][0]}#{name}")
        expect(page.locator(f"#{name} .verdict.good")).to_be_visible()
    page.locator(f"#{names[0]} [name=again]").click()
    expect(page.locator(f"#{names[0]} .verdict")).to_have_count(0)
    answer = clerk.ask("right_practice", exercise=names[0].removeprefix("ex-"))
    fill_in(page.locator(f"#{names[0]}"), answer, javascript=False)
    page.locator(f"#{names[0]} .act .button").click()
    page.wait_for_url(f"**{places['lessons'][0]}#{names[0]}")
    expect(page.locator(f"#{names[0]} .verdict.good")).to_be_visible()


def test_practice_without_an_answer_is_refused_in_words_on_its_own_page(visit, places):
    me = visit(**NO_SCRIPT)
    me.expect("status of 422")
    page = me.page(places["lessons"][0])

    page.locator(".exercise .act .button").first.click()

    expect(page.locator(".exercise [role=alert]")).to_be_visible()
    page.locator("main a").first.click()
    page.wait_for_url(f"**{places['lessons'][0]}#ex-*")


def test_a_lesson_leads_on_by_its_buttons(visit, places):
    page = visit(**NO_SCRIPT).page(places["lessons"][0])

    page.locator(".dock [data-key=next]").click()
    page.wait_for_url(f"**{places['lessons'][1]}")
    page.locator(".dock [data-key=previous]").click()
    page.wait_for_url(f"**{places['lessons'][0]}")


@pytest.mark.parametrize("where", ["lesson", "today", "player"])
def test_the_language_changes_and_the_page_stays(visit, clerk, places, where):
    me = visit(**NO_SCRIPT)
    attempt = clerk.ask("start", username=me.username, quiz="every-kind")
    address = {
        "lesson": places["lessons"][0], "today": "/", "player": f"/quizzes/attempts/{attempt}/"
    }[where]  # fmt: skip
    page = me.page(address)
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")

    page.locator("form.lang button").first.click()

    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url == f"{me.url}{address}"
    page.locator("form.lang button").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
