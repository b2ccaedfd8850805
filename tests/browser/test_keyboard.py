"""Everything by keyboard alone, and always visible where one is."""

import pytest
from playwright.sync_api import expect

from tests.browser.visiting import DESK, save_state

pytestmark = pytest.mark.browser

FOCUSED = "document.activeElement.outerHTML.slice(0, 120)"
# A ring on the focused thing itself, or on the face that stands for an invisible input.
IS_RINGED = """() => {
  const one = document.activeElement;
  const around = one.parentElement ? one.parentElement.children : [];
  const faces = [one, one.nextElementSibling, ...around];
  return faces.some((face) => {
    if (!face) return false;
    const style = getComputedStyle(face);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  });
}"""
# What lies on top of the middle of the focused thing: itself, or a bar that covers it?
IS_COVERED = """() => {
  const one = document.activeElement;
  const box = one.getBoundingClientRect();
  return [0.1, 0.5, 0.9].every((part) => {
    const y = box.top + box.height * part;
    const top = document.elementFromPoint(box.left + box.width / 2, y);
    const bar = top && top.closest(".dock, .top, .tabs");
    return Boolean(bar && !bar.contains(one));
  });
}"""


@pytest.fixture
def player(visit, clerk):
    """A function that shows a kind's question: page, section, and how to ask what is stored."""

    def show(kind):
        me = visit()
        attempt = clerk.ask("start", username=me.username, quiz="every-kind")
        kinds = [one["kind"] for one in clerk.ask("answers", attempt=attempt)]
        number = kinds.index(kind) + 1
        page = me.page(f"/quizzes/attempts/{attempt}/")
        page.locator("#strip summary").focus()
        page.keyboard.press("Enter")
        page.locator(f"#strip a[href='#q{number}']").focus()
        page.keyboard.press("Enter")
        section = page.locator(f"#q{number}")
        expect(section.locator("legend").first).to_be_focused()
        return page, section, lambda: clerk.ask("answers", attempt=attempt)[number - 1]

    return show


def test_t_and_f_answer_a_statement_and_arrows_change_it(player):
    page, section, stored = player("true_false")
    yes, no = section.locator("[name$=-answer]").all()

    page.keyboard.press("t")
    expect(yes).to_be_checked()
    page.keyboard.press("f")
    expect(no).to_be_checked()
    page.keyboard.press("ArrowUp")
    expect(yes).to_be_checked()
    save_state(page, "saved")

    assert stored()["response"] == {"answer": True}


def test_digits_choose_options(player):
    page, section, _ = player("single_choice")
    options = section.locator("[name$=-choice]")
    page.keyboard.press("2")
    expect(options.nth(1)).to_be_checked()
    page.keyboard.press("1")
    expect(options.nth(0)).to_be_checked()

    page, section, _ = player("multiple_choice")
    options = section.locator("[name$=-choices]")
    page.keyboard.press("1")
    page.keyboard.press("3")
    expect(options.nth(0)).to_be_checked()
    expect(options.nth(2)).to_be_checked()
    page.keyboard.press("1")
    expect(options.nth(0)).not_to_be_checked()
    save_state(page, "saved")


def test_keys_outside_a_question_answer_nothing(player):
    page, section, stored = player("true_false")

    page.locator("#next").focus()
    page.keyboard.press("t")
    page.keyboard.press("1")

    assert section.locator("[name$=-answer]:checked").count() == 0
    assert stored()["response"] is None


def test_digits_sort_the_tile_in_which_the_focus_is(player):
    page, section, _ = player("sorting")
    rows = section.locator(".bin-row")

    rows.nth(0).locator("input").first.focus()
    page.keyboard.press("2")
    expect(rows.nth(0).locator("input").nth(1)).to_be_checked()
    assert rows.nth(1).locator(":checked").count() == 0


def test_order_is_made_by_buttons_and_arrow_keys_and_told(player):
    page, section, stored = player("ordering")
    names = "all => all.map((one) => one.name)"
    before = section.locator("select").evaluate_all(names)

    section.locator("[data-move=down]").first.focus()
    page.keyboard.press("Enter")
    after = section.locator("select").evaluate_all(names)
    assert after == [before[1], before[0], *before[2:]]
    assert (
        page.evaluate("document.activeElement.closest('li').querySelector('select').name")
        == before[0]
    )
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")

    assert section.locator("select").evaluate_all(names) == before
    assert (
        page.evaluate("document.activeElement.closest('li').querySelector('select').name")
        == before[0]
    )
    assert section.locator("[role=status]").inner_text().strip().endswith("1")
    save_state(page, "saved")
    assert len(stored()["response"]["placed"]) == len(before)


def test_pairs_are_made_by_enter_and_a_digit_or_by_enter_twice(player):
    page, section, stored = player("matching")
    cards, pairs = section.locator("[data-card]"), section.locator(".pair")

    cards.nth(0).focus()
    page.keyboard.press("Enter")
    expect(cards.nth(0)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("2")
    expect(pairs.nth(1).locator("select")).to_have_value(cards.nth(0).get_attribute("data-card"))
    cards.nth(1).focus()
    page.keyboard.press("Enter")
    pairs.nth(0).locator(".place").focus()
    page.keyboard.press("Enter")
    expect(pairs.nth(0).locator("select")).to_have_value(cards.nth(1).get_attribute("data-card"))
    cards.nth(2).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(cards.nth(2)).to_have_attribute("aria-pressed", "false")
    save_state(page, "saved")

    assert len(stored()["response"]["placed"]) == 2


def test_a_whole_test_is_taken_without_a_pointer_and_enter_never_submits_by_accident(
    visit, clerk, places
):
    me = visit()
    page = me.page(f"/quizzes/{places['pre']}/")
    page.locator("main form.row button").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".question.now")
    page.keyboard.press("Tab")
    tab_to(page, "a1-answer")
    for number in range(1, 11):
        assert page.locator(".question.now").get_attribute("id") == f"q{number}"
        page.keyboard.press("t" if number % 2 else "f")
        tab_to(page, f"a{number}-confidence")
        page.keyboard.press("2")
        page.keyboard.press("Enter")
        if number < 10:
            assert page.evaluate("document.activeElement.tagName") == "LEGEND"
    expect(page.locator("#overview")).to_be_focused()

    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert clerk.ask("attempts", username=me.username, quiz=places["pre"]) == [False]
    tab_to(page, "confirmed")
    page.keyboard.press("Enter")
    page.wait_for_selector(".score")
    assert clerk.ask("attempts", username=me.username, quiz=places["pre"]) == [True]


def tab_to(page, name):
    """Press Tab until the control of that name has the focus."""
    for _ in range(40):
        if page.evaluate("document.activeElement.name || ''") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"forty Tabs do not lead to {name}")


def test_enter_in_a_number_goes_on_and_submits_nothing(player):
    page, section, _ = player("allocate")
    before = section.get_attribute("id")

    section.locator("input[type=number]").first.fill("30")
    page.keyboard.press("Enter")

    assert page.locator(".question.now, .overview.now").get_attribute("id") != before
    assert "/attempts/" in page.url
    assert page.locator(".score").count() == 0


def test_after_checking_the_focus_is_on_the_verdict_and_after_trying_again_on_the_question(
    visit, clerk, places
):
    page = visit().page(places["lessons"][0])
    name = page.locator(".exercise").first.get_attribute("id")
    exercise = page.locator(f"#{name}")

    exercise.locator("legend").first.focus()
    page.keyboard.press("1")
    exercise.locator(".act .button").focus()
    page.keyboard.press("Enter")
    expect(exercise.locator(".verdict")).to_be_focused()
    exercise.locator("[name=again]").focus()
    page.keyboard.press("Enter")
    expect(exercise.locator("legend").first).to_be_focused()


def test_arrow_keys_turn_lessons_but_not_from_inside_an_exercise(visit, places):
    page = visit().page(places["lessons"][0])
    page.locator(".exercise [type=radio]").first.focus()
    page.keyboard.press("ArrowRight")
    assert page.url.endswith(places["lessons"][0])

    page.locator("h1").click()
    page.keyboard.press("ArrowRight")
    page.wait_for_url(f"**{places['lessons'][1]}")
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(f"**{places['lessons'][0]}")


TRAINEE = ["today", "lesson", "player", "overview", "me", "case list", "moments", "own case"]
STAFF = ["marking", "case editor", "item editor"]


def place_of(where, clerk, places, me):
    """The address of a page for the walk by Tab."""
    plain = {
        "today": "/", "lesson": places["lessons"][0], "me": "/me/", "case list": "/cases/",
        "sign-in": "/accounts/login/", "item editor": "/items/exercises/{}/edit/",
    }  # fmt: skip
    if where == "own case":
        mine = clerk.ask("begin_own_case", username=me.username)["pk"]
        return f"/cases/mine/{mine}/?rung=full"
    if where == "moments":
        quiz = clerk.ask("case_of", slug="itinerary-call")["quiz"]
        return f"/quizzes/attempts/{clerk.ask('start', username=me.username, quiz=quiz)}/"
    if where in ("player", "overview"):
        attempt = clerk.ask("start", username=me.username, quiz="every-kind")
        return f"/quizzes/attempts/{attempt}/" + ("?review=1" if where == "overview" else "")
    if where == "case editor":
        clerk.ask("make_case", slug=f"tabbed-{me.username}")
        return f"/cases/tabbed-{me.username}/edit/"
    if where == "item editor":
        made = clerk.ask("make_bank_called", slug=f"tabbed-{me.username}")
        return plain[where].format(made["items"][0])
    return plain[where]


@pytest.mark.parametrize("where", [*TRAINEE, *STAFF, "sign-in"])
@pytest.mark.parametrize("width", ["phone", "desk"])
def test_whoever_tabs_sees_where_they_are(visit, clerk, places, where, width):
    # Without motion the page has scrolled when the key is up.
    viewport = DESK if width == "desk" else None
    if where == "marking":
        people = clerk.ask("make_class")
        work = clerk.ask("hand_in_own_case", username=people["trainees"][0]["username"])
        me = visit(people["instructors"][0], viewport=viewport, motion="reduce")
        address = f"/marking/{work['answer']}/"
    else:
        person = clerk.ask("make_one", role="admin") if where in STAFF else where != "sign-in"
        me = visit(person, viewport=viewport, motion="reduce")
        address = place_of(where, clerk, places, me)
    page = me.page(address)
    unseen, stops = [], 0
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        stops += 1
        if not page.evaluate(IS_RINGED) or page.evaluate(IS_COVERED):
            unseen.append(page.evaluate(FOCUSED))

    assert unseen == []
    assert stops > 3
