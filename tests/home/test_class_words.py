import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from assignments.models import Assignee
from outbox.models import Message
from people.models import AuditEntry
from tests.clock import at
from tests.factories import make_cohort, make_instructor, make_trainee
from tests.home.class_making import NOW, TODAY, finish, make_class, make_unit


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture(autouse=True)
def _noon(db):
    with at(NOW):
        yield


def note(people, **fields):
    return {
        "who": [one.pk for one in people],
        "text": "See you <b>tomorrow</b>.",
        "once": str(uuid4()),
    } | fields


def test_words_go_to_those_chosen_once_and_are_noted():
    cohort, instructor, people, _assignment = make_class(people=3)
    client, form = client_of(instructor), note(people[:2])
    url = f"/cohorts/{cohort.slug}/message/"

    assert client.get(f"{url}?who={people[0].pk}").status_code == 200
    assert client.post(url, form).status_code == 302
    assert client.post(url, form).status_code == 302  # a second click

    found = Message.objects.filter(kind="instructor_note", channel="inbox")
    assert sorted(found.values_list("recipient", flat=True)) == [one.pk for one in people[:2]]
    entry = AuditEntry.objects.get(action="class_messaged")
    assert entry.actor == instructor
    assert "tomorrow" not in str(entry.after)


def test_the_words_are_rendered_as_typed():
    from outbox.kinds import KINDS

    cohort, instructor, people, _assignment = make_class(people=1)
    client_of(instructor).post(f"/cohorts/{cohort.slug}/message/", note(people))
    message = Message.objects.filter(kind="instructor_note").first()

    mail = KINDS["instructor_note"].render(message, "en")

    assert mail.subject == "A word from your instructor"
    assert mail.body == f"{instructor.name} writes:\n\nSee you <b>tomorrow</b>."
    assert KINDS["instructor_note"].wanted([message]) == {message.pk: None}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"text": " "}, "Write a word or two first."),
        ({"text": "x" * 1001}, "at most 1000 characters"),
        ({"who": []}, "Choose at least one person"),
        ({"once": "nonsense"}, "kept"),
    ],
)
def test_refused_words_are_kept_and_nothing_is_sent(changes, said):
    cohort, instructor, people, _assignment = make_class()
    form = note(people, text="kept") | changes

    response = client_of(instructor).post(f"/cohorts/{cohort.slug}/message/", form)

    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Message.objects.filter(kind="instructor_note").exists()


def test_words_go_to_nobody_outside_the_class():
    cohort, instructor, people, _assignment = make_class()
    stranger = make_trainee()
    url = f"/cohorts/{cohort.slug}/message/"

    client_of(instructor).post(url, note([*people, stranger]))
    other = client_of(make_instructor()).post(url, note(people))

    assert other.status_code == 404
    assert not Message.objects.filter(recipient=stranger).exists()


def test_a_filter_chooses_all_under_it():
    cohort, instructor, people, assignment = make_class(people=3)
    finish(people[0], assignment.unit)

    page = (
        client_of(instructor)
        .get(f"/cohorts/{cohort.slug}/message/?all=1&status=not_begun")
        .content.decode()
    )

    assert re.findall(r'name="who" value="(\d+)"', page) == [str(one.pk) for one in people[1:]]


def extend_form(client, url, people, **fields):
    query = "&".join(f"who={one.pk}" for one in people)
    page = client.get(f"{url}?{query}").content.decode()
    seen = re.search(r'name="seen" value="([^"]*)"', page)[1]
    return {"who": [one.pk for one in people], "days": 3, "why": "ill", "seen": seen} | fields


def test_more_time_counts_from_the_due_day_or_from_today_and_only_once():
    unit = make_unit()
    cohort, instructor, (late, done), _assignment = make_class(unit=unit, due_in=-4)
    finish(done, unit)
    client, url = client_of(instructor), f"/cohorts/{cohort.slug}/extend/"
    form = extend_form(client, url, [late, done])

    assert client.post(url, form).status_code == 302
    assert client.post(url, form).status_code == 422  # the second click sees other dates

    extended = dict(Assignee.objects.values_list("person", "extended_to"))
    assert extended == {late.pk: TODAY + timedelta(days=3), done.pk: None}
    assert AuditEntry.objects.filter(action="assignees_extended").count() == 1


@pytest.mark.parametrize(("field", "value"), [("days", "0"), ("days", "61"), ("why", "")])
def test_refused_time_is_not_given(field, value):
    cohort, instructor, people, _assignment = make_class()
    client, url = client_of(instructor), f"/cohorts/{cohort.slug}/extend/"

    response = client.post(url, extend_form(client, url, people) | {field: value})

    assert response.status_code == 422
    assert not Assignee.objects.exclude(extended_to=None).exists()


def test_what_another_class_assigned_is_not_ours_to_extend():
    _cohort, _instructor, (person, _other), assignment = make_class()
    mine = make_cohort()
    person.memberships.create(cohort=mine, joined_on=TODAY)
    me = make_instructor(cohort=mine, language="en")
    client, url = client_of(me), f"/cohorts/{mine.slug}/extend/"

    page = client.get(f"{url}?who={person.pk}&of={assignment.pk}").content.decode()

    assert "None of them has a date here that could be moved" in page


def test_two_instructors_at_once_extend_once():
    _cohort, instructor, people, assignment = make_class(people=1)
    from home.extending import ChangedMeanwhile, extendable, give_more_time, seen_of

    pks = [one.pk for one in people]
    seen = seen_of(list(extendable(assignment, pks, instructor)))
    values = {
        "assignment": assignment,
        "people": pks,
        "days": 2,
        "why": "w",
        "seen": seen,
        "by": instructor,
        "now": NOW,
    }

    assert give_more_time(**values) == 1
    with pytest.raises(ChangedMeanwhile):
        give_more_time(**values)
