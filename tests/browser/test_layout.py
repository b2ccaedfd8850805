"""Nothing sticks out at 320 px, every target is large enough, and nothing jumps."""

import pytest

from tests.browser.pages import OPEN_ALL, pages_at_the_door, pages_of_a_trainee
from tests.browser.taking import fill_in, question
from tests.browser.visiting import NARROW, save_state

pytestmark = pytest.mark.browser

STICKS_OUT = """() => {
  const width = document.documentElement.clientWidth;
  if (document.scrollingElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll("body *")]
    .filter((one) => one.getBoundingClientRect().right > width + 0.5 && !one.closest(".scroll"))
    .map((one) => `${one.tagName}.${one.className} ${Math.round(one.getBoundingClientRect().right)}`)
    .slice(0, 5).concat("the page scrolls sideways");
}"""
# WCAG 2.5.8 leaves out links inside a sentence; everything else one can press counts.
SMALL = """() => {
  const tall = ".button, .choice, .segment label, .sort label, .place:not(.static), [data-card], [data-move], "
    + "[data-by], .jump a, .tabs a, summary, select, .field input, .path li > a, .rows li > a";
  const found = [];
  for (const one of document.querySelectorAll("a, button, input, select, textarea, summary, label")) {
    const style = getComputedStyle(one);
    // Whoever taps a label hits its box or its button.
    const isMark = one.matches("[type=checkbox], [type=radio]");
    const box = ((isMark && one.closest("label")) || one).getBoundingClientRect();
    if (!one.checkVisibility({ visibilityProperty: true }) || box.width <= 1 || style.display === "inline" || one.matches(".skip, [type=hidden], :disabled")) continue;
    if (one.tagName === "LABEL" && !one.querySelector("input")) continue;
    const name = `${one.tagName}.${one.className} ${one.name || ""} ${Math.round(box.width)}×${box.height.toFixed(1)}`;
    if (box.width < 24 || box.height < 24) found.push(`under 24: ${name}`);
    else if (one.matches(tall) && !isMark && box.height < 43.9) found.push(`under 44: ${name}`);
  }
  return found;
}"""


@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_no_page_scrolls_sideways_at_320(visit, clerk, places, language):
    stranger = visit(person=False, language=language, viewport=NARROW)
    trainee = visit(language=language, viewport=NARROW)
    found = {}
    for walk in (pages_at_the_door(stranger), pages_of_a_trainee(trainee, clerk, places)):
        for name, page in walk:
            if wrong := page.evaluate(STICKS_OUT):
                found[name] = wrong

    assert found == {}


def test_every_target_is_large_enough_for_a_thumb(visit, clerk, places):
    stranger, trainee = visit(person=False), visit()
    found = {}
    for walk in (pages_at_the_door(stranger), pages_of_a_trainee(trainee, clerk, places)):
        for name, page in walk:
            if wrong := page.evaluate(SMALL):
                found[name] = wrong

    assert found == {}


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
        save_state(page, "saved")
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
        ".filter((one) => ['sticky', 'fixed'].includes(getComputedStyle(one).position) && one.checkVisibility())"
        ".reduce((sum, one) => sum + one.offsetHeight, 0)"
    )

    assert stuck <= 256 / 3
    assert page.evaluate(STICKS_OUT) == []
