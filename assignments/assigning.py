"""Assigning, and what may be changed afterwards: extensions, waivers, dates, the end.

Who may do it is the view's business. Each function is one transaction, raises the versions that
calendars and open pages go by, and writes to the security log. Reminders follow by themselves:
the minute pass (assignments/planning.py) asks again what is due for whom.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, time
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from assignments.joining import join
from assignments.models import Assignee, Assignment, AssignmentTarget, Plan
from assignments.models.assigning import END_OF_DAY
from cases.models import Case
from outbox.clock import Now
from people import auditing
from people.models import Cohort, User
from quizzes.models import Quiz
from units.models import Course, Unit

What = Course | Unit | Quiz | Case
COLUMN_OF = {Course: "course", Unit: "unit", Quiz: "quiz", Case: "case"}


@dataclass(frozen=True)
class Dates:
    """When it opens and is due: on a day, or so many days after an anchor, or never."""

    opens_on: date | None = None  # empty: at once
    due_on: date | None = None
    due_days: int | None = None
    anchor: str = Assignment.Anchor.ASSIGNED
    working: bool = False
    after: Assignment | None = None  # with the anchor "after"
    due_time: time = END_OF_DAY
    grace_days: int = 0


@dataclass(frozen=True)
class Draft:
    """An assignment that is not made yet; `assign(draft, by=…)` makes it, a preview shows it."""

    what: What
    cohorts: tuple[Cohort, ...] = ()
    people: tuple[User, ...] = ()
    plan: Plan | None = None
    dates: Dates = Dates()
    mandatory: bool = True
    note: str = ""
    part_of: Assignment | None = None


@transaction.atomic
def assign(
    *,
    what: What,
    cohorts: Sequence[Cohort] = (),
    people: Sequence[User] = (),
    plan: Plan | None = None,
    dates: Dates | None = None,
    mandatory: bool = True,
    note: str = "",
    part_of: Assignment | None = None,
    by: User,
) -> Assignment:
    """Assign it to all who are and will be in the cohorts (and below), and to these people."""
    draft = Draft(
        what, tuple(cohorts), tuple(people), plan, dates or Dates(), mandatory, note, part_of
    )
    assignment = make(draft, by=by)
    auditing.record(by, "assigned", assignment, after=_said(draft))
    return assignment


def make(draft: Draft, *, by: User, only: Sequence[int] | None = None) -> Assignment:
    """The rows of a draft, in the caller's transaction; with `only`, assignees of these people.

    Writes nothing to the log: a preview makes the rows too, and takes them back.
    """
    assignment = Assignment.objects.create(
        **{COLUMN_OF[type(draft.what)]: draft.what},
        **_columns(draft.dates),
        plan=draft.plan,
        mandatory=draft.mandatory,
        note=draft.note,
        part_of=draft.part_of,
        made_by=by,
    )
    AssignmentTarget.objects.bulk_create(
        [
            AssignmentTarget(assignment=assignment, cohort=one)
            for one in dict.fromkeys(draft.cohorts)
        ]
        + [
            AssignmentTarget(assignment=assignment, person=one)
            for one in dict.fromkeys(draft.people)
        ]
    )
    join([assignment.pk], only)
    return assignment


@transaction.atomic
def change_dates(assignment: Assignment, dates: Dates, *, by: User) -> Assignment:
    """Other dates for everybody; extensions stay. Relative dates count from the new anchor."""
    before = _said_dates(assignment)
    for name, value in _columns(dates).items():
        setattr(assignment, name, value)
    assignment.version = F("version") + 1
    assignment.save()
    assignment.refresh_from_db()
    if (before["anchor"], before["after"]) != (assignment.anchor, str(assignment.after_id or "")):
        assignment.assignees.update(starts_on=None)
        join([assignment.pk])
    after = _said_dates(assignment)
    auditing.record(by, "assignment_dates_changed", assignment, before=before, after=after)
    return assignment


@transaction.atomic
def change_plan(assignment: Assignment, plan: Plan | None, *, by: User) -> None:
    """Another reminder plan, or none; reminders that wait are planned again by it."""
    before = {"plan": assignment.plan_id}
    assignment.plan = plan
    assignment.save(update_fields=["plan"])
    auditing.record(
        by, "assignment_plan_changed", assignment, before=before, after={"plan": assignment.plan_id}
    )


@transaction.atomic
def cancel(assignments: Iterable[Assignment], *, by: User) -> int:
    """End assignments for everybody; what was done stays. Says how many were still on."""
    ended = 0
    for assignment in assignments:
        rows = Assignment.objects.filter(pk=assignment.pk, cancelled_at=None)
        if rows.update(cancelled_at=Now(), version=F("version") + 1):
            ended += 1
            auditing.record(by, "assignment_cancelled", assignment)
    return ended


@transaction.atomic
def extend(
    assignees: Iterable[Assignee] | QuerySet[Assignee], to: date | None, *, why: str = "", by: User
) -> int:
    """Let these people have until the end of that day (None: as planned); says how many."""
    return _change(
        assignees, "assignees_extended", by, {"extended_to": to, "why": why if to else ""}
    )


@transaction.atomic
def waive(assignees: Iterable[Assignee] | QuerySet[Assignee], *, why: str = "", by: User) -> int:
    """Excuse these people from it; says how many."""
    return _change(assignees, "assignees_waived", by, {"waived_at": Now(), "why": why})


@transaction.atomic
def unwaive(assignees: Iterable[Assignee] | QuerySet[Assignee], *, by: User) -> int:
    """Take back that they were excused; says how many."""
    return _change(assignees, "assignees_unwaived", by, {"waived_at": None, "why": ""})


@transaction.atomic
def copy_to(assignment: Assignment, cohort: Cohort, *, by: User) -> Assignment:
    """The same for another cohort: a new assignment, without extensions and waivers."""
    after = _counterpart(assignment.after, cohort) if assignment.after else None
    copy = make(
        Draft(
            what=assignment.what,
            cohorts=(cohort,),
            plan=assignment.plan,
            dates=Dates(
                opens_on=assignment.opens_on,
                due_on=assignment.due_on,
                due_days=assignment.due_days,
                anchor=assignment.anchor,
                working=assignment.working,
                after=after or assignment.after,
                due_time=assignment.due_time,
                grace_days=assignment.grace_days,
            ),
            mandatory=assignment.mandatory,
            note=assignment.note,
        ),
        by=by,
    )
    auditing.record(
        by, "assignment_copied", copy, after={"from": assignment.pk, "cohort": cohort.slug}
    )
    return copy


def _counterpart(assignment: Assignment, cohort: Cohort) -> Assignment | None:
    """What that cohort has of the same thing, so that a copied chain holds on to its own links."""
    same = {f"{assignment.kind}": assignment.what, "cancelled_at": None, "targets__cohort": cohort}
    return Assignment.objects.filter(**same).order_by("-pk").first()


def _change(
    assignees: Iterable[Assignee] | QuerySet[Assignee],
    action: str,
    by: User,
    values: dict[str, Any],
) -> int:
    keys = [one.pk for one in assignees]
    rows = list(
        Assignee.objects.select_for_update(of=("self",))
        .filter(pk__in=keys)
        .select_related("assignment")
        .order_by("pk")
    )
    count = Assignee.objects.filter(pk__in=[one.pk for one in rows]).update(
        **values, changed_by=by, version=F("version") + 1
    )
    said = {name: "now" if isinstance(value, Now) else value for name, value in values.items()}
    of_assignment: dict[Assignment, list[Assignee]] = {}
    for one in rows:
        of_assignment.setdefault(one.assignment, []).append(one)
    for assignment, changed in of_assignment.items():
        auditing.record(
            by,
            action,
            assignment,
            before={str(one.person_id): one.extended_to or one.waived_at for one in changed},
            after=said | {"people": [one.person_id for one in changed]},
        )
    return count


def _columns(dates: Dates) -> dict[str, Any]:
    is_after = dates.anchor == Assignment.Anchor.AFTER
    return {one.name: getattr(dates, one.name) for one in fields(dates)} | {
        "after": dates.after if is_after else None
    }


def _said(draft: Draft) -> dict[str, Any]:
    return {
        "what": auditing.named(draft.what),
        "cohorts": [one.slug for one in draft.cohorts],
        "people": [one.pk for one in draft.people],
        "plan": draft.plan.pk if draft.plan else None,
        "due": draft.dates.due_on or draft.dates.due_days,
    }


def _said_dates(assignment: Assignment) -> dict[str, Any]:
    names = ("opens_on", "due_on", "due_days", "anchor", "working", "due_time", "grace_days")
    said = {name: getattr(assignment, name) for name in names}
    return said | {"after": str(assignment.after_id or "")}
