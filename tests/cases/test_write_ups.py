"""A trainee's own case: note, ladder, putting away, who may, what it costs."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from cases import write_ups
from cases.models import WriteUp
from quizzes.models import Attempt
from quizzes.parts import save_part
from quizzes.starting import start_attempt
from quizzes.submitting import submit_attempt
from tests.cases.own_cases import (
    RUNGS,
    client_of,
    make_handed_in,
    make_note,
    make_own_case_quiz,
    mark,
    state_of,
    write,
)
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


# --- notes ------------------------------------------------------------------------------------


def test_three_lines_make_a_note_with_a_title(client, author):
    response = client.post(
        "/cases/mine/new/", {"what": "The guest waited. He left.", "who": "", "why": "Nobody asked"}
    )

    made = WriteUp.objects.get(author=author)
    assert response.url == f"/cases/mine/{made.pk}/"
    assert (made.title, made.note) == (
        "The guest waited",
        "The guest waited. He left.\nNobody asked",
    )


@pytest.mark.parametrize("what", ["", "   ", "x" * 191, "a\x00b"])
def test_a_refused_note_keeps_what_was_typed(client, what):
    response = client.post("/cases/mine/new/", {"what": what, "why": "kept 🙂"})

    assert response.status_code == 422
    assert "kept 🙂" in response.content.decode()
    assert not WriteUp.objects.exists()


def test_a_note_saves_itself_and_shows_both_texts_to_the_slower_device(client, author):
    note = make_note(author)
    url = f"/cases/mine/{note.pk}/note/"

    first = client.post(url, {"text": "phone", "version": 1})
    again = client.post(url, {"text": "phone", "version": 1})
    late = client.post(url, {"text": "desk", "version": 1})
    plain = client.post(f"/cases/mine/{note.pk}/", {"text": "desk", "version": 1})

    assert first.json() == again.json() == {"saved": True, "version": 2}
    assert (late.status_code, late.json()["text"]) == (409, "phone")
    assert plain.status_code == 409
    assert "On another device you wrote:" in plain.content.decode()
    note.refresh_from_db()
    assert note.note == "phone"


def test_a_note_that_is_too_long_or_holds_nul_bytes_is_refused(client, author):
    note = make_note(author)
    url = f"/cases/mine/{note.pk}/note/"

    for text in ("x" * 601, "a\x00b"):
        response = client.post(url, {"text": text, "version": 1})
        assert (response.status_code, bool(response.json()["why"])) == (422, True)


# --- the ladder -------------------------------------------------------------------------------


def test_climbing_takes_the_note_along(client, author, quiz):
    note = make_note(author)

    response = client.post(f"/cases/mine/{note.pk}/climb/")

    version = note.versions.get()
    assert response.url == f"/cases/mine/{note.pk}/"
    assert version.attempt.answers.get().response["texts"] == {"note": note.note}
    page = client.get(f"/cases/mine/{note.pk}/").content.decode()
    assert 'name="a1-part-short"' in page  # the next rung to write
    assert 'name="a1-part-note"' not in page  # the rung before, to read
    assert "The guest waited. He left.<br>x" in page


def test_the_page_goes_on_at_the_furthest_rung_that_was_begun(client, author, quiz):
    note = make_note(author)
    version = write_ups.climb(write_up=note, author=author)
    url = f"/cases/mine/{note.pk}/"

    assert 'name="a1-part-event"' in client.get(url + "?rung=full").content.decode()
    write(version, "insight", "Ask.", 1)
    assert 'name="a1-part-event"' in client.get(url).content.decode()
    assert 'name="a1-part-note"' in client.get(url + "?rung=note").content.decode()
    assert client.get(url + "?rung=nonsense").status_code == 200


def test_one_case_is_written_at_a_time_and_the_other_waits(client, author, quiz):
    first, second = make_note(author, "First"), make_note(author, "Second")
    client.post(f"/cases/mine/{first.pk}/climb/")

    response = client.post(f"/cases/mine/{second.pk}/climb/")

    assert response.status_code == 409
    page = response.content.decode()
    assert "You are writing “First”" in page
    assert not second.versions.exists()


def test_a_plain_form_saves_the_parts_of_its_rung(client, author, quiz):
    note = make_note(author)
    version = write_ups.climb(write_up=note, author=author)
    fields = {"a1-part-short": "Short.", "a1-part-short-version": "1", "a1-part-short-was": "x"}

    response = client.post(f"/cases/mine/{note.pk}/?rung=short", fields)

    assert response.url == f"/cases/mine/{note.pk}/?rung=short"
    assert version.attempt.answers.get().response["texts"]["short"] == "Short."


def test_without_script_the_other_text_is_taken_by_its_button(client, author, quiz):
    note = make_note(author)
    version = write_ups.climb(write_up=note, author=author)
    write(version, "short", "theirs", 1)
    fields = {"a1-part-short": "mine", "a1-part-short-version": 1}
    url = f"/cases/mine/{note.pk}/?rung=short"

    asked = client.post(url, fields).content.decode()
    client.post(url, fields | {"take": "short"})
    taken = version.attempt.answers.get().response["texts"]["short"]
    client.post(url, fields | {"a1-part-short-version": 2})

    assert '<button class="button quiet small" name="take" value="short">' in asked
    assert 'name="a1-part-short-version" value="2"' in asked
    assert taken == "theirs"
    assert version.attempt.answers.get().response["texts"]["short"] == "mine"


@pytest.mark.parametrize(("text", "status"), [("mine", 409), ("x " * 401, 422)])
def test_a_refused_plain_form_keeps_what_was_typed(client, author, quiz, text, status):
    note = make_note(author)
    version = write_ups.climb(write_up=note, author=author)
    write(version, "short", "theirs", 1)
    fields = {"a1-part-short": text, "a1-part-short-version": 1 if status == 409 else 2}

    response = client.post(f"/cases/mine/{note.pk}/?rung=short", fields)

    assert response.status_code == status
    assert f">\n{text}</textarea>" in response.content.decode()
    assert version.attempt.answers.get().response["texts"]["short"] == "theirs"


def test_what_may_tell_who_somebody_is_is_shown_and_does_not_stop(client, author, quiz):
    note = make_note(author)
    version = write_ups.climb(write_up=note, author=author)
    write(version, "event", "周先生 <b>13812345678</b>", 1)

    piece = client.get(f"/cases/mine/{note.pk}/findings/?part=event").content.decode()
    review = client.get(f"/cases/mine/{note.pk}/hand-in/").content.decode()

    for page in (piece, review):
        assert "周先生" in page
        assert "一位客人" in page
    assert "<b>138" not in review
    assert client.post(f"/cases/mine/{note.pk}/hand-in/").status_code == 302
    assert state_of(note) == "handed_in"


# --- putting away -------------------------------------------------------------------------------


def test_a_draft_is_put_away_and_brought_back(client, author, quiz):
    note = make_note(author)
    write_ups.climb(write_up=note, author=author)

    client.post(f"/cases/mine/{note.pk}/discard/")
    assert client.get(f"/cases/mine/{note.pk}/").status_code == 404
    client.post(f"/cases/mine/{note.pk}/bring-back/")

    assert client.get(f"/cases/mine/{note.pk}/").status_code == 200


def test_what_was_handed_in_is_not_put_away(client, author, quiz):
    note, version = make_handed_in(author)
    mark(version, "returned")
    write_ups.revise(write_up=note, author=author)

    assert client.post(f"/cases/mine/{note.pk}/discard/").status_code == 409
    assert client.get(f"/cases/mine/{note.pk}/").status_code == 200


def test_a_case_put_away_leaves_its_place_and_none_of_its_text_to_the_next(author, quiz):
    old, new = make_note(author, "Old"), make_note(author, "New")
    version = write_ups.climb(write_up=old, author=author)
    write(version, "event", "secret", 1)
    write_ups.discard(write_up=old)

    begun = write_ups.climb(write_up=new, author=author)

    assert begun.attempt_id == version.attempt_id
    response = begun.attempt.answers.get().response
    assert response["texts"] == {"note": "New"}
    assert response["versions"]["event"] > 2  # a page left open notices


# --- the quiz's own page ----------------------------------------------------------------------


def test_the_quiz_page_leads_to_ones_cases(client, quiz):
    assert client.get("/quizzes/own-case/").url == "/cases/mine/"
    assert client.post("/quizzes/own-case/").url == "/cases/mine/"
    assert not Attempt.objects.exists()


def test_a_text_begun_on_the_quiz_page_becomes_a_case_of_its_own(client, author, quiz):
    attempt = start_attempt(quiz=quiz, trainee=author)
    save_part(
        attempt_id=attempt.pk, position=1, part="event", trainee=author, text="Found.", version=0
    )
    note = make_note(author)

    response = client.post(f"/cases/mine/{note.pk}/climb/")

    assert response.status_code == 409
    stray = WriteUp.objects.exclude(pk=note.pk).get()
    assert (stray.title, stray.versions.get().attempt) == ("Found", attempt)


def test_an_attempt_submitted_on_the_quiz_page_is_a_handed_in_case(author, quiz):
    attempt = start_attempt(quiz=quiz, trainee=author)
    save_part(
        attempt_id=attempt.pk, position=1, part="event", trainee=author, text="Found.", version=0
    )

    submit_attempt(attempt_id=attempt.pk, trainee=author)

    assert WriteUp.objects.get().state == "handed_in"


# --- who may, what it costs, at the same moment --------------------------------------------------


def test_nobody_but_the_author_finds_the_case(author, quiz):
    note = make_note(author)
    write_ups.climb(write_up=note, author=author)
    cohort = make_cohort()
    for person in (make_trainee(), make_instructor(cohort=cohort)):
        other = client_of(person)
        for name in ("", "note/", "findings/", "hand-in/", "versions/"):
            assert other.get(f"/cases/mine/{note.pk}/{name}").status_code == 404
        for name in (
            "",
            "note/",
            "climb/",
            "hand-in/",
            "title/",
            "consent/",
            "discard/",
            "bring-back/",
        ):
            assert other.post(f"/cases/mine/{note.pk}/{name}").status_code == 404
        assert note.title not in other.get("/cases/mine/").content.decode()


def test_the_signed_out_are_led_to_the_door(db):
    assert Client().get("/cases/mine/").status_code == 302
    assert Client().get("/cases/mine/1/findings/").status_code == 401
    assert Client().post("/cases/mine/1/note/").status_code == 401


def test_a_title_is_changed_and_an_empty_one_refused(client, author):
    note = make_note(author)

    client.post(f"/cases/mine/{note.pk}/title/", {"title": "The hour <b>"})
    client.post(f"/cases/mine/{note.pk}/title/", {"title": " "})

    note.refresh_from_db()
    assert note.title == "The hour <b>"
    assert "The hour &lt;b&gt;" in client.get("/cases/mine/").content.decode()


def test_many_cases_cost_no_more_statements_than_one(
    client, author, quiz, django_assert_num_queries
):
    make_handed_in(author)
    make_note(author)
    client.get("/cases/mine/")
    with django_assert_num_queries(6):
        client.get("/cases/mine/")
    for _ in range(15):
        _, version = make_handed_in(author)
        mark(version, "accepted")
        make_note(author)

    with django_assert_num_queries(6):
        page = client.get("/cases/mine/").content.decode()
    assert page.count("<article") == 32


def test_the_ladder_costs_the_same_however_much_is_written(
    client, author, quiz, django_assert_max_num_queries
):
    note = make_note(author)
    version = write_ups.climb(write_up=note, author=author)
    for number, part in enumerate(RUNGS):
        write(version, part, f"text {number}", 1)

    with django_assert_max_num_queries(6):
        client.get(f"/cases/mine/{note.pk}/?rung=full")


def test_an_empty_list_says_what_to_do(client):
    assert "Write the first note" in client.get("/cases/mine/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_many_climbs_at_once_begin_one_text():
    make_own_case_quiz()
    author = make_trainee()
    notes = [make_note(author, f"Note {n}") for n in range(4)]

    def climb(n):
        try:
            return write_ups.climb(write_up=notes[n % 4], author=author).pk
        except write_ups.AnotherIsBeingWritten:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        begun = list(pool.map(climb, range(24)))

    assert len({one for one in begun if one}) == 1
    assert Attempt.objects.count() == 1
