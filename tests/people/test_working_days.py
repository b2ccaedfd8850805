"""The days of a calendar: counted as by hand, blackouts kept, added to without renumbering."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from people import tasks, working_days
from people.models import Blackout, Calendar, CalendarDay, SpecialDay
from people.working_days import ONE, Week, days_from, work_out
from tests.clock import at
from tests.quizzes.test_races import at_once

FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)
inside = st.dates(FIRST, LAST)
weeks = st.builds(
    lambda weekdays, special, blackouts: Week(
        frozenset(weekdays), special, tuple((day, day + timedelta(days=n)) for day, n in blackouts)
    ),
    st.sets(st.integers(1, 7), min_size=1),
    st.dictionaries(inside, st.booleans(), max_size=12),
    st.lists(st.tuples(inside, st.integers(0, 40)), max_size=4),
)


@settings(max_examples=60, deadline=None)
@given(week=weeks, start=inside, n=st.integers(1, 30))
def test_n_working_days_later_is_what_counting_by_hand_gives(week, start, n):
    days = {day.day: day for day in work_out(week, FIRST, LAST)}
    by_join = [d for d in days.values() if d.working and d.number == days[start].number + n]

    by_hand, left = start, n
    while left and by_hand < LAST:
        by_hand += ONE
        left -= week.works_on(by_hand)

    assert [d.day for d in by_join] == ([by_hand] if not left else [])


@settings(max_examples=60, deadline=None)
@given(week=weeks, start=inside)
def test_the_nearest_open_days_are_open_and_nothing_open_lies_between(week, start):
    day = {one.day: one for one in work_out(week, FIRST, LAST)}[start]

    def is_open(one):
        return week.works_on(one) and not week.is_black(one)

    assert is_open(day.open_next)
    assert is_open(day.open_prev)
    assert not week.is_black(day.clear_next)
    assert day.open_prev <= start <= day.open_next
    assert start <= day.clear_next <= day.open_next
    assert not any(is_open(one) for one in days_from(start, day.open_next - ONE))
    assert not any(is_open(one) for one in days_from(day.open_prev + ONE, start))
    assert all(week.is_black(one) for one in days_from(start, day.clear_next - ONE))


@settings(max_examples=30, deadline=None)
@given(week=weeks)
def test_nearest_open_days_lead_to_themselves_and_numbers_never_fall(week):
    days = {one.day: one for one in work_out(week, FIRST, LAST)}

    for one in days.values():
        if one.open_next in days:
            assert days[one.open_next].open_next == one.open_next
    numbers = [one.number for one in days.values()]
    assert numbers == sorted(numbers)
    assert numbers[-1] == sum(one.working for one in days.values())


def test_a_calendar_that_is_never_open_still_has_an_end():
    week = Week(frozenset({1}), {}, ((date(2020, 1, 1), date(2040, 1, 1)),))

    days = work_out(week, FIRST, LAST)

    assert all(one.open_next == one.day == one.clear_next for one in days)


def test_a_holiday_and_its_make_up_day():
    week = Week(
        frozenset({1, 2, 3, 4, 5}),
        {date(2026, 5, 1): False, date(2026, 5, 4): False, date(2026, 5, 9): True},
    )
    days = {one.day: one for one in work_out(week, FIRST, LAST)}

    assert not days[date(2026, 5, 4)].working
    assert days[date(2026, 5, 9)].working  # a Saturday
    assert days[date(2026, 5, 1)].open_next == date(2026, 5, 5)
    assert days[date(2026, 5, 9)].number == days[date(2026, 5, 8)].number + 1


@pytest.fixture
def calendar(db):
    made = Calendar.objects.create(name="Hotel", weekdays=[1, 2, 3, 4, 5])
    return working_days.rebuild(made)


def test_there_is_a_default_calendar_with_its_days(db):
    calendar = working_days.default_calendar()

    assert calendar.is_default
    assert calendar == working_days.default_calendar()
    assert calendar.days.count() > 1000


def test_a_rebuild_covers_a_year_back_to_three_ahead_and_counts(calendar):
    today = working_days.database_now().date()
    days = calendar.days.order_by("day")

    assert days.first().day <= today - timedelta(days=365)
    assert days.last().day >= today + timedelta(days=3 * 365 + 28)
    assert days.count() == (days.last().day - days.first().day).days + 1
    assert working_days.rebuild(calendar).version == calendar.version + 1


def test_a_rebuild_takes_in_special_days_and_blackouts_and_keeps_what_lies_back(calendar):
    monday = date(2026, 11, 30)
    with at(datetime.fromisoformat("2026-11-22T04:00+00:00")):
        working_days.rebuild(calendar)
        SpecialDay.objects.create(calendar=calendar, day=monday, working=False)
        Blackout.objects.create(
            calendar=calendar, first_on=date(2026, 12, 1), last_on=date(2026, 12, 4)
        )
    with at(datetime.fromisoformat("2028-11-22T04:00+00:00")):
        working_days.rebuild(calendar)

    day = CalendarDay.objects.get(calendar=calendar, day=monday)
    assert not day.working
    assert day.clear_next == monday
    assert day.open_next == date(2026, 12, 7)


def test_calendars_are_added_to_in_time_and_keep_their_numbers(calendar):
    Calendar.objects.exclude(pk=calendar.pk).delete()
    before = dict(calendar.days.values_list("day", "number"))
    later = working_days.database_now() + timedelta(days=60)

    assert working_days.extend_all() == 0
    with at(later):
        tasks.extend_calendars()
        assert working_days.extend_all() == 0

    after = dict(calendar.days.values_list("day", "number"))
    calendar.refresh_from_db()
    assert len(after) > len(before)
    assert before.items() <= after.items()
    assert calendar.version == 2
    whole = work_out(working_days.week_of(calendar), min(after), max(after))
    assert {one.day: one.number for one in whole} == after


@pytest.mark.django_db(transaction=True)
def test_rebuilds_at_once_follow_one_another():
    calendar = Calendar.objects.create(name="Hotel", weekdays=[1, 2, 3])

    at_once(4, lambda n: working_days.rebuild(calendar))

    calendar.refresh_from_db()
    assert calendar.version == 5
    assert calendar.days.filter(working=True).count() > 500
