"""What the files of a course pack hold. docs/course-pack.md is made from this."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from mot_course.steps import ACTION_SLUGS, STEP_SLUGS
from mot_course.web import Text
from quizzes.kinds.base import Id, Part, all_different, fits
from units.figures import Figure

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,78}$")]
StepSlug = Literal[STEP_SLUGS]  # type: ignore[valid-type]
ActionSlug = Literal[ACTION_SLUGS]  # type: ignore[valid-type]
Polarity = Literal["good", "bad", "neutral"]
RESERVED = ("attempts", "mine", "new", "edit", "check", "practice", "comparison")


class Check(Part):
    """A unit's check: a draw from a bank, with a pass mark."""

    bank: Slug = Field(description="the bank it draws from")
    draw: int | None = Field(None, ge=1, le=50, description="how many items; all without it")
    pass_percent: int = Field(70, ge=0, le=100)
    attempts: int | None = Field(None, ge=1, description="how many attempts; any number without it")
    retry_minutes: int = Field(10, ge=0, le=10_080, description="pause after a failed attempt")
    seconds: int | None = Field(None, ge=30, description="time limit")


class UnitFile(Part):
    """`units/<nn>-<slug>/unit.yaml`"""

    title: Text
    stage: Slug = Field(description="the inventory's stage")
    summary: Text = Field(description="one or two sentences: why this unit")
    objectives: tuple[Text, ...] = Field(
        min_length=1, max_length=6, description="afterwards you can …"
    )
    covers: tuple[Id, ...] = ()
    field_task: Text | None = Field(None, description="one thing to do at the counter")
    check: Check | None = None


class LessonFile(Part):
    """`units/<nn>-<slug>/<nn>-<lesson>.yaml`, with `.zh.md` and `.en.md` beside it"""

    title: Text
    step: StepSlug | None = None
    minutes: int = Field(ge=1, le=30)
    covers: tuple[Id, ...] = ()
    afterwards: Text = Field(description="afterwards you can …, one sentence")
    sources: Text | None = Field(None, description="where this comes from, what is our own")
    figures: tuple[Figure, ...] = ()
    exercises: tuple[dict[str, Any], ...] = Field((), description="see “Exercises”")

    @model_validator(mode="after")
    def _figures_differ(self) -> "LessonFile":
        all_different((figure.id for figure in self.figures), "figures")
        return self


class Belief(Part):
    """What the items of an objective test, for a comparison before and after."""

    id: Slug
    title: Text
    holds: Text
    myth: Text


class BankFile(Part):
    """`banks/<slug>.yaml`"""

    title: Text
    beliefs: tuple[Belief, ...] = Field((), description="only for tests before and after")
    items: tuple[dict[str, Any], ...] = Field(min_length=1, description="exercises, see there")


class BankPlace(Part):
    """Keys an exercise has only in a bank."""

    objective: Slug = Field(description="the lesson of the unit that teaches it, or a belief")
    form: Literal["", "A", "B", "C"] = ""
    weight: int = Field(1, ge=1, le=10)


class Moment(Part):
    """What the experts mark on a line."""

    polarity: Polarity
    step: StepSlug | None = None
    action: ActionSlug | None = None
    why: Text | None = None
    required: bool = False
    accept_five: tuple[StepSlug, ...] = ()
    accept_eoac: tuple[ActionSlug, ...] = ()
    accept_polarity: tuple[Polarity, ...] = ()
    effect: Literal["up", "down"] | None = None


class Line(Part):
    """One utterance."""

    id: Id
    who: Id
    text: Text
    moment: Moment | None = None


class Scene(Part):
    """Lines that belong together."""

    id: Id
    title: Text | None = None
    lines: tuple[Line, ...] = Field(min_length=1)


class Role(Part):
    """Who speaks."""

    id: Id
    name: Text
    part: Text
    side: Literal["staff", "customer", "other"]


class Analysis(Part):
    """A question about the case and what the experts answer."""

    question: Text
    answer: Text


class CaseFile(Part):
    """`cases/<slug>.yaml`"""

    title: Text
    industry: Literal[
        "shop", "hotel", "restaurant", "bank", "telecom", "airline", "library", "office", "other"
    ]
    steps: tuple[StepSlug, ...] = ()
    origin: Literal["course", "own"]
    source: Text
    covers: tuple[Id, ...] = ()
    summary: Text
    situation: Text = Field(description="Markdown")
    roles: tuple[Role, ...] = ()
    scenes: tuple[Scene, ...] = ()
    analysis: tuple[Analysis, ...] = ()

    @model_validator(mode="after")
    def _speakers_exist(self) -> "CaseFile":
        sides = {role.id: role.side for role in self.roles}
        all_different((role.id for role in self.roles), "roles")
        all_different((scene.id for scene in self.scenes), "scenes")
        all_different((line.id for scene in self.scenes for line in scene.lines), "lines")
        for scene in self.scenes:
            for line in scene.lines:
                fits(
                    line.who in sides, f"line {line.id!r} is spoken by {line.who!r}, who is no role"
                )
                moment = line.moment
                if moment is not None and sides[line.who] == "customer":
                    fits(
                        moment.polarity == "neutral" and not moment.required,
                        f"line {line.id!r}: a customer's line is a reading: neutral, not required",
                    )
                elif moment is not None:
                    fits(
                        moment.effect is None,
                        f"line {line.id!r}: only a customer's line has an effect",
                    )
        return self


class CourseTest(Part):
    """A test of a course."""

    bank: Slug


class CourseFile(Part):
    """`courses/<slug>.yaml`"""

    title: Text
    summary: Text
    audience: Text
    minutes: int = Field(ge=1)
    units: tuple[Slug, ...] = Field(min_length=1)
    pre_test: CourseTest | None = None
    post_test: CourseTest | None = None
    retention_test: CourseTest | None = None

    @model_validator(mode="after")
    def _units_differ(self) -> "CourseFile":
        all_different(self.units, "units")
        return self
