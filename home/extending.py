"""More time for some people of a class, in days from when it is due to them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from assignments.assigning import extend
from assignments.listing import assignees_reached_by
from assignments.models import Assignee, Assignment
from mot_course.web import zone
from people.models import User


class ChangedMeanwhile(Exception):
    """Somebody has changed these dates since the form was shown."""


def extendable(assignment: Assignment, people: Sequence[int], by: User) -> QuerySet[Assignee]:
    """Those of them who still have it to do, by a date, in classes that `by` teaches."""
    return (
        assignees_reached_by(by)
        .filter(
            assignment=assignment,
            person__in=people,
            due__is_live=True,
            due__due_on__isnull=False,
            due__finished_at=None,
        )
        .select_related("due")
    )


def seen_of(assignees: Sequence[Assignee]) -> str:
    """What a form remembers of the dates it was shown with."""
    return f"{len(assignees)}.{sum(one.version for one in assignees)}"


def extended_day(due_on: date, days: int, today: date) -> date:
    """So many days after it is due; where that is past already, after today."""
    return max(due_on, today) + timedelta(days=days)


@transaction.atomic
def give_more_time(
    *,
    assignment: Assignment,
    people: Sequence[int],
    days: int,
    why: str,
    seen: str,
    by: User,
    now: datetime,
) -> int:
    """Extend these people's dates; how many. Raises ChangedMeanwhile, so a second click is none."""
    # The lock makes looking at the versions and raising them one moment.
    of_them = Assignee.objects.filter(assignment=assignment, person__in=people)
    list(of_them.select_for_update(of=("self",)).order_by("pk"))
    found = list(extendable(assignment, people, by).order_by("pk"))
    if seen_of(found) != seen:
        raise ChangedMeanwhile
    by_day: dict[date, list[Assignee]] = defaultdict(list)
    for one in found:
        today = now.astimezone(zone(one.due.zone)).date()
        if one.due.due_on is not None:
            by_day[extended_day(one.due.due_on, days, today)].append(one)
    return sum(extend(group, day, why=why, by=by) for day, group in sorted(by_day.items()))
