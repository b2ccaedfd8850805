"""Markdown to clean HTML: the one way from an author's or a trainee's text to a page."""

from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from mdit_py_plugins.container import container_plugin

CONTAINERS = ("keep", "tomorrow", "classroom")

_TAGS = {
    "p", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "blockquote", "a", "br", "hr",
    "table", "thead", "tbody", "tr", "th", "td", "code", "div",
}  # fmt: skip


def _markdown() -> MarkdownIt:
    # html off: raw HTML comes out as text. Images are not wanted anywhere.
    made = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable("table")
    made.disable(["image"])
    for name in CONTAINERS:
        made.use(container_plugin, name=name)
    return made


_MARKDOWN = _markdown()


def render(source: str) -> SafeString:
    """Clean HTML for Markdown from anybody; whatever is not on the allow-list is dropped.

    The renderer is never the sanitiser: nh3 has the last word.
    """
    dirty = _MARKDOWN.render(source)
    clean = nh3.clean(
        dirty,
        tags=_TAGS,
        attributes={"a": {"href"}, "th": {"align"}, "td": {"align"}, "div": {"class"}},
        allowed_classes=None,
        url_schemes={"https", "mailto"},
        link_rel="noopener nofollow",
        attribute_filter=_only_our_classes,
    )
    return mark_safe(clean)  # noqa: S308 -- nh3 has cleaned it


def _only_our_classes(tag: str, attribute: str, value: str) -> str | None:
    if (tag, attribute) == ("div", "class"):
        return value if value in CONTAINERS else None
    return value


@lru_cache(maxsize=2048)
def rendered(source: str) -> SafeString:
    """As `render`, remembered: for texts of the course that many people open."""
    return render(source)
