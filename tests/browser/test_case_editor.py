"""The case editor: written by keys and by touch, saved by itself, published, compared, restored."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.hands import Keys, Touch
from tests.browser.pages import OPEN_ALL
from tests.browser.visiting import DESK, settled, unsent

pytestmark = pytest.mark.browser


def open_editor(me, page, slug):
    me.go(page, f"/cases/{slug}/edit/")
    return page.locator("#editor")


def row(page, line):
    return page.locator(f"#line-{line}")


def draft_saved(page):
    settled(page)
    expect(page.locator("#save-state")).to_have_attribute("data-state", "saved")


def lines(content):
    return [line["id"] for scene in content["scenes"] for line in scene["lines"]]


def line_of(content, wanted):
    return next(
        line for scene in content["scenes"] for line in scene["lines"] if line["id"] == wanted
    )


def published(page):
    """Wait until the page says that a version is published."""
    expect(page.locator(".notice.good, [role=status].notice").first).to_be_visible()


def test_a_case_is_edited_and_published_while_somebody_practises_undisturbed(enter, visit, clerk):
    me, hand = enter(clerk.ask("make_one", role="admin"))
    page, slug = hand.page, f"call-{type(hand).__name__.lower()}"
    case = clerk.ask("make_case", slug=slug)
    you = visit()
    attempt = clerk.ask("start", username=you.username, quiz=case["quiz"])
    theirs = you.page(f"/quizzes/attempts/{attempt}/")
    expect(theirs.locator("#q1")).to_contain_text("请稍等。")

    # A line is edited, moved and judged; everything saves itself.
    open_editor(me, page, slug)
    edit_line(hand, page, "l4", "请稍等，我去问。")
    move_up(hand, page, "l4")
    judge(hand, page, "l3")
    draft_saved(page)
    now = clerk.ask("case_now", slug=slug)
    assert line_of(now["draft"], "l4")["text"]["zh"] == "请稍等，我去问。"
    assert lines(now["draft"]) == ["l1", "l2", "l4", "l3", "l5"]
    assert line_of(now["draft"], "l3")["moment"]["effect"] == "down"
    assert line_of(now["content"], "l4")["text"]["zh"] == "请稍等。"
    assert unsent(page) == {}

    # Published with a note; the trainee in the middle of it notices nothing.
    hand.press(page.locator(".editor-pages a[href$='/publish/']"))
    page.wait_for_url("**/edit/publish/")
    expect(page.locator(".notice").filter(has_text=re.compile("1"))).not_to_have_count(0)
    hand.write(page.locator("#note"), "说清楚他去问谁")
    hand.press(page.locator("button[value=publish]"))
    expect(page.locator("button[value=publish]")).to_have_count(0)
    now = clerk.ask("case_now", slug=slug)
    assert now["number"] == 2
    assert line_of(now["content"], "l4")["text"]["zh"] == "请稍等，我去问。"
    theirs.reload()
    expect(theirs.locator("#q1")).to_contain_text("请稍等。")
    expect(theirs.locator("#q1")).not_to_contain_text("我去问")
    for token, value in marks(clerk.ask("right_fields", attempt=attempt)[0]).items():
        theirs.locator(f"#q1 [data-spot='{token}'] .piece").tap()
        theirs.locator(f"#q1 dialog [data-polarity={value}]").tap()
        theirs.locator("#q1 dialog [data-done]").tap()
    theirs.locator("#q1 [data-check]").tap()
    expect(theirs.locator("#q1 .spot.found")).to_have_count(2)

    # What changed, and back to how it was.
    hand.press(page.locator(".editor-pages a[href$='/history/']"))
    page.wait_for_url("**/edit/history/")
    hand.press(page.locator("ul.rows a[href*='from=1']"))
    expect(page.locator("#diff li.changed, #diff li.moved").first).to_be_visible()
    expect(page.locator("#diff ins").first).to_contain_text("我去问")
    hand.press(page.locator("form[action$='/restore/1/'] button"))
    expect(page.locator(".editor-next a.button")).to_be_visible()
    now = clerk.ask("case_now", slug=slug)
    assert line_of(now["draft"], "l4")["text"]["zh"] == "请稍等。"
    assert (now["number"], lines(now["draft"])) == (2, ["l1", "l2", "l3", "l4", "l5"])


def marks(fields):
    names = [name for name in fields if name.split("-")[1] == "mark"]
    return {name.split("-", 2)[2]: fields[name] for name in names}


def reach_row(hand, page, line):
    """The list is one stop of Tab; arrows go from line to line."""
    first = page.locator(".said[tabindex='0']")
    hand.reach(first)
    hand.page.keyboard.press("Home")
    link = row(page, line).locator(".said")
    for _ in range(10):
        if link.evaluate("one => one === document.activeElement"):
            return
        hand.page.keyboard.press("ArrowDown")
    raise AssertionError(line)


def edit_line(hand, page, line, text):
    if isinstance(hand, Keys):
        reach_row(hand, page, line)
        page.keyboard.press("F2")
        expect(row(page, line).locator("textarea[name=zh]")).to_be_focused()
        page.keyboard.press("Control+A")
        page.keyboard.type(text)
        page.keyboard.press("Escape")
        expect(row(page, line).locator(".said")).to_be_focused()
    else:
        row(page, line).locator(".said").tap()
        hand.write(row(page, line).locator("textarea[name=zh]"), text)
        row(page, line).locator("[data-act=close]").tap()
    expect(row(page, line).locator(".words")).to_have_text(text)


def move_up(hand, page, line):
    if isinstance(hand, Keys):
        reach_row(hand, page, line)
        page.keyboard.press("Alt+ArrowUp")
        expect(row(page, line).locator(".said")).to_be_focused()
    else:
        row(page, line).locator(".said").tap()
        row(page, line).locator("[data-act=up]").tap()
        row(page, line).locator("[data-act=close]").tap()


def judge(hand, page, line):
    """A customer's line: here trust goes down."""
    if isinstance(hand, Touch):
        row(page, line).locator(".said").tap()
        radio = row(page, line).locator(".line-fields [name=polarity][value=neutral]")
        hand.press(radio)
        row(page, line).locator("[name=effect]").select_option("down")
        row(page, line).locator("[data-act=close]").tap()
    else:
        reach_row(hand, page, line)
        page.keyboard.press("b")


def test_moments_are_set_by_letters_and_digits_and_undone(visit, clerk):
    me = visit(clerk.ask("make_one", role="admin"), viewport=DESK)
    clerk.ask("make_case", slug="call-letters")
    page = me.page()
    open_editor(me, page, "call-letters")

    row(page, "l4").locator(".said").focus()
    page.keyboard.press("g")
    page.keyboard.press("3")
    draft_saved(page)
    moment = line_of(clerk.ask("case_now", slug="call-letters")["draft"], "l4")["moment"]
    assert (moment["polarity"], moment["step"], moment["required"]) == ("good", "solve", True)

    page.keyboard.press("Delete")
    expect(row(page, "l4")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(row(page, "l4")).to_have_count(1)
    draft_saved(page)
    now = clerk.ask("case_now", slug="call-letters")["draft"]
    assert lines(now) == ["l1", "l2", "l3", "l4", "l5"]
    assert line_of(now, "l4")["moment"]["polarity"] == "good"


def test_a_tab_closed_in_mid_sentence_loses_nothing(visit, clerk):
    me = visit(clerk.ask("make_one", role="admin"), viewport=DESK)
    clerk.ask("make_case", slug="call-closed")
    page = me.page()
    open_editor(me, page, "call-closed")
    page.evaluate("() => { window.fetch = () => new Promise(() => {}); }")

    row(page, "l4").locator(".said").click()
    page.keyboard.press("Control+A")
    page.keyboard.type("请您在这里坐一")
    page.close()
    page = me.page()
    open_editor(me, page, "call-closed")

    expect(row(page, "l4").locator(".words")).to_have_text("请您在这里坐一")
    draft_saved(page)
    draft = clerk.ask("case_now", slug="call-closed")["draft"]
    assert line_of(draft, "l4")["text"]["zh"] == "请您在这里坐一"


def test_two_editors_at_once_the_second_sees_what_the_first_changed(visit, clerk):
    one, two = (
        visit(clerk.ask("make_one", role="admin", name=name), viewport=DESK)
        for name in ("沈若谷", "林一舟")
    )
    two.expect("status of 409")
    clerk.ask("make_case", slug="call-both")
    first, second = one.page(), two.page()
    open_editor(one, first, "call-both")
    open_editor(two, second, "call-both")

    for page, line, text in ((first, "l4", "先改的一句"), (second, "l5", "后改的一句")):
        row(page, line).locator(".said").click()
        page.keyboard.press("Control+A")
        page.keyboard.type(text)
        if page is first:
            draft_saved(page)
    expect(second.locator("#conflict")).to_contain_text("先改的一句")
    expect(second.locator("#conflict")).to_contain_text("沈若谷")
    second.locator("[data-keep=mine]").click()
    second.wait_for_selector("#editor")
    draft_saved(second)

    draft = clerk.ask("case_now", slug="call-both")["draft"]
    assert line_of(draft, "l4")["text"]["zh"] == "先改的一句"
    assert line_of(draft, "l5")["text"]["zh"] == "后改的一句"


def test_a_nominated_case_is_published_and_a_second_trainee_marks_its_moments(visit, clerk):
    people = clerk.ask("make_class", trainees=2, instructors=1)
    author, other = people["trainees"]
    clerk.ask(
        "nominate_own_case", username=author["username"],
        instructor=people["instructors"][0]["username"],
    )  # fmt: skip
    me = visit(clerk.ask("make_one", role="admin"), viewport=DESK)
    page = me.page("/cases/new/")

    page.locator("a[href*='?from=']").first.click()
    page.locator("[name=title_zh]").fill("楼下在办喜事")
    page.locator("[name=title_en]").fill("A wedding below")
    page.locator("[name=slug]").fill("told-wedding")
    page.locator("form.card button").click()
    page.wait_for_url("**/cases/told-wedding/edit/")
    write_document(page)
    draft_saved(page)
    page.locator(".editor-pages a[href$='/exercises/']").click()
    page.locator("a[href$='/exercises/moments/']").click()
    page.locator("form:has([name=ask]) button.button").click()
    page.wait_for_url("**/edit/exercises/")
    page.locator(".editor-next a.button").click()
    page.wait_for_url("**/edit/publish/")
    assert page.locator(".findings li").all_inner_texts() == []
    page.locator("button[value=publish]").click()
    expect(page.locator("button[value=publish]")).to_have_count(0)

    you = visit(other)
    theirs = you.page("/cases/?q=wedding")
    theirs.locator("main ul.rows a").first.tap()
    theirs.wait_for_url("**/cases/told-wedding/")
    theirs.locator(".dock form button").tap()
    theirs.wait_for_selector("#q1 [data-spot]")
    attempt = int(theirs.url.split("/attempts/")[1].split("/")[0])
    for token, value in marks(clerk.ask("right_fields", attempt=attempt)[0]).items():
        theirs.locator(f"#q1 [data-spot='{token}'] .piece").tap()
        theirs.locator(f"#q1 dialog [data-polarity={value}]").tap()
        theirs.locator("#q1 dialog [data-done]").tap()
    theirs.locator("#q1 [data-check]").tap()
    expect(theirs.locator("#q1 .verdict")).to_be_visible()
    assert theirs.locator("#q1 .spot.found").count() == 1


def write_document(page):
    """What a case needs besides what the author told: both languages, people, a conversation."""
    page.evaluate(OPEN_ALL)
    for name, text in {"summary": "吵了一夜", "situation": "晚上十点，酒店。"}.items():
        page.locator(f"[name={name}_zh]").fill(text)
        page.locator(f"[name={name}_en]").fill("Noise at ten at night.")
    page.locator("[data-industry]").select_option("hotel")
    page.locator("[data-step]").first.check()
    for entry in page.locator("[data-list=questions] [data-entry]").all():
        if entry.locator("[data-name='question.zh']").input_value():
            entry.locator("[data-name='question.en']").fill("What did he want?")
            entry.locator("[data-name='answer.en']").fill("A night's sleep.")
    roles = page.locator("[data-list=roles] [data-entry]")
    for number, (name, side) in enumerate((("小林", "staff"), ("一位客人", "customer"))):
        entry = roles.nth(number)
        for field in ("name.zh", "name.en", "part.zh", "part.en"):
            entry.locator(f"[data-name='{field}']").fill(name if field.endswith("zh") else side)
        entry.locator("[data-name=side]").select_option(side)
    say = {
        "l1": ("一位客人", "楼下太吵了。", "It is too loud."),
        "l2": ("小林", "规定就是这样。", "That is the rule."),
        "l3": ("一位客人", "我明早的飞机。", "I fly early."),
        "l4": ("小林", "我看一下。", "Let me see."),
    }
    page.locator("[data-add-line]").first.click()
    for number, (who, zh, en) in enumerate(say.values()):
        opened = page.locator(".utterance.open")
        opened.locator("[name=who]").select_option(label=who)
        opened.locator("textarea[name=en]").fill(en)
        opened.locator("textarea[name=zh]").fill(zh)
        if number == 1:
            opened.locator("[name=polarity][value=bad]").check(force=True)
            opened.locator("[name=step][value=diagnose]").check(force=True)
            opened.locator("textarea[name=why_zh]").fill("规定挡在前面。")
            opened.locator("textarea[name=why_en]").fill("The rule comes first.")
        if number < 3:
            opened.locator("[data-act=add]").click()
