"""Two ways to use a page: by keyboard alone, and by touch on a phone. The same walk for both."""

from playwright.sync_api import Locator, Page

from tests.browser.visiting import DESK

MOST_TABS = 250
IS_HERE = "one => one === document.activeElement"
IS_BESIDE = """one => {
  const now = document.activeElement;
  return one.type === "radio" && now.type === "radio" && now.name === one.name
    && now.form === one.form;
}"""


class Keys:
    """Nothing but keys: Tab until it is there, then Enter, Space or the arrows."""

    viewport = DESK

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, target: Locator) -> None:
        """Tab until the target has the focus; among radio buttons go on with the arrows."""
        target.wait_for(state="attached")
        for _ in range(MOST_TABS):
            if target.evaluate(IS_HERE):
                return
            if target.evaluate(IS_BESIDE):
                self.page.keyboard.press("ArrowRight")
            else:
                self.page.keyboard.press("Tab")
        raise AssertionError(f"{MOST_TABS} Tabs do not lead to {target}")

    def press(self, target: Locator) -> None:
        self.reach(target)
        kind = target.get_attribute("type")
        if kind == "checkbox" or (kind == "radio" and not target.is_checked()):
            self.page.keyboard.press("Space")
        elif kind != "radio":
            self.page.keyboard.press("Enter")

    def write(self, field: Locator, text: str) -> None:
        """Type in the place of what stands there."""
        self.reach(field)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)


class Touch:
    """Nothing but taps, on a phone; text comes from the keyboard on the screen."""

    viewport = None

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, target: Locator) -> None:
        # A radio button is tapped by its label where that covers it.
        if target.get_attribute("type") in ("radio", "checkbox"):
            target = target.locator("xpath=ancestor::label")
        target.tap()

    def write(self, field: Locator, text: str) -> None:
        field.tap()
        field.fill("")
        self.page.keyboard.insert_text(text)


HANDS = {"keys": Keys, "touch": Touch}
