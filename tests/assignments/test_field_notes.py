"""Field notes: written by a trainee in a minute, answered by one who teaches them."""

from datetime import timedelta

import pytest
from django.urls import reverse

from assignments.field_notes import AlreadyAnswered, answer, write
from assignments.models import FieldNote
from outbox.clock import database_now
from outbox.kinds import KINDS
from outbox.models import Message
from people.models import Membership
from tests.assignments.following_making import (
    client_of,
    make_follow_up,
    make_manager,
    make_unit,
)
from tests.factories import make_admin, make_cohort, make_instructor, make_trainee
from tests.quizzes.test_races import at_once

pytestmark = pytest.mark.django_db

SAID = "I said it back before I looked it up."


def page_of(follow_up):
    return reverse("following:follow_up", args=[follow_up.pk])


def make_note(person, *, met=True, text=SAID, steps=("diagnose",)):
    follow_up = make_follow_up(person, "note", occurrence=14)
    return write(follow_up=follow_up, met=met, steps=list(steps), text=text)


def answer_page(note):
    return reverse("following:field_note", args=[note.pk])


def test_a_trainee_writes_what_they_met_and_reads_it_again():
    person = make_trainee()
    follow_up = make_follow_up(person, "note", occurrence=14)
    client = client_of(person)
    assert b"Leave out customers" in client.get(page_of(follow_up)).content

    response = client.post(
        page_of(follow_up), {"met": "yes", "steps": ["diagnose", "solve"], "text": SAID}
    )

    assert response.status_code == 302
    note = FieldNote.objects.get()
    assert (note.met, note.steps, note.text) == (True, ["diagnose", "solve"], SAID)
    assert note.language == "en"
    follow_up.refresh_from_db()
    assert follow_up.done_at is not None
    assert SAID.encode() in client.get(page_of(follow_up)).content


def test_whoever_has_not_met_the_moment_need_not_write():
    person = make_trainee()
    follow_up = make_follow_up(person, "note", occurrence=14)

    response = client_of(person).post(page_of(follow_up), {"met": "no", "text": ""})

    assert response.status_code == 302
    assert not FieldNote.objects.get().met


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({"text": "typed"}, b"Say first whether"),
        ({"met": "yes", "text": ""}, b"A sentence is enough"),
        ({"met": "yes", "text": "typed" * 500}, b"more than 2,000 characters"),
        ({"met": "yes", "text": "typed", "steps": ["smile"]}, b"typed"),
    ],
)
def test_a_refused_note_keeps_what_was_typed_and_chosen(data, why):
    person = make_trainee()
    follow_up = make_follow_up(person, "note", occurrence=14)

    response = client_of(person).post(page_of(follow_up), {"steps": "solve"} | data)

    assert response.status_code == 422
    assert why in response.content
    assert data["text"].encode() in response.content
    if "steps" not in data:
        assert b'value="solve" checked' in response.content
    assert not FieldNote.objects.exists()


def test_a_name_in_a_note_is_pointed_out_once_and_may_stay():
    person = make_trainee()
    follow_up = make_follow_up(person, "note", occurrence=14)
    client = client_of(person)
    data = {"met": "yes", "text": "Mr Sanders from room 412 came back."}

    response = client.post(page_of(follow_up), data)
    assert response.status_code == 422
    assert b"have a look at these passages" in response.content
    assert b"Mr Sanders" in response.content
    assert not FieldNote.objects.exists()

    assert client.post(page_of(follow_up), data | {"as_it_is": "1"}).status_code == 302
    assert FieldNote.objects.get().text == data["text"]


def test_a_note_is_shown_as_text():
    person = make_trainee()
    note = make_note(person, text="<script>alert(1)</script>")

    page = client_of(person).get(page_of(note.follow_up)).content

    assert b"<script>alert(1)" not in page


def test_nobody_else_gets_to_a_note_or_its_form():
    cohort = make_cohort()
    person = make_trainee(cohort=cohort)
    note = make_note(person)
    fresh = make_follow_up(person, "note", occurrence=14)
    for stranger in (make_trainee(cohort=cohort), make_instructor(cohort=cohort), make_admin()):
        client = client_of(stranger)
        assert client.get(page_of(note.follow_up)).status_code == 404
        assert client.post(page_of(fresh), {"met": "no"}).status_code == 404


# --- answering ----------------------------------------------------------------------------------


def test_an_instructor_answers_and_the_trainee_is_told():
    cohort = make_cohort()
    person = make_trainee(cohort=cohort, email="lin@mot.example")
    teacher = make_instructor(cohort=cohort, name="Instructor Fang")
    note = make_note(person)
    client = client_of(teacher)
    assert b"Waits for a word" in client.get(reverse("following:field_notes")).content

    response = client.post(answer_page(note), {"text": "Half a sentence more next time."})

    assert response.url == reverse("following:field_notes")
    page = client_of(person).get(page_of(note.follow_up)).content
    assert b"Instructor Fang answers" in page
    assert b"Half a sentence more" in page
    told = Message.objects.filter(recipient=person, kind="note-answered")
    assert {one.channel for one in told} == {"inbox", "email"}
    kind = KINDS["note-answered"]
    assert set(kind.wanted(list(told)).values()) == {None}
    mail = kind.render(told[0], "en")
    assert mail.url == page_of(note.follow_up)
    assert "Half a sentence" not in mail.body


def test_a_reply_without_words_is_refused():
    cohort = make_cohort()
    note = make_note(make_trainee(cohort=cohort))

    response = client_of(make_instructor(cohort=cohort)).post(answer_page(note), {"text": "  "})

    assert response.status_code == 422
    assert b"Write a sentence first" in response.content
    assert not Message.objects.exists()


def test_the_second_instructor_sees_the_first_answer_and_their_own_words():
    cohort = make_cohort()
    note = make_note(make_trainee(cohort=cohort))
    first, second = make_instructor(cohort=cohort), make_instructor(cohort=cohort)
    answer(note=note, instructor=first, text="The first answer.")

    response = client_of(second).post(answer_page(note), {"text": "The second answer."})

    assert response.status_code == 409
    assert b"The first answer." in response.content
    assert b"The second answer." in response.content
    assert FieldNote.objects.get().reply == "The first answer."


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_stays_and_one_message_goes_out():
    cohort = make_cohort()
    note = make_note(make_trainee(cohort=cohort))
    teachers = [make_instructor(cohort=cohort) for _ in range(4)]

    def deed(n):
        try:
            answer(note=note, instructor=teachers[n], text=f"Answer {n}")
        except AlreadyAnswered:
            return 0
        return 1

    assert sum(at_once(4, deed)) == 1
    assert Message.objects.filter(channel="inbox").count() == 1


def test_only_who_teaches_the_trainee_reads_and_answers():
    cohort = make_cohort()
    person = make_trainee(cohort=cohort)
    note = make_note(person)
    teacher = make_instructor(cohort=cohort)
    strangers = [make_instructor(cohort=make_cohort()), make_manager(cohort), person]
    for stranger in strangers:
        client = client_of(stranger)
        assert client.get(answer_page(note)).status_code == 404
        assert client.post(answer_page(note), {"text": "x"}).status_code == 404
    assert SAID.encode() not in client_of(strangers[0]).get("/field-notes/").content
    assert client_of(strangers[1]).get("/field-notes/").status_code == 404
    assert client_of(teacher).get(answer_page(note)).status_code == 200

    Membership.objects.update(left_at=database_now())
    assert client_of(teacher).get(answer_page(note)).status_code == 404


def test_what_waits_stands_first_and_the_list_takes_the_same_queries(django_assert_max_num_queries):
    cohort = make_cohort()
    teacher, unit = make_instructor(cohort=cohort), make_unit()
    client = client_of(teacher)
    for n in range(12):
        person = make_trainee(cohort=cohort)
        follow_up = make_follow_up(person, "note", unit=unit, occurrence=14)
        note = write(follow_up=follow_up, met=n != 0, steps=[], text=f"text-{n}.")
        FieldNote.objects.filter(pk=note.pk).update(
            written_at=database_now() - timedelta(hours=n),
            replied_at=database_now() if n < 6 else None,
            replied_by=teacher if n < 6 else None,
        )

    with django_assert_max_num_queries(6):
        page = client.get("/field-notes/").content.decode()

    places = [page.index(f"text-{n}.") for n in range(12)]
    assert max(places[6:]) < min(places[:6])
