"""A trainer's guide as its page shows it: the day with a running clock, and what it leads to."""

from collections.abc import Iterable
from dataclasses import dataclass

from cases.models import Case
from mot_course.web import address
from units.guide_content import GuideFile, GuideSession, GuideStep
from units.models import Course, Lesson, Unit, Worksheet

DAY = 24 * 60
ALMOST = 5  # minutes: the strip of the day counts in these


@dataclass(frozen=True)
class Link:
    """Where something of the guide stands on the site; no address where it is not there."""

    title: str
    url: str = ""
    projector: str = ""
    handout: str = ""
    crib: str = ""


@dataclass(frozen=True)
class ShownStep:
    """A few minutes of a session, with the clock."""

    step: GuideStep
    begins: str
    minute: int  # after midnight
    show: Link | None


@dataclass(frozen=True)
class ShownSession:
    """A session with its clock and its links."""

    session: GuideSession
    begins: str
    ends: str
    minute: int
    units: list[Link]
    lessons: list[Link]
    worksheets: list[Link]
    cases: list[Link]
    steps: list[ShownStep]

    @property
    def share(self) -> int:
        """Its width in the strip of the day."""
        return max(1, min(48, round(self.session.minutes / ALMOST)))


@dataclass(frozen=True)
class Day:
    """A day of the course."""

    number: int
    begins: str
    ends: str
    sessions: list[ShownSession]


@dataclass(frozen=True)
class Guide:
    """The whole guide."""

    file: GuideFile
    days: list[Day]
    starts: str  # when the first day begins

    @property
    def is_shifted(self) -> bool:
        return self.starts != self.file.sessions[0].starts


def courses_with_guides() -> list[Course]:
    """The courses an instructor can teach from a guide: slug and titles alone."""
    courses = Course.objects.filter(archived_at=None, guide__isnull=False)
    return list(courses.only("slug", "title_zh", "title_en").order_by("position", "slug"))


def clock(minute: int) -> str:
    """Minutes after midnight as 09:05; past midnight it begins anew."""
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def guide_of(course: Course, starts: int | None) -> Guide:
    """The course's guide, every time moved so that the first day begins at `starts`."""
    file = GuideFile.model_validate(course.guide)
    shift = 0 if starts is None else starts - file.sessions[0].begins_at
    places = _Places(file.sessions)
    days = []
    for number in sorted({one.day for one in file.sessions}):
        sessions = [
            _session(one, one.begins_at + shift, places)
            for one in file.sessions
            if one.day == number
        ]
        days.append(Day(number, sessions[0].begins, sessions[-1].ends, sessions))
    return Guide(file, days, clock(file.sessions[0].begins_at + shift))


def _session(session: GuideSession, minute: int, places: "_Places") -> ShownSession:
    steps, now = [], minute
    for step in session.steps:
        show = places.shown(step.show) if step.show else None
        steps.append(ShownStep(step, clock(now), now % DAY, show))
        now += step.minutes
    return ShownSession(
        session=session,
        begins=clock(minute),
        ends=clock(minute + session.minutes),
        minute=minute % DAY,
        units=[places.unit(one) for one in session.units],
        lessons=[places.lesson(one) for one in session.lessons],
        worksheets=[places.worksheet(one) for one in session.worksheets],
        cases=[places.case(one) for one in session.cases],
        steps=steps,
    )


class _Places:
    """What the guide names, read in four queries however much it names."""

    def __init__(self, sessions: Iterable[GuideSession]) -> None:
        sessions = list(sessions)
        shown = {step.show for one in sessions for step in one.steps if step.show}
        units = {slug for one in sessions for slug in one.units}
        lessons = {path for one in sessions for path in one.lessons}
        cases = {slug for one in sessions for slug in one.cases}
        cases |= {path.split("/")[1] for path in shown if path.startswith("cases/")}
        lessons |= {path for path in shown if "/" in path and not path.startswith("cases/")}
        units |= {path.split("/")[0] for path in (*lessons, *shown)}
        worksheets = {slug for one in sessions for slug in one.worksheets}
        self._units = {
            one.slug: one for one in Unit.objects.filter(slug__in=units, archived_at=None)
        }
        found = Lesson.objects.filter(
            unit__slug__in=units,
            unit__archived_at=None,
            archived_at=None,
            current__isnull=False,
        ).select_related("unit")
        self._lessons = {f"{one.unit.slug}/{one.slug}": one for one in found}
        self._cases = {
            one.slug: one
            for one in Case.objects.published()
            .filter(slug__in=cases)
            .only("slug", "title_zh", "title_en")
        }
        self._worksheets = {
            one.slug: one for one in Worksheet.objects.filter(slug__in=worksheets, archived_at=None)
        }

    def unit(self, slug: str) -> Link:
        """A unit: its page, slides, handout and crib."""
        unit = self._units.get(slug)
        if unit is None:
            return Link(slug)
        return Link(
            unit.title,
            address("units:unit", slug),
            address("units:projector", slug),
            address("units:handout", slug),
            address("units:crib", slug) if unit.content.get("crib") else "",
        )

    def lesson(self, path: str) -> Link:
        """A lesson: its page and slides."""
        lesson = self._lessons.get(path)
        if lesson is None:
            return Link(path)
        unit, slug = path.split("/")
        return Link(
            lesson.title,
            address("units:lesson", unit, slug),
            address("units:lesson_projector", unit, slug),
        )

    def case(self, slug: str) -> Link:
        """A case: its page and slides."""
        case = self._cases.get(slug)
        if case is None:
            return Link(slug)
        return Link(case.title, address("cases:case", slug), address("units:case_projector", slug))

    def worksheet(self, slug: str) -> Link:
        """A worksheet."""
        worksheet = self._worksheets.get(slug)
        if worksheet is None:
            return Link(slug)
        return Link(
            worksheet.title,
            address("units:worksheet", slug),
            handout=address("units:print_worksheet", slug),
        )

    def shown(self, path: str) -> Link:
        """What a step shows on the wall: its slides are the address."""
        if path.startswith("cases/"):
            link = self.case(path.split("/")[1])
        else:
            link = self.lesson(path) if "/" in path else self.unit(path)
        return Link(link.title, link.projector)
