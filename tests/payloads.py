"""Five hundred and more ways in which a text could try to become a script, and how to see one."""

import re
from html.parser import HTMLParser
from itertools import product

from quizzes import prose

HANDLERS = (
    "onerror",
    "onload",
    "onclick",
    "onfocus",
    "ontoggle",
    "onpointerenter",
    "onanimationend",
)
TAGS = (
    "img", "svg", "iframe", "object", "embed", "video", "audio", "details", "input", "form",
    "math", "base", "select", "button", "source", "track", "frameset", "link", "meta",
    "style", "template", "marquee", "body",
)  # fmt: skip
SCHEMES = (
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "java\tscript:alert(1)",
    "&#106;avascript:alert(1)", "&#x6A;avascript:alert(1)", "javascript&colon;alert(1)",
    "\x01javascript:alert(1)", " javascript:alert(1)", "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>", "data:text/html;base64,PHNjcmlwdD4=",
    "file:///etc/passwd", "blob:https://x/y", "//evil.example\\@x", "ftp://x",
)  # fmt: skip
LINKS = ("[x]({})", "[x](<{}>)", "<{}>", "[x][1]\n\n[1]: {}", '<a href="{}">x</a>', "![x]({})")
HTMX = ("hx-get", "hx-post", "hx-on:click", "data-hx-get", "hx-trigger", "hx-vals", "data-part")
RAW = (
    "<script>alert(1)</script>", "<scr<script>ipt>alert(1)</script>", "<ScRiPt/x>alert(1)</ScRiPt>",
    "<script src=//evil.example></script>", "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>", "--><script>alert(1)</script>", "]]><script>alert(1)",
    "`<script>alert(1)</script>`", "```html\n<script>alert(1)</script>\n```",
    "<svg><script>alert&#40;1)</script></svg>", "<svg/onload=alert(1)>",
    "<math><mi//xlink:href='javascript:alert(1)'>", "<a\x00href=javascript:alert(1)>x</a>",
    "{{ 7|add:7 }}", "{% load static %}", "${alert(1)}", "'-alert(1)-'",
    '"><script>alert(1)</script>',
    "<!--><img src=x onerror=alert(1)>-->",
    "<noscript><p title='</noscript><img src=x onerror=1>'>",
    "::: keep onclick=alert(1)\nx\n:::", "::: danger\nx\n:::",
    "<div class='keep' onclick=1>x</div>",
    "<table><tr><td style='background:url(javascript:1)'>x</td></tr></table>",
)  # fmt: skip

PAYLOADS: list[str] = [
    *RAW,
    *(f"<{tag} {handler}=alert(1) src=x>" for tag, handler in product(TAGS, HANDLERS)),
    *(f"<{tag}/{handler}=alert(1)//" for tag, handler in product(TAGS, HANDLERS)),
    *(
        f"**b** <{tag} src='x' {handler}='alert(1)'"
        for tag, handler in product(TAGS[:10], HANDLERS)
    ),
    *(link.format(scheme) for link, scheme in product(LINKS, SCHEMES)),
    *(f'<div {name}="/admin/">x</div>' for name in HTMX),
    *(f'<button {name}="/admin/" autofocus>x</button>' for name in HTMX),
]


class Looker(HTMLParser):
    """Notes every tag and attribute that a course text must not have."""

    ALLOWED = {"a": {"href", "rel"}, "th": {"align"}, "td": {"align"}, "div": {"class"}}

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in prose._TAGS:
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            if name not in self.ALLOWED.get(tag, set()):
                self.found.append(f"<{tag} {name}>")
            # Browsers drop white space and control characters before they look for a scheme.
            address = re.sub(r"[\x00-\x20]", "", value or "").lower()
            scheme = re.match(r"[a-z][a-z0-9+.-]*:", address)
            if name == "href" and scheme and scheme[0] not in ("https:", "mailto:"):
                self.found.append(f"<{tag} {name}={value!r}>")


def dangers_in(html: str) -> list[str]:
    """What in the HTML could run, load or send something; empty where nothing could."""
    looker = Looker()
    looker.feed(html)
    looker.close()
    return looker.found


class PageLooker(HTMLParser):
    """Notes what no page of ours has: handlers, foreign scripts, frames, strange addresses."""

    FORBIDDEN = {
        "iframe", "object", "embed", "base", "frameset", "applet", "marquee", "math", "style",
    }  # fmt: skip

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in self.FORBIDDEN:
            self.found.append(f"<{tag}>")
        ours = ("/static/", "/admin/jsi18n/")
        is_data = values.get("type") == "application/json"
        if tag == "script" and not is_data and not (values.get("src") or "").startswith(ours):
            self.found.append(f"<script {values}>")
        for name, value in attrs:
            if name.startswith(("on", "hx-on", "data-hx")) or name == "style":
                self.found.append(f"<{tag} {name}>")
            address = re.sub(r"[\x00-\x20]", "", value or "").lower()
            if name in ("href", "src", "action", "formaction", "hx-get", "hx-post") and (
                re.match(r"(javascript|vbscript|data|file|blob|ftp):", address)
                or (name != "href" and "evil.example" in address)  # a link may lead elsewhere
                or (name.startswith("hx-") and address == "/admin/")
            ):
                self.found.append(f"<{tag} {name}={value!r}>")


def dangers_in_page(html: str) -> list[str]:
    """What in a whole page of ours could run, load or send something that we did not write."""
    looker = PageLooker()
    looker.feed(html)
    looker.close()
    return looker.found
