"""What an exercise is made of on paper and on a wall: plain pieces, whatever its kind. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LEAST_ROOM = 3.0


@dataclass(frozen=True)
class Item:
    """An option, a card or an answer. `is_right` and `why` belong to the key alone."""

    text: Any
    mark: str = ""
    is_right: bool | None = None
    why: str = ""
    note: str = ""


@dataclass(frozen=True)
class Choices:
    """Options, `box` before each: circle (one), square (several), none; list: none, in a column."""

    items: tuple[Item, ...]
    box: str = "square"
    is_short: bool = False  # side by side
    label: str = ""
    shape: str = "choices"


@dataclass(frozen=True)
class Answers:
    """The key: what is right, and why."""

    items: tuple[Item, ...]
    label: str = ""
    shape: str = "answers"


@dataclass(frozen=True)
class Table:
    """Rows of cells; None is a cell to write into."""

    rows: tuple[tuple[Any, ...], ...]
    head: tuple[Any, ...] = ()
    narrow: tuple[int, ...] = ()  # columns that hold a number or a letter, from 0
    label: str = ""
    shape: str = "table"


@dataclass(frozen=True)
class Lines:
    """Lines to write on."""

    label: str
    count: int
    hint: str = ""
    shape: str = "lines"

    @property
    def numbers(self) -> range:
        return range(self.count)


@dataclass(frozen=True)
class Words:
    """A text with a name: what the customer says, a model answer, a source."""

    text: Any
    label: Any = ""
    is_said: bool = False  # words to be spoken
    is_source: bool = False  # where a figure comes from, how sure it is
    shape: str = "words"


@dataclass(frozen=True)
class Said:
    """A line of a conversation; `spots` are what can be marked in it, with their numbers."""

    name: str
    part: str
    is_staff: bool
    spots: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Talk:
    """A conversation; with a margin to mark in where `is_marked`."""

    lines: tuple[Said, ...]
    title: str = ""
    is_marked: bool = False
    shape: str = "talk"


Piece = Choices | Answers | Table | Lines | Words | Talk


@dataclass(frozen=True)
class Sheet:
    """An exercise as it is asked, and its key apart from it."""

    asked: tuple[Piece, ...]
    key: tuple[Piece, ...] = field(default=())


def ems(text: Any) -> float:
    """How wide a text runs, in widths of a Chinese character."""
    return sum(1.0 if ord(one) > 0x2E7F else 0.55 for one in str(text))


def rows_of(text: Any, width: float) -> int:
    """How many rows it takes where a row holds so many characters."""
    return max(1, -int(-ems(text) // width)) if str(text) else 0


def height(piece: Piece, *, width: float = 34.0) -> float:
    """About how many rows a piece takes on a slide."""
    named = getattr(piece, "label", "") or getattr(piece, "title", "")
    return sum(_heights(piece, width)) + (1.1 if named else 0)


def _heights(piece: Piece, width: float) -> list[float]:
    """The same for each thing that must not be torn apart."""
    if isinstance(piece, Choices) and piece.box == "none":
        half = width / 2 - 3.5  # two of them stand side by side
        return [
            (rows_of(one.text, half) + rows_of(one.note, half) + 0.8) / 2 for one in piece.items
        ]
    if isinstance(piece, Choices | Answers):
        rows = [
            1.06 * rows_of(f"{one.text} {one.note}", width - 4)
            + 0.95 * rows_of(one.why, width - 2)
            + 0.65
            for one in piece.items
        ]
        return [sum(rows) / 2] if getattr(piece, "is_short", False) else rows
    if isinstance(piece, Table):
        wide = max(1, len(piece.rows[0]) - len(piece.narrow))
        room = (width - 4 * len(piece.narrow)) / wide - 1
        rows = [
            max((rows_of(cell, room) for cell in row if cell is not None), default=1) + 0.45
            for row in piece.rows
        ]
        return [1.2 + rows[0], *rows[1:]] if piece.head else rows
    if isinstance(piece, Talk):
        return [
            1.1 * rows_of("".join(text for _, text in line.spots), width - 7) + 1.8
            for line in piece.lines
        ]
    if isinstance(piece, Lines):
        return [rows_of(piece.hint, width) + 1.0]
    if piece.is_said:
        return [1.35 * rows_of(piece.text, width - 8) + 0.6]
    return [1.15 * rows_of(piece.text, width - 1) + 0.6]


def split(piece: Piece, room: float) -> list[Piece]:
    """The piece cut into pieces of at most so many rows each; what cannot be cut stays whole."""
    name = {Choices: "items", Answers: "items", Table: "rows", Talk: "lines"}.get(type(piece))
    if name is None or height(piece) <= room or getattr(piece, "is_short", False):
        return [piece]
    things = getattr(piece, name)
    groups: list[list[Any]] = [[]]
    used = 0.0
    for thing, rows in zip(things, _heights(piece, 34.0), strict=True):
        if groups[-1] and used + rows > room:
            groups.append([])
            used = 0.0
        groups[-1].append(thing)
        used += rows
    return [replace(piece, **{name: tuple(group)}) for group in groups]  # type: ignore[arg-type]


def pages_of(pieces: Sequence[Piece], room: float) -> list[tuple[Piece, ...]]:
    """The pieces dealt out to as few pages of so many rows as will do, about equally full."""
    pages = _dealt(pieces, room)
    while len(pages) > 1 and room > LEAST_ROOM:
        room -= 0.5
        evener = _dealt(pieces, room)
        if len(evener) > len(pages):
            break
        pages = evener
    return pages


def _dealt(pieces: Sequence[Piece], room: float) -> list[tuple[Piece, ...]]:
    pages: list[list[Piece]] = [[]]
    used = 0.0
    for piece in (part for one in pieces for part in split(one, room)):
        rows = height(piece)
        if pages[-1] and used + rows > room:
            pages.append([])
            used = 0.0
        pages[-1].append(piece)
        used += rows
    return [tuple(page) for page in pages if page]


def lettered(texts: Sequence[Any]) -> tuple[Item, ...]:
    """The texts as A, B, C …"""
    return tuple(Item(text, LETTERS[n]) for n, text in enumerate(texts))
