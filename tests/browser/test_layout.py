"""Nothing jumps while a page loads or is used, and bars leave room for what is read."""

import pytest

from tests.browser.pages import OPEN_ALL
from tests.browser.taking import fill_in, question
from tests.browser.test_every_page import STICKS_OUT
from tests.browser.visiting import settled

pytestmark = pytest.mark.browser


def shifted(page):
    page.wait_for_timeout(300)
    shifts = page.evaluate("window.shifted")
    return sum(value for value, _ in shifts), shifts


def test_a_lesson_does_not_jump(visit, clerk, places):
    page = visit().page(places["lessons"][0])
    for _ in range(12):
        page.mouse.wheel(0, 500)
        page.wait_for_timeout(30)
    total, shifts = shifted(page)
    print(f"\nlayout shift of a lesson: {total:.4f}")

    assert total < 0.02, shifts


def test_a_quiz_does_not_jump(visit, clerk):
    me = visit()
    attempt = clerk.ask("start", username=me.username, quiz="every-kind")
    page = me.page(f"/quizzes/attempts/{attempt}/")
    for fields in clerk.ask("right_fields", attempt=attempt):
        fill_in(question(page), fields)
        settled(page)
        page.wait_for_timeout(100)
        page.locator("#next").click()
    total, shifts = shifted(page)
    print(f"\nlayout shift of a quiz: {total:.4f}")

    assert total < 0.02, shifts


def test_a_page_four_times_as_large_still_fits(visit, clerk, places):
    """WCAG 1.4.10: 1280 px at 400 % is 320 px wide and 256 px high; no bar may eat that."""
    me = visit(viewport={"width": 320, "height": 256})
    page = me.page(places["lessons"][0])
    page.evaluate(OPEN_ALL)
    stuck = page.evaluate(
        "[...document.querySelectorAll('.dock, .top, .tabs')]"
        ".filter((one) => ['sticky', 'fixed'].includes(getComputedStyle(one).position))"
        ".reduce((sum, one) => sum + one.offsetHeight, 0)"
    )

    assert stuck <= 256 / 3
    assert page.evaluate(STICKS_OUT) == []
