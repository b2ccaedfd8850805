"""What a trainee does with hands: answer any kind of question, go on, submit."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.visiting import save_state


def fill_in(scope: Locator, fields: dict, *, javascript: bool = True) -> None:
    """Give the answer `fields` (names of the form's controls to values) as a person would."""
    if any(name.endswith("-runs") for name in fields):
        talk(scope, *[path for name, path in fields.items() if name.endswith("-runs")])
        return
    part = scope.locator("[data-part=order], [data-part=match], [data-part=moments]")
    shape = part.get_attribute("data-part") if javascript and part.count() else ""
    if shape == "order":
        put_in_order(scope, fields)
    elif shape == "moments":
        mark_moments(scope, fields)
    for name, value in fields.items():
        if shape == "match":
            pair = scope.locator(".pair").filter(has=scope.page.locator(f"select[name='{name}']"))
            scope.locator(f"[data-card='{value}']").click()
            pair.locator(".place").click()
        elif not shape:
            if javascript and name.endswith("-text") and scope.locator("[data-writing]").count():
                scope.locator("[data-writing]:not([open]) > summary").click()
            _set(scope.locator(f"[name='{name}']"), scope, name, value)


def talk(scope: Locator, path: str) -> None:
    """Say the replies of `path` (tokens joined by dots), one after the other."""
    for token in path.split("."):
        reply = scope.locator(f".reply[value$='.{token}']")
        reply.click()
        reply.wait_for(state="detached")


def mark_moments(scope: Locator, fields: dict) -> None:
    """Mark lines by the panel that a tap opens."""
    for name, value in fields.items():
        _, what, token = name.split("-", 2)
        panel = scope.locator("dialog.sheet")
        if what == "mark":
            if panel.is_visible():
                panel.locator("[data-done]").click()
            scope.locator(f"[data-spot='{token}'] .piece").click()
            panel.locator(f"[data-polarity={value}]").click()
        elif what in ("step", "action"):
            panel.locator(f"[data-{what}='{value}']").click()
        else:
            panel.locator("[data-why]").fill(value)
    panel.locator("[data-done]").click()


def _set(control: Locator, scope: Locator, name: str, value) -> None:
    if isinstance(value, list):
        for one in value:
            scope.locator(f"[name='{name}'][value='{one}']").check()
    elif control.first.evaluate("one => one.tagName") == "SELECT":
        control.select_option(str(value))
    elif control.first.get_attribute("type") in ("radio", "checkbox"):
        scope.locator(f"[name='{name}'][value='{value}']").check()
    else:
        control.fill(str(value))


NUMBER_OF = "(one, value) => [...one.options].findIndex((option) => option.value === value)"


def put_in_order(scope: Locator, fields: dict) -> None:
    """Move tiles up, one tap at a time, until they stand as `fields` has them."""
    tiles = scope.locator("ol.order > li")
    wanted = {
        name: scope.locator(f"[name='{name}']").evaluate(NUMBER_OF, value)
        for name, value in fields.items()
    }
    for number, name in enumerate(sorted(wanted, key=wanted.get)):
        tile = tiles.filter(has=scope.page.locator(f"select[name='{name}']"))
        while tiles.nth(number).locator("select").get_attribute("name") != name:
            tile.locator("[data-move=up]").click()
    if len(wanted) > 1 and not any(_chosen(scope)):
        # They stood right by chance: a move and back says that this is meant.
        tiles.nth(0).locator("[data-move=down]").click()
        tiles.nth(1).locator("[data-move=up]").click()


def _chosen(scope: Locator) -> list[str]:
    return scope.locator("ol.order select").evaluate_all("all => all.map((one) => one.value)")


def begin(page: Page) -> int:
    """Press the button of a quiz's page; the id of the attempt."""
    page.locator("main form.row button").click()
    page.wait_for_url(re.compile(r"/quizzes/attempts/\d+/"))
    return int(page.url.split("/attempts/")[1].split("/")[0])


def question(page: Page) -> Locator:
    """The one question on the screen."""
    return page.locator(".question.now")


def answer_all(page: Page, answers: list[dict]) -> None:
    """Answer question by question, from the first to the page before submitting."""
    page.locator("#strip summary").click()
    page.locator("#strip a[href='#q1']").click()
    for fields in answers:
        fill_in(question(page), fields)
        page.locator("#next").click()
    expect(page.locator("#overview")).to_be_visible()
    save_state(page, "saved")


def submit(page: Page) -> None:
    page.locator("#submit").click()
    page.wait_for_selector(".score")
