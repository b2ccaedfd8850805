"""Saying it aloud: recorded, heard, kept, sent, deleted; written where nobody may record."""

import pytest
from playwright.sync_api import expect

from tests.browser.visiting import settled

pytestmark = pytest.mark.browser
PLAYS = """async (sound) => {
  await sound.play();
  while (sound.currentTime === 0) await new Promise(requestAnimationFrame);
  sound.pause();
  return sound.error === null;
}"""


def open_part(me, page, clerk):
    attempt = clerk.ask("start_with", username=me.username, kind="voice")
    me.go(page, f"/quizzes/attempts/{attempt}/")
    return attempt, page.locator("#q1 .voice")


def record(hand, part):
    """About a second of what the false microphone beeps."""
    count = part.locator("[data-count]")
    hand.press(part.locator("[data-record]"))
    expect(part).to_have_attribute("data-now", "recording")
    before = count.inner_text()
    expect(count).not_to_have_text(before)
    hand.press(part.locator("[data-record]"))
    expect(part.locator("[data-fresh]")).to_be_visible()


def test_a_line_is_recorded_heard_said_again_kept_sent_and_deleted(enter, clerk):
    me, hand = enter()
    me.expect("status of 404")  # what is deleted is asked for once more
    me.context.grant_permissions(["microphone"])
    page = hand.page
    attempt, part = open_part(me, page, clerk)
    sound = part.locator("[data-sound]")

    record(hand, part)
    expect(part.locator("[data-keep]")).to_be_focused()
    assert sound.get_attribute("src").startswith("blob:")
    assert sound.evaluate(PLAYS)
    assert clerk.ask("recordings", username=me.username) == []  # nothing has left the device
    hand.press(part.locator("[data-drop]"))
    expect(part.locator("[data-taken]")).to_be_hidden()

    record(hand, part)
    hand.press(part.locator("[data-keep]"))
    expect(part).to_have_attribute("data-now", "saved")
    settled(page)
    (kept,) = clerk.ask("recordings", username=me.username)
    assert clerk.ask("answers", attempt=attempt)[0]["response"] == {"recording": kept["pk"]}
    page.reload()
    expect(part.locator("[data-kept]")).to_be_visible()
    assert sound.get_attribute("src") == f"/quizzes/recordings/{kept['pk']}/"
    assert sound.evaluate(PLAYS)

    hand.press(part.locator("[data-send-box] > summary"))
    hand.press(part.locator("[data-send]"))
    expect(part.locator("[data-sent]")).to_be_visible()
    assert clerk.ask("recordings", username=me.username)[0]["sent"]
    hand.press(part.locator("[data-delete]"))
    expect(part).to_have_attribute("data-now", "deleted")
    expect(part.locator("[data-record]")).to_be_focused()
    settled(page)

    assert clerk.ask("recordings", username=me.username) == []
    assert clerk.ask("answers", attempt=attempt)[0]["response"] is None


def test_where_the_microphone_is_refused_one_writes(enter, clerk):
    me, hand = enter()
    page = hand.page
    attempt, part = open_part(me, page, clerk)

    hand.press(part.locator("[data-record]"))
    expect(part).to_have_attribute("data-now", "refused")
    expect(part.locator("textarea")).to_be_visible()
    hand.write(part.locator("textarea"), "我听见了，马上来看。")
    settled(page)
    assert clerk.ask("answers", attempt=attempt)[0]["response"] == {"text": "我听见了，马上来看。"}

    hand.press(page.locator("#q1 [data-check]"))
    expect(page.locator("#q1 .verdict")).to_be_focused()
    expect(page.locator("#q1 .model")).to_be_visible()


def test_a_recording_that_cannot_be_sent_stays_on_the_page_and_is_kept_later(visit, clerk):
    me = visit()
    me.expect("ERR_INTERNET_DISCONNECTED")
    me.context.grant_permissions(["microphone"])
    page = me.page()
    _, part = open_part(me, page, clerk)
    part.locator("[data-record]").tap()
    expect(part).to_have_attribute("data-now", "recording")
    count = part.locator("[data-count]")
    expect(count).not_to_have_text(count.inner_text())
    part.locator("[data-record]").tap()

    me.context.set_offline(True)
    part.locator("[data-keep]").tap()
    expect(part).to_have_attribute("data-now", "offline")
    me.context.set_offline(False)
    part.locator("[data-keep]").tap()
    expect(part).to_have_attribute("data-now", "saved")

    assert len(clerk.ask("recordings", username=me.username)) == 1
