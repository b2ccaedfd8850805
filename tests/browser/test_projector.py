"""Slides in the room: keys, clicks, notes in a second window; and how many pages paper takes."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.visiting import DESK

pytestmark = pytest.mark.browser

WALL = {"width": 1280, "height": 720}
SMALL = """
() => {
  const small = [];
  document.querySelectorAll(".slide").forEach((slide, n) => {
    slide.classList.add("now");
    slide.querySelectorAll(".stage *").forEach((one) => {
      const texts = [...one.childNodes].filter((node) => node.nodeType === 3);
      const says = texts.some((node) => node.textContent.trim());
      if (!says || one.closest("svg, .sr") || !one.getClientRects().length) return;
      const size = parseFloat(getComputedStyle(one).fontSize);
      if (size < 28) small.push([n + 1, one.tagName, one.className, size]);
    });
    slide.classList.remove("now");
  });
  return small;
}
"""


@pytest.fixture
def instructor(clerk):
    return clerk.ask("make_class")["instructors"][0]


@pytest.fixture
def slides(places):
    """The slides of the course's first lesson."""
    unit, lesson = places["lessons"][0].strip("/").split("/")[1:]
    return f"/units/{unit}/projector/{lesson}/"


def at(page):
    return page.locator("[data-at]").inner_text().split(" / ")


def test_keys_lead_through_the_slides(visit, instructor, slides):
    page = visit(instructor, viewport=WALL).page(slides)
    count = at(page)[1]
    page.keyboard.press("ArrowRight")
    assert at(page) == ["2", count]
    page.keyboard.press(" ")
    assert at(page) == ["3", count]
    page.keyboard.press("ArrowLeft")
    assert at(page) == ["2", count]
    page.keyboard.press("End")
    assert at(page) == [count, count]
    page.keyboard.press("Home")
    assert at(page) == ["1", count]
    assert page.locator(".slide:visible").count() == 1
    page.keyboard.press("b")
    expect(page.locator("[data-black]")).to_be_visible()
    page.keyboard.press("b")
    expect(page.locator("[data-black]")).to_be_hidden()
    page.keyboard.press("n")
    expect(page.locator("[data-notes]")).to_be_visible()
    page.keyboard.press("?")
    expect(page.locator("[data-help]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[data-help]")).to_be_hidden()
    page.keyboard.press("ArrowRight")
    page.reload()
    assert at(page) == ["2", count]


def test_a_pointer_alone_leads_through_the_slides(visit, instructor, slides):
    page = visit(instructor, viewport=WALL).page(slides)
    page.locator("[data-do=next]").click()
    assert at(page)[0] == "2"
    page.locator("[data-do=previous]").click()
    assert at(page)[0] == "1"
    page.mouse.click(1200, 300)
    assert at(page)[0] == "2"
    page.mouse.click(40, 300)
    assert at(page)[0] == "1"
    page.locator("[data-do=contents]").click()
    page.locator("[data-contents] li a").last.click()
    assert int(at(page)[0]) > 2


def test_the_key_appears_only_when_asked_for(visit, instructor, slides):
    page = visit(instructor, viewport=WALL).page(slides)
    number = page.evaluate(
        "[...document.querySelectorAll('.slide')].findIndex((one) => one.matches('.k-answer'))"
    )
    page.goto(f"{page.url.split('#')[0]}#s{number}")

    expect(page.locator(".k-question:visible")).to_have_count(1)
    expect(page.locator(".k-answer:visible")).to_have_count(0)
    for _ in range(5):
        page.keyboard.press("ArrowRight")
        if page.locator(".k-answer:visible").count():
            break
    expect(page.locator(".k-answer:visible")).to_have_count(1)


def test_a_second_window_follows(visit, instructor, slides):
    me = visit(instructor, viewport=WALL)
    wall, notes = me.page(slides), me.page(f"{slides}?view=notes")
    wall.keyboard.press("ArrowRight")
    expect(notes.locator("[data-at]")).to_have_text(re.compile("^2 /"))
    notes.keyboard.press("ArrowRight")
    expect(wall.locator("[data-at]")).to_have_text(re.compile("^3 /"))


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_the_back_row_can_read_every_slide(visit, instructor, slides, language):
    page = visit(instructor, viewport=WALL, language=language).page(slides)

    assert page.evaluate(SMALL) == []


def test_without_script_the_slides_stand_below_each_other(visit, instructor, slides):
    page = visit(instructor, viewport=WALL, javascript=False).page(slides)

    assert page.locator(".slide:visible").count() == page.locator(".slide").count()


# --- on paper ------------------------------------------------------------------------------------


def page_count(page):
    """How many pages the browser prints, on the paper that the page asks for."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(prefer_css_page_size=True)))


def test_each_slide_prints_on_a_page_of_its_own(visit, instructor, slides):
    page = visit(instructor, viewport=WALL).page(slides)

    assert page_count(page) == page.locator(".slide").count()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_cribs_and_cards_print_on_one_page(visit, clerk, language):
    me = visit(clerk.ask("make_class", language=language)["instructors"][0], viewport=DESK)
    page = me.page("/briefings/")
    cards = page.locator("main .rows a").evaluate_all("(all) => all.map((one) => one.pathname)")
    assert cards
    sheets = cards + [one.replace("/briefing/", "/crib/") for one in cards]
    counts = {}
    for sheet in sheets:
        page.goto(f"{me.url}{sheet}")
        counts[sheet] = page_count(page)

    assert {sheet: count for sheet, count in counts.items() if count != 1} == {}
