"""Theme, language, motion: as chosen, else as the device wishes."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

GROUND = "getComputedStyle(document.body).backgroundColor"
TOKENS = """() => {
  const style = getComputedStyle(document.documentElement);
  const names = ["paper", "surface", "sunken", "ink", "ink-soft", "rule", "edge", "accent",
    "on-accent", "accent-tint", "good", "good-tint", "bad", "bad-tint", "warn", "warn-tint",
    "mute", "done", "us", "focus", "shadow",
    ...[1, 2, 3, 4, 5].flatMap((n) => [`step-${n}`, `tint-${n}`])];
  return names.map((name) => `${name} ${style.getPropertyValue(`--${name}`).trim()}`);
}"""
# Whatever moves for longer than a blink, anywhere on the page.
MOVES = """() => [...document.querySelectorAll("*")].filter((one) => {
  const style = getComputedStyle(one);
  const longest = Math.max(...style.transitionDuration.split(",").map(parseFloat));
  return style.animationName !== "none" || longest > 0.01 || style.scrollBehavior === "smooth";
}).map((one) => `${one.tagName}.${one.className}`)"""


def choose(page, name, value):
    page.locator(f"input[name={name}][value='{value}']").check()
    page.locator("main form .button").first.click()
    page.wait_for_selector(".notice.good")


def test_the_device_decides_between_light_and_dark_until_one_chooses(visit):
    light, dark = visit(scheme="light").page("/me/"), visit(scheme="dark").page("/me/")
    grounds = light.evaluate(GROUND), dark.evaluate(GROUND)
    assert grounds[0] != grounds[1]

    choose(light, "theme", "dark")
    choose(dark, "theme", "light")
    assert (light.evaluate(GROUND), dark.evaluate(GROUND)) == grounds[::-1]
    choose(light, "theme", "")
    assert light.evaluate(GROUND) == grounds[0]


def test_dark_by_choice_and_dark_by_the_device_are_the_same_dark(visit):
    chosen, given = visit(scheme="light").page("/me/"), visit(scheme="dark").page("/me/")
    light = chosen.evaluate(TOKENS)

    choose(chosen, "theme", "dark")

    assert chosen.evaluate(TOKENS) == given.evaluate(TOKENS) != light
    assert chosen.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"


def test_the_theme_holds_on_every_page(visit, places):
    me = visit(scheme="light")
    page = me.page("/me/")
    choose(page, "theme", "dark")
    ground = page.evaluate(GROUND)

    for address in ["/", places["course"], places["lessons"][0], f"/quizzes/{places['pre']}/"]:
        me.go(page, address)
        assert page.evaluate(GROUND) == ground, address


def test_the_language_chosen_is_spoken_at_once_and_on_every_page(visit, places):
    me = visit(language="zh-CN")
    page = me.page("/me/")
    title = page.title()

    choose(page, "language", "en")

    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.title() != title
    for address in ["/", places["course"], places["lessons"][0]]:
        me.go(page, address)
        expect(page.locator("html")).to_have_attribute("lang", "en")


@pytest.mark.parametrize(
    ("language", "tag"), [("zh-CN", "zh-Hans"), ("en-GB", "en"), ("de-DE", "zh-Hans")]
)
def test_before_anybody_signs_in_the_browser_chooses_the_language(visit, language, tag):
    page = visit(person=False, language=language).page("/accounts/login/")

    expect(page.locator("html")).to_have_attribute("lang", tag)


def test_nothing_moves_for_those_who_do_not_want_it(visit, clerk, places):
    me = visit(motion="reduce")
    attempt = clerk.ask("start", username=me.username, quiz="every-kind")
    page = me.page()
    for address in ["/", places["lessons"][0], f"/quizzes/attempts/{attempt}/"]:
        me.go(page, address)
        assert page.evaluate(MOVES) == [], address


def test_a_lesson_prints_black_on_white_without_bars(visit, places):
    page = visit(scheme="dark").page(places["lessons"][0])

    page.emulate_media(media="print")

    assert page.evaluate(GROUND) in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")
    assert page.locator(".dock:visible, .tabs:visible").count() == 0
