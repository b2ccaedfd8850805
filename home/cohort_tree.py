"""The cohorts a person reaches as a tree: how many people, how many late, what is due next."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from assignments.models import Assignment
from assignments.saying import said_day, said_time
from mot_course.web import zone
from people.models import Cohort

# Whether something is finished is a lookup: asked last, and of what has a date alone.
# CASE: see home/cohort_facts.py.
COUNTS = """
    WITH member AS MATERIALIZED (
        SELECT membership.cohort_id, person.id
        FROM people_membership membership
        JOIN people_user person ON person.id = membership.person_id
        WHERE membership.cohort_id = ANY(%(cohorts)s)
          AND CASE WHEN membership.left_at IS NULL AND person.is_active
                        AND person.erased_at IS NULL THEN true ELSE false END
    ), open AS MATERIALIZED (
        SELECT due.person_id, due.due_at, due.assignment_id FROM assignments_assigneedue due
        WHERE due.person_id = ANY(ARRAY(SELECT id FROM member))
          AND CASE WHEN due.is_live AND due.due_at IS NOT NULL
                   THEN due.finished_at IS NULL ELSE false END
    ), late AS MATERIALIZED (
        SELECT DISTINCT person_id FROM open WHERE due_at <= %(now)s
    ), next AS MATERIALIZED (
        SELECT DISTINCT ON (cohort_id) cohort_id, due_at, assignment_id FROM (
            SELECT member.cohort_id, open.due_at, open.assignment_id
            FROM open JOIN member ON member.id = open.person_id
            WHERE open.due_at > %(now)s
            GROUP BY member.cohort_id, open.due_at, open.assignment_id
        ) to_come ORDER BY cohort_id, due_at, assignment_id
    )
    SELECT counted.*, next.due_at, next.assignment_id
    FROM (
        SELECT member.cohort_id, count(*), count(late.person_id)
        FROM member LEFT JOIN late ON late.person_id = member.id
        GROUP BY member.cohort_id
    ) counted LEFT JOIN next ON next.cohort_id = counted.cohort_id
"""


@dataclass
class Branch:
    """A cohort, how deep it stands, and what is to be said of all in it and below it."""

    cohort: Cohort
    depth: int
    people_count: int = 0
    overdue_count: int = 0
    next_at: datetime | None = None
    assignment_id: int | None = None
    title: str = ""

    @property
    def due(self) -> str:
        """When the next thing is due, in the cohort's own time; empty where nothing is."""
        if self.next_at is None:
            return ""
        there = self.next_at.astimezone(zone(self.cohort.tz))
        return f"{said_day(there.date())} {said_time(there.time())}"


def tree_of(cohorts: Iterable[Cohort], now: datetime) -> list[Branch]:
    """Every cohort once, each after the one above it; three queries."""
    found = {one.pk: one for one in cohorts}
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, {"now": now, "cohorts": list(found)})
        counts = {row[0]: row[1:] for row in cursor.fetchall()}
    children: dict[int | None, list[Cohort]] = defaultdict(list)
    for one in sorted(found.values(), key=lambda one: (one.name, one.pk)):
        children[one.parent_id if one.parent_id in found else None].append(one)
    branches: list[Branch] = []

    def walk(cohort: Cohort, depth: int) -> Branch:
        branch = Branch(cohort, min(depth, 4), *counts.get(cohort.pk, (0, 0, None, None)))
        branches.append(branch)
        for child in children[cohort.pk]:
            _add(branch, walk(child, depth + 1))
        return branch

    for top in children[None]:
        walk(top, 0)
    _name(branches)
    return branches


def _add(branch: Branch, child: Branch) -> None:
    """What is so of those below is so of the whole."""
    branch.people_count += child.people_count
    branch.overdue_count += child.overdue_count
    if child.next_at and (branch.next_at is None or child.next_at < branch.next_at):
        branch.next_at, branch.assignment_id = child.next_at, child.assignment_id


def _name(branches: list[Branch]) -> None:
    wanted = {one.assignment_id for one in branches if one.assignment_id}
    if not wanted:
        return
    found = Assignment.objects.filter(pk__in=wanted).select_related(
        "course", "unit", "quiz", "case"
    )
    titles = {one.pk: one.title for one in found.defer("course__content", "course__guide")}
    for one in branches:
        one.title = titles.get(one.assignment_id or 0, "")
