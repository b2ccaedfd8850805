"""A person's browser: a context of its own that writes down whatever goes wrong in it."""

import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, Request, Response

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
NARROW = {"width": 320, "height": 640}
SESSION = "mot-session"
PATIENCE = 20_000  # ms
AXE_SOURCE = Path(__file__).parent / "axe" / "axe.min.js"
OBSERVE = """
document.addEventListener("securitypolicyviolation", (event) => {
  window.tellTests(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`);
});
window.shifted = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (entry.hadRecentInput) continue;
    const name = ({ node }) => node && (node.id || node.className);
    window.shifted.push([entry.value, entry.sources.map(name).join(" ")]);
  }
}).observe({ type: "layout-shift", buffered: true });
"""


@dataclass
class Visit:
    """One person at one device. `expect` names by a pattern what a test makes go wrong."""

    context: BrowserContext
    url: str
    username: str = ""
    pk: int = 0
    troubles: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    posts: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.context.expose_function("tellTests", lambda text: self.note(f"policy: {text}"))
        self.context.add_init_script(OBSERVE)
        self.context.on("console", self._console)
        self.context.on("weberror", lambda error: self.note(f"page error: {error.error}"))
        self.context.on("request", self._request)
        self.context.on("response", self._response)
        self.context.on("dialog", lambda dialog: (self.note("a dialog"), dialog.dismiss()))
        self.context.set_default_timeout(PATIENCE)

    def note(self, text: str) -> None:
        self.troubles.append(text)

    def expect(self, *patterns: str) -> None:
        """From now on these troubles are what the test is about."""
        self.expected += patterns

    def unexpected(self) -> list[str]:
        return [
            text for text in self.troubles
            if not any(re.search(pattern, text) for pattern in self.expected)
        ]  # fmt: skip

    def _console(self, message) -> None:
        if message.type in ("error", "warning"):
            self.note(f"console: {message.text} {message.location.get('url', '')}")

    def _request(self, request: Request) -> None:
        if request.method == "POST":
            self.posts.append(urlsplit(request.url).path)
        if not request.url.startswith((f"{self.url}/", "data:", "about:", "blob:")):
            self.note(f"left the origin: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.note(f"{response.status}: {response.request.method} {response.url}")

    def sign_in(self, key: str) -> None:
        """Be the person of that session from the next request on."""
        self.context.add_cookies([{"name": SESSION, "value": key, "url": self.url}])

    def sign_out_unnoticed(self) -> None:
        """Lose the session, as when it ends on the server or the cookie is cleared."""
        self.context.clear_cookies(name=SESSION)

    def page(self, address: str = "", *, width: dict | None = None) -> Page:
        """A new tab, at an address of the site if one is given."""
        page = self.context.new_page()
        if width is not None:
            page.set_viewport_size(width)
        if address:
            self.go(page, address)
        return page

    def go(self, page: Page, address: str) -> Response | None:
        return page.goto(f"{self.url}{address}", wait_until="load")


def unsent(page: Page) -> dict[str, str]:
    """The answers that wait on the device: key to value."""
    kept = page.evaluate("Object.entries(localStorage)")
    return {key: value for key, value in kept if key.startswith("mot-unsent")}


def save_state(page: Page, state: str) -> None:
    """Wait until the line beneath the question says so; "saved" also means: all of it."""
    page.wait_for_selector(f"#save[data-state={state}]")
    if state == "saved":
        wait_until_unsent(page, 0)


def settled(page: Page) -> None:
    """Wait until all that was typed or tapped is stored, whatever saves it."""
    wait_until_unsent(page, 0)


def wait_until_unsent(page: Page, count: int) -> None:
    """Wait until that many answers wait on the device."""
    # Asked again and again: wait_for_function needs eval, which the pages' policy refuses.
    deadline = time.monotonic() + PATIENCE / 1000
    while len(unsent(page)) != count:
        assert time.monotonic() < deadline, unsent(page)
        page.wait_for_timeout(20)
