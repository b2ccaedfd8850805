"""How far a trainee's own case has got, and what its pages show of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext, pgettext

from cases.anonymity import Finding, look_through
from cases.models import Case, WriteUp
from cases.write_ups import NOTE
from mot_course.web import Json
from quizzes.kinds.rubrics import LEVELS
from quizzes.models import Answer, Mark
from quizzes.questions import Question, spec_of

State = WriteUp.State


def stage_of(write_up: WriteUp, *, is_note: bool) -> str:
    """note, writing, handed_in, returned, accepted, nominated or published."""
    case = getattr(write_up, "case", None)
    if case is not None and case.state == Case.State.PUBLISHED:
        return "published"
    if write_up.state == State.DRAFT:
        return "note" if is_note else "writing"
    return str(write_up.state)


@dataclass(frozen=True)
class Word:
    """A stage in words, with its tone and sign."""

    word: str
    tone: str
    icon: str
    deed: str


def word_for(stage: str) -> Word:
    """How a stage is called, and the one thing to do next."""
    return {
        "note": Word(pgettext("own case", "Note"), "", "note", gettext("Go on from the note")),
        "writing": Word(gettext("Being written"), "", "edit", gettext("Go on writing")),
        "handed_in": Word(gettext("Handed in"), "", "saved", gettext("Read it")),
        "returned": Word(gettext("Returned to you"), "warn", "undo", gettext("See the comments")),
        "accepted": Word(gettext("Accepted"), "good", "tick", gettext("See the marks")),
        "nominated": Word(gettext("Nominated"), "good", "star", gettext("Read it")),
        "published": Word(gettext("In the library"), "good", "cases", gettext("Read it")),
    }[stage]


# What wants something done comes first.
ORDER = ("returned", "writing", "note", "handed_in", "accepted", "nominated", "published")


@dataclass(frozen=True)
class Card:
    """One case in the list."""

    write_up: WriteUp
    stage: str
    word: Word
    where: str
    at: datetime


def cards_of(write_ups: Sequence[WriteUp], answers: dict[int, Answer]) -> list[Card]:
    """The cases as cards: what is to be done first, then the latest."""
    cards = []
    for one in write_ups:
        answer = answers.get(one.pk)
        stage = stage_of(one, is_note=answer is None)
        where, at = one.note, one.changed_at
        if answer is not None:
            question = Question.of(answer, answer.exercise.slug, reveal=False)
            where = where_in_words(rungs_of(question)) if stage == "writing" else ""
            at = max(at, answer.saved_at or at)
        cards.append(Card(one, stage, word_for(stage), where, at))
    return sorted(cards, key=lambda card: (ORDER.index(card.stage), -card.at.timestamp()))


@dataclass
class Rung:
    """One rung of the ladder with its parts."""

    slug: str
    name: str
    parts: list[Json] = field(default_factory=list)
    is_now: bool = False
    number: int = 1

    @property
    def is_written(self) -> bool:
        return any(part["text"].strip() for part in self.parts)

    @property
    def length(self) -> int:
        return sum(part["length"] for part in self.parts)

    @property
    def aim(self) -> int:
        return sum(part["aim"] for part in self.parts)


def rung_name(slug: str) -> str:
    """The rung in words; an unknown one goes by its slug."""
    names = {
        "note": pgettext("own case", "Note"),
        "short": gettext("Short case"),
        "full": gettext("Six parts"),
    }
    return names.get(slug, slug)


def rungs_of(question: Question, wanted: str = "") -> list[Rung]:
    """The rungs in the order of the parts; one is now: the wanted, or the furthest begun."""
    by_slug: dict[str, Rung] = {}
    for part in question.shown["parts"]:
        rung = by_slug.setdefault(part["rung"], Rung(part["rung"], rung_name(part["rung"])))
        rung.parts.append(part)
    rungs = list(by_slug.values())
    for n, rung in enumerate(rungs, start=1):
        rung.number = n
    now = by_slug.get(wanted) or _furthest(rungs)
    now.is_now = True
    return rungs


def _furthest(rungs: list[Rung]) -> Rung:
    begun = [rung for rung in rungs if rung.is_written and rung.slug != NOTE]
    if begun:
        return begun[-1]
    return next((rung for rung in rungs if rung.slug != NOTE), rungs[0])


def where_in_words(rungs: Iterable[Rung]) -> str:
    """ "Short case: 120 of about 200"."""
    rung = next(rung for rung in rungs if rung.is_now)
    return gettext("%(rung)s: %(n)s of about %(aim)s") % {
        "rung": rung.name, "n": rung.length, "aim": rung.aim,
    }  # fmt: skip


# --- what an instructor said --------------------------------------------------------------


@dataclass(frozen=True)
class Segment:
    """A run of a text; comments end at it, by their numbers."""

    text: str
    is_marked: bool
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Comment:
    """A comment with its number in the whole text."""

    number: int
    part: str
    quote: str
    text: str
    start: int
    end: int


def comments_of(mark: Mark, texts: dict[str, str]) -> list[Comment]:
    """The comments in the order of the parts; those about no passage come last."""
    order = {part: n for n, part in enumerate(texts)}
    found = []
    for one in mark.comments:
        part = one.get("part", "")
        start, end = _place(texts.get(part, ""), one)
        found.append((order.get(part, len(order)), start, end, part, one))
    found.sort(key=lambda entry: entry[:3])
    return [
        Comment(n, part, one.get("quote", ""), one.get("text", ""), start, end)
        for n, (_, start, end, part, one) in enumerate(found, start=1)
    ]


def _place(text: str, comment: Json) -> tuple[int, int]:
    """Where the comment's passage stands; by its words where the numbers do not fit."""
    start, end = int(comment.get("from") or 0), int(comment.get("to") or 0)
    quote = comment.get("quote", "")
    if 0 <= start < end <= len(text) and (not quote or text[start:end] == quote):
        return start, end
    if quote and (at := text.find(quote)) >= 0:
        return at, at + len(quote)
    return len(text), len(text)


def segments_of(text: str, comments: Sequence[Comment]) -> list[Segment]:
    """The text cut at the comments' passages, which may overlap."""
    edges = sorted({0, len(text), *(one.start for one in comments), *(one.end for one in comments)})
    found = []
    for start, end in pairwise(edges):
        marked = any(one.start <= start and end <= one.end for one in comments)
        numbers = tuple(one.number for one in comments if one.end == end and one.start < one.end)
        found.append(Segment(text[start:end], marked, numbers))
    return found


@dataclass(frozen=True)
class Level:
    """A criterion and how far it was met."""

    title: str
    level: int
    of: int
    meaning: str


@dataclass(frozen=True)
class Judgement:
    """What an instructor said about a version."""

    mark: Mark
    levels: list[Level]
    comments: list[Comment]

    @property
    def general(self) -> list[Comment]:
        """What is said about no part in particular."""
        return [one for one in self.comments if not one.part]


def judgement_of(answer: Answer) -> Judgement | None:
    """The latest mark of the text; None where there is none yet."""
    mark = answer.marks.select_related("marker").order_by("-number").first()
    if mark is None:
        return None
    texts = _texts(answer)
    levels = []
    for criterion in spec_of(answer.revision).criteria:
        level = mark.levels.get(criterion.id)
        if level in range(1, LEVELS + 1):
            meaning = criterion.levels[level - 1].said
            levels.append(Level(criterion.title.said, level, LEVELS, meaning))
    return Judgement(mark, levels, comments_of(mark, texts))


def _texts(answer: Answer) -> dict[str, str]:
    texts = (answer.response or {}).get("texts", {})
    return {part.id: texts.get(part.id, "") for part in spec_of(answer.revision).parts}


@dataclass(frozen=True)
class ReadPart:
    """A part to read, with the comments at its passages."""

    id: str
    title: str
    segments: list[Segment]
    comments: list[Comment]


def read_parts(question: Question, judgement: Judgement | None) -> list[ReadPart]:
    """The written parts with what was said about them."""
    found = []
    for part in question.shown["parts"]:
        about = [one for one in judgement.comments if one.part == part["id"]] if judgement else []
        if part["text"].strip() or about:
            segments = segments_of(part["text"], about)
            found.append(ReadPart(part["id"], part["title"], segments, about))
    return found


def findings_in(parts: Iterable[Json]) -> list[tuple[Json, list[Finding]]]:
    """The parts in which something may tell who somebody is."""
    looked = [(part, look_through(part["text"])) for part in parts]
    return [(part, found) for part, found in looked if found]


def kind_words() -> dict[str, Any]:
    """What each kind of finding is called."""
    return {
        "name": gettext("perhaps a name"),
        "phone": gettext("perhaps a telephone number"),
        "identity": gettext("an identity number"),
        "card": gettext("perhaps a bank card"),
        "mail": gettext("an e-mail address"),
        "company": gettext("perhaps a company"),
        "place": gettext("a room number"),
        "plate": gettext("a number plate"),
        "account": gettext("an account"),
    }
