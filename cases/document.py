"""What a case's document holds, in the pack, in the editor and in the library."""

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import Field, model_validator

from mot_course.web import Json, Text
from quizzes.kinds.base import Id, Part, fits
from quizzes.kinds.transcript import Line, Role, Scene, StepSlug, check_conversation

INDUSTRY_SLUGS = (
    "shop", "hotel", "restaurant", "bank", "telecom", "airline", "library", "office", "other",
)  # fmt: skip
# These take roles and scenes from their case, unless they bring their own.
FROM_CASE = ("moments", "rewrite")


class Analysis(Part):
    """A question about the case and what the experts answer."""

    question: Text
    answer: Text


class CaseFile(Part):
    """`cases/<slug>.yaml`"""

    title: Text
    industry: Literal[INDUSTRY_SLUGS]  # type: ignore[valid-type]
    steps: tuple[StepSlug, ...] = ()
    origin: Literal["course", "own", "trainee"] = Field(
        description="from the original course, written for this one, or by a trainee"
    )
    source: Text
    covers: tuple[Id, ...] = ()
    summary: Text
    situation: Text = Field(description="Markdown")
    roles: tuple[Role, ...] = ()
    scenes: tuple[Scene, ...] = ()
    analysis: tuple[Analysis, ...] = ()
    exercises: tuple[dict[str, Any], ...] = Field(
        (),
        description="see “Exercises”; `moments` and `rewrite` take roles and scenes from the case,"
        " all of them or those named under `use:`",
    )

    @model_validator(mode="after")
    def _fits_together(self) -> "CaseFile":
        check_conversation(self.roles, self.scenes)
        return self

    @property
    def lines(self) -> Iterator[Line]:
        for scene in self.scenes:
            yield from scene.lines


def exercise_content(document: Json, entry: Json) -> Json:
    """The whole content of a case's exercise: its own keys, and what it takes from the case.

    `document` and `entry` are plain JSON; raises BadContent where `use:` names no scene.
    """
    content = {key: value for key, value in entry.items() if key not in ("id", "kind", "use")}
    if entry.get("kind") not in FROM_CASE or "scenes" in content:
        fits("use" not in entry, "`use` is for exercises that take their scenes from the case")
        return content
    scenes = {scene["id"]: scene for scene in document.get("scenes", [])}
    wanted = entry.get("use", list(scenes))
    for scene in wanted:
        fits(scene in scenes, f"the case has no scene {scene!r}")
    content["scenes"] = [scenes[scene] for scene in wanted]
    spoken = {line["who"] for scene in content["scenes"] for line in scene["lines"]}
    content["roles"] = [role for role in document.get("roles", []) if role["id"] in spoken]
    # What stands in another scene means nothing here.
    there = {line["id"] for scene in content["scenes"] for line in scene["lines"]}
    content["scenes"] = [
        scene
        | {
            "lines": [
                {k: v for k, v in line.items() if k != "beside" or v in there}
                for line in scene["lines"]
            ]
        }
        for scene in content["scenes"]
    ]
    return content
