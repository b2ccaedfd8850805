"""Assigning and what can be changed afterwards: versions rise, and the security log knows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assignments.assigning import (
    Dates,
    assign,
    cancel,
    change_dates,
    copy_to,
    extend,
    unwaive,
    waive,
)
from assignments.models import Assignee
from people.models import AuditEntry
from tests.assignments.making import (
    assignee_of,
    day,
    make_assignment,
    make_plan,
    make_unit,
    moment,
)
from tests.clock import at
from tests.factories import make_cohort, make_instructor, make_trainee

pytestmark = pytest.mark.django_db


def actions():
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def test_assigning_makes_targets_and_assignees_at_once():
    cohort, boss = make_cohort(), make_instructor()
    inside, singly = make_trainee(cohort=cohort), make_trainee()

    assignment = assign(
        what=make_unit(), cohorts=[cohort, cohort], people=[singly], plan=make_plan(-1),
        dates=Dates(due_on=day("2026-03-10")), note="Read on.", by=boss,
    )  # fmt: skip

    assert assignment.targets.count() == 2
    assert set(assignment.assignees.values_list("person", flat=True)) == {inside.pk, singly.pk}
    assert actions() == ["assigned"]
    assert AuditEntry.objects.get().actor == boss


def test_assigning_to_many_costs_the_same_queries_as_to_one():
    def cost(count):
        cohort = make_cohort()
        for _ in range(count):
            make_trainee(cohort=cohort)
        boss, unit = make_instructor(), make_unit()
        with CaptureQueriesContext(connection) as queries:
            assign(what=unit, cohorts=[cohort], by=boss)
        return len(queries)

    assert cost(1) == cost(30)


def test_extending_and_taking_it_back():
    trainee, boss = make_trainee(), make_instructor()
    assignment = make_assignment(people=[trainee])

    assert extend(assignment.assignees.all(), day("2026-03-20"), why="ill", by=boss) == 1
    one = assignee_of(assignment, trainee)
    assert (one.due.due_on, one.due.planned_on) == (day("2026-03-20"), day("2026-03-10"))
    assert (one.why, one.changed_by, one.version) == ("ill", boss, 2)

    extend([one], None, by=boss)
    one = assignee_of(assignment, trainee)
    assert (one.due.due_on, one.why, one.version) == (day("2026-03-10"), "", 3)
    assert actions() == ["assigned", "assignees_extended", "assignees_extended"]


def test_waiving_and_taking_it_back():
    trainee, boss = make_trainee(), make_instructor()
    assignment = make_assignment(people=[trainee])

    waive(assignment.assignees.all(), why="knows it", by=boss)
    assert not assignee_of(assignment, trainee).due.is_live

    unwaive(assignment.assignees.all(), by=boss)
    assert assignee_of(assignment, trainee).due.is_live
    assert actions() == ["assigned", "assignees_waived", "assignees_unwaived"]


def test_cancelling_twice_is_once():
    assignment, boss = make_assignment(people=[make_trainee()]), make_instructor()

    assert cancel([assignment], by=boss) == 1
    assert cancel([assignment], by=boss) == 0
    assignment.refresh_from_db()
    assert assignment.version == 2
    assert not Assignee.objects.get().due.is_live


def test_another_anchor_counts_anew():
    trainee = make_trainee(cohort=make_cohort())
    cohort = trainee.memberships.get().cohort
    with at(moment("2026-01-03 08:00")):
        assignment = make_assignment(cohort=cohort)

    change_dates(assignment, Dates(due_days=7, anchor="joined"), by=make_instructor())

    one = assignee_of(assignment, trainee)
    assert one.starts_on == day("2026-01-05")
    assert one.due.due_on == day("2026-01-12")
    assert assignment.version == 2


def test_a_copy_for_another_cohort_keeps_its_own_chain():
    here, there = make_cohort(), make_cohort()
    trainee, boss = make_trainee(cohort=there), make_instructor()
    first = make_assignment(cohort=here, what=make_unit())
    second = make_assignment(
        cohort=here, what=make_unit(), due_days=5, anchor="after", after=first, working=True
    )
    extend(first.assignees.all(), day("2026-03-20"), by=boss)

    copy = copy_to(first, there, by=boss)
    copied = copy_to(second, there, by=boss)

    assert copied.after == copy
    assert (copied.due_days, copied.working) == (5, True)
    assert assignee_of(copy, trainee).extended_to is None
