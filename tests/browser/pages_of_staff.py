"""Marking and editing, in every state."""

from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.pages import OPEN_ALL
from tests.browser.visiting import Visit, settled

Pages = Iterator[tuple[str, Page]]
FAULTS = Path(__file__).parents[1] / "quizzes" / "gift" / "fifty-three-faults.zh.gift"
GIFT = "::得分-{n}::\n只要微笑，客人就满意。 {{FALSE ####微笑只是礼貌。}}\n"


def pages_of_marking(me: Visit, clerk, trainee: str, colleague: str) -> Pages:
    """What an instructor sees."""
    me.expect("status of 40[049]", "status of 422")
    page = me.page("/marking/")
    yield "nothing to mark", page
    work = clerk.ask("hand_in_own_case", username=trainee)
    clerk.ask("hand_in_rewrite", username=trainee)
    me.go(page, "/marking/")
    page.evaluate(OPEN_ALL)
    yield "marking queue", page
    me.go(page, "/")
    yield "today of an instructor", page
    address = f"/marking/{work['answer']}/"
    me.go(page, address)
    page.evaluate(OPEN_ALL)
    yield "marking", page
    page.locator("[data-add]").click()
    page.locator("[data-row] textarea[name$=-text]").last.fill("谁说的？")
    yield "marking, with a comment", page
    page.locator("[data-save]").click()
    page.wait_for_selector("[role=alert]")
    yield "marking, refused", page
    for box in page.locator("[data-criterion]").all():
        box.locator("input").nth(2).check(force=True)
    page.locator("[name=outcome][value=accepted]").check(force=True)
    clerk.ask("judge", write_up=work["pk"], instructor=colleague, outcome="returned")
    page.locator("[data-save]").click()
    page.wait_for_selector("main:has(.given) form.rubric")
    page.evaluate(OPEN_ALL)
    yield "marking, two at once", page
    page.locator("#why").fill("我看的是另一处。")
    page.locator("[data-save]").click()
    page.wait_for_url("**done=*")
    yield "marking, the next one", page
    me.go(page, address)
    page.evaluate(OPEN_ALL)
    yield "marked twice", page
    me.go(page, "/marking/comments/")
    yield "saved comments", page
    yield from _calibration(me, page)
    page.close()


def _calibration(me: Visit, page: Page) -> Pages:
    me.go(page, "/marking/")
    link = page.locator("a[href*='/marking/calibration/']").first
    if not link.count():
        return
    link.click()
    page.wait_for_url("**/calibration/**")
    page.evaluate(OPEN_ALL)
    yield "calibration", page
    while page.locator("[data-criterion]").count():
        for box in page.locator("[data-criterion]").all():
            box.locator("input").nth(1).check(force=True)
        page.locator("form.rubric [data-save], form.rubric .dock button").last.click()
        page.wait_for_load_state("load")
        if page.locator("[data-criterion]").count() == 0:
            break
    page.evaluate(OPEN_ALL)
    yield "calibrated", page


def pages_of_case_editor(me: Visit, clerk, slug: str) -> Pages:
    """What an admin sees who edits a case."""
    me.expect("status of 40[049]", "status of 422")
    clerk.ask("make_case", slug=slug)
    base = f"/cases/{slug}/edit/"
    page = me.page("/cases/new/")
    yield "edit cases", page
    me.go(page, base)
    page.evaluate(OPEN_ALL)
    yield "case editor", page
    page.locator("#line-l4 .said").click()
    page.evaluate(OPEN_ALL)
    yield "case editor, a line open", page
    page.locator("#line-l4 textarea[name=zh]").fill("")
    page.locator("#line-l4 [data-act=delete]").click()
    yield "case editor, undo", page
    page.keyboard.press("Control+z")
    settled(page)
    yield "case editor, a line without words", page
    for name, at in {
        "preview": "preview/", "a line by itself": "lines/l2/", "publish, findings": "publish/",
        "exercises": "exercises/", "from moments": "exercises/moments/",
        "an exercise": f"exercises/{slug}-moments/", "import": "import/",
    }.items():  # fmt: skip
        me.go(page, base + at)
        page.evaluate(OPEN_ALL)
        yield f"case editor, {name}", page
    me.go(page, base)
    page.locator("#line-l4 .said").click()
    page.locator("#line-l4 textarea[name=zh]").fill("我去问一声。")
    settled(page)
    me.go(page, f"{base}publish/")
    yield "case editor, publish", page
    page.locator("button[value=publish]").click()
    expect(page.locator("button[value=publish]")).to_have_count(0)
    yield "case editor, published", page
    me.go(page, f"{base}history/?from=1&to=2")
    yield "case editor, history", page
    me.go(page, base)
    other = me.page(base)
    for one, text in ((other, "别人写的。"), (page, "我写的。")):
        one.locator("#line-l5 .said").click()
        one.locator("#line-l5 textarea[name=zh]").fill(text)
        if one is other:
            settled(one)
    expect(page.locator("#conflict [data-keep]").first).to_be_visible()
    other.close()
    yield "case editor, two at once", page
    page.close()


def pages_of_item_editors(me: Visit, clerk, places: dict, bank: str) -> Pages:
    """What an admin sees who edits exercises and lessons."""
    me.expect("status of 40[049]", "status of 422")
    made = clerk.ask("make_bank_called", slug=bank)
    item = f"/items/exercises/{made['items'][0]}/edit/"
    page = me.page()
    for name, address in {
        "items": "/items/", "items that lack English": "/items/?show=english",
        "new exercise": "/items/exercises/new/", "new bank": "/items/banks/new/",
        "bank": f"/items/banks/{bank}/", "item": item, "item, unchanged": f"{item}publish/",
        "item, history": f"{item}history/", "import": f"/items/banks/{bank}/import/",
        "item as YAML": "/items/exercises/itinerary-call-moments/edit/",
        "lesson editor": f"{places['lessons'][0]}edit/",
        "lesson editor, publish": f"{places['lessons'][0]}edit/publish/",
        "lesson editor, history": f"{places['lessons'][0]}edit/history/",
    }.items():  # fmt: skip
        reply = me.go(page, address)
        if reply is not None and reply.status == 404 and "YAML" in name:
            continue
        assert reply is None or reply.status == 200, address
        page.evaluate(OPEN_ALL)
        yield name, page
    me.go(page, item)
    page.locator("#f-prompt-zh").fill("客人满意，就会再来。")
    page.locator("#f-prompt-en").fill("")
    settled(page)
    yield "item, saved", page
    me.go(page, f"{item}publish/")
    yield "item, findings", page
    me.go(page, f"/items/banks/{bank}/import/")
    page.locator("#text-file").set_input_files(FAULTS)
    page.locator("button[value=check]").click()
    page.wait_for_selector(".faults")
    yield "import, faults", page
    page.locator("#text").fill(GIFT.format(n=bank))
    page.locator("button[value=check]").click()
    page.wait_for_selector("#dry")
    page.evaluate(OPEN_ALL)
    yield "import, dry run", page
    page.close()
