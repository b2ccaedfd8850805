"""Who got what and why not, and what will come: by the very statements of the minute pass."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assignments.assigning import Dates, extend
from assignments.models import Assignee, Assignment, Reminder
from assignments.telling_why import timeline, told_about, told_in, told_to
from tests.assignments.making import (
    assigned,
    day,
    days_by_passes,
    make_calendar,
    make_draft,
    make_plan,
    moment,
    pass_at,
)
from tests.clock import at
from tests.factories import make_cohort, make_instructor, make_trainee

pytestmark = pytest.mark.django_db


def test_a_person_is_shown_what_was_told_and_why_something_was_not():
    trainee, assignment = assigned(-3, -1, cohort=make_cohort(), calendar={})
    days_by_passes("2026-03-06", "2026-03-07")
    pass_at("2026-03-08 20:00")
    extend(assignment.assignees.all(), day("2026-03-20"), by=make_instructor())
    pass_at("2026-03-08 20:01")

    lines = told_to(trainee)

    assert [(line.state, line.why_not) for line in lines] == [
        ("dropped", "The person was given more time."),
        ("told", ""),
    ]
    assert [(way.channel, way.state) for way in lines[1].ways] == [("inbox", "sent")]
    assert [line.state for line in told_about(assignment)] == ["dropped", "told"]
    assert len(told_in(lines[0].assignee.through)) == 2


def test_many_rows_cost_the_same_queries_as_one():
    cohort = make_cohort()
    assigned(-1, cohort=cohort)
    pass_at("2026-03-09 08:00")
    with CaptureQueriesContext(connection) as few:
        assert len(told_in(cohort)) == 1
    for _ in range(4):
        assigned(-1, cohort=cohort)
    pass_at("2026-03-09 08:01")
    with CaptureQueriesContext(connection) as many:
        assert len(told_in(cohort)) > 5

    assert len(few) == len(many) <= 3


def test_a_draft_shows_what_will_come_with_the_moves_and_leaves_nothing_behind():
    cohort = make_cohort()
    trainee = make_trainee(cohort=cohort)
    plan = make_plan(-2, -1, 1, 2, max_count=3)
    with at(moment("2026-03-01 08:00")):
        cohort.calendar = make_calendar(blackouts=(("2026-03-09", "2026-03-09"),))
        cohort.save()
        draft = make_draft(cohorts=(cohort,), plan=plan, dates=Dates(due_on=day("2026-03-10")))
        lines = timeline(
            draft, trainee, moment("2026-03-01 08:00"), moment("2026-04-01 08:00"),
            by=make_instructor(),
        )  # fmt: skip

    assert [(str(one.day), one.state, str(one.counted_on or "")) for one in lines] == [
        ("2026-03-06", "planned", "2026-03-08"),
        ("2026-03-06", "planned", "2026-03-09"),
        ("2026-03-11", "planned", ""),
        ("2026-03-12", "dropped", ""),
    ]
    assert lines[3].why_not == "The plan allows no more reminders for one assignment."
    assert not Assignment.objects.exists()
    assert not Assignee.objects.exists()
    assert not Reminder.objects.exists()


def test_what_a_preview_foretells_is_what_comes():
    cohort = make_cohort()
    with at(moment("2026-03-01 08:00")):
        cohort.calendar = make_calendar(
            blackouts=(("2026-03-05", "2026-03-06"),), make_up=("2026-03-07",)
        )
        cohort.save()
    trainee, assignment = assigned(
        *({"days": n, "working": True} for n in (-5, -2, -1, 0, 1, 3)),
        cohort=cohort, when="2026-03-01 09:00",
    )  # fmt: skip
    with at(moment("2026-03-01 09:01")):
        foretold = timeline(
            assignment, trainee, moment("2026-03-01 09:00"),
            moment("2026-03-01 09:00") + timedelta(days=40), by=make_instructor(),
        )  # fmt: skip

    days_by_passes("2026-03-01", "2026-03-16")

    came = (
        Reminder.objects.filter(recipient=trainee).exclude(told_at=None).order_by("send_at", "pk")
    )
    assert [(one.day, one.at) for one in foretold] == [(one.day, one.send_at) for one in came]
