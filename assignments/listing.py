"""What somebody has assigned or reaches, and how far the people are with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Exists,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from assignments.models import Assignee, AssigneeDue, Assignment, AssignmentTarget, Reminder
from outbox.clock import Now, database_now
from people.models import User
from people.teaming import cohorts_taught_by, people_taught_by

RUNNING, UPCOMING, ENDED = "running", "upcoming", "ended"


def assignees_reached_by(person: User) -> QuerySet[Assignee]:
    """The assignees the person teaches: through their cohorts, or singly assigned people."""
    every = Assignee.objects.all()
    if person.is_admin:
        return every
    if not person.is_instructor:
        return every.none()
    return every.filter(
        Q(through__in=cohorts_taught_by(person))
        | Q(through=None, person__in=people_taught_by(person))
    )


def assignments_reached_by(person: User) -> QuerySet[Assignment]:
    """What the person has assigned, and what is assigned to those they teach."""
    every = Assignment.objects.select_related("course", "unit", "quiz", "case", "plan", "after")
    every = every.defer("course__guide", "course__content", "unit__content")
    if person.is_admin:
        return every
    if not person.is_instructor:
        return every.none()
    targets = AssignmentTarget.objects.filter(
        assignment=OuterRef("pk"), cohort__in=cohorts_taught_by(person)
    )
    people = assignees_reached_by(person).filter(assignment=OuterRef("pk"))
    return every.filter(Q(made_by=person) | Exists(targets) | Exists(people))


def may_change(person: User, assignment: Assignment) -> bool:
    """Whether all to whom it is assigned are taught by the person; admins always may.

    Others may extend and excuse their own people, but not move a date for a whole region.
    """
    if person.is_admin:
        return True
    targets = assignment.targets.all()
    beyond = targets.exclude(
        Q(cohort__in=cohorts_taught_by(person)) | Q(person__in=people_taught_by(person))
    )
    return not beyond.exists()


def in_state(assignments: QuerySet[Assignment], state: str) -> QuerySet[Assignment]:
    """Those that run, are to come, or are over, in `with_state`'s words."""
    annotated: Any = with_state(assignments)
    found: QuerySet[Assignment] = annotated.filter(state=state)
    return found


def with_state(assignments: QuerySet[Assignment]) -> QuerySet[Assignment]:
    """With `state`: running, upcoming or ended.

    One with a due date is over when that has passed and nobody has it left to do.
    """
    today = database_now().date()
    open_ones = AssigneeDue.objects.filter(
        Q(assignment=OuterRef("pk")), is_live=True, finished_at=None
    )
    return assignments.annotate(
        state=Case(
            When(~Q(cancelled_at=None), then=Value(ENDED)),
            When(opens_on__gt=today, then=Value(UPCOMING)),
            When(Q(due_on__lt=today) & ~Exists(open_ones), then=Value(ENDED)),
            default=Value(RUNNING),
            output_field=CharField(),
        )
    )


@dataclass(frozen=True)
class Tally:
    """How far the people are: each is counted once."""

    total: int = 0
    done: int = 0
    overdue: int = 0
    excused: int = 0

    @property
    def under_way(self) -> int:
        return self.total - self.done - self.overdue

    @property
    def bars(self) -> list[tuple[str, int, int]]:
        """Name, start and width of each part of a bar of 100."""
        if not self.total:
            return []
        found, at = [], 0.0
        for name, count in (
            ("done", self.done),
            ("open", self.under_way),
            ("late", self.overdue),
        ):
            width = 100 * count / self.total
            if count:
                found.append((name, round(at), round(at + width) - round(at)))
            at += width
        return found


# Whether something is finished is a lookup: asked once, of those who are still to do it.
TALLIES = """
SELECT assignment_id, count(*) FILTER (WHERE is_live), count(*) FILTER (WHERE is_done),
       count(*) FILTER (WHERE NOT is_done AND due_at < mot_now()),
       count(*) FILTER (WHERE waived_at IS NOT NULL)
FROM (
    SELECT due.assignment_id, due.is_live, due.due_at, due.waived_at,
           CASE WHEN due.is_live THEN due.finished_at IS NOT NULL END AS is_done
    FROM assignments_assigneedue due
    WHERE due.assignment_id = ANY(%s) AND due.assignee_id IN ({reached})
    OFFSET 0
) counted
GROUP BY assignment_id
"""


def tallies(assignments: Iterable[int], person: User) -> dict[int, Tally]:
    """How far those whom the person teaches are with each of these assignments. One query."""
    ids = list(assignments)
    if not ids:
        return {}
    reached = assignees_reached_by(person).filter(assignment__in=ids).values("pk")
    try:
        inside, values = reached.query.sql_with_params()
    except EmptyResultSet:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(TALLIES.format(reached=inside), [ids, *values])
        return {row[0]: Tally(*row[1:]) for row in cursor.fetchall()}


@dataclass
class Row:
    """An assignment in the list."""

    assignment: Assignment
    tally: Tally
    targets: list[AssignmentTarget]
    next_at: datetime | None = None
    part_count: int = 0
    overdue_parts: int = 0

    @property
    def state(self) -> str:
        return str(getattr(self.assignment, "state", ""))


def rows_of(found: Iterable[Assignment], person: User) -> list[Row]:
    """The assignments as rows: counts, targets, next reminder, in four queries however many."""
    page = list(found)
    ids = [one.pk for one in page]
    parts: dict[int, list[int]] = {}
    for pk, whole in Assignment.objects.filter(part_of__in=ids).values_list("pk", "part_of_id"):
        parts.setdefault(whole, []).append(pk)
    every = [*ids, *(pk for some in parts.values() for pk in some)]
    counted = tallies(every, person)
    targets: dict[int, list[AssignmentTarget]] = {}
    for target in (
        AssignmentTarget.objects.filter(assignment__in=ids)
        .select_related("cohort", "person")
        .order_by("pk")
    ):
        targets.setdefault(target.assignment_id, []).append(target)
    nexts = _next_reminders(every, person)
    return [
        Row(
            one,
            counted.get(one.pk, Tally()),
            targets.get(one.pk, []),
            min(
                (at for pk in [one.pk, *parts.get(one.pk, [])] if (at := nexts.get(pk))),
                default=None,
            ),
            len(parts.get(one.pk, [])),
            sum(counted.get(pk, Tally()).overdue for pk in parts.get(one.pk, [])),
        )
        for one in page
    ]


def _next_reminders(assignments: list[int], person: User) -> dict[int, Any]:
    waiting = Reminder.objects.filter(
        assignee__assignment__in=assignments,
        told_at=None,
        dropped_because="",
        send_at__gte=Now(),
    )
    if not person.is_admin:
        waiting = waiting.filter(assignee__in=assignees_reached_by(person))
    return dict(waiting.values_list("assignee__assignment_id").annotate(Min("send_at")).order_by())


def own_assignments(person: User) -> list[Assignee]:
    """What is assigned to the person and still theirs to see, what is due first. One query."""
    mine = (
        Assignee.objects.filter(person=person, left_at=None, assignment__cancelled_at=None)
        .exclude(assignment__in=Assignment.objects.filter(parts__isnull=False).values("pk"))
        .select_related(
            "due",
            "assignment__course",
            "assignment__unit",
            "assignment__quiz",
            "assignment__case",
            "assignment__part_of__course",
            "assignment__after",
            "through",
        )
        .defer(
            "assignment__course__guide",
            "assignment__course__content",
            "assignment__unit__content",
            "assignment__part_of__course__guide",
            "assignment__part_of__course__content",
        )
        .annotate(is_done=_is_done())
    )
    return list(mine.order_by("is_done", F("due__due_at").asc(nulls_last=True), "pk"))


def _is_done() -> Case:
    return Case(
        When(~Q(due__finished_at=None), then=Value(True)),
        When(~Q(waived_at=None), then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )


def earlier_of(person: User) -> list[Assignment]:
    """Running assignments after which another one may come, the newest first."""
    running = assignments_reached_by(person).filter(cancelled_at=None)
    return list(running.order_by("-pk")[:60])
