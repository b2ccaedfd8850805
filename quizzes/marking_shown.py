"""A piece of work and its marks as pages show them: levels in words, comments at their passages."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from quizzes.anchoring import Stretch, one_newline, stretches
from quizzes.kinds.lengths import length_of
from quizzes.kinds.rubrics import LEVELS, Criterion
from quizzes.models import Mark
from quizzes.questions import Question


@dataclass(frozen=True)
class Piece:
    """A text that can be commented on: a part of a written text, or a sentence ("")."""

    id: str
    title: str
    text: str
    aim_from: int = 0
    aim_to: int = 0

    @property
    def length(self) -> int:
        return length_of(self.text)

    @property
    def lang(self) -> str:
        """For the `lang` attribute: the text may be in another language than the page."""
        return lang_of(self.text)

    @property
    def is_short(self) -> bool:
        """Clearly below what was aimed at; within a fifth nothing is said."""
        return self.length < self.aim_from * 0.8

    @property
    def is_long(self) -> bool:
        return bool(self.aim_to) and self.length > self.aim_to * 1.2


_CHINESE = re.compile(r"[\u3400-\u9fff]")


def lang_of(text: str) -> str:
    """What the text is written in, as the attribute `lang` has it."""
    return "zh-Hans" if _CHINESE.search(text) else "en"


def pieces_of(question: Question) -> list[Piece]:
    """What the trainee wrote, piece by piece; parts left empty are there, too."""
    shown = question.shown
    if "parts" in shown:
        return [
            Piece(
                one["id"],
                one["title"],
                one_newline(one["text"]),
                one.get("aim_from", 0),
                one.get("aim_to", 0),
            )
            for one in shown["parts"]
        ]
    return [Piece("", "", one_newline(shown.get("text") or ""))]


@dataclass(frozen=True)
class ShownLevel:
    """A criterion with the level given, and what the next level up would take."""

    title: str
    number: int
    says: str
    lift: str

    @property
    def steps(self) -> list[bool]:
        """One for each level; true up to the one given."""
        return [n <= self.number for n in range(1, LEVELS + 1)]


@dataclass(frozen=True)
class ShownComment:
    number: int
    quote: str
    text: str

    @property
    def lang(self) -> str:
        """Of the passage."""
        return lang_of(self.quote)


@dataclass(frozen=True)
class Commented:
    """A piece with comments; `stretches` is empty where the text is not at hand."""

    title: str
    comments: list[ShownComment]
    stretches: list[Stretch] = field(default_factory=list)

    @property
    def lang(self) -> str:
        return lang_of("".join(cut.text for cut in self.stretches))


@dataclass(frozen=True)
class ShownMark:
    """A mark as a page shows it."""

    mark: Mark
    levels: list[ShownLevel]
    commented: list[Commented]

    @property
    def tone(self) -> str:
        return {"returned": "warn", "accepted": "good"}.get(self.mark.outcome, "")

    @property
    def icon(self) -> str:
        return {"returned": "retry", "accepted": "tick"}.get(self.mark.outcome, "edit")


def shown_marks(
    marks: Iterable[Mark], criteria: Sequence[Criterion], pieces: Sequence[Piece] = ()
) -> list[ShownMark]:
    """The marks in the order given, in the reader's language."""
    return [
        ShownMark(mark, _levels(mark, criteria), _commented(mark, criteria, pieces))
        for mark in marks
    ]


def _levels(mark: Mark, criteria: Sequence[Criterion]) -> list[ShownLevel]:
    found = []
    for one in criteria:
        level = mark.levels.get(one.id)
        if not isinstance(level, int) or not 1 <= level <= LEVELS:
            continue  # the rubric has changed since
        lift = one.levels[level].said if level < LEVELS else ""
        found.append(ShownLevel(one.title.said, level, one.levels[level - 1].said, lift))
    return found


def _commented(
    mark: Mark, criteria: Sequence[Criterion], pieces: Sequence[Piece]
) -> list[Commented]:
    titles = {one.part: one.title.said for one in criteria if one.part}
    titles |= {piece.id: piece.title for piece in pieces}
    texts = {piece.id: piece.text for piece in pieces}
    order = {part: n for n, part in enumerate(titles)}
    parts = sorted(
        dict.fromkeys(one["part"] for one in mark.comments),
        key=lambda part: order.get(part, len(order)),
    )
    found, number = [], 0
    for part in parts:
        mine = sorted(
            (one for one in mark.comments if one["part"] == part), key=lambda one: one["from"]
        )
        numbered = list(enumerate(mine, start=number + 1))
        number += len(mine)
        comments = [ShownComment(n, one["quote"], one["text"]) for n, one in numbered]
        cut = stretches(texts[part], numbered) if part in texts else []
        found.append(Commented(titles.get(part, ""), comments, cut))
    return found
