"""What a trainer's guide holds: the course as it is taught in a room, minute by minute."""

from pydantic import Field, model_validator

from mot_course.web import Text
from quizzes.kinds.base import Id, Part, all_different, fits


class GuideStep(Part):
    """A few minutes: what the trainer does, asks and may expect."""

    minutes: int = Field(ge=1, le=120)
    do: Text = Field(description="what the trainer does, and says where the words matter")
    ask: tuple[Text, ...] = Field((), description="the exact questions")
    expect: tuple[Text, ...] = Field((), description="answers that come, good ones and others")
    debrief: Text | None = Field(None, description="what to make of the answers")
    show: str | None = Field(
        None, description="projector pages: `<unit>` or `<unit>/<lesson>`; a case: `cases/<slug>`"
    )


class GuideSession(Part):
    """A stretch of the day with one aim; a break has neither aim nor steps."""

    id: Id
    day: int = Field(1, ge=1, le=5)
    starts: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="09:00")
    minutes: int = Field(ge=5, le=240)
    title: Text
    is_break: bool = Field(False, description="a break: it does not count as time of the course")
    aim: Text | None = None
    units: tuple[Id, ...] = ()
    lessons: tuple[str, ...] = Field((), description="`<unit>/<lesson>`")
    worksheets: tuple[Id, ...] = ()
    cases: tuple[Id, ...] = ()
    materials: tuple[Text, ...] = ()
    steps: tuple[GuideStep, ...] = ()
    if_it_fails: Text | None = Field(None, description="what to do when it does not work")
    paper: Text | None = Field(None, description="how it goes without screen and network")
    covers: tuple[Id, ...] = ()

    @model_validator(mode="after")
    def _adds_up(self) -> "GuideSession":
        if self.is_break:
            fits(not self.steps, "a break has no steps")
            return self
        for name in ("aim", "if_it_fails", "paper"):
            fits(getattr(self, name) is not None, f"the session needs {name}")
        total = sum(step.minutes for step in self.steps)
        fits(total == self.minutes, f"its steps take {total} minutes, not {self.minutes}")
        return self

    @property
    def begins_at(self) -> int:
        """Minutes after midnight."""
        hours, minutes = self.starts.split(":")
        return int(hours) * 60 + int(minutes)


class GuideFile(Part):
    """`guides/<course>.yaml`: the trainer's guide of the course with that slug"""

    summary: Text
    group: Text = Field(description="how many people, how they sit")
    before: tuple[Text, ...] = Field(min_length=1, description="to prepare")
    materials: tuple[Text, ...] = Field(min_length=1)
    after: tuple[Text, ...] = Field(min_length=1, description="in the weeks afterwards")
    covers: tuple[Id, ...] = ()
    sessions: tuple[GuideSession, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _follow_each_other(self) -> "GuideFile":
        all_different((one.id for one in self.sessions), "sessions")
        for before, one in zip(self.sessions, self.sessions[1:], strict=False):
            if one.day == before.day:
                ends = before.begins_at + before.minutes
                fits(
                    one.begins_at == ends,
                    f"{one.id} starts at {one.starts}, but what comes before ends at "
                    f"{ends // 60:02d}:{ends % 60:02d}",
                )
            else:
                fits(one.day == before.day + 1, f"{one.id} skips a day")
        return self

    @property
    def minutes(self) -> int:
        """Time of the course, breaks not counted."""
        return sum(one.minutes for one in self.sessions if not one.is_break)
