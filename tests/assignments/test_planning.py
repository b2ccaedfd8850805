"""Each reminder comes once, on the right day and at the right time by the person's own clock."""

from datetime import datetime, time, timedelta

import pytest

from assignments.models import Reminder
from outbox.models import Message
from people.models import CalendarDay
from tests.assignments.making import (
    assigned,
    day,
    days_by_passes,
    keys_of,
    make_assignment,
    make_plan,
    moment,
    pass_at,
    told,
    told_on,
    waiting,
)
from tests.clock import at
from tests.factories import make_cohort, make_trainee

pytestmark = pytest.mark.django_db
ZONES = (
    "Asia/Shanghai", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tokyo", "Australia/Lord_Howe",
    "Pacific/Auckland", "Pacific/Chatham", "Pacific/Kiritimati", "Pacific/Pago_Pago",
    "America/New_York", "America/St_Johns", "America/Sao_Paulo", "Europe/Berlin",
    "Europe/London", "Africa/Cairo",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _every_day_is_a_working_day():
    """But for those who are in a cohort with a calendar of its own."""
    CalendarDay.objects.all().delete()


# --- days and zones -----------------------------------------------------------------------------


def test_a_day_before_it_is_due_at_nine_by_the_persons_clock():
    trainee, _ = assigned(-1, tz="America/New_York")

    pass_at("2026-03-08 12:00")
    assert Reminder.objects.count() == 0

    pass_at("2026-03-09 05:00")
    pass_at("2026-03-09 05:01")

    assert waiting(trainee) == [(day("2026-03-09"), "03-09 09:00")]
    (message,) = Message.objects.filter(recipient=trainee)
    assert message.key == f"reminders:{trainee.pk}:2026-03-09:inbox"
    assert message.send_at == moment("2026-03-09 09:00", "America/New_York")
    assert message.payload == {"person": trainee.pk, "day": "2026-03-09"}


def test_in_fifteen_zones_each_reminder_comes_once_on_its_own_local_day():
    with at(moment("2026-03-01 08:00")):
        people = [make_trainee(tz=tz) for tz in ZONES]
        make_assignment(people=people, plan=make_plan(-7, -1, 0, 2), due_on=day("2026-03-29"))

    days_by_passes("2026-03-20", "2026-04-01")

    for person in people:
        assert told(person) == [
            (f"2026-{text}", f"{text} 09:00") for text in ("03-22", "03-28", "03-29", "03-31")
        ]


@pytest.mark.parametrize(
    ("tz", "due_on", "clock", "expected"),
    [
        # The clock is put forward at 02:00: 02:30 is not there and becomes 03:30.
        ("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29T01:30:00+00:00"),
        ("America/New_York", "2026-03-08", "02:30", "2026-03-08T07:30:00+00:00"),
        # It is put back at 03:00: 02:30 comes twice, and the second is meant.
        ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T01:30:00+00:00"),
        ("America/New_York", "2026-11-01", "01:30", "2026-11-01T06:30:00+00:00"),
        # Half an hour only, and a day earlier than one thinks.
        ("Australia/Lord_Howe", "2026-10-04", "09:00", "2026-10-03T22:00:00+00:00"),
        ("Europe/Berlin", "2026-03-29", "09:00", "2026-03-29T07:00:00+00:00"),
        ("Europe/Berlin", "2026-03-28", "09:00", "2026-03-28T08:00:00+00:00"),
    ],
)
def test_when_clocks_change(tz, due_on, clock, expected):
    rule = {"days": 0, "at": time.fromisoformat(clock)}
    plan = {"quiet_from": "00:10", "quiet_to": "00:20"}
    _trainee, _ = assigned(plan=make_plan(rule, **plan), tz=tz, due_on=day(due_on))

    pass_at(datetime.fromisoformat(expected) - timedelta(hours=3))

    assert Reminder.objects.get().send_at == datetime.fromisoformat(expected)


def test_a_leap_day_is_a_day_like_any_other():
    with at(moment("2028-02-01 08:00")):
        trainee = make_trainee()
        make_assignment(people=[trainee], plan=make_plan(-1, 1), due_on=day("2028-02-29"))
        make_assignment(people=[trainee], plan=make_plan(-1), due_on=day("2028-03-01"))

    days_by_passes("2028-02-27", "2028-03-02")

    assert told_on(trainee) == ["2028-02-28", "2028-02-29", "2028-03-01"]


# --- working days -------------------------------------------------------------------------------


def working(days, **fields):
    return {"days": days, "working": True} | fields


def test_working_days_skip_the_weekend_both_ways():
    # Due on Tuesday the tenth.
    trainee, _ = assigned(working(-3), working(-1), working(4), calendar={})

    days_by_passes("2026-03-01", "2026-03-17")

    assert told_on(trainee) == ["2026-03-05", "2026-03-09", "2026-03-16"]


def test_one_working_day_before_a_sunday_is_the_friday_and_after_it_the_monday():
    trainee, _ = assigned(
        working(-1), working(0), working(1), calendar={}, due_on=day("2026-03-08")
    )

    days_by_passes("2026-03-01", "2026-03-12")

    # On the day itself nobody works: what is told that day is told on the Friday, too.
    assert told_on(trainee) == ["2026-03-06", "2026-03-06", "2026-03-09"]
    assert len(keys_of(trainee)) == 2


def test_on_a_make_up_day_people_work_and_are_reminded():
    # Saturday the seventh is worked.
    trainee, _ = assigned(working(-2), calendar={"make_up": ("2026-03-07",)})

    days_by_passes("2026-03-01", "2026-03-12")

    assert told_on(trainee) == ["2026-03-07"]


def test_before_it_is_due_a_blackout_brings_a_reminder_forward_and_afterwards_puts_it_back():
    trainee, _ = assigned(
        -2, 2, calendar={"blackouts": (("2026-03-08", "2026-03-09"), ("2026-03-11", "2026-03-13"))}
    )

    days_by_passes("2026-03-01", "2026-03-18")

    assert told_on(trainee) == ["2026-03-06", "2026-03-16"]


def test_a_reminder_is_never_moved_to_before_the_assignment_nor_past_the_due_date():
    blackout = {"blackouts": (("2026-03-04", "2026-03-06"),)}
    # Assigned in the middle of the blackout; three days before it is due lies in it, too.
    trainee, _ = assigned(-4, calendar=blackout, when="2026-03-05 08:00")
    other, _ = assigned(-1, calendar=blackout, when="2026-03-05 08:00", due_on=day("2026-03-06"))

    days_by_passes("2026-03-03", "2026-03-12")

    assert told_on(trainee) == ["2026-03-09"]
    assert told(other) == []


def test_a_blackout_that_comes_later_moves_what_waits():
    from people.models import Blackout
    from people.working_days import rebuild

    cohort = make_cohort()
    trainee, _ = assigned(-1, cohort=cohort, calendar={})
    pass_at("2026-03-08 12:00")
    assert waiting(trainee) == [(day("2026-03-09"), "03-09 09:00")]

    Blackout.objects.create(
        calendar=cohort.calendar, first_on=day("2026-03-09"), last_on=day("2026-03-09")
    )
    with at(moment("2026-03-08 13:00")):
        rebuild(cohort.calendar)
    # The working day before is Friday, and gone: more than a day ago, so it is told no more.
    pass_at("2026-03-08 13:01")

    assert waiting(trainee) == []


# --- time of day --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quiet", "clock", "expected"),
    [
        (("21:00", "08:00"), "06:30", "08:00"),
        (("21:00", "08:00"), "08:00", "08:00"),
        (("21:00", "08:00"), "20:59", "20:59"),
        (("21:00", "08:00"), "21:00", "20:45"),
        (("21:00", "08:00"), "23:30", "20:45"),
        (("12:00", "14:00"), "13:00", "14:00"),
        (("12:00", "14:00"), "14:00", "14:00"),
        (("12:00", "14:00"), "06:00", "06:00"),
        (("00:05", "00:00"), "18:00", "00:00"),
    ],
)
def test_quiet_hours(quiet, clock, expected):
    rule = {"days": 0, "at": time.fromisoformat(clock)}
    plan = make_plan(rule, quiet_from=quiet[0], quiet_to=quiet[1])
    trainee, _ = assigned(plan=plan)

    pass_at("2026-03-09 21:30")

    assert waiting(trainee) == [(day("2026-03-10"), f"03-10 {expected}")]


@pytest.mark.parametrize(
    ("own", "of_cohort", "expected"),
    [
        (time(14), time(10), "13:45"),
        (None, time(10), "09:45"),
        (None, None, "08:45"),
        (time(22), None, "20:45"),
        (time(0, 5), None, "08:00"),
    ],
)
def test_before_the_shift(own, of_cohort, expected):
    cohort = make_cohort(shift_at=of_cohort)
    trainee, _ = assigned({"at": None}, cohort=cohort, person=make_trainee(shift_at=own))

    pass_at("2026-03-09 21:30")

    assert waiting(trainee) == [(day("2026-03-10"), f"03-10 {expected}")]


def test_what_is_assigned_after_the_hour_of_opening_is_told_at_once_and_by_night_in_the_morning():
    opens = {"anchor": "opens", "days": 0}
    trainee, _ = assigned(opens, when="2026-03-03 15:00")
    pass_at("2026-03-03 15:01")
    late, _ = assigned(opens, when="2026-03-03 23:00")
    pass_at("2026-03-03 23:01")

    assert waiting(trainee) == [(day("2026-03-03"), "03-03 15:00")]
    assert waiting(late) == [(day("2026-03-04"), "03-04 08:00")]
