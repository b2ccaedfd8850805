"""Banks and exercises: a file with faults is refused line by line; a mended one is taken in."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.visiting import settled

pytestmark = pytest.mark.browser
GIFT = Path(__file__).parents[1] / "quizzes" / "gift"
GOOD = """::先接住情绪-{n}::
客人说“等了半小时”，您先说？ {{
  =让您久等了，我马上去看。 #先接住，再行动。
  ~系统今天慢。 #客人听到的是借口。
  ~您可以去投诉。 #这是把人往外推。
  ####先接住情绪，再处理事情。
}}

::微笑就够了-{n}::
只要微笑，客人就满意。 {{FALSE ####没有办成事，微笑只是礼貌。}}
"""
IN_ENGLISH = """::Receive it first-{n}::
A guest says "half an hour I've waited". You begin with: {{
  =I'm sorry you waited; I'll look at once. #Received, then done.
  ~The system is slow today. #He hears an excuse.
  ~You may complain. #That sends him away.
  ####First the feeling, then the matter.
}}

::A smile will do-{n}::
Smile, and the guest is satisfied. {{FALSE ####Nothing is done yet; a smile is good manners.}}
"""
# The second question is never closed.
BROKEN = GOOD.replace("礼貌。}}", "礼貌。")


def test_a_file_with_faults_is_refused_line_by_line_and_taken_in_when_mended(enter, clerk):
    me, hand = enter(clerk.ask("make_one", role="admin"))
    me.expect("status of 422")
    page, bank = hand.page, f"import-{type(hand).__name__.lower()}"
    clerk.ask("make_bank_called", slug=bank)
    good, broken = GOOD.format(n=bank), BROKEN.format(n=bank)
    me.go(page, f"/items/banks/{bank}/import/")

    page.locator("#text").fill(broken)
    hand.press(page.locator("button[value=check]"))
    faults = page.locator(".faults")
    expect(faults).to_be_focused()
    expect(faults.locator("li").first).to_contain_text(re.compile(r"\d+"))
    assert page.locator("button[value=take]").count() == 0
    expect(page.locator("#text")).to_have_value(broken)
    assert clerk.ask("bank_items", bank=bank) == 2

    page.locator("#text").fill(good)
    page.locator("#twin").fill(IN_ENGLISH.format(n=bank))
    hand.press(page.locator("button[value=check]"))
    expect(page.locator("#dry")).to_be_visible()
    assert page.locator("details.dry tbody tr").count() == 2
    assert clerk.ask("bank_items", bank=bank) == 2
    hand.press(page.locator("button[value=take]"))
    page.wait_for_url(f"**/items/banks/{bank}/")
    assert clerk.ask("bank_items", bank=bank) == 4


def test_a_file_chosen_shows_every_fault_with_its_line(visit, clerk):
    me = visit(clerk.ask("make_one", role="admin"))
    me.expect("status of 422")
    clerk.ask("make_bank_called", slug="import-file")
    page = me.page("/items/banks/import-file/import/")

    page.locator("#text-file").set_input_files(GIFT / "fifty-three-faults.zh.gift")
    page.locator("button[value=check]").tap()

    expect(page.locator(".faults li")).to_have_count(3)
    assert all(re.search(r"\d", text) for text in page.locator(".faults li b").all_inner_texts())
    assert clerk.ask("bank_items", bank="import-file") == 2


def test_a_text_changed_since_the_dry_run_is_shown_once_more(visit, clerk):
    me = visit(clerk.ask("make_one", role="admin"))
    clerk.ask("make_bank_called", slug="import-changed")
    page = me.page("/items/banks/import-changed/import/")
    page.locator("#text").fill(GOOD.format(n="one"))
    page.locator("button[value=check]").tap()
    expect(page.locator("#dry")).to_be_visible()

    page.locator("#text").fill(GOOD.format(n="two"))
    page.locator("button[value=take]").tap()

    expect(page.locator("[role=alert]:visible")).to_have_count(1)
    assert clerk.ask("bank_items", bank="import-changed") == 2


def test_an_item_is_edited_saved_by_itself_and_published(enter, clerk):
    me, hand = enter(clerk.ask("make_one", role="admin"))
    page = hand.page
    slug = clerk.ask("make_bank_called", slug=f"edit-{type(hand).__name__.lower()}")["items"][0]
    me.go(page, f"/items/exercises/{slug}/edit/")
    words = page.locator("textarea[name$='prompt_zh'], textarea[name='prompt.zh']").first

    hand.write(words, "客人满意，就会再来。")
    settled(page)
    expect(page.locator("#save-state")).to_have_attribute("data-state", "saved")
    assert clerk.ask("exercise_now", slug=slug)["prompt"]["zh"] != "客人满意，就会再来。"
    me.go(page, f"/items/exercises/{slug}/edit/publish/")
    hand.press(page.locator("button[value=publish]"))
    expect(page.locator("button[value=publish]")).to_have_count(0)

    assert clerk.ask("exercise_now", slug=slug)["prompt"]["zh"] == "客人满意，就会再来。"
