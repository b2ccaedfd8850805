"""The people of an assignment, a page at a time, with what they have been and will be told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import (
    BooleanField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models import Case as Choose

from assignments.listing import assignees_reached_by
from assignments.models import Assignee, Assignment, Reminder
from assignments.planning import compute
from assignments.planning_sql import DROP_COMPUTED
from assignments.standing import Standing, standing_of
from assignments.telling_why import TO_COME
from outbox.clock import Now
from people.models import User
from quizzes.models import Attempt
from units.models import Reading

PER_PAGE = 100
AHEAD = timedelta(days=400)
DONE = 2  # ranks: overdue, to do, done, excused or gone
SHOWN = ("overdue", "open", "done", "excused")


@dataclass
class Line:
    """A person in the table."""

    assignee: Assignee
    standing: Standing
    told_at: datetime | None
    next_at: datetime | None


def people_of(assignment: Assignment, person: User, *, show: str = "") -> QuerySet[Assignee]:
    """Those of the assignment whom the person teaches; who needs a look first comes first."""
    found = assignees_reached_by(person).filter(assignment=assignment)
    late = Q(due__is_live=True, due__finished_at=None, due__due_at__lt=Now())
    undone = Q(due__is_live=True, due__finished_at=None)
    if show == "overdue":
        found = found.filter(_when(late))
    elif show == "open":
        found = found.filter(_when(undone))
    elif show == "done":
        found = found.filter(_when(~Q(due__finished_at=None)))
    elif show == "excused":
        found = found.filter(due__is_live=False)
    reminders = Reminder.objects.filter(assignee=OuterRef("pk"), recipient=OuterRef("person"))
    waiting = reminders.filter(told_at=None, dropped_because="", send_at__gte=Now())
    return (
        found.select_related("due", "person", "through", "assignment")
        .annotate(
            rank=Choose(
                When(late, then=Value(0)),
                When(undone, then=Value(1)),
                When(~Q(due__finished_at=None), then=Value(2)),
                default=Value(3),
                output_field=IntegerField(),
            ),
            told_at=Subquery(
                reminders.exclude(told_at=None).order_by("-told_at").values("told_at")[:1]
            ),
            waits_until=Subquery(waiting.order_by("send_at").values("send_at")[:1]),
            is_begun=_begun(assignment),
        )
        .order_by("rank", F("due__due_at").asc(nulls_last=True), "person__name", "pk")
    )


def _when(condition: Q) -> Choose:
    """The condition as a CASE: without statistics an IS NULL is taken for one row in 200."""
    return Choose(
        When(condition, then=Value(True)), default=Value(False), output_field=BooleanField()
    )


def lines_of(assignment: Assignment, found: list[Any], now: datetime) -> list[Line]:
    """The people of one page as lines; what is to come is worked out for them alone."""
    to_come = _to_come(assignment, found, now)
    return [
        Line(
            one,
            standing_of(one, now, is_begun=one.is_begun),
            one.told_at,
            min(filter(None, [one.waits_until, to_come.get(one.pk)]), default=None),
        )
        for one in found
    ]


@transaction.atomic
def _to_come(assignment: Assignment, found: list[Any], now: datetime) -> dict[int, datetime]:
    """When the planner will next tell each of these people, beyond what has a row already."""
    open_ones = {one.pk: one.person_id for one in found if one.rank < DONE}
    if not open_ones or assignment.plan_id is None:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(DROP_COMPUTED)
        compute(
            cursor,
            low=now,
            high=now + AHEAD,
            assignments=[assignment.pk],
            people=list(open_ones.values()),
        )
        cursor.execute(TO_COME)
        rows = cursor.fetchall()
        cursor.execute(DROP_COMPUTED)
    nexts: dict[int, datetime] = {}
    for assignee, _rule, recipient, _day, at, *_rest in rows:
        if open_ones.get(assignee) == recipient:
            nexts.setdefault(assignee, at)  # the earliest comes first
    return nexts


def _begun(assignment: Assignment) -> Any:
    """Whether somebody has begun it: read a lesson of it, or opened an attempt."""
    readings = Reading.objects.filter(trainee=OuterRef("person"))
    attempts = Attempt.objects.filter(trainee=OuterRef("person"))
    if assignment.unit_id:
        return Exists(readings.filter(lesson__unit=assignment.unit_id))
    if assignment.course_id:
        return Exists(readings.filter(lesson__unit__places__course=assignment.course_id))
    quiz = assignment.quiz_id or (assignment.case.quiz_id if assignment.case else None)
    return Exists(attempts.filter(quiz=quiz))
