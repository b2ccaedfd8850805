"""Every page in every state: axe-core finds nothing, nothing sticks out, targets are large enough.

One walk through all pages for each language; on each page all measures are taken at once.
"""

from collections import defaultdict

import pytest

from tests.browser.pages import pages_at_the_door, pages_of_a_trainee
from tests.browser.visiting import AXE_SOURCE, DESK, NARROW, PHONE

pytestmark = pytest.mark.browser

# Dark is the same page in other colours; the rest of the rules need no second look.
AXE = """async (onlyColours) => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const options = onlyColours
    ? { runOnly: { type: "rule", values: ["color-contrast"] } }
    : { runOnly: { type: "tag", values: tags }, rules: { "target-size": { enabled: true } } };
  const found = await axe.run(document, { resultTypes: ["violations"], ...options });
  const words = (node) => node.failureSummary.replace(/\\s+/g, " ");
  return found.violations.flatMap((one) => one.nodes.map(
    (node) => `${one.id}: ${node.target} ${words(node)} ${node.html}`.slice(0, 500)
  ));
}"""
STICKS_OUT = """() => {
  const width = document.documentElement.clientWidth;
  if (document.scrollingElement.scrollWidth <= width) return [];
  const end = (one) => Math.round(one.getBoundingClientRect().right);
  return [...document.querySelectorAll("body *")]
    .filter((one) => end(one) > width && !one.closest(".scroll"))
    .map((one) => `${one.tagName}.${one.className} ${end(one)}`)
    .slice(0, 5).concat("the page scrolls sideways");
}"""
# WCAG 2.5.8 leaves out links inside a sentence; everything else one can press counts.
SMALL = """() => {
  const all = "a, button, input, select, textarea, summary, label";
  const tall = ".button, .choice, .segment label, .sort label, .place:not(.static), [data-card], "
    + "[data-move], [data-by], .jump a, .tabs a, summary, select, .field input, .path li > a, "
    + ".rows li > a";
  const found = [];
  for (const one of document.querySelectorAll(all)) {
    // Whoever taps a label hits its box or its button.
    const isMark = one.matches("[type=checkbox], [type=radio]");
    const box = ((isMark && one.closest("label")) || one).getBoundingClientRect();
    const isInText = getComputedStyle(one).display === "inline";
    if (!one.checkVisibility({ visibilityProperty: true }) || box.width <= 1 || isInText) continue;
    if (one.matches(".skip, :disabled, label:not(:has(input))")) continue;
    const size = `${Math.round(box.width)}×${box.height.toFixed(1)}`;
    const name = `${one.tagName}.${one.className} ${one.name || ""} ${size}`;
    if (box.width < 24 || box.height < 24) found.push(`under 24: ${name}`);
    else if (one.matches(tall) && !isMark && box.height < 43.9) found.push(`under 44: ${name}`);
  }
  return found;
}"""


def axe(page, *, only_colours=False):
    # By the debugger: the pages' policy would refuse a script element, and rightly.
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE_SOURCE.read_text(encoding="utf-8"))
    return page.evaluate(AXE, only_colours)


def measure(page):
    """What is wrong with the page, by what was looked at; the page is left as it was."""
    found = {"light": axe(page), "targets": page.evaluate(SMALL)}
    page.emulate_media(color_scheme="dark")
    found["dark"] = axe(page, only_colours=True)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(NARROW)
    found["narrow"] = page.evaluate(STICKS_OUT)
    page.set_viewport_size(PHONE)
    return found


@pytest.fixture(scope="module", params=["zh-CN", "en-US"])
def wrong(request, long_visit, clerk, places):
    """What is wrong in that language: measure to page to findings."""
    # Without motion a change of colours is done at once.
    stranger = long_visit(person=False, language=request.param, motion="reduce")
    trainee = long_visit(language=request.param, motion="reduce")
    found, seen = defaultdict(dict), 0
    for walk in (pages_at_the_door(stranger), pages_of_a_trainee(trainee, clerk, places)):
        for name, page in walk:
            seen += 1
            for measured, faults in measure(page).items():
                if faults:
                    found[measured][name] = faults
    assert stranger.unexpected() + trainee.unexpected() == []
    assert seen > 35
    return found


def test_axe_finds_nothing_in_light(wrong):
    assert wrong["light"] == {}


def test_axe_finds_nothing_in_dark(wrong):
    assert wrong["dark"] == {}


def test_no_page_scrolls_sideways_at_320(wrong):
    assert wrong["narrow"] == {}


def test_every_target_is_large_enough_for_a_thumb(wrong):
    assert wrong["targets"] == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_a_desk(visit, clerk, places, scheme):
    me = visit(viewport=DESK, scheme=scheme)
    page = me.page()
    attempt = clerk.ask("start", username=me.username, quiz="every-kind")
    found = {}
    for address in ["/", places["course"], places["lessons"][0], f"/quizzes/attempts/{attempt}/"]:
        me.go(page, address)
        if faults := axe(page):
            found[address] = faults

    assert found == {}


def test_control_axe_does_find_what_is_wrong(visit):
    page = visit().page("/help/")
    page.locator("main h1").evaluate(
        "one => one.insertAdjacentHTML('afterend', '<img src=data:,><button></button>')"
    )

    names = {one.split(":")[0] for one in axe(page)}

    assert {"image-alt", "button-name"} <= names
