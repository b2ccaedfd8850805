"""Cases, conversations, own cases, marking and editing without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.taking import fill_in
from tests.browser.visiting import DESK

pytestmark = pytest.mark.browser
NO_SCRIPT = {"javascript": False}


def begin_case(me, clerk, slug):
    page = me.page(f"/cases/{slug}/")
    page.locator(".dock form button").click()
    page.wait_for_url("**/attempts/**")
    return page, int(page.url.split("/attempts/")[1].split("/")[0])


def test_a_case_is_worked_through_check_by_check(visit, clerk):
    page, attempt = begin_case(visit(**NO_SCRIPT), clerk, "itinerary-call")
    answers = clerk.ask("right_fields", attempt=attempt)

    for number, fields in enumerate(answers, start=1):
        section = page.locator(f"#q{number}")
        fill_in(section, fields, javascript=False)
        section.locator("[data-check]").click()
        expect(page.locator(f"#q{number} .verdict")).to_be_visible()
        assert clerk.ask("checked", attempt=attempt) == [True] * number + [False] * (
            len(answers) - number
        )
    page.locator("[name=confirmed]").click()
    expect(page.locator(".score")).to_be_visible()
    page.locator(".dock a.button").click()
    assert page.locator(".versions .pair-row").count() > 5


def test_checking_one_answer_keeps_what_was_typed_in_the_others(visit, clerk):
    page, attempt = begin_case(visit(**NO_SCRIPT), clerk, "itinerary-call")
    answers = clerk.ask("right_fields", attempt=attempt)
    rewrite = page.locator("#q2 textarea")
    fill_in(page.locator("#q1"), answers[0], javascript=False)
    rewrite.fill("我帮您问一下。")

    page.locator("#q1 [data-check]").click()

    expect(page.locator("#q1 .verdict")).to_be_visible()
    expect(rewrite).to_have_value("我帮您问一下。")
    assert clerk.ask("answers", attempt=attempt)[1]["response"]["text"] == "我帮您问一下。"


def test_a_conversation_is_rehearsed_twice_by_full_page_loads(visit, clerk):
    page, attempt = begin_case(visit(**NO_SCRIPT), clerk, "dialogue-late-check-in")
    ways = clerk.ask("two_runs", attempt=attempt, position=1)
    first, second = ways["tokens"]

    say(page, first)
    page.locator("#q1 .turn.decisive button[name=back]").click()
    say(page, second[ways["at"] :])

    expect(page.locator("#q1 .compared .runs > li")).to_have_count(2)
    assert clerk.ask("answers", attempt=attempt)[0]["response"] == {"runs": ways["ids"]}


def say(page, tokens):
    for token in tokens:
        reply = page.locator(f"#q1 .reply[value$='.{token}']")
        reply.click()
        reply.wait_for(state="detached")


def test_a_turn_keeps_what_was_typed_in_the_other_exercises(visit, clerk):
    page, _ = begin_case(visit(**NO_SCRIPT), clerk, "dialogue-late-check-in")
    page.locator("#q2 textarea").fill("我先给您倒杯水。")

    page.locator("#q1 .reply").first.click()

    expect(page.locator("#q1 .line.us")).to_have_count(1)
    assert page.locator("#q2 textarea").input_value() == "我先给您倒杯水。"


def test_a_case_of_ones_own_is_noted_written_on_two_devices_and_handed_in(visit, clerk):
    me = visit(**NO_SCRIPT)
    me.expect("status of 409")
    page = me.page("/cases/mine/new/")
    page.locator("form.three textarea, form.three input[type=text]").first.fill("客人等了很久。")
    page.locator("form.three .dock button").click()
    page.wait_for_url(re.compile(r"/cases/mine/\d+/$"))
    mine = int(page.url.rstrip("/").rsplit("/", 1)[1])
    page.locator("form.dock button").click()
    page.wait_for_selector("textarea[name$='-part-short']")
    short = page.locator("textarea[name$='-part-short']")

    other = me.page(f"/cases/mine/{mine}/?rung=short")
    other.locator("textarea[name$='-part-short']").fill("另一台设备上写的。")
    other.locator("form.writing .nojs-only button").click()
    expect(other.locator(".notice.good, [role=status]").first).to_be_visible()
    short.fill("这台设备上写的。")
    page.locator("form.writing .nojs-only button").click()

    expect(page.locator(".both blockquote")).to_have_text("另一台设备上写的。")
    expect(short).to_have_value("这台设备上写的。")
    assert clerk.ask("own_case", write_up=mine)["texts"]["short"] == "另一台设备上写的。"
    page.locator("form.writing .nojs-only button").click()
    assert clerk.ask("own_case", write_up=mine)["texts"]["short"] == "这台设备上写的。"
    me.go(page, f"/cases/mine/{mine}/hand-in/")
    page.locator("form.dock button").click()
    page.wait_for_url(f"**/cases/mine/{mine}/")
    assert clerk.ask("own_case", write_up=mine)["state"] == "handed_in"


def test_work_is_marked_with_a_comment_and_a_second_mark_meanwhile_is_shown(visit, clerk):
    people = clerk.ask("make_class", trainees=1, instructors=2)
    work = clerk.ask("hand_in_own_case", username=people["trainees"][0]["username"])
    one, two = people["instructors"]
    me = visit(one, viewport=DESK, **NO_SCRIPT)
    me.expect("status of 409")
    page = me.page(f"/marking/{work['answer']}/")
    for criterion in page.locator("[data-criterion]").all():
        criterion.locator("input[value='3']").check(force=True)
    row = page.locator("[data-row]").first
    row.locator("select[name$=-part]").select_option("event")
    row.locator("textarea[name$=-quote]").fill("我明早六点的飞机")
    row.locator("textarea[name$=-text]").fill("关键的一句。")
    page.locator("[name=outcome][value=accepted]").check(force=True)

    clerk.ask("judge", write_up=work["pk"], instructor=two["username"], outcome="returned")
    page.locator("[data-save]").click()
    expect(page.locator(".given").first).to_be_visible()
    page.locator("#why").fill("我看的是同一处。")
    page.locator("[data-save]").click()
    page.wait_for_url("**done=*")

    marks = clerk.ask("marks_of", answer=work["answer"])
    assert [mark["outcome"] for mark in marks] == ["returned", "accepted"]
    assert marks[1]["comments"][0]["quote"] == "我明早六点的飞机"


def test_a_case_is_edited_line_by_line_and_published(visit, clerk):
    me = visit(clerk.ask("make_one", role="admin"), viewport=DESK, **NO_SCRIPT)
    clerk.ask("make_case", slug="call-plain")
    page = me.page("/cases/call-plain/edit/")

    page.locator("#line-l4 .said").click()
    page.wait_for_url("**/edit/lines/l4/")
    page.locator("textarea[name=zh]").fill("请稍等，我去问。")
    page.locator("form:has(textarea[name=zh]) button.button").first.click()
    expect(page.locator("textarea[name=zh]")).to_have_value("请稍等，我去问。")
    me.go(page, "/cases/call-plain/edit/publish/")
    page.locator("button[value=publish]").click()
    expect(page.locator("button[value=publish]")).to_have_count(0)

    now = clerk.ask("case_now", slug="call-plain")
    said = [line["text"]["zh"] for scene in now["content"]["scenes"] for line in scene["lines"]]
    assert (now["number"], "请稍等，我去问。" in said) == (2, True)
