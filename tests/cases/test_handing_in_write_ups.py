"""What follows for a trainee's own case: handing in, marks, versions, consent, nomination."""

import pytest
from django.db import IntegrityError, transaction

from cases import write_ups
from cases.models import Case, WriteUp
from people.models import Membership
from quizzes.models import Attempt
from tests.cases.own_cases import (
    client_of,
    make_handed_in,
    make_note,
    make_own_case_quiz,
    mark,
    state_of,
    write,
)
from tests.cases.test_views import make_case
from tests.factories import make_cohort, make_instructor, make_trainee


@pytest.fixture
def quiz(db):
    return make_own_case_quiz()


@pytest.fixture
def author(db):
    return make_trainee(language="en")


@pytest.fixture
def client(author):
    return client_of(author)


# --- handing in and what follows ----------------------------------------------------------------


def test_only_a_note_is_not_handed_in(client, author, quiz):
    note = make_note(author)
    write_ups.climb(write_up=note, author=author)

    response = client.post(f"/cases/mine/{note.pk}/hand-in/")

    assert response.status_code == 422
    assert "There is only the note so far" in response.content.decode()
    assert not Attempt.objects.submitted().exists()


def test_what_is_handed_in_waits_for_a_mark_and_is_read_only(client, author, quiz):
    note, version = make_handed_in(author)

    page = client.get(f"/cases/mine/{note.pk}/").content.decode()

    assert "He waited an hour." in page
    assert "<textarea" not in page
    version.attempt.refresh_from_db()
    assert version.attempt.needs_mark is True
    assert client.get(f"/cases/mine/{note.pk}/hand-in/").status_code == 302
    other = make_note(author, "Other")
    assert client.post(f"/cases/mine/{other.pk}/climb/").status_code == 302  # the way is free


def test_a_returned_case_shows_comments_at_their_passages(client, author, quiz):
    note, version = make_handed_in(author, "He waited <an> hour. Then he left.")
    comments = [
        {"part": "event", "from": 10, "to": 19, "quote": "<an> hour", "text": "Which hour?"},
        {"part": "event", "from": 0, "to": 3, "quote": "Then he", "text": "By its words"},
        {"part": "", "from": 0, "to": 0, "quote": "", "text": "In general <i>"},
    ]
    mark(version, "returned", comments=comments)

    page = client.get(f"/cases/mine/{note.pk}/").content.decode()

    assert state_of(note) == "returned"
    assert "<mark>&lt;an&gt; hour</mark>" in page
    assert "<mark>Then he</mark>" in page
    assert "In general &lt;i&gt;" in page
    assert "3 of 4" in page
    assert "Instructor Fang" in page


def test_revising_begins_the_next_version_with_the_last_texts(client, author, quiz):
    note, version = make_handed_in(author)
    comment = {"part": "event", "from": 0, "to": 2, "quote": "He", "text": "Who?"}
    mark(version, "returned", comments=[comment])
    client.get(f"/cases/mine/{note.pk}/")
    assert note.versions.count() == 1  # begun by the author's button, not by looking

    client.post(f"/cases/mine/{note.pk}/climb/")

    second = note.versions.get(number=2)
    assert second.attempt.answers.get().response["texts"]["event"] == "He waited an hour."
    assert state_of(note) == "draft"
    page = client.get(f"/cases/mine/{note.pk}/").content.decode()
    assert "Who?" in page
    assert "Clear. Now the process." in page


def test_a_mark_of_an_earlier_version_changes_a_begun_revision_no_more(author, quiz):
    note, version = make_handed_in(author)
    mark(version, "returned")
    write_ups.revise(write_up=note, author=author)

    mark(version, "accepted")

    assert state_of(note) == "draft"


def test_versions_are_listed_and_compared(client, author, quiz):
    note, version = make_handed_in(author)
    mark(version, "returned")
    second = write_ups.revise(write_up=note, author=author)
    write(second, "event", "He waited one long hour.", 2 - 1)

    page = client.get(f"/cases/mine/{note.pk}/versions/").content.decode()
    same = client.get(f"/cases/mine/{note.pk}/versions/?before=2&after=2").content.decode()
    strange = client.get(f"/cases/mine/{note.pk}/versions/?before=99&after=x")

    assert '<span class="sr">[added: </span>one long<span' in page
    assert '<span class="sr">[taken out: </span>an<span' in page
    assert "word for word" in same
    assert strange.status_code == 200


def test_an_accepted_case_is_nominated_only_with_consent(client, author, quiz):
    note, version = make_handed_in(author)
    cohort = make_cohort()
    Membership.objects.create(cohort=cohort, person=author, joined_on="2026-01-05")
    instructor = client_of(make_instructor(cohort=cohort))
    stranger = client_of(make_instructor(cohort=make_cohort()))
    url = f"/cases/mine/{note.pk}/nominate/"
    assert client.post(f"/cases/mine/{note.pk}/consent/", {"consent": "1"}).status_code == 409
    mark(version, "accepted")

    assert instructor.post(url).status_code == 409
    client.post(f"/cases/mine/{note.pk}/consent/", {"consent": "1"})
    assert stranger.post(url).status_code == 404
    assert client.post(url).status_code == 404
    assert instructor.post(url).status_code == 302

    assert state_of(note) == "nominated"
    assert list(write_ups.nominated_write_ups()) == [note]
    assert [one.text for one in write_ups.texts_of(note)] == [note.note, "He waited an hour."]


def test_without_consent_the_database_refuses_a_nomination(author, quiz):
    note, _ = make_handed_in(author)

    with pytest.raises(IntegrityError), transaction.atomic():
        WriteUp.objects.filter(pk=note.pk).update(state="nominated")


def test_consent_can_be_taken_back_until_the_case_is_published(client, author, quiz):
    note, version = make_handed_in(author)
    mark(version, "accepted")
    write_ups.give_consent(write_up=note)
    write_ups.nominate(write_up=note, by=make_instructor())
    url = f"/cases/mine/{note.pk}/consent/"

    client.post(url, {"consent": "0"})
    assert (state_of(note), note.consent_at, note.nominated_by) == ("accepted", None, None)

    write_ups.give_consent(write_up=note)
    write_ups.nominate(write_up=note, by=make_instructor())
    make_case("from-it")
    Case.objects.update(from_write_up=note)
    assert client.post(url, {"consent": "0"}).status_code == 409
    assert state_of(note) == "nominated"
    assert "See it in the library" in client.get(f"/cases/mine/{note.pk}/").content.decode()
