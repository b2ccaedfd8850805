"""What the files of a course pack hold. docs/course-pack.md is made from this."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from cases.document import Analysis, CaseFile
from mot_course.web import Text
from quizzes.kinds.base import Id, Part, all_different
from quizzes.kinds.transcript import Line, Moment, Phrase, Role, Scene, StepSlug
from units.figures import Figure
from units.guide_content import GuideFile
from units.reference_content import GlossaryFile, MapFile, ObservationFile
from units.worksheet_content import WorksheetFile

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,78}$")]
RESERVED = (
    "attempts", "mine", "accepted", "new", "edit", "check", "practice", "comparison",
    "crib", "briefing", "projector", "handout", "guide", "handbook", "cohorts",
)  # fmt: skip

__all__ = [
    "RESERVED",
    "Analysis",
    "BankFile",
    "BankPlace",
    "Belief",
    "Briefing",
    "CaseFile",
    "Certificate",
    "Check",
    "CourseFile",
    "CourseTest",
    "CribBox",
    "GlossaryFile",
    "GuideFile",
    "LessonFile",
    "Line",
    "MapFile",
    "Moment",
    "ObservationFile",
    "Phrase",
    "Role",
    "Scene",
    "UnitFile",
    "WorksheetFile",
]  # fmt: skip


class Check(Part):
    """A unit's check: a draw from a bank, with a pass mark."""

    bank: Slug = Field(description="the bank it draws from")
    draw: int | None = Field(None, ge=1, le=50, description="how many items; all without it")
    pass_percent: int = Field(70, ge=0, le=100)
    attempts: int | None = Field(None, ge=1, description="how many attempts; any number without it")
    retry_minutes: int = Field(10, ge=0, le=10_080, description="pause after a failed attempt")
    seconds: int | None = Field(None, ge=30, description="time limit")


class CribBox(Part):
    """A box of the page to print."""

    title: Text
    points: tuple[Text, ...] = Field(min_length=1, max_length=6)


class Briefing(Part):
    """A card for five minutes before a shift."""

    scene: Text = Field(description="to read aloud")
    question: Text
    listen_for: tuple[Text, ...] = Field(
        min_length=2, max_length=4, description="what a good answer mentions"
    )
    act: Text = Field(description="one act to watch for today")
    collect: Text = Field(description="one line to collect at the end of the shift")


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
    if_then: Text | None = Field(None, description="when …, I first …")
    crib: tuple[CribBox, ...] = Field((), max_length=5, description="one page to print")
    briefing: Briefing | None = None
    check: Check | None = None


class LessonFile(Part):
    """`units/<nn>-<slug>/<nn>-<lesson>.yaml`, with `.zh.md` and `.en.md` beside it"""

    title: Text
    step: StepSlug | None = None
    minutes: int = Field(ge=1, le=30)
    more: bool = Field(
        False, description="more on this: beside the way through the unit, not asked in its check"
    )
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


class Anchor(Part):
    """An example of written work with the levels experts give it."""

    id: Slug
    exercise: Id
    language: Literal["zh", "en"]
    texts: dict[Id, str] = Field(description="by part of the exercise")
    levels: dict[Id, int] = Field(description="by criterion, 1 to 4")
    why: Text = Field(description="why these levels")


class BankFile(Part):
    """`banks/<slug>.yaml`"""

    title: Text
    beliefs: tuple[Belief, ...] = Field((), description="only for tests before and after")
    taken_as: Literal["writing"] | None = Field(
        None, description="makes a quiz of this purpose, named like the bank, of all its items"
    )
    anchors: tuple[Anchor, ...] = Field((), description="marked examples for calibration")
    items: tuple[dict[str, Any], ...] = Field(min_length=1, description="exercises, see there")


class BankPlace(Part):
    """Keys an exercise has only in a bank."""

    objective: Slug = Field(description="the lesson of the unit that teaches it, or a belief")
    form: Literal["", "A", "B", "C"] = ""
    weight: int = Field(1, ge=1, le=10)


class CourseTest(Part):
    """A test of a course."""

    bank: Slug


class Certificate(Part):
    """What a certificate takes. The course's units and its test afterwards always belong to it."""

    rule: Text
    months: int | None = Field(
        None, ge=2, le=120, description="for how many months it holds; empty: for good"
    )
    own_case: bool = Field(False, description="an own case handed in and accepted")
    worksheets: tuple[Slug, ...] = Field((), description="worksheets to fill")


class CourseFile(Part):
    """`courses/<slug>.yaml`"""

    title: Text
    summary: Text
    audience: Text
    minutes: int = Field(ge=1)
    setting: Literal["alone", "room"] = Field("alone", description="taken alone, or in a room")
    outcomes: tuple[Text, ...] = Field((), max_length=6, description="afterwards you can …")
    certificate: Certificate | None = None
    covers: tuple[Id, ...] = ()
    units: tuple[Slug, ...] = Field(min_length=1)
    pre_test: CourseTest | None = None
    post_test: CourseTest | None = None
    retention_test: CourseTest | None = None

    @model_validator(mode="after")
    def _units_differ(self) -> "CourseFile":
        all_different(self.units, "units")
        return self
