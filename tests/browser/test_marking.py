"""Marking: by keys and by touch, returned, revised, accepted; two at once see both."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.visiting import DESK, unsent

pytestmark = pytest.mark.browser


@pytest.fixture
def work(clerk):
    """A class of one trainee with a case handed in, and two instructors."""
    people = clerk.ask("make_class", trainees=1, instructors=2)
    trainee = people["trainees"][0]
    handed_in = clerk.ask("hand_in_own_case", username=trainee["username"])
    return trainee, people["instructors"], handed_in


def test_work_is_marked_returned_revised_and_accepted(enter, visit, clerk, work):
    trainee, instructors, handed_in = work
    me, hand = enter(instructors[0])
    page = hand.page

    # The first mark: returned, with a comment at a passage and a word to the trainee.
    open_work(me, hand)
    choose_levels(hand, 2)
    hand.press(page.locator("[data-add]"))
    row = page.locator(".comment-list [data-row]").last
    row.locator("select[name$=-part]").select_option("event")
    hand.write(row.locator("textarea[name$=-quote]"), "我明早六点的飞机")
    hand.write(row.locator("textarea[name$=-text]"), "这一句是关键，后面怎么接的？")
    choose_outcome(hand, "returned")
    hand.write(page.locator("#why"), "写写您怎么回的他。")
    hand.press(page.locator("[data-save]"))
    page.wait_for_url("**/marking/?done=*")
    assert unsent(page) == {}
    (mark,) = clerk.ask("marks_of", answer=handed_in["answer"])
    assert (mark["outcome"], set(mark["levels"].values())) == ("returned", {2})
    assert mark["comments"][0]["quote"] == "我明早六点的飞机"

    # The trainee reads it and revises.
    you = visit(trainee)
    theirs = you.page(f"/cases/mine/{handed_in['pk']}/")
    expect(theirs.locator(".judgement")).to_contain_text("写写您怎么回的他。")
    expect(theirs.locator(".comments li")).to_contain_text("这一句是关键")
    expect(theirs.locator(".said mark").first).to_have_text("我明早六点的飞机")
    theirs.locator("form.dock button").tap()
    theirs.wait_for_selector("#writing")
    you.go(theirs, f"/cases/mine/{handed_in['pk']}/?rung=full")
    event = theirs.locator("textarea[name$='-part-event']")
    expect(theirs.locator(".said-of").first).to_contain_text("这一句是关键")
    event.fill(event.input_value() + "我说：“我这就去让他们停。”")
    theirs.locator(".dock a.button:not(.quiet)").tap()
    theirs.wait_for_url("**/hand-in/")
    theirs.locator("form.dock button").tap()
    theirs.wait_for_url(f"**/cases/mine/{handed_in['pk']}/")
    again = clerk.ask("own_case", write_up=handed_in["pk"])
    assert (again["state"], again["versions"]) == ("handed_in", 2)

    # The second mark accepts; the trainee is told.
    open_work(me, hand)
    choose_levels(hand, 4)
    choose_outcome(hand, "accepted")
    hand.press(page.locator("[data-save]"))
    page.wait_for_url("**/marking/?done=*")
    assert [one["outcome"] for one in clerk.ask("marks_of", answer=again["answer"])] == ["accepted"]
    assert clerk.ask("own_case", write_up=handed_in["pk"])["state"] == "accepted"
    you.go(theirs, f"/cases/mine/{handed_in['pk']}/")
    expect(theirs.locator("#consent")).to_be_visible()
    expect(page.locator(".empty")).to_be_visible()


def open_work(me, hand):
    me.go(hand.page, "/marking/")
    hand.press(hand.page.locator("ul.waiting a").first)
    hand.page.wait_for_url(re.compile(r"/marking/\d+/"))
    expect(hand.page.locator("form.rubric")).to_be_visible()


def choose_levels(hand, level):
    for criterion in hand.page.locator("[data-criterion]").all():
        hand.press(criterion.locator(f"input[value='{level}']"))
    count = hand.page.locator("[data-criterion]").count()
    expect(hand.page.locator("[data-chosen]")).to_have_text(f"{count} / {count}")


def choose_outcome(hand, value):
    hand.press(hand.page.locator(f"[name=outcome][value={value}]"))


def test_digits_choose_arrows_go_on_and_ctrl_enter_saves(visit, clerk, work):
    _, instructors, handed_in = work
    page = visit(instructors[0], viewport=DESK).page(f"/marking/{handed_in['answer']}/")
    criteria = page.locator("[data-criterion]")

    criteria.nth(0).locator("input").first.focus()
    for _ in range(criteria.count()):
        page.keyboard.press("3")
        page.keyboard.press("ArrowDown")
    page.locator("[name=outcome][value=accepted]").check()
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/marking/?done=*")

    (mark,) = clerk.ask("marks_of", answer=handed_in["answer"])
    assert set(mark["levels"].values()) == {3}


def test_a_selected_passage_gets_its_comment(visit, clerk, work):
    _, instructors, handed_in = work
    page = visit(instructors[0], viewport=DESK).page(f"/marking/{handed_in['answer']}/")
    page.locator("[data-passage=event]").evaluate("""one => {
      const at = one.firstChild.data.indexOf("一位客人");
      document.getSelection().setBaseAndExtent(one.firstChild, at, one.firstChild, at + 4);
    }""")

    page.locator("[data-comment-here]").click()
    text = page.locator("[data-row] textarea[name$=-text]").last
    expect(text).to_be_focused()
    page.keyboard.type("谁？多大年纪？")
    expect(page.locator("[data-row] [data-quote]").last).to_have_text("一位客人")
    for criterion in page.locator("[data-criterion]").all():
        criterion.locator("input").nth(2).check(force=True)
    page.locator("[name=outcome][value=accepted]").check(force=True)
    page.locator("[data-save]").click()
    page.wait_for_url("**/marking/?done=*")

    comment = clerk.ask("marks_of", answer=handed_in["answer"])[0]["comments"][0]
    assert (comment["part"], comment["quote"]) == ("event", "一位客人")
    assert comment["text"] == "谁？多大年纪？"


def test_two_instructors_at_once_the_second_sees_both_and_loses_nothing(visit, clerk, work):
    _, instructors, handed_in = work
    one, two = (visit(person, viewport=DESK) for person in instructors)
    two.expect("status of 409")
    address = f"/marking/{handed_in['answer']}/"
    first, second = one.page(address), two.page(address)
    expect(second.locator("[data-others]")).to_contain_text(instructors[0]["name"])

    for page, level, word in ((first, 2, "先写的一句话"), (second, 4, "后写的一句话")):
        for criterion in page.locator("[data-criterion]").all():
            criterion.locator(f"input[value='{level}']").check(force=True)
        page.locator("[name=outcome][value=accepted]").check(force=True)
        page.locator("#why").fill(word)
    first.locator("[data-save]").click()
    first.wait_for_url("**/marking/?done=*")
    with second.expect_response(f"**{address}") as response:
        second.locator("[data-save]").click()

    assert response.value.status == 409
    expect(second.locator(".given")).to_contain_text("先写的一句话")
    expect(second.locator("#why")).to_have_value("后写的一句话")
    assert second.locator("[data-criterion] input:checked").evaluate_all(
        "all => [...new Set(all.map((one) => one.value))]"
    ) == ["4"]
    assert len(clerk.ask("marks_of", answer=handed_in["answer"])) == 1
    second.locator("[data-save]").click()
    second.wait_for_url("**/marking/?done=*")
    marks = clerk.ask("marks_of", answer=handed_in["answer"])
    assert [one["why"] for one in marks] == ["先写的一句话", "后写的一句话"]
    assert unsent(second) == {}


def test_a_mark_half_made_is_there_again_after_the_tab_was_closed(visit, clerk, work):
    _, instructors, handed_in = work
    me = visit(instructors[0], viewport=DESK)
    address = f"/marking/{handed_in['answer']}/"
    page = me.page(address)
    page.locator("[data-criterion] input[value='3']").first.check(force=True)
    page.locator("#why").press_sequentially("写得很具体，尤其是")
    page.close()

    page = me.page(address)

    expect(page.locator("#why")).to_have_value("写得很具体，尤其是")
    expect(page.locator("[data-criterion] input[value='3']").first).to_be_checked()
    page.locator("[data-drop]").click()
    expect(page.locator("#why")).to_have_value("")
    assert unsent(page) == {}
