"""The days of rules against a slow reference in Python; and passes that run at the same time."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assignments.models import Reminder, Rule
from assignments.planning import compute, run_pass
from outbox.models import Message
from people.models import CalendarDay
from people.working_days import Week, work_out
from tests.assignments.making import assigned, make_assignment, make_plan, moment
from tests.clock import at
from tests.factories import make_cohort, make_trainee

FIRST, LAST = date(2025, 12, 1), date(2026, 6, 30)
ASSIGNED = date(2026, 2, 2)


def reference(week, due_on, days, *, working):
    """The day on which a rule around the due date tells, found day by day; None: not at all."""
    one = timedelta(days=1)

    def is_open(day):
        return week.works_on(day) and not week.is_black(day)

    day, left = due_on, abs(days)
    if working and days:
        step = one if days > 0 else -one
        while left:
            day += step
            left -= week.works_on(day)
    else:
        day += days * one
    if day < ASSIGNED:
        return None
    before = after = day
    while not is_open(before):
        before -= one
    while not is_open(after):
        after += one
    if days > 0:
        return after
    if before >= ASSIGNED:
        return before
    return after if after <= due_on else None


DAYS_NEAR = st.integers(0, 60).map(lambda n: date(2026, 2, 10) + timedelta(days=n))


@pytest.mark.django_db
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    weekdays=st.sets(st.integers(1, 7), min_size=2),
    special=st.dictionaries(DAYS_NEAR, st.booleans(), max_size=8),
    blackout=st.tuples(DAYS_NEAR, st.integers(0, 20)),
    due_on=st.integers(0, 40).map(lambda n: date(2026, 2, 12) + timedelta(days=n)),
    offsets=st.lists(st.tuples(st.integers(-12, 12), st.booleans()), min_size=1, max_size=6),
)
def test_every_offset_gives_the_day_that_counting_by_hand_gives(
    world, weekdays, special, blackout, due_on, offsets
):
    first, length = blackout
    week = Week(frozenset(weekdays), special, ((first, first + timedelta(days=length)),))
    assignment, calendar = world
    CalendarDay.objects.filter(calendar=calendar).delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(calendar=calendar, **vars(one)) for one in work_out(week, FIRST, LAST)
    )
    assignment.plan.rules.all().delete()
    rules = [
        Rule.objects.create(
            plan=assignment.plan, position=n, days=days, working=working, at="09:00"
        )
        for n, (days, working) in enumerate(offsets)
    ]
    type(assignment).objects.filter(pk=assignment.pk).update(due_on=due_on)

    with connection.cursor() as cursor:
        compute(cursor, low=moment("2025-12-05 00:00"), high=moment("2026-06-25 00:00"))
        cursor.execute("SELECT rule_id, day FROM mot_planned")
        found = dict(cursor.fetchall())
        cursor.execute("DROP TABLE mot_live, mot_day, mot_staff, mot_planned")

    for rule, (days, working) in zip(rules, offsets, strict=True):
        assert found.get(rule.pk) == reference(week, due_on, days, working=working)


@pytest.fixture
def world():
    from people.models import Calendar

    calendar = Calendar.objects.create(name="Drawn")
    cohort = make_cohort(calendar=calendar)
    make_trainee(cohort=cohort)
    with at(moment("2026-02-02 08:00")):
        return make_assignment(cohort=cohort, plan=make_plan(0)), calendar


@pytest.mark.django_db(transaction=True)
def test_eight_passes_at_once_plan_everything_once():
    from outbox.clock import database_now

    due = database_now().date() + timedelta(days=2)
    people = [make_trainee() for _ in range(40)]
    rule = {"anchor": "opens", "days": 0, "at": "00:00"}
    make_assignment(
        people=people, plan=make_plan(rule, quiet_from="00:10", quiet_to="00:20"), due_on=due
    )
    barrier = threading.Barrier(8)

    def run(_n):
        barrier.wait()
        try:
            return run_pass()
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        passes = list(pool.map(run, range(8)))

    assert sum(one["planned"] for one in passes if one) == 40
    assert Reminder.objects.count() == 40
    assert Message.objects.values("key").distinct().count() == Message.objects.count() == 40


@pytest.mark.django_db
def test_one_message_a_day_per_person_and_channel_whatever_is_due():
    trainee = make_trainee(email="one@mot.example")
    for days in (-3, -2, -1, 0):
        assigned(days, {"days": days, "at": "15:00"}, person=trainee)
    for text in ("2026-03-06 20:00", "2026-03-08 20:00", "2026-03-09 20:00"):
        with at(moment(text)):
            run_pass()

    told = list(Message.objects.values_list("recipient", "payload__day", "channel"))
    assert len(told) == len(set(told)) > 4
