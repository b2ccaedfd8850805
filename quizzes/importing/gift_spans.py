"""Stretches of a GIFT question with what means something in them, and what is wrong at a place."""

import re
from dataclasses import dataclass

from quizzes.importing.plain_text import FORMATS

_TAG = re.compile(r"\s*\[([a-z]{4,8})\]", re.IGNORECASE)


class Wrong(Exception):
    """The question cannot be used: why, and at which place of the block."""

    def __init__(self, message: str, at: int = 0) -> None:
        super().__init__(message)
        self.message, self.at = message, at


@dataclass(frozen=True)
class Span:
    """A stretch of a block. `marks` shows what means something, blank where it was escaped."""

    text: str
    marks: str
    at: int = 0  # where it begins in its block

    def cut(self, start: int, end: int | None = None) -> "Span":
        """The stretch between two places."""
        end = len(self.text) if end is None else end
        return Span(self.text[start:end], self.marks[start:end], self.at + start)

    def trimmed(self) -> "Span":
        """The stretch without white space around it."""
        start = len(self.text) - len(self.text.lstrip())
        return self.cut(start, max(start, len(self.text.rstrip())))


def tagged(span: Span, default: str) -> tuple[str, Span]:
    """How the text is written ([html], [markdown], …), and the text without that tag."""
    match = _TAG.match(span.marks)
    if match and match[1].lower() in FORMATS:
        return match[1].lower(), span.cut(match.end()).trimmed()
    return default, span
