"""What is assigned to somebody, as Today says it: the one that leads, and the rest."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from assignments.models import Assignee, Assignment
from assignments.saying import said_day, said_time
from mot_course.web import address, zone
from people.models import User
from units.progress import CourseState, Deed, UnitState

MOST = 30
ICONS = {"course": "map", "unit": "learn", "quiz": "quiz", "case": "cases"}


@dataclass(frozen=True)
class Due:
    """When it is due, in calm words. `zone` is named where times are told."""

    day: str  # Mon 30 Nov 18:00; empty without a date
    left: str  # today, tomorrow, in 3 days
    zone: str
    is_past: bool
    is_extended: bool

    @property
    def tone(self) -> str:
        return "warn" if self.is_past else ""


@dataclass(frozen=True)
class Assigned:
    """One assignment of somebody, as a line."""

    assignee: Assignee
    due: Due

    @property
    def assignment(self) -> Assignment:
        return self.assignee.assignment

    @property
    def title(self) -> str:
        return self.assignment.title

    @property
    def icon(self) -> str:
        return ICONS[self.assignment.kind]

    @property
    def url(self) -> str:
        return url_of(self.assignment)


def url_of(assignment: Assignment) -> str:
    """Where it is done."""
    what = assignment.what
    name = {"course": "units:course", "unit": "units:unit", "quiz": "quizzes:quiz"}
    return address(name.get(assignment.kind, "cases:case"), what.slug)


def assigned_to(person: User, moment: datetime) -> QuerySet[Assignee]:
    """What the person had to do at that moment, done or not; dates as they stand now."""
    return (
        Assignee.objects.filter(
            Q(left_at=None) | Q(left_at__gt=moment),
            Q(waived_at=None) | Q(waived_at__gt=moment),
            Q(assignment__cancelled_at=None) | Q(assignment__cancelled_at__gt=moment),
            person=person,
            assigned_at__lte=moment,
        )
        .select_related(
            "due", "assignment__course", "assignment__unit", "assignment__quiz", "assignment__case"
        )
        .defer(
            "assignment__course__content", "assignment__course__guide", "assignment__unit__content"
        )
        .order_by("due__due_at", "pk")
    )  # fmt: skip


def open_assignments(person: User, moment: datetime) -> list[Assigned]:
    """What was open and not finished at that moment, the next due first; one query."""
    # A course that was assigned unit by unit is there as its units.
    parts = Assignee.objects.filter(
        person=person, left_at=None, assignment__part_of=OuterRef("assignment"),
        assignment__cancelled_at=None,
    )  # fmt: skip
    found = assigned_to(person, moment).filter(
        Q(due__finished_at=None) | Q(due__finished_at__gt=moment), ~Exists(parts)
    )
    return [Assigned(one, due_of(one, moment)) for one in found[:MOST] if _is_open(one, moment)]


def _is_open(assignee: Assignee, moment: datetime) -> bool:
    """Whether it may be begun: neither its day nor what comes before it is still to come."""
    if assignee.assignment.anchor == Assignment.Anchor.AFTER and assignee.starts_on is None:
        return False
    opens_on = assignee.due.opens_on
    return opens_on is None or opens_on <= today_in(assignee.due.zone, moment)


def today_in(zone_name: str, moment: datetime) -> date:
    """The day it is there."""
    return moment.astimezone(zone(zone_name)).date()


def due_of(assignee: Assignee, moment: datetime) -> Due:
    """The due date as it is said at that moment."""
    due, at = assignee.due, assignee.due.due_at
    if at is None or due.due_on is None:
        return Due("", "", due.zone, is_past=False, is_extended=False)
    local = at.astimezone(zone(due.zone))
    days = (due.due_on - today_in(due.zone, moment)).days
    return Due(
        day=f"{said_day(due.due_on)} {said_time(local.time())}",
        left=_left(days),
        zone=due.zone,
        is_past=at <= moment,
        is_extended=assignee.extended_to is not None,
    )


def _left(days: int) -> str:
    if days < 0:
        return ngettext("%(n)s day over", "%(n)s days over", -days) % {"n": -days}
    if days == 0:
        return pgettext("due", "today")
    if days == 1:
        return pgettext("due", "tomorrow")
    return ngettext("in %(n)s day", "in %(n)s days", days) % {"n": days}


def deed_for(assigned: Assigned, states: list[CourseState]) -> Deed | None:
    """The next thing to do for it; None where nothing of it is left that could be done here."""
    assignment = assigned.assignment
    if assignment.course_id:
        state = next((one for one in states if one.course.pk == assignment.course_id), None)
        return state.next if state and state.next.kind != "done" else None
    if assignment.unit_id:
        return _of_unit(assignment.unit_id, states) or _page(assigned, _("Open the unit"))
    return _page(assigned, _("Begin"))


def _of_unit(unit_id: int, states: list[CourseState]) -> Deed | None:
    """The unit's next lesson or its check; the pre-test of its course comes before both."""
    for state in states:
        unit = next((one for one in state.units if one.unit.pk == unit_id), None)
        if unit is not None:
            return state.next if state.next.kind == "pre" else _in_unit(unit)
    return None


def _in_unit(unit: UnitState) -> Deed | None:
    lesson = unit.next_lesson
    if lesson is not None:
        label = _("Continue") if lesson.is_started else _("Start this lesson")
        return Deed("lesson", lesson.lesson.title, lesson.url, label, unit, lesson)
    if unit.check is not None and not unit.check.is_passed:
        label = _("Continue") if unit.check.is_open else _("Take the check")
        return Deed("check", unit.check.quiz.title, unit.check.url, label, unit, quiz=unit.check)
    return None


def _page(assigned: Assigned, label: str) -> Deed:
    return Deed(assigned.assignment.kind, assigned.title, assigned.url, label)
