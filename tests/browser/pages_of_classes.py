"""A class, what is assigned to it and what follows: every page of each role, one after another."""

from collections.abc import Iterator

from playwright.sync_api import Page, expect

from tests.browser.pages import OPEN_ALL
from tests.browser.visiting import Visit

Pages = Iterator[tuple[str, Page]]
TABLE = "工号,姓名,手机\nN900,李梅,13800000000\n,没有工号,12\nN901,王强,不是号码\n"


def pages_of(me: Visit, addresses: dict[str, str]) -> Pages:
    """Each address, with everything unfolded."""
    me.expect("status of 410")
    page = me.page()
    for name, address in addresses.items():
        reply = me.go(page, address)
        assert reply is None or reply.status in (200, 410), f"{address}: {reply.status}"
        page.evaluate(OPEN_ALL)
        # At the end of the page the bar with the buttons covers nothing.
        page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
        yield name, page
    page.close()


def pages_of_an_instructor(me: Visit, addresses: dict[str, str]) -> Pages:
    """All of those, and what comes of forms: refused, previewed, looked at as somebody else."""
    yield from pages_of(me, addresses)
    me.expect("status of 422")
    page = me.page(addresses["view as, the door"])
    page.locator("main form button").last.click()
    page.wait_for_url("**?on=*")
    page.evaluate(OPEN_ALL)
    yield "view as", page
    me.go(page, addresses["more time"])
    page.locator("main form textarea, main form input[name=why]").last.fill("")
    page.locator("main form").evaluate("one => { one.noValidate = true; }")
    page.locator("main form .button").last.click()
    page.wait_for_selector("[role=alert], .error")
    yield "more time, refused", page
    me.go(page, addresses["assign"])
    page.locator("main form").first.evaluate("one => { one.noValidate = true; }")
    page.locator("button[value=assign]").click()
    page.wait_for_selector(".error")
    page.evaluate(OPEN_ALL)
    yield "assign, refused", page
    me.go(page, addresses["import"])
    page.evaluate(OPEN_ALL)
    page.locator("textarea[name=text]").fill(TABLE)
    page.locator("main form .button").last.click()
    page.wait_for_url("**/checks/**")
    page.evaluate(OPEN_ALL)
    yield "import, a dry run", page
    me.go(page, addresses["invite"])
    page.locator("main form .button").first.click()
    expect(page.locator("main svg, main img").first).to_be_visible()
    yield "invitation made", page
    page.close()
