"""Every page in every state: axe-core finds nothing, nothing sticks out, targets are large enough.

One walk through all pages for each language; on each page all measures are taken at once.
"""

from collections import defaultdict

import pytest

from tests.browser.pages import pages_at_the_door, pages_of_a_trainee
from tests.browser.pages_of_classes import pages_of, pages_of_an_instructor
from tests.browser.pages_of_practice import pages_of_own_cases, pages_of_practice
from tests.browser.pages_of_staff import (
    pages_of_case_editor,
    pages_of_item_editors,
    pages_of_marking,
)
from tests.browser.visiting import AXE_SOURCE, DESK, NARROW, PHONE

pytestmark = pytest.mark.browser

# The same elements in either language: one is walked in light, the other in dark.
SCHEMES = {"zh-CN": "light", "en-US": "dark"}
AXE = """async (within) => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const found = await axe.run(within || document, {
    resultTypes: ["violations"], runOnly: { type: "tag", values: tags },
    rules: { "target-size": { enabled: true } },
  });
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
    if (one.matches(".skip, .sr, :disabled, label:not(:has(input))")) continue;
    const size = `${Math.round(box.width)}×${box.height.toFixed(1)}`;
    const name = `${one.tagName}.${one.className} ${one.name || ""} ${size}`;
    if (box.width < 24 || box.height < 24) found.push(`under 24: ${name}`);
    else if (one.matches(tall) && !isMark && box.height < 43.9) found.push(`under 44: ${name}`);
  }
  return found;
}"""


def axe(page, within=""):
    # By the debugger: the pages' policy would refuse a script element, and rightly.
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE_SOURCE.read_text(encoding="utf-8"))
    return page.evaluate(AXE, within)


def measure(page, within=""):
    """What is wrong with the page, by what was looked at; the page is left as it was."""
    found = {"axe": axe(page, within), "targets": page.evaluate(SMALL)}
    page.set_viewport_size(NARROW)
    found["narrow"] = page.evaluate(STICKS_OUT)
    page.set_viewport_size(PHONE)
    return found


@pytest.fixture(scope="module", params=SCHEMES)
def wrong(request, long_visit, clerk, places):
    """What is wrong in that language: measure to page to findings."""
    language, scheme = request.param, SCHEMES[request.param]
    found, seen = defaultdict(dict), 0
    for visitor, walk in walks(language, long_visit, clerk, places):
        for name, page in walk:
            seen += 1
            # The player around its questions is the same: it is looked at once.
            is_known = name.startswith("player, ") and name != "player, overview"
            within = ".question.now" if is_known else ""
            if is_known and scheme == "dark" and not name.endswith("answered"):
                continue  # time: in the second language a question is looked at once
            for measured, faults in measure(page, within).items():
                if faults:
                    found[measured][name] = faults
        assert visitor.unexpected() == []
    assert seen > 190
    return found


def walks(language, long_visit, clerk, places):
    """Every walk with its visitor; each begins when the one before has ended."""
    tag = {"zh-CN": "zh-hans", "en-US": "en"}[language]

    def visitor(person=True):
        # Without motion a change of colours is done at once.
        scheme = SCHEMES[language]
        return long_visit(person, language=language, motion="reduce", scheme=scheme)

    people = clerk.ask("make_class", trainees=3, instructors=2, language=tag)
    practising, writing, marked = people["trainees"]
    instructor, colleague = people["instructors"]
    admin = clerk.ask("make_one", role="admin", language=tag)
    yield (me := visitor(person=False)), pages_at_the_door(me)
    yield (me := visitor()), pages_of_a_trainee(me, clerk, places)
    yield (me := visitor(practising)), pages_of_practice(me, clerk)
    yield (me := visitor(writing)), pages_of_own_cases(me, clerk, colleague)
    yield (
        (me := visitor(instructor)),
        pages_of_marking(me, clerk, marked["username"], colleague["username"]),
    )
    yield (me := visitor(admin)), pages_of_case_editor(me, clerk, f"crawled-{tag}")
    yield (me := visitor(admin)), pages_of_item_editors(me, clerk, places, f"crawled-{tag}")
    running = clerk.ask("make_running_class", language=tag)
    seen_by = running["pages"]
    for role in ("trainee", "manager", "admin"):
        yield (me := visitor(running[role])), pages_of(me, seen_by[role])
    yield (me := visitor(running["instructor"])), pages_of_an_instructor(me, seen_by["instructor"])
    yield (me := visitor(person=False)), pages_of(me, seen_by["door"])


def test_axe_finds_nothing(wrong):
    assert wrong["axe"] == {}


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_desks_of_those_who_mark_and_edit(visit, clerk, places, scheme):
    people = clerk.ask("make_class")
    work = clerk.ask("hand_in_own_case", username=people["trainees"][0]["username"])
    slug = clerk.ask("make_case", slug=f"desk-{scheme}")["slug"]
    item = clerk.ask("make_bank_called", slug=f"desk-{scheme}")["items"][0]
    instructor = visit(people["instructors"][0], viewport=DESK, scheme=scheme)
    admin = visit(clerk.ask("make_one", role="admin"), viewport=DESK, scheme=scheme)
    found = {}
    for me, address in (
        (instructor, f"/marking/{work['answer']}/"),
        (admin, f"/cases/{slug}/edit/#line-l4"),  # opens the line
        (admin, f"/cases/{slug}/edit/history/?from=1&to=draft"),
        (admin, f"/items/exercises/{item}/edit/"),
        (admin, f"{places['lessons'][0]}edit/"),
    ):
        page = me.page(address)
        if faults := axe(page) + page.evaluate(STICKS_OUT):
            found[address] = faults
        page.close()

    assert found == {}


def test_control_axe_does_find_what_is_wrong(visit):
    page = visit().page("/help/")
    page.locator("main h1").evaluate(
        "one => one.insertAdjacentHTML('afterend', '<img src=data:,><button></button>')"
    )

    names = {one.split(":")[0] for one in axe(page)}

    assert {"image-alt", "button-name"} <= names
