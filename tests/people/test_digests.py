"""Digests come at nine on the person's own working days, once, and only of what is unread."""

from datetime import UTC, date, datetime, timedelta

import pytest

from outbox.delivering import send_due
from outbox.models import Message, Notice
from people.digests import plan_digests, render, wanted
from people.models import Membership
from tests.clock import at
from tests.factories import make_cohort, make_message
from tests.people.telling_world import (
    make_notice,
    prefer,
    reachable,
    register_news,
    september,
    week_of,
)

pytestmark = pytest.mark.django_db

# Shanghai is eight hours ahead: nine o'clock there is one o'clock here.
MONDAY, TUESDAY, WEDNESDAY, SATURDAY = (
    datetime(2026, 9, day, 1, 0, 30, tzinfo=UTC) for day in (7, 8, 9, 12)
)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def news():
    register_news()


@pytest.fixture
def person():
    return reachable("email", tz="Asia/Shanghai", language="en")


def planned():
    return sorted(Message.objects.filter(kind="digest").values_list("key", flat=True))


def plan_at(moment):
    with at(moment):
        return plan_digests()


def test_at_nine_and_not_before(person):
    prefer(person, "daily")
    make_notice(person, at=MONDAY - 3 * HOUR)

    early = plan_at(MONDAY - timedelta(minutes=1))
    late = plan_at(MONDAY)

    assert (early, late) == (0, 1)
    (message,) = Message.objects.filter(kind="digest")
    assert message.key == f"digest:{person.pk}:2026-09-07:email"
    assert message.send_at == datetime(2026, 9, 7, 1, tzinfo=UTC)


def test_planning_again_and_again_is_planning_once(person):
    prefer(person, "daily")
    make_notice(person, at=MONDAY - HOUR)

    assert [plan_at(MONDAY + n * HOUR) for n in range(4)] == [1, 0, 0, 0]


def test_everybody_has_their_own_nine_o_clock(person):
    far = reachable("email", tz="America/New_York")
    for one in (person, far):
        prefer(one, "daily")
        make_notice(one, at=MONDAY - HOUR)

    plan_at(MONDAY)
    in_the_east = planned()
    plan_at(datetime(2026, 9, 7, 13, 1, tzinfo=UTC))

    assert in_the_east == [f"digest:{person.pk}:2026-09-07:email"]
    assert planned() == sorted([*in_the_east, f"digest:{far.pk}:2026-09-07:email"])


def test_no_digest_at_night_when_planning_was_late(person):
    prefer(person, "daily")
    make_notice(person, at=MONDAY - HOUR)

    assert plan_at(MONDAY + 12 * HOUR) == 0


def test_no_digest_on_a_weekend_without_a_calendar(person):
    prefer(person, "daily")
    make_notice(person, at=SATURDAY - HOUR)

    assert plan_at(SATURDAY) == 0


def test_the_calendar_rules_a_make_up_day_is_worked_and_a_holiday_is_not(person):
    calendar = week_of("C", date(2026, 9, 7), 7, working=september(8, 9, 10, 11, 12))
    cohort = make_cohort(calendar=calendar)
    Membership.objects.create(cohort=cohort, person=person, joined_on=date(2026, 1, 1))
    prefer(person, "daily")
    make_notice(person, at=MONDAY - HOUR)
    make_notice(person, at=SATURDAY - HOUR)

    assert [plan_at(MONDAY), plan_at(SATURDAY)] == [0, 1]


def test_weekly_comes_on_the_first_working_day_of_the_week(person):
    calendar = week_of("C", date(2026, 9, 7), 7, working=september(8, 9, 10, 11))
    cohort = make_cohort(calendar=calendar)
    Membership.objects.create(cohort=cohort, person=person, joined_on=date(2026, 1, 1))
    prefer(person, "weekly")
    make_notice(person, at=MONDAY - HOUR)

    assert [plan_at(MONDAY), plan_at(TUESDAY), plan_at(WEDNESDAY)] == [0, 1, 0]


def test_the_second_digest_tells_what_came_after_the_first(person):
    prefer(person, "daily")
    first = make_notice(person, at=MONDAY - HOUR)
    plan_at(MONDAY)
    nothing_new = plan_at(TUESDAY)
    second = make_notice(person, at=TUESDAY + HOUR)

    plan_at(WEDNESDAY)

    monday, wednesday = Message.objects.filter(kind="digest").order_by("pk")
    assert nothing_new == 0
    assert [row.title for row in render(monday, "en").rows] == [first.title]
    assert [row.title for row in render(wednesday, "en").rows] == [second.title]


def test_a_daily_digest_does_not_eat_what_the_weekly_one_owes(person):
    prefer(person, "daily", kind="test-news")
    prefer(person, "weekly", kind="test-other")
    make_notice(person, at=MONDAY - HOUR, kind="test-news")
    plan_at(MONDAY)
    weekly = make_notice(person, at=MONDAY + HOUR, kind="test-other")
    make_notice(person, at=MONDAY + HOUR, kind="test-news")
    plan_at(TUESDAY)

    plan_at(MONDAY + timedelta(days=7))

    tuesday, next_monday = Message.objects.filter(kind="digest").order_by("pk")[1:]
    assert weekly.title not in [row.title for row in render(tuesday, "en").rows]
    assert [row.title for row in render(next_monday, "en").rows] == [weekly.title]


def test_what_went_out_on_the_channel_by_itself_is_not_told_again(person):
    prefer(person, "daily")
    notice = make_notice(person, at=MONDAY - HOUR)
    direct = notice.message.key.removesuffix("inbox") + "email"
    make_message(recipient=person, key=direct, kind="test-news")

    assert plan_at(MONDAY) == 0


@pytest.mark.parametrize("kind", ["test-must", "test-other"])
def test_only_kinds_that_were_asked_for_are_told(person, kind):
    prefer(person, "daily", kind="test-must")
    prefer(person, "daily", kind="test-news")
    make_notice(person, at=MONDAY - HOUR, kind=kind)

    assert plan_at(MONDAY) == 0


def test_who_stopped_digests_gets_none(person):
    prefer(person, "daily")
    prefer(person, "never", kind="digest")
    make_notice(person, at=MONDAY - HOUR)

    assert plan_at(MONDAY) == 0


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": None}])
def test_who_cannot_be_reached_gets_none(person, change):
    prefer(person, "daily")
    make_notice(person, at=MONDAY - HOUR)
    type(person).objects.filter(pk=person.pk).update(**change)

    assert plan_at(MONDAY) == 0


def test_it_is_cancelled_when_all_is_read_before_it_leaves(person):
    prefer(person, "daily")
    make_notice(person, at=MONDAY - HOUR)
    plan_at(MONDAY)
    Notice.objects.update(read_at=MONDAY)

    (message,) = Message.objects.filter(kind="digest")

    assert wanted([message]) == {message.pk: "everything in it is read by now"}


def test_asking_about_many_costs_what_one_costs(person, django_assert_num_queries):
    people = [person, *(reachable("email", tz="Asia/Shanghai") for _ in range(9))]
    for one in people:
        prefer(one, "daily")
        for _ in range(3):
            make_notice(one, at=MONDAY - HOUR)
    plan_at(MONDAY)
    messages = list(Message.objects.filter(kind="digest"))

    with django_assert_num_queries(3):
        wanted(messages[:1])
    with django_assert_num_queries(3):
        answers = wanted(messages)

    assert set(answers.values()) == {None}


def test_its_subject_names_nobody_and_its_rows_lead_on(person):
    prefer(person, "daily")
    make_notice(person, at=MONDAY - HOUR, url="/help/")
    plan_at(MONDAY)

    mail = render(Message.objects.get(kind="digest"), "en")

    assert mail.subject == "1 message from your training"
    assert (mail.url, [row.url for row in mail.rows]) == ("/inbox/", ["/help/"])


def test_more_than_twenty_are_counted_not_listed(person):
    prefer(person, "daily")
    for _ in range(23):
        make_notice(person, at=MONDAY - HOUR)
    plan_at(MONDAY)

    mail = render(Message.objects.get(kind="digest"), "en")

    assert len(mail.rows) == 20
    assert "3 older messages stand in your inbox." in mail.body


@pytest.mark.django_db(transaction=True)
def test_a_digest_arrives_in_the_mail_box(person, settings, mailoutbox):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    prefer(person, "daily")
    notice = make_notice(person, at=MONDAY - HOUR)
    with at(MONDAY + HOUR):
        plan_digests()

        ends = send_due("email")

    assert ends["sent"] == 1
    (mail,) = mailoutbox
    assert mail.to == [person.email]
    assert notice.title in mail.body
