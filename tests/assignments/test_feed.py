"""The calendar feed, read by icalendar as a calendar program would."""

from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar

from assignments.feed import make_feed, person_of, revoke_feed
from assignments.models import Assignee, Assignment, Feed, FollowUp
from outbox.clock import database_now
from tests.factories import make_instructor, make_trainee
from tests.quizzes.making import make_bank, make_exercise, make_quiz
from units.models import Unit

pytestmark = pytest.mark.django_db


def make_unit(**fields):
    fields = {"slug": "diagnose", "title_zh": "诊断问题", "title_en": "Diagnose"} | fields
    return Unit.objects.create(stage="steps", content={}, **fields)


def assign(person, *, due_on=None, **fields):
    if not {"unit", "quiz"} & set(fields):
        fields["unit"] = Unit.objects.first() or make_unit()
    due_on = due_on or (database_now() + timedelta(days=9)).date()
    assignment = Assignment.objects.create(made_by=make_instructor(), due_on=due_on, **fields)
    return Assignee.objects.create(assignment=assignment, person=person, starts_on=date(2026, 1, 5))


def events(client, address):
    response = client.get(address.removeprefix("https://mot.example"))
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/calendar")
    return Calendar.from_ical(response.content).walk("VEVENT")


def test_a_due_date_stands_at_its_moment_in_the_persons_own_zone(client):
    person = make_trainee(tz="Europe/Paris", language="en")
    assign(person, due_on=date(2027, 3, 28))  # the day on which clocks there go forward

    (event,) = events(client, make_feed(person))

    assert event.start == datetime(2027, 3, 28, 21, 59, tzinfo=UTC)
    assert event["SUMMARY"] == "[due] Diagnose"
    assert "Europe/Paris" in event["DESCRIPTION"]
    assert event["URL"] == "https://mot.example/units/diagnose/"
    assert len(event.alarms.times) == 1


def test_an_extension_moves_the_date_and_counts_up_under_the_same_name(client):
    person = make_trainee(language="zh-hans")
    assignee = assign(person)
    address = make_feed(person)
    (before,) = events(client, address)

    assignee.extended_to = assignee.assignment.due_on + timedelta(days=3)
    assignee.version += 1
    assignee.save()
    (after,) = events(client, address)

    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after.start - before.start == timedelta(days=3)
    assert "诊断问题" in after["SUMMARY"]


def test_what_is_finished_says_so_and_rings_no_more(client):
    person = make_trainee(language="en")
    quiz = make_quiz(make_bank(make_exercise()))
    assign(person, quiz=quiz)
    address = make_feed(person)
    (before,) = events(client, address)

    now = database_now()
    quiz.attempts.create(trainee=person, number=1, started_at=now, submitted_at=now, score=10_000)
    (after,) = events(client, address)

    assert after["SUMMARY"].startswith("[done]")
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after.alarms.times == []


def test_what_is_waived_is_cancelled_in_the_calendar(client):
    person = make_trainee(language="en")
    assignee = assign(person)
    assignee.waived_at = database_now()
    assignee.save()

    (event,) = events(client, make_feed(person))

    assert (event["STATUS"], event["SUMMARY"]) == ("CANCELLED", "[not needed] Diagnose")


def test_open_follow_ups_stand_on_their_day(client):
    person = make_trainee(language="en")
    unit = make_unit()
    for occurrence, done_at in ((2, database_now()), (7, None)):
        FollowUp.objects.create(
            person=person, kind="recall", unit=unit, occurrence=occurrence,
            due_on=date(2026, 12, occurrence), done_at=done_at,
        )  # fmt: skip

    (event,) = events(client, make_feed(person))

    assert (event.start, event["SUMMARY"]) == (date(2026, 12, 7), "Recall · Diagnose")


def test_the_feed_holds_nobody_elses_dates(client):
    person, other = make_trainee(), make_trainee()
    assign(other)

    assert events(client, make_feed(person)) == []


def test_a_new_address_ends_the_one_before(client):
    person = make_trainee()
    old, new = make_feed(person), make_feed(person)

    assert client.get(old.removeprefix("https://mot.example")).status_code == 404
    assert events(client, new) == []
    assert Feed.objects.filter(person=person, revoked_at=None).count() == 1


def test_a_wrong_an_ended_and_a_leavers_address_are_nobodys(client):
    person = make_trainee()
    address = make_feed(person)
    token = address.split("/")[-1].removesuffix(".ics")
    assert person_of(token) == person
    assert token not in Feed.objects.get().token_hash

    person.is_active = False
    person.save()
    assert person_of(token) is None
    person.is_active = True
    person.save()
    revoke_feed(person)
    assert person_of(token) is None
    assert client.get("/calendar/guess.ics").status_code == 404


def test_somebody_who_asks_too_often_is_told_to_wait(client):
    path = make_feed(make_trainee()).removeprefix("https://mot.example")

    codes = [client.get(path).status_code for _ in range(61)]

    assert codes == [200] * 60 + [429]


def test_the_feed_costs_the_same_for_one_date_and_for_many(client, django_assert_num_queries):
    person = make_trainee()
    path = make_feed(person).removeprefix("https://mot.example")
    for count in (1, 12):
        for _ in range(count):
            assign(person)
        with django_assert_num_queries(5):  # limit, feed, clock, dates, follow-ups
            client.get(path)


def test_the_address_is_shown_when_it_is_made_and_never_again(client):
    person = make_trainee()
    client.force_login(person)

    made = client.post("/me/calendar/make/")
    again = client.get("/me/calendar/")

    assert "/calendar/" in made.context["address"]
    assert made.context["address"] in made.content.decode()
    assert again.context["address"] == ""
    assert "webcal://mot.example/calendar/" in made.content.decode()


def test_one_date_can_be_added_by_its_person_alone(client):
    person = make_trainee(language="en")
    assignee = assign(person)
    path = f"/calendar/assignments/{assignee.assignment_id}.ics"

    client.force_login(make_trainee())
    assert client.get(path).status_code == 404
    client.force_login(person)
    (event,) = Calendar.from_ical(client.get(path).content).walk("VEVENT")

    assert event["SUMMARY"] == "[due] Diagnose"
