"""What the planner asks of follow-ups: who deserves a message, and what it says."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection

from assignments.following_up import DUE_FOLLOW_UPS, derive_follow_ups, due_rows
from assignments.models import FollowUp
from tests.assignments.following_making import (
    assign,
    complete,
    make_calendar,
    make_checklist,
    make_course,
    make_manager,
    make_unit,
)
from tests.clock import at
from tests.factories import make_cohort, make_trainee

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


def derive(moment):
    make_checklist()
    with at(moment):
        return derive_follow_ups()


def test_the_days_message_names_what_is_due_in_a_constant_number_of_queries(
    django_assert_num_queries,
):
    make_calendar(date(2026, 2, 1))
    shop, course = make_cohort(), make_course()
    manager = make_manager(shop)
    people = [make_trainee(cohort=shop, name=f"Trainee {n}") for n in range(3)]
    for person in people:
        assign(person, course, assigned_at=MONDAY)
        complete(person, make_unit(title_en="Diagnose"), MONDAY)
    derive(MONDAY)
    FollowUp.objects.filter(person=people[1], kind="recall").update(done_at=MONDAY)
    day = date(2026, 3, 4)

    with django_assert_num_queries(2):
        rows = due_rows([(person.pk, day) for person in people] + [(manager.pk, date(2026, 3, 2))])

    assert [row.title for row in rows[people[0].pk, day]] == [
        "Recall: Diagnose",
        "Your if–then line: Diagnose",
    ]
    assert [row.title for row in rows[people[1].pk, day]] == ["Your if–then line: Diagnose"]
    assert sorted(row.title for row in rows[manager.pk, date(2026, 3, 2)]) == [
        f"Watch two encounters: Trainee {n}" for n in range(3)
    ]
    assert all(row.url.startswith("/") for found in rows.values() for row in found)


def test_the_planner_is_told_the_people_and_days():
    make_calendar(date(2026, 2, 1))
    person = make_trainee()
    complete(person, make_unit(), MONDAY)
    derive(MONDAY)
    FollowUp.objects.filter(kind="note").update(done_at=MONDAY)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({DUE_FOLLOW_UPS}) due ORDER BY day")

        assert cursor.fetchall() == [
            (person.pk, date(2026, 3, 4)),
            (person.pk, date(2026, 3, 9)),
            (person.pk, date(2026, 4, 1)),
        ]
