"""Comments at passages: find what was quoted, and cut a text where comments begin and end. Pure.

Positions count characters as Python does (one for an emoji), lines end in a single newline.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from mot_course.web import Json


def one_newline(text: str) -> str:
    """The text as a page shows it; browsers send two characters for the end of a line."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def find(text: str, quote: str, near: int | None = None) -> tuple[int, int] | None:
    """Where the quote stands, of several places the one nearest to `near`; None for nowhere."""
    quote = one_newline(quote).strip()
    if not quote:
        return None
    wanted = max(near or 0, 0)
    places = []
    at = text.find(quote)
    while at >= 0:
        places.append(at)
        at = text.find(quote, at + 1)
    if not places:
        return None
    best = min(places, key=lambda place: abs(place - wanted))
    return best, best + len(quote)


@dataclass(frozen=True)
class Stretch:
    """A piece of text with the numbers of the comments it belongs to, and of those ending here."""

    text: str
    within: tuple[int, ...] = ()
    ending: tuple[int, ...] = ()


def stretches(text: str, comments: Sequence[tuple[int, Json]]) -> list[Stretch]:
    """The text in order, cut at every beginning and end of a numbered comment."""
    spans = [
        (number, max(0, one["from"]), min(len(text), one["to"]))
        for number, one in comments
        if 0 <= one["from"] < min(one["to"], len(text))
    ]
    cuts = sorted({0, len(text), *(cut for _, start, end in spans for cut in (start, end))})
    return [
        Stretch(
            text[start:end],
            tuple(number for number, a, b in spans if a <= start and end <= b),
            tuple(number for number, _, b in spans if b == end),
        )
        for start, end in pairwise(cuts)
    ]
