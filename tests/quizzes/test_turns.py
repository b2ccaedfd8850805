"""Turns of a conversation over the network: stored once, never lost, nothing told too early."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from quizzes.models import Answer, Attempt, Quiz, Try
from quizzes.submitting import submit_attempt
from tests.factories import make_trainee
from tests.quizzes.dialogues import both, content
from tests.quizzes.making import (
    make_attempt,
    make_bank,
    make_exercise,
    make_quiz,
    question_of,
)
from tests.quizzes.talking import PART, play, say, signed_in, stored, talk


@pytest.mark.django_db
def test_a_turn_is_stored_and_the_reply_is_the_question_as_it_stands():
    attempt = talk()
    answer = attempt.answers.get()

    response = say(signed_in(attempt.trainee), answer, "warm")

    assert response.status_code == 200
    assert b"hear talk" in response.content
    assert b"<html" not in response.content
    assert stored(answer) == {"runs": [["warm"]]}
    assert answer.saved_at is not None


@pytest.mark.django_db
def test_without_script_a_turn_leads_back_to_the_question():
    attempt = talk()
    answer = attempt.answers.get()

    response = say(signed_in(attempt.trainee), answer, "warm", headers={})

    assert response.status_code == 302
    place = f"?at=1#now-a1-{answer.exercise.slug}"
    assert response["Location"] == f"/quizzes/attempts/{attempt.pk}/{place}"
    page = signed_in(attempt.trainee).get(response["Location"], headers={"accept-language": "en"})
    assert b"say warm" in page.content
    assert f'id="now-a1-{answer.exercise.slug}"'.encode() in page.content
    assert b"formaction" in page.content


@pytest.mark.django_db
def test_a_double_click_is_one_turn():
    attempt = talk()
    answer, client = attempt.answers.get(), signed_in(attempt.trainee)

    statuses = [say(client, answer, "warm").status_code for _ in range(2)]

    assert statuses == [200, 200]
    assert stored(answer) == {"runs": [["warm"]]}


@pytest.mark.django_db
def test_a_stale_page_gets_the_present_state_and_changes_nothing():
    attempt = talk()
    answer, client = attempt.answers.get(), signed_in(attempt.trainee)
    play(client, answer, "warm", "ask")

    response = say(client, answer, "cold")

    assert response.status_code == 409
    assert b"hear close" in response.content
    assert b"This had gone on elsewhere" in response.content
    assert stored(answer) == {"runs": [["warm", "ask"]]}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "form",
    [
        {},
        {"choice": "x"},
        {"choice": "0.0.aaaaaaa"},
        {"choice": "0.0."},
        {"choice": "-1.0.aaaaaaa"},
        {"choice": "٣.0.aaaaaaa"},
        {"choice": "0.0.aaaaaaa.b"},
        {"choice": "9" * 39},
        {"choice": "9" * 400},
        {"back": "0.0"},
        {"back": "9.9"},
        {"back": "."},
        {"back": "0"},
    ],
)
def test_no_odd_form_is_a_crash(form):
    attempt = talk()

    response = signed_in(attempt.trainee).post(
        reverse("quizzes:turn", args=[attempt.pk, 1]), form, **PART
    )

    assert response.status_code == 409
    assert stored(attempt.answers.get()) is None


@pytest.mark.django_db
def test_a_stranger_and_a_question_that_takes_no_turns_are_not_found():
    attempt = talk()
    answer = attempt.answers.get()
    plain = make_attempt(trainee=attempt.trainee)

    assert say(signed_in(make_trainee()), answer, "warm").status_code == 404
    url = reverse("quizzes:turn", args=[plain.pk, 1])
    assert signed_in(attempt.trainee).post(url, {"choice": "0.0.x"}).status_code == 404
    assert Client().post(url).status_code == 302
    assert signed_in(attempt.trainee).get(url).status_code == 405
    assert stored(answer) is None


@pytest.mark.django_db
def test_the_end_of_the_first_run_is_graded_at_once_and_later_runs_change_nothing():
    attempt = talk()
    answer, client = attempt.answers.get(), signed_in(attempt.trainee)

    response = play(client, answer, "warm", "ask", "bye")
    answer.refresh_from_db()
    first = (answer.earned, answer.possible, answer.checked_at)
    back = client.post(reverse("quizzes:turn", args=[attempt.pk, 1]), {"back": "0.2"}, **PART)
    again = say(client, answer, "sum", run=1, at=2)

    assert b"This moment decided it" in response.content
    assert b"why sum" in response.content
    assert first[:2] == (2, 6)
    assert first[2] is not None
    assert back.status_code == again.status_code == 200
    assert stored(answer) == {"runs": [["warm", "ask", "bye"], ["warm", "ask", "sum"]]}
    assert (answer.earned, answer.possible, answer.checked_at) == first
    assert b"Your runs side by side" in again.content
    submitted = submit_attempt(attempt_id=attempt.pk, trainee=attempt.trainee)
    assert submitted.score == 3333


@pytest.mark.django_db
def test_with_feedback_later_nothing_is_told_and_nobody_goes_back_before_submitting():
    attempt = talk(feedback=Quiz.Feedback.SUBMIT)
    answer, client = attempt.answers.get(), signed_in(attempt.trainee)

    response = play(client, answer, "warm", "ask", "bye")
    back = client.post(reverse("quizzes:turn", args=[attempt.pk, 1]), {"back": "0.2"}, **PART)

    assert b"The conversation is over" in response.content
    for secret in (b"why ", b"explained", b"summary", b"This moment", b'name="back"'):
        assert secret not in response.content
    assert back.status_code == 409
    answer.refresh_from_db()
    assert (answer.earned, answer.checked_at) == (None, None)
    submit_attempt(attempt_id=attempt.pk, trainee=attempt.trainee)
    result = client.get(reverse("quizzes:attempt", args=[attempt.pk]), **PART)
    assert b"This moment decided it" in result.content
    assert b'name="back"' not in result.content


@pytest.mark.django_db
def test_no_page_on_the_way_tells_what_was_not_said_or_comes_later():
    secret = content()
    for key in ("explanation", "misconception"):
        secret[key] = both("canary")
    seen = {"open", "talk", "close"}
    for place in secret["nodes"]:
        for said in place["replies"]:
            said["why"] = both(f"canary-{said['id']}")
        if place["id"] not in seen:
            place["says"] = both("canary-says")
            for said in place["replies"]:
                said["text"] = both("canary-text")
    for place in secret["endings"]:
        place["summary"] = both("canary-summary")
        place["says"] = both("canary-last")
    attempt = talk(feedback=Quiz.Feedback.SUBMIT, given=secret)
    answer, client = attempt.answers.get(), signed_in(attempt.trainee)
    url = reverse("quizzes:attempt", args=[attempt.pk])
    told = [client.get(url).content]

    for at, said in enumerate(["warm", "ask"]):
        told += [say(client, answer, said, at=at).content, client.get(url).content]
        told.append(say(client, answer, "bye", at=0).content)  # refused, and tells nothing

    assert all(b"canary" not in page for page in told)
    ids = "|".join(["warm", "cold", "flat", "guess", "push", "sorry", "excuse", "so-so"])
    assert not any(re.search(rb'"(%s)"' % ids.encode(), page) for page in told)


@pytest.mark.django_db
def test_a_closed_attempt_refuses_and_says_where_to_go():
    attempt = talk()
    answer, client = attempt.answers.get(), signed_in(attempt.trainee)
    say(client, answer, "warm")
    submit_attempt(attempt_id=attempt.pk, trainee=attempt.trainee)

    with_script = say(client, answer, "ask", at=1)
    without = say(client, answer, "ask", at=1, headers={})

    assert (with_script.status_code, without.status_code) == (409, 302)
    assert with_script["Location"] == without["Location"] == f"/quizzes/attempts/{attempt.pk}/"
    assert stored(answer) == {"runs": [["warm"]]}


@pytest.mark.django_db
def test_a_flag_or_a_forged_save_never_touches_what_was_said():
    attempt = talk()
    answer, client = attempt.answers.get(), signed_in(attempt.trainee)
    play(client, answer, "warm", "ask")
    page = client.get(reverse("quizzes:attempt", args=[attempt.pk])).content.decode()
    ticket = re.search(r'name="ticket" value="([^"]+)"', page).group(1)
    token = question_of(answer).mask.token("cold")
    url = reverse("quizzes:answer", args=[attempt.pk, 1])

    flagged = client.post(url, {"ticket": ticket, "n": "1", "flagged": "1", "clear": "1"})
    forged = client.post(url, {"ticket": ticket, "n": "2", "a1-runs": token})

    assert (flagged.json(), forged.json()) == ({"saved": True}, {"saved": True})
    assert stored(answer) == {"runs": [["warm", "ask"]]}
    assert answer.flagged is False  # the second save carried no flag


@pytest.mark.django_db
def test_submitting_the_page_leaves_the_turns_as_they_are():
    attempt = talk(feedback=Quiz.Feedback.SUBMIT)
    answer, client = attempt.answers.get(), signed_in(attempt.trainee)
    play(client, answer, "warm", "ask", "sum")
    page = client.get(reverse("quizzes:attempt", args=[attempt.pk])).content.decode()
    ticket = re.search(r'name="ticket" value="([^"]+)"', page).group(1)
    token = question_of(answer).mask.token("cold")

    client.post(
        reverse("quizzes:submit", args=[attempt.pk]),
        {"ticket": ticket, "confirmed": "1", "a1-runs": token},
    )

    answer.refresh_from_db()
    assert answer.response == {"runs": [["warm", "ask", "sum"]]}
    assert answer.earned == answer.possible == 6


# Practice


def lesson_quiz():
    exercise = make_exercise("dialogue", content=content())
    return make_quiz(make_bank(exercise), purpose=Quiz.Purpose.PRACTICE), exercise


def practise(client, quiz, exercise, form, **extra):
    url = reverse("quizzes:practice_turn", args=[quiz.slug, exercise.slug])
    fields = {"revision": exercise.current_id, "next": "/units/x/y/"} | form
    return client.post(url, fields, **(PART | extra))


def practice_choice(exercise, run, at, said):
    from quizzes.kinds import Mask

    return {"choice": f"{run}.{at}.{Mask(exercise.slug).token(said)}"}


@pytest.mark.django_db
def test_in_practice_the_end_of_the_first_run_is_the_one_try():
    quiz, exercise = lesson_quiz()
    person = make_trainee()
    client = signed_in(person)

    for at, said in enumerate(["warm", "ask"]):
        running = practise(client, quiz, exercise, practice_choice(exercise, 0, at, said))
    open_answer = Answer.objects.get()
    assert (open_answer.earned, Try.objects.count()) == (None, 0)
    assert b"explained" not in running.content
    ended = practise(client, quiz, exercise, practice_choice(exercise, 0, 2, "bye"))
    practise(client, quiz, exercise, {"back": "0.2"})
    practise(client, quiz, exercise, practice_choice(exercise, 1, 2, "sum"))

    answer, given = Answer.objects.get(), Try.objects.get()
    assert b"explained" in ended.content
    assert (given.earned, given.possible, answer.earned) == (2, 6, 2)
    assert answer.response == {"runs": [["warm", "ask", "bye"], ["warm", "ask", "sum"]]}


@pytest.mark.django_db
def test_in_practice_a_stale_page_gets_the_present_state():
    quiz, exercise = lesson_quiz()
    client = signed_in(make_trainee())
    practise(client, quiz, exercise, practice_choice(exercise, 0, 0, "warm"))

    stale = practise(client, quiz, exercise, practice_choice(exercise, 0, 0, "cold"))
    odd = practise(client, quiz, exercise, {"choice": "?"})
    checked = client.post(
        reverse("quizzes:practice", args=[quiz.slug, exercise.slug]),
        {"revision": exercise.current_id},
        **PART,
    )

    assert (stale.status_code, odd.status_code) == (409, 409)
    assert b"hear talk" in stale.content
    assert b"hear talk" in checked.content
    assert Answer.objects.get().response == {"runs": [["warm"]]}


@pytest.mark.django_db
def test_in_practice_without_script_the_turn_leads_back_to_the_lesson():
    quiz, exercise = lesson_quiz()

    response = practise(
        signed_in(make_trainee()),
        quiz,
        exercise,
        practice_choice(exercise, 0, 0, "warm"),
        headers={},
    )

    assert response["Location"] == f"/units/x/y/#now-a-{exercise.slug}"


@pytest.mark.django_db
def test_in_practice_a_refused_first_move_opens_no_attempt():
    quiz, exercise = lesson_quiz()

    practise(signed_in(make_trainee()), quiz, exercise, {"back": "0.0"})

    assert Attempt.objects.count() == 0
