"""A case's document as its page shows it: who says what, and what the experts see in it."""

from collections.abc import Iterator
from dataclasses import dataclass

from mot_course.steps import ACTION_BY_SLUG, STEP_BY_SLUG, Action, Step
from mot_course.web import Json, content_language


@dataclass(frozen=True)
class Role:
    """Somebody who speaks."""

    name: str
    part: str
    side: str  # staff | customer | other

    @property
    def is_staff(self) -> bool:
        return self.side == "staff"

    @property
    def letter(self) -> str:
        """Stands for the role in a small circle."""
        return self.name[:1]


@dataclass(frozen=True)
class Mark:
    """What the experts say about a line; a customer's line is read, not judged."""

    polarity: str  # good | bad | neutral
    effect: str  # up | down | nothing
    step: Step | None
    action: Action | None
    why: str
    quote: str  # the phrase it is about; empty where it is the whole line


@dataclass(frozen=True)
class Line:
    """One utterance."""

    number: int
    id: str
    beside: str
    role: Role
    is_first: bool  # of this role in the scene: the part is named once
    text: str
    marks: list[Mark]


@dataclass(frozen=True)
class Scene:
    """Lines that belong together."""

    title: str
    version: str  # bad | good | nothing
    lines: list[Line]


@dataclass(frozen=True)
class Pair:
    """What was said, and what could have been said in its place; either may be missing."""

    bad: Line | None
    good: Line | None


def roles_of(content: Json) -> dict[str, Role]:
    """The roles by id, in order."""
    language = content_language()
    return {
        role["id"]: Role(role["name"][language], role["part"][language], role["side"])
        for role in content.get("roles", [])
    }


def scenes_of(content: Json, roles: dict[str, Role], *, marked: bool = True) -> list[Scene]:
    """The scenes; lines are numbered through the whole case. Without marks unless `marked`."""
    language = content_language()
    scenes, number = [], 1
    for scene in content.get("scenes", []):
        title = scene["title"][language] if scene.get("title") else ""
        lines = list(_lines(scene["lines"], roles, language, number, marked=marked))
        number += len(lines)
        scenes.append(Scene(title, scene.get("version") or "", lines))
    return scenes


def pairs_of(scenes: list[Scene]) -> list[Pair]:
    """The bad and the good telling line by line; empty where there is only one telling.

    A good line stands beside the bad one it names; those that name none follow the line before.
    """
    bad = [line for scene in scenes if scene.version == "bad" for line in scene.lines]
    good = [line for scene in scenes if scene.version == "good" for line in scene.lines]
    if not (bad and good):
        return []
    places = {line.id: n for n, line in enumerate(bad)}
    pairs: list[Pair] = []
    done = 0  # so many bad lines have their place
    for line in good:
        place = places.get(line.beside, -1)
        if place < done:
            pairs.append(Pair(None, line))
            continue
        pairs += [Pair(one, None) for one in bad[done:place]]
        pairs.append(Pair(bad[place], line))
        done = place + 1
    return pairs + [Pair(one, None) for one in bad[done:]]


def _lines(
    stored: list[Json], roles: dict[str, Role], language: str, number: int, *, marked: bool
) -> Iterator[Line]:
    met = set()
    for n, line in enumerate(stored, start=number):
        who = line["who"]
        pieces = line.get("phrases") or [line]
        texts = [piece["text"][language] for piece in pieces]
        marks = [
            _mark(piece["moment"], language, texts[k] if len(pieces) > 1 else "")
            for k, piece in enumerate(pieces)
            if marked and piece.get("moment")
        ]
        text = ("" if language == "zh" else " ").join(texts)
        yield Line(n, line["id"], line.get("beside") or "", roles[who], who not in met, text, marks)
        met.add(who)


def _mark(moment: Json, language: str, quote: str) -> Mark:
    return Mark(
        polarity=moment["polarity"],
        effect=moment.get("effect") or "",
        step=STEP_BY_SLUG.get(moment.get("step") or ""),
        action=ACTION_BY_SLUG.get(moment.get("action") or ""),
        why=moment["why"][language] if moment.get("why") else "",
        quote=quote,
    )
