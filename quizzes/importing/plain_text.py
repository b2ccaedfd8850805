"""Whatever way a file writes its texts, we keep plain text."""

import html
import re

import nh3

FORMATS = ("html", "markdown", "plain", "moodle")
_END_OF_LINE = re.compile(r"<(?:br|/p|/div|/li|/tr|/h[1-6])\b[^<>]*>", re.IGNORECASE)
# Attributes are dropped first: a thousand different ones make an HTML parser slow.
_ATTRIBUTES = re.compile(r"<(/?[a-z][a-z0-9]*)[^<>a-z0-9][^<>]*>", re.IGNORECASE)
_SPACES = re.compile(r"[^\S\n]+")


def said(text: str, way: str) -> str:
    """The text without tags and needless space; HTML is read by nh3, and nothing of it is kept."""
    if way == "html":
        lined = _END_OF_LINE.sub(lambda match: "\n" + match[0], text.replace("\n", " "))
        bare = _ATTRIBUTES.sub(r"<\1>", lined)
        text = html.unescape(nh3.clean(bare, tags=set()))
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)
