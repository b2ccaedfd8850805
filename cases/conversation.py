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
    is_staff: bool

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


@dataclass(frozen=True)
class Line:
    """One utterance."""

    number: int
    role: Role
    is_first: bool  # of this role in the scene: the part is named once
    text: str
    mark: Mark | None


@dataclass(frozen=True)
class Scene:
    """Lines that belong together."""

    title: str
    lines: list[Line]


def roles_of(content: Json) -> dict[str, Role]:
    """The roles by id, in order."""
    language = content_language()
    return {
        role["id"]: Role(role["name"][language], role["part"][language], role["side"] == "staff")
        for role in content.get("roles", [])
    }


def scenes_of(content: Json, roles: dict[str, Role]) -> list[Scene]:
    """The scenes; lines are numbered through the whole case."""
    language = content_language()
    scenes, number = [], 1
    for scene in content.get("scenes", []):
        title = scene["title"][language] if scene.get("title") else ""
        lines = list(_lines(scene["lines"], roles, language, number))
        number += len(lines)
        scenes.append(Scene(title, lines))
    return scenes


def _lines(
    stored: list[Json], roles: dict[str, Role], language: str, number: int
) -> Iterator[Line]:
    met = set()
    for n, line in enumerate(stored, start=number):
        who = line["who"]
        moment = line.get("moment")
        mark = _mark(moment, language) if moment else None
        yield Line(n, roles[who], who not in met, line["text"][language], mark)
        met.add(who)


def _mark(moment: Json, language: str) -> Mark:
    return Mark(
        polarity=moment["polarity"],
        effect=moment.get("effect", ""),
        step=STEP_BY_SLUG.get(moment.get("step", "")),
        action=ACTION_BY_SLUG.get(moment.get("action", "")),
        why=moment["why"][language] if moment.get("why") else "",
    )
