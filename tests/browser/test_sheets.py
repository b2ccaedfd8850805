"""A team fills a worksheet: two people at once, offline, signed out, without script, in print."""

import pytest
from playwright.sync_api import expect

from tests.browser.visiting import DESK, NARROW, unsent, wait_until_unsent

pytestmark = pytest.mark.browser
FIRST, SECOND, QUESTION = "grid.r1.c1", "grid.r1.c2", "ask.why.text"


@pytest.fixture
def team(clerk):
    return clerk.ask("make_sheet_team")


def address(team, whose=""):
    return f"/worksheets/{team['slug']}/{whose or 'team-' + str(team['team'])}/"


def cell(page, key):
    return page.locator(f"textarea[data-key='{key}']")


def box(page, key):
    return page.locator("[data-cell]").filter(has=cell(page, key))


def write(page, key, text):
    cell(page, key).fill(text)
    cell(page, key).blur()


def saved(page):
    expect(page.locator("#save")).to_have_attribute("data-state", "saved")
    wait_until_unsent(page, 0)


def texts(clerk, team):
    return clerk.ask("sheet_texts", slug=team["slug"], team=team["team"])


def changes(clerk, team):
    return clerk.ask("sheet_changes", slug=team["slug"], team=team["team"])


def test_two_of_a_team_write_at_once_and_choose_where_they_differ(visit, clerk, team):
    anna, wei = visit(team["anna"]), visit(team["wei"], viewport=DESK)
    anna.expect("status of 409")
    wei.expect("status of 409")
    here, there = anna.page(address(team)), wei.page(address(team))

    # Different fields: each sees what the other wrote, and the field being typed in is left alone.
    write(here, FIRST, "安娜写的")
    saved(here)
    cell(there, SECOND).press_sequentially("小伟写")
    expect(cell(there, FIRST)).to_have_value("安娜写的")
    expect(cell(there, SECOND)).to_have_value("小伟写")
    expect(there.locator("#others")).to_contain_text("Anna")
    cell(there, SECOND).blur()
    saved(there)

    # The same field: whoever comes second sees both, and keeps the own text.
    write(here, QUESTION, "安娜的理由")
    saved(here)
    cell(there, QUESTION).fill("小伟的理由")
    write(here, QUESTION, "安娜改过的理由")
    saved(here)  # else it comes as a second clash, after the first was settled
    cell(there, QUESTION).blur()
    expect(box(there, QUESTION).locator(".clash")).to_contain_text("Anna")
    assert texts(clerk, team)[QUESTION].startswith("安娜")
    box(there, QUESTION).locator("[data-keep=both]").click()
    saved(there)
    assert texts(clerk, team)[QUESTION].endswith("\n小伟的理由")

    # And the other way round: take theirs.
    cell(here, QUESTION).fill("安娜又写了")
    write(there, QUESTION, "最后一版")
    saved(there)
    cell(here, QUESTION).blur()
    clash = box(here, QUESTION).locator(".clash")
    if clash.count() == 0:
        clash.wait_for()
    clash.locator("[data-keep=theirs]").click()
    expect(cell(here, QUESTION)).to_have_value("最后一版")
    saved(here)
    assert texts(clerk, team)[QUESTION] == "最后一版"


def test_what_is_written_offline_waits_and_is_sent(visit, clerk, team):
    anna = visit(team["anna"])
    anna.expect("ERR_INTERNET_DISCONNECTED")
    page = anna.page(address(team))
    anna.context.set_offline(True)
    write(page, FIRST, "在地铁里写的")
    expect(page.locator("#save")).to_have_attribute("data-state", "offline")
    assert len(unsent(page)) == 1
    anna.context.set_offline(False)
    saved(page)

    assert texts(clerk, team) == {FIRST: "在地铁里写的"}


def test_a_tab_closed_in_mid_sentence_loses_nothing(visit, clerk, team):
    anna = visit(team["anna"])
    page = anna.page(address(team))
    page.evaluate("() => { window.fetch = () => new Promise(() => {}); }")
    cell(page, FIRST).press_sequentially("写到一半")
    page.close()
    assert texts(clerk, team) == {}
    page = anna.page(address(team))

    expect(cell(page, FIRST)).to_have_value("写到一半")
    saved(page)
    assert texts(clerk, team) == {FIRST: "写到一半"}


def test_what_waits_never_goes_over_something_newer(visit, clerk, team):
    anna, wei = visit(team["anna"]), visit(team["wei"])
    anna.expect("status of 409")
    page = anna.page(address(team))
    page.evaluate("() => { window.fetch = () => new Promise(() => {}); }")
    cell(page, FIRST).press_sequentially("昨天没发出去的")
    page.close()
    other = wei.page(address(team))
    write(other, FIRST, "今天写的")
    saved(other)
    page = anna.page(address(team))

    expect(box(page, FIRST).locator(".clash")).to_contain_text("今天写的")
    expect(cell(page, FIRST)).to_have_value("昨天没发出去的")
    assert texts(clerk, team) == {FIRST: "今天写的"}
    box(page, FIRST).locator("[data-keep=mine]").click()
    saved(page)
    assert changes(clerk, team) == ["今天写的", "昨天没发出去的"]


def test_signed_out_in_between_the_text_is_kept_and_sent_after_signing_in(visit, clerk, team):
    anna = visit(team["anna"])
    anna.expect("status of 401", "status of 403")
    page = anna.page(address(team))
    anna.sign_out_unnoticed()
    write(page, FIRST, "没丢")
    expect(page.locator("#save")).to_have_attribute("data-state", "signed-out")
    assert texts(clerk, team) == {}
    anna.sign_in(team["anna"]["key"])
    page.evaluate("() => window.dispatchEvent(new Event('focus'))")
    saved(page)

    assert texts(clerk, team) == {FIRST: "没丢"}


def test_somebody_elses_text_does_not_stay_on_the_device(visit, team):
    anna = visit(team["anna"])
    page = anna.page(address(team))
    page.evaluate("() => { window.fetch = () => new Promise(() => {}); }")
    write(page, FIRST, "安娜的")
    assert len(unsent(page)) == 1
    anna.sign_in(team["wei"]["key"])
    anna.go(page, address(team))

    assert unsent(page) == {}
    expect(cell(page, FIRST)).to_have_value("")


def test_a_text_that_is_too_long_says_so_at_once(visit, clerk, team):
    page = visit(team["anna"]).page(address(team))
    write(page, FIRST, "字" * 4001)

    expect(page.locator("#save")).to_have_attribute("data-state", "too-long")
    expect(box(page, FIRST).locator(".error")).to_contain_text("4001")
    write(page, FIRST, "字" * 4000)
    saved(page)
    assert texts(clerk, team) == {FIRST: "字" * 4000}


def test_examples_open_after_something_is_written_and_rows_come_as_needed(visit, team):
    page = visit(team["anna"]).page(address(team))
    page.locator("#m-grid [data-ask-models]").tap()
    expect(page.locator("#m-grid .model")).to_have_count(0)
    write(page, FIRST, "先写一点")
    page.locator("#m-grid [data-ask-models]").tap()
    expect(page.locator("#m-grid .model")).to_contain_text("MODEL-GRID")

    rows = page.locator("#s-list tbody tr:visible")
    expect(rows).to_have_count(3)
    page.locator("#s-list [data-more]").tap()
    expect(rows).to_have_count(4)
    expect(cell(page, "list.r4.name")).to_be_focused()


def test_without_script_a_page_is_saved_whole_and_both_texts_are_shown(visit, clerk, team):
    anna = visit(team["anna"], javascript=False, viewport=NARROW)
    wei = visit(team["wei"], javascript=False, viewport=DESK)
    anna.expect("status of 409")
    here, there = anna.page(address(team)), wei.page(address(team))
    cell(there, FIRST).fill("小伟写的")
    cell(there, "list.r5.name").fill("李女士")
    there.locator(".dock button").click()
    expect(there.locator(".notice.good")).to_be_visible()

    cell(here, FIRST).fill("安娜写的")
    here.locator(".dock button").click()
    expect(box(here, FIRST).locator(".clash")).to_contain_text("Wei")
    assert texts(clerk, team)[FIRST] == "小伟写的"
    box(here, FIRST).locator("input[value=both]").check(force=True)
    here.locator(".dock button").click()
    expect(cell(here, FIRST)).to_have_value("小伟写的\n安娜写的")
    expect(cell(here, "list.r5.name")).to_have_value("李女士")
    assert texts(clerk, team)[FIRST] == "小伟写的\n安娜写的"


def test_the_instructor_comments_and_the_team_prints_its_handbook(visit, clerk, team):
    anna = visit(team["anna"])
    page = anna.page(address(team))
    write(page, FIRST, "三步内抬头")
    saved(page)
    teacher = visit(team["teacher"], viewport=DESK)
    desk = teacher.page(f"/worksheets/cohorts/{team['cohort']}/")
    desk.locator(".standings a").click()
    desk.locator("#c-grid--r1--c1 summary").click()
    desk.locator("#c-grid--r1--c1-say").fill("看得见，好。")
    desk.locator("#c-grid--r1--c1 .say button").click()
    expect(desk.locator("#c-grid--r1--c1 .said")).to_contain_text("看得见，好。")

    anna.go(page, address(team))
    expect(box(page, FIRST).locator(".said")).to_contain_text("看得见，好。")
    anna.go(page, f"/worksheets/handbook/team-{team['team']}/")
    expect(page.locator(".chapter")).to_contain_text("三步内抬头")
    with page.expect_download() as download:
        page.locator("a[href$='/docx/']").tap()
    assert download.value.suggested_filename.endswith(".docx")
