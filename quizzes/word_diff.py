"""What differs between two contents, text by text and word by word. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

# Chinese character by character, Latin words whole, everything else by itself.
_WORD = re.compile(r"[a-zA-Z0-9'’]+|\s+|.", re.DOTALL)
_MOST_WORDS = 4_000  # beyond, a text is compared by lines: word by word would take too long


@dataclass(frozen=True)
class Piece:
    """A stretch of text: `same`, `gone` or `new`."""

    how: str
    text: str


@dataclass(frozen=True)
class Change:
    """Something that differs: where it stands, and what went and came."""

    name: str
    pieces: list[Piece]
    language: str = ""


def words_changed(old: str, new: str) -> list[Piece]:
    """The new text with what went and what came, in order."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    if len(before) + len(after) > _MOST_WORDS:
        before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    pieces: list[Piece] = []
    for op, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if op == "equal":
            pieces.append(Piece("same", "".join(before[a:b])))
            continue
        if b > a:
            pieces.append(Piece("gone", "".join(before[a:b])))
        if d > c:
            pieces.append(Piece("new", "".join(after[c:d])))
    return pieces


def lines_changed(old: str, new: str, *, around: int = 1) -> list[Piece]:
    """As `words_changed` of a long text, with only the lines near a change kept."""
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    pieces: list[Piece] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for op, a, b, c, d in matcher.get_opcodes():
        if op == "equal":
            kept = before[a:b]
            if len(kept) > 2 * around + 1:
                kept = [*(kept[:around] if a else []), "…\n", *kept[-around:]]
            pieces.append(Piece("same", "".join(kept)))
        else:
            pieces += words_changed("".join(before[a:b]), "".join(after[c:d]))
    return pieces


def texts_of(content: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Each single value of a content with its place, in order."""
    if isinstance(content, dict):
        for key, value in content.items():
            yield from texts_of(value, (*at, key))
    elif isinstance(content, list | tuple):
        for n, value in enumerate(content):
            yield from texts_of(value, (*at, n))
    elif content not in (None, ""):
        yield at, str(content)


def changes_between(old: Any, new: Any, name: Any) -> list[Change]:
    """What has to be done to the old content to get the new one; `name` says a place in words."""
    before, after = dict(texts_of(old)), dict(texts_of(new))
    changes = []
    for at in [*after, *(one for one in before if one not in after)]:
        was, now = before.get(at, ""), after.get(at, "")
        if was == now:
            continue
        language = str(at[-1]) if at and at[-1] in ("zh", "en") else ""
        place = at[:-1] if language else at
        changes.append(Change(name(place), words_changed(was, now), language))
    return changes
