"""A conversation as content: who speaks, what is said, and what the experts mark in it.

Cases and the exercises made from them share these parts, so line ids mean the same in both.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from pydantic import Field, model_validator

from mot_course.steps import ACTION_SLUGS, STEP_SLUGS
from mot_course.web import Text, content_language
from quizzes.kinds.base import Id, Part, all_different, fits

StepSlug = Literal[STEP_SLUGS]  # type: ignore[valid-type]
ActionSlug = Literal[ACTION_SLUGS]  # type: ignore[valid-type]
Polarity = Literal["good", "bad", "neutral"]
LONGEST = 5_000  # lines of a transcript


class Moment(Part):
    """What the experts mark on a line or a phrase.

    On a member of staff's line: good or bad is a moment, `required` ones have to be found, the
    others are a bonus; neutral with a `why` is a trap: it looks like a moment and is none. On a
    customer's line: a reading, neutral, with an `effect` on their trust.
    """

    polarity: Polarity
    step: StepSlug | None = None
    action: ActionSlug | None = None
    why: Text | None = None
    required: bool = False
    accept_five: tuple[StepSlug, ...] = Field((), description="other steps that can be defended")
    accept_eoac: tuple[ActionSlug, ...] = Field((), description="other actions, likewise")
    accept_polarity: tuple[Polarity, ...] = Field((), description="other judgements, likewise")
    accept_at: tuple[Id, ...] = Field(
        (), description="neighbouring lines where marking it counts as well"
    )
    effect: Literal["up", "down"] | None = None


class Phrase(Part):
    """A piece of a line that can be marked by itself."""

    id: Id
    text: Text
    moment: Moment | None = None


class Line(Part):
    """One utterance: a `text`, or `phrases` where several moments stand in one line."""

    id: Id
    who: Id
    text: Text | None = None
    phrases: tuple[Phrase, ...] = ()
    moment: Moment | None = None
    beside: Id | None = Field(None, description="the line of the other version it answers to")

    @model_validator(mode="after")
    def _says_something(self) -> "Line":
        fits(
            (self.text is None) == bool(self.phrases),
            f"line {self.id!r} needs either a text or phrases",
        )
        fits(
            not (self.phrases and self.moment),
            f"line {self.id!r} has phrases: mark the moment on one of them",
        )
        fits(len(self.phrases) != 1, f"line {self.id!r}: one phrase alone is a text")
        return self

    @property
    def said(self) -> str:
        """All of it, in the reader's language."""
        if self.text is not None:
            return self.text.said
        return (" " if content_language() == "en" else "").join(
            phrase.text.said for phrase in self.phrases
        )


class Scene(Part):
    """Lines that belong together; `version` says which telling of the story it is."""

    id: Id
    title: Text | None = None
    version: Literal["bad", "good"] | None = None
    lines: tuple[Line, ...] = Field(min_length=1)


class Role(Part):
    """Who speaks."""

    id: Id
    name: Text
    part: Text
    side: Literal["staff", "customer", "other"]


@dataclass(frozen=True)
class Spot:
    """Something that can be marked: a line, or a phrase of one."""

    id: str
    line: str
    text: Text
    is_staff: bool
    moment: Moment | None


class Transcript(Part):
    """Roles and scenes that fit together."""

    roles: tuple[Role, ...] = ()
    scenes: tuple[Scene, ...] = ()

    @model_validator(mode="after")
    def _speakers_exist(self) -> "Transcript":
        check_conversation(self.roles, self.scenes)
        return self


def check_conversation(roles: Iterable[Role], scenes: Iterable[Scene]) -> None:
    """Refuse speakers that are no role, ids used twice, and moments on the wrong side."""
    roles, scenes = tuple(roles), tuple(scenes)
    sides = {role.id: role.side for role in roles}
    lines = [line for scene in scenes for line in scene.lines]
    fits(len(lines) <= LONGEST, f"a transcript has at most {LONGEST} lines, this one {len(lines)}")
    all_different((role.id for role in roles), "roles")
    all_different((scene.id for scene in scenes), "scenes")
    all_different(
        [line.id for line in lines] + [one.id for line in lines for one in line.phrases],
        "lines and phrases",
    )
    known = {spot.id for line in lines for spot in spots_of(line, is_staff=True)}
    line_ids = {line.id for line in lines}
    for line in lines:
        fits(line.who in sides, f"line {line.id!r} is spoken by {line.who!r}, who is no role")
        fits(
            line.beside is None or line.beside in line_ids,
            f"line {line.id!r} stands beside {line.beside!r}, which is no line",
        )
        for spot in spots_of(line, is_staff=sides[line.who] == "staff"):
            if spot.moment is not None:
                _check_moment(spot.id, spot.moment, sides[line.who], known)


def _check_moment(spot: str, moment: Moment, side: str, known: set[str]) -> None:
    if side == "customer":
        fits(
            moment.polarity == "neutral" and not moment.required,
            f"line {spot!r}: a customer's line is a reading: neutral, not required",
        )
        return
    fits(moment.effect is None, f"line {spot!r}: only a customer's line has an effect")
    fits(
        not (moment.required and moment.polarity == "neutral"),
        f"line {spot!r}: what is required has to be good or bad",
    )
    for other in moment.accept_at:
        fits(other in known, f"line {spot!r} accepts {other!r}, which is no line")


def spots_of(line: Line, *, is_staff: bool) -> Iterator[Spot]:
    """What can be marked in a line, in order."""
    if line.text is not None:
        yield Spot(line.id, line.id, line.text, is_staff, line.moment)
    for phrase in line.phrases:
        yield Spot(phrase.id, line.id, phrase.text, is_staff, phrase.moment)


def all_spots(roles: Iterable[Role], scenes: Iterable[Scene]) -> Iterator[Spot]:
    """What can be marked in a conversation, in order."""
    staff = {role.id for role in roles if role.side == "staff"}
    for scene in scenes:
        for line in scene.lines:
            yield from spots_of(line, is_staff=line.who in staff)
