"""Which follow-ups come, on which of a person's own days, and which go."""

from datetime import UTC, date, datetime, timedelta

import pytest

from assignments.following_up import derive_follow_ups
from assignments.models import FollowUp
from cases.models import WriteUp
from people.models import Calendar
from quizzes.models import Attempt
from tests.assignments.following_making import (
    assign,
    complete,
    fill,
    make_calendar,
    make_checklist,
    make_course,
    make_manager,
    make_unit,
)
from tests.cases.own_cases import make_handed_in, make_own_case_quiz
from tests.clock import at
from tests.factories import make_cohort, make_instructor, make_trainee
from tests.quizzes.making import make_attempt, make_quiz
from units.models import Lesson, Reading

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _checklist():
    make_checklist()


def days_of(person, kind):
    """The days after and the day of each follow-up of a kind."""
    found = FollowUp.objects.filter(person=person, kind=kind, dropped_because="")
    return sorted(found.values_list("occurrence", "due_on"))


def derive(moment):
    with at(moment):
        return derive_follow_ups()


def test_a_finished_unit_is_followed_by_recall_an_if_then_line_and_a_note():
    make_calendar(date(2026, 2, 1))
    person, unit = make_trainee(), make_unit()
    complete(person, unit, MONDAY)

    assert derive(MONDAY) == 6
    assert days_of(person, "recall") == [
        (2, date(2026, 3, 4)),
        (7, date(2026, 3, 9)),
        (30, date(2026, 4, 1)),
    ]
    assert days_of(person, "intention") == [(2, date(2026, 3, 4)), (7, date(2026, 3, 9))]
    assert days_of(person, "note") == [(14, date(2026, 3, 16))]


def test_a_second_run_changes_nothing():
    make_calendar(date(2026, 2, 1))
    person = make_trainee()
    complete(person, make_unit(), MONDAY)
    complete(person, make_unit(), MONDAY)
    derive(MONDAY)
    before = list(FollowUp.objects.order_by("pk").values())

    assert derive(MONDAY + timedelta(minutes=1)) == 0
    assert list(FollowUp.objects.order_by("pk").values()) == before


@pytest.mark.parametrize(
    ("tz", "day"),
    [("Asia/Shanghai", date(2026, 3, 5)), ("America/New_York", date(2026, 3, 4))],
)
def test_days_count_from_the_persons_own_day(tz, day):
    make_calendar(date(2026, 2, 1))
    person = make_trainee(tz=tz)
    late = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)  # the 3rd in Shanghai, the 2nd in New York
    complete(person, make_unit(), late)

    derive(late)

    assert days_of(person, "recall")[0] == (2, day)


def test_days_are_wall_days_across_a_change_of_the_clock():
    make_calendar(date(2026, 2, 1))
    person = make_trainee(tz="Europe/Berlin")
    # 23:30 in Berlin on 27 March, two days before the clock is put forward.
    late = datetime(2026, 3, 27, 22, 30, tzinfo=UTC)
    complete(person, make_unit(), late)

    derive(late)

    assert days_of(person, "recall")[1] == (7, date(2026, 4, 3))


def test_a_day_in_a_blackout_or_on_a_weekend_moves_to_the_next_open_one():
    make_calendar(date(2026, 2, 1), closed=(date(2026, 3, 4), date(2026, 3, 5)))
    person = make_trainee()
    complete(person, make_unit(), MONDAY)

    derive(MONDAY)

    assert days_of(person, "recall")[0] == (2, date(2026, 3, 6))


def test_a_blackout_entered_later_moves_what_waits():
    calendar = make_calendar(date(2026, 2, 1))
    person = make_trainee()
    complete(person, make_unit(), MONDAY)
    derive(MONDAY)
    fill(calendar, date(2026, 2, 1), 200, closed=(date(2026, 3, 9), date(2026, 3, 10)))

    derive(MONDAY)

    assert days_of(person, "recall")[1] == (7, date(2026, 3, 11))


def test_without_a_calendar_days_stay_as_counted():
    Calendar.objects.all().delete()
    person = make_trainee()
    complete(person, make_unit(), datetime(2026, 3, 5, 6, tzinfo=UTC))

    derive(datetime(2026, 3, 5, 6, tzinfo=UTC))

    assert days_of(person, "recall")[0] == (2, date(2026, 3, 7))


def test_several_units_at_once_give_one_recall_and_one_note_a_day():
    make_calendar(date(2026, 2, 1))
    person = make_trainee()
    for _ in range(4):
        complete(person, make_unit(), MONDAY)

    derive(MONDAY)

    for kind in ("recall", "note", "intention"):
        days = [day for _n, day in days_of(person, kind)]
        assert len(days) == len(set(days))
        assert all(day.isoweekday() <= 5 for day in days)
    assert [day for n, day in days_of(person, "recall") if n == 2] == [
        date(2026, 3, 4),
        date(2026, 3, 5),
        date(2026, 3, 6),
        date(2026, 3, 9),
    ]


def test_after_an_upgrade_nobody_gets_a_heap():
    make_calendar(date(2026, 1, 1))
    person, course = make_trainee(), make_course()
    for days in (400, 100, 46, 40, 20):
        complete(person, make_unit(), MONDAY - timedelta(days=days))
    complete(person, course, MONDAY - timedelta(days=50))

    derive(MONDAY)

    assert days_of(person, "recall") == [(30, date(2026, 3, 12))]
    assert days_of(person, "note") == [(14, date(2026, 3, 2))]
    assert days_of(person, "observation") == []


def test_what_nobody_did_goes_quietly_after_three_weeks():
    make_calendar(date(2026, 2, 1))
    person = make_trainee()
    complete(person, make_unit(), MONDAY)
    derive(MONDAY)

    derive(MONDAY + timedelta(days=24))

    assert days_of(person, "intention") == [(7, date(2026, 3, 9))]


def test_of_somebody_who_is_inactive_everything_is_dropped():
    make_calendar(date(2026, 2, 1))
    cohort = make_cohort()
    person, manager = make_trainee(cohort=cohort), make_manager(cohort)
    complete(person, make_unit(), MONDAY)
    assign(person, make_course(), assigned_at=MONDAY)
    derive(MONDAY)
    assert FollowUp.objects.filter(person=manager, dropped_because="").count() == 1
    person.is_active = False
    person.save()

    derive(MONDAY)

    assert not FollowUp.objects.filter(dropped_because="").exists()
    assert derive(MONDAY) == 0


# --- observations ----------------------------------------------------------------------------


def observers(person, occurrence=0):
    """Who has to observe the person, besides themselves."""
    return list(
        FollowUp.objects.filter(
            kind="observation",
            subject=f"person:{person.pk}",
            occurrence=occurrence,
            dropped_because="",
        )
        .exclude(person=person)
        .values_list("person", flat=True)
    )


def test_before_a_course_the_nearest_manager_and_the_trainee_observe():
    make_calendar(date(2026, 2, 1))
    region = make_cohort()
    shop = make_cohort(parent=region)
    make_manager(region)
    make_instructor(cohort=shop)
    manager, person = make_manager(shop), make_trainee(cohort=shop)
    assign(person, make_course(), assigned_at=MONDAY)

    assert derive(MONDAY) == 2
    assert observers(person) == [manager.pk]
    assert days_of(person, "observation") == [(0, date(2026, 3, 2))]


def test_a_manager_above_comes_before_an_instructor_nearby():
    region = make_cohort()
    shop = make_cohort(parent=region)
    instructor, manager = make_instructor(cohort=shop), make_manager(region)
    person, other = make_trainee(cohort=shop), make_trainee(cohort=shop)
    assign(person, make_course(), assigned_at=MONDAY)
    derive(MONDAY)
    assert observers(person) == [manager.pk]

    manager.is_active = False
    manager.save()
    assign(other, make_course(), assigned_at=MONDAY)
    derive(MONDAY)

    assert observers(other) == [instructor.pk]


def test_a_manager_who_is_trained_in_their_own_shop_is_observed_by_somebody_else():
    region = make_cohort()
    shop = make_cohort(parent=region)
    above, manager = make_manager(region), make_manager(shop)
    manager.memberships.create(cohort=shop, joined_on=date(2026, 1, 5))
    assign(manager, make_course(), assigned_at=MONDAY)

    derive(MONDAY)

    assert observers(manager) == [above.pk]


def test_when_the_manager_changes_the_new_one_observes():
    shop = make_cohort()
    old, person = make_manager(shop), make_trainee(cohort=shop)
    assign(person, make_course(), assigned_at=MONDAY)
    derive(MONDAY)
    old.duties.all().delete()
    new = make_manager(shop)

    derive(MONDAY)

    assert observers(person) == [new.pk]


def test_an_observation_that_is_in_is_not_asked_of_a_new_manager():
    shop = make_cohort()
    old, person = make_manager(shop), make_trainee(cohort=shop)
    assign(person, make_course(), assigned_at=MONDAY)
    derive(MONDAY)
    FollowUp.objects.filter(person=old).update(done_at=MONDAY)
    old.duties.all().delete()
    make_manager(shop)

    assert derive(MONDAY) == 0


def test_a_manager_of_many_observes_five_a_day():
    make_calendar(date(2026, 2, 1))
    shop, course = make_cohort(), make_course()
    manager = make_manager(shop)
    for _ in range(12):
        assign(make_trainee(cohort=shop), course, assigned_at=MONDAY)

    derive(MONDAY)

    days = [day for _n, day in days_of(manager, "observation")]
    assert [days.count(day) for day in sorted(set(days))] == [5, 5, 2]


def test_a_course_somebody_has_begun_has_no_baseline():
    course, person = make_course(), make_trainee()
    unit = make_unit(course=course)
    lesson = Lesson.objects.create(unit=unit, slug="one", position=1, minutes=3)
    Reading.objects.create(trainee=person, lesson=lesson, seen_at=MONDAY)
    assign(person, course, assigned_at=MONDAY)

    assert derive(MONDAY) == 0


def test_a_month_after_the_course_come_both_observations():
    make_calendar(date(2026, 2, 1))
    shop = make_cohort()
    manager, person = make_manager(shop), make_trainee(cohort=shop)
    complete(person, make_course(), MONDAY)

    assert derive(MONDAY) == 2
    assert observers(person, 30) == [manager.pk]
    assert days_of(person, "observation") == [(30, date(2026, 4, 1))]


# --- retention, certificates, cases that came back ---------------------------------------------


def test_a_month_after_a_course_comes_its_retention_test_unless_it_is_taken_already():
    make_calendar(date(2026, 2, 1))
    quiz = make_quiz()
    course, person, early = make_course(retention_quiz=quiz), make_trainee(), make_trainee()
    Attempt.objects.filter(pk=make_attempt(quiz, early).pk).update(submitted_at=MONDAY)
    complete(person, course, MONDAY)
    complete(early, course, MONDAY)

    derive(MONDAY)

    assert days_of(person, "retention") == [(30, date(2026, 4, 1))]
    assert days_of(early, "retention") == []


def test_a_certificate_is_renewed_thirty_days_before_it_ends_and_again_when_that_ends():
    quiz = make_quiz()
    course = make_course(post_quiz=quiz, content={"certificate": {"months": 24}})
    person = make_trainee(tz="UTC")
    complete(person, course, datetime(2024, 4, 20, 6, tzinfo=UTC))

    derive(datetime(2026, 2, 20, 6, tzinfo=UTC))
    assert days_of(person, "recertify") == []
    derive(datetime(2026, 3, 10, 6, tzinfo=UTC))
    assert days_of(person, "recertify") == [(0, date(2026, 3, 23))]
    FollowUp.objects.filter(kind="recertify").update(done_at=datetime(2026, 4, 1, tzinfo=UTC))
    derive(datetime(2028, 3, 1, tzinfo=UTC))

    assert days_of(person, "recertify") == [(0, date(2026, 3, 23)), (0, date(2028, 3, 2))]


def test_a_case_that_came_back_is_remembered_twice_in_working_days_until_it_is_taken_up():
    make_calendar(date(2026, 2, 1), closed=())
    person = make_trainee()
    make_own_case_quiz()
    _note, version = make_handed_in(person)
    WriteUp.objects.filter(pk=version.write_up_id).update(state="returned", changed_at=MONDAY)

    derive(MONDAY)
    assert days_of(person, "nudge") == [(3, date(2026, 3, 5)), (7, date(2026, 3, 11))]
    WriteUp.objects.filter(pk=version.write_up_id).update(state="draft")
    derive(MONDAY)

    assert days_of(person, "nudge") == []
