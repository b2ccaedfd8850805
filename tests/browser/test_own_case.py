"""A case of one's own: noted on the phone, written on two devices, handed in, marked, taken up."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.visiting import DESK, settled, unsent, wait_until_unsent

pytestmark = pytest.mark.browser
NOTE = "客人等了一个钟头，走的时候没说话。"
SHORT = "晚上十点，一位客人说房间太吵。我先听他说完，再去看房。"
PARTS = "**/parts/*/"
SAVED = re.compile("saved")


def field(page, part):
    return page.locator(f"textarea[name$='-part-{part}']")


def state(page, part):
    return page.locator(f"section.written:has(textarea[name$='-part-{part}']) [data-status]")


def saved(page, part):
    expect(state(page, part)).to_have_attribute("data-state", "saved")


def same_person(clerk, me):
    return {"username": me.username, "pk": me.pk,
            "key": clerk.ask("make_session", username=me.username)}  # fmt: skip


def test_a_note_becomes_a_short_case_six_parts_and_is_handed_in(enter, clerk):
    me, hand = enter()
    page = hand.page
    me.go(page, "/cases/mine/")

    # Three lines, on the spot.
    hand.press(page.locator(".empty a.button"))
    lines = page.locator("form.three textarea, form.three input[type=text]")
    hand.write(lines.nth(0), NOTE)
    hand.press(page.locator("form.three .dock button"))
    page.wait_for_url(re.compile(r"/cases/mine/\d+/$"))
    mine = int(page.url.rstrip("/").rsplit("/", 1)[1])
    assert NOTE in clerk.ask("own_case", write_up=mine)["note"]
    assert unsent(page) == {}

    # The short case; it saves itself.
    hand.press(page.locator("form.dock button"))
    short = field(page, "short")
    hand.write(short, SHORT)
    saved(page, "short")
    assert clerk.ask("own_case", write_up=mine)["texts"]["short"] == SHORT

    # Six parts; the way on waits for what is not saved yet.
    hand.press(page.locator(".dock a.button:not(.quiet)"))
    page.wait_for_url("**?rung=full")
    six = page.locator("section.written textarea").evaluate_all(
        "all => all.map((one) => one.name.split('-part-')[1])"
    )
    assert len(six) == 6
    for number, part in enumerate(six):
        hand.write(field(page, part), f"第{number + 1}部分：他说等了很久。")
    hand.press(page.locator(".dock a.button:not(.quiet)"))
    page.wait_for_url("**/hand-in/")
    expect(page.locator(".lengths > li")).to_have_count(7)
    hand.press(page.locator("form.dock button"))
    page.wait_for_url(f"**/cases/mine/{mine}/")

    now = clerk.ask("own_case", write_up=mine)
    assert now["state"] == "handed_in"
    assert sorted(now["texts"]) == sorted([*six, "note", "short"])
    assert unsent(page) == {}
    expect(page.locator(".read-part")).to_have_count(len(now["texts"]))


def test_two_devices_at_once_show_both_texts_and_neither_is_lost(visit, clerk):
    phone = visit()
    mine = clerk.ask("begin_own_case", username=phone.username, short="旧的一段。")
    desk = visit(same_person(clerk, phone), viewport=DESK)
    for one in (phone, desk):
        one.expect("status of 409")
    address = f"/cases/mine/{mine['pk']}/?rung=full"
    here, there = phone.page(address), desk.page(address)
    parts = ["event", "demands", "unmet", "satisfaction"]

    # Typed on two devices, part by part in turn: each part is saved by itself.
    for number, part in enumerate(parts):
        page = here if number % 2 else there
        field(page, part).fill(f"{part}，在一台设备上写的")
        saved(page, part)
    texts = clerk.ask("own_case", write_up=mine["pk"])["texts"]
    assert [texts[part] for part in parts] == [f"{part}，在一台设备上写的" for part in parts]

    # And the same part on both: whoever comes second sees both and chooses.
    field(here, "event").fill("手机上写的经过")
    expect(state(here, "event")).to_have_attribute("data-state", "newer")
    both = here.locator("section.written:has(textarea[name$='-part-event']) .both")
    expect(both.locator("blockquote")).to_have_text("event，在一台设备上写的")
    expect(field(here, "event")).to_have_value("手机上写的经过")
    assert clerk.ask("own_case", write_up=mine["pk"])["texts"]["event"] == "event，在一台设备上写的"
    both.locator("[data-keep]").tap()
    saved(here, "event")
    assert clerk.ask("own_case", write_up=mine["pk"])["texts"]["event"] == "手机上写的经过"

    field(there, "event").fill("电脑上又写了一遍")
    expect(state(there, "event")).to_have_attribute("data-state", "newer")
    there.locator("[data-take]").click()
    expect(field(there, "event")).to_have_value("手机上写的经过")
    saved(there, "event")
    assert clerk.ask("own_case", write_up=mine["pk"])["texts"]["event"] == "手机上写的经过"


def close_in_mid_sentence(me, clerk):
    """Type, lose the tab before anything was sent, come back; the case and the new page."""
    me.expect("ERR_FAILED")
    mine = clerk.ask("begin_own_case", username=me.username, short="旧的一段。")["pk"]
    address = f"/cases/mine/{mine}/?rung=full"
    page = me.page(address)
    # The last request of a page that goes may get through or not: here it does not.
    me.context.route(PARTS, lambda route: route.abort())
    page.evaluate("() => { window.fetch = () => new Promise(() => {}); }")
    field(page, "event").press_sequentially("他站在门口，刚要开")
    page.close()
    assert "event" not in clerk.ask("own_case", write_up=mine)["texts"]
    me.context.unroute(PARTS)
    return mine, me.page(address)


def test_a_tab_closed_in_mid_sentence_loses_nothing(visit, clerk):
    mine, page = close_in_mid_sentence(visit(), clerk)

    expect(field(page, "event")).to_have_value("他站在门口，刚要开")
    saved(page, "event")
    assert clerk.ask("own_case", write_up=mine)["texts"]["event"] == "他站在门口，刚要开"
    assert unsent(page) == {}


def test_control_without_the_copy_on_the_device_the_sentence_is_lost(visit, clerk):
    me = visit()
    me.context.add_init_script("Storage.prototype.setItem = () => {};")

    mine, page = close_in_mid_sentence(me, clerk)

    expect(field(page, "event")).to_have_value("")
    assert "event" not in clerk.ask("own_case", write_up=mine)["texts"]


def test_a_note_closed_in_mid_sentence_is_there_again_before_it_was_ever_sent(visit):
    me = visit()
    page = me.page("/cases/mine/new/")
    first = page.locator("form.three textarea, form.three input[type=text]").first

    first.press_sequentially("客人刚走，我还")
    page.close()
    page = me.page("/cases/mine/new/")

    first = page.locator("form.three textarea, form.three input[type=text]").first
    expect(first).to_have_value("客人刚走，我还")


def test_offline_the_text_waits_on_the_device_and_is_sent_when_the_line_is_back(visit, clerk):
    me = visit()
    me.expect("ERR_INTERNET_DISCONNECTED")
    mine = clerk.ask("begin_own_case", username=me.username, short="旧的一段。")
    page = me.page(f"/cases/mine/{mine['pk']}/?rung=full")

    me.context.set_offline(True)
    field(page, "event").fill("电梯里没有信号")
    field(page, "demands").fill("他要的是安静")
    expect(state(page, "event")).to_have_attribute("data-state", "offline")
    wait_until_unsent(page, 2)
    assert "event" not in clerk.ask("own_case", write_up=mine["pk"])["texts"]
    me.context.set_offline(False)
    saved(page, "event")
    saved(page, "demands")
    settled(page)

    texts = clerk.ask("own_case", write_up=mine["pk"])["texts"]
    assert (texts["event"], texts["demands"]) == ("电梯里没有信号", "他要的是安静")


def test_what_waited_never_goes_over_what_another_device_wrote_meanwhile(visit, clerk):
    phone = visit()
    phone.expect("ERR_INTERNET_DISCONNECTED", "status of 409")
    mine = clerk.ask("begin_own_case", username=phone.username, event="最早的经过")
    address = f"/cases/mine/{mine['pk']}/?rung=full"
    here = phone.page(address)
    phone.context.set_offline(True)
    field(here, "event").fill("没有信号时写的")
    wait_until_unsent(here, 1)

    there = visit(same_person(clerk, phone), viewport=DESK).page(address)
    field(there, "event").fill("别处后来写的")
    saved(there, "event")
    phone.context.set_offline(False)
    expect(state(here, "event")).to_have_attribute("data-state", "newer")

    expect(here.locator(".both blockquote")).to_have_text("别处后来写的")
    expect(field(here, "event")).to_have_value("没有信号时写的")
    assert clerk.ask("own_case", write_up=mine["pk"])["texts"]["event"] == "别处后来写的"
