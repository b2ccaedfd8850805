"""Feedback after each answer: checked once, kept as it was, and not a word before."""

import re

import pytest
from django.urls import reverse

from cases.models import Case
from cases.publishing import publish_revision
from quizzes.answering import AnswerIsChecked, AttemptIsClosed, save_answer
from quizzes.checking import check_in_attempt
from quizzes.models import Answer, Attempt, Quiz
from quizzes.starting import start_attempt
from quizzes.submitting import submit_attempt
from tests.factories import make_trainee
from tests.quizzes.conversations import RIGHT, marks, rewriting, usual
from tests.quizzes.making import fields_for, make_attempt, make_bank, make_exercise, make_quiz
from tests.quizzes.test_races import at_once
from tests.quizzes.test_views import page_of, save, ticket

EACH = {"purpose": Quiz.Purpose.CASE, "feedback": Quiz.Feedback.EACH}
PART = {"X-Part": "1"}
SECRETS = ("why of", "what an expert says", "level 4 of", "what it is about", "is-worst")


def make_case_attempt(trainee=None):
    bank = make_bank(
        make_exercise("moments", content=usual()),
        make_exercise("rewrite", content=rewriting()),
        make_exercise(),
    )
    return make_attempt(make_quiz(bank, **EACH), trainee)


@pytest.fixture
def attempt(client, db):
    attempt = make_case_attempt()
    client.force_login(attempt.trainee)
    return attempt


def answer_at(attempt, position):
    return attempt.answers.select_related("revision", "exercise").get(position=position)


def check(client, attempt, position, response=None, *, headers=PART, **more):
    data = fields_for(answer_at(attempt, position), response) if response else {}
    form = {"ticket": ticket(client, attempt), "n": "1"} | data | more
    return client.post(f"{page_of(attempt)}answers/{position}/check/", form, headers=headers or {})


def text_of(reply):
    return reply.content.decode()


def test_checking_grades_keeps_and_shows_the_verdict_in_place(client, attempt):
    reply = check(client, attempt, 1, RIGHT)

    answer = answer_at(attempt, 1)
    assert reply.status_code == 200
    assert "data-focus" in text_of(reply)
    assert "why of s1" in text_of(reply)
    assert answer.checked_at is not None
    assert answer.earned == answer.possible
    assert answer.response == RIGHT


def test_checking_twice_changes_nothing(client, attempt):
    check(client, attempt, 1, RIGHT)
    before = answer_at(attempt, 1)

    reply = check(client, attempt, 1, marks(s2="bad"))

    after = answer_at(attempt, 1)
    assert reply.status_code == 200
    assert (after.response, after.checked_at) == (before.response, before.checked_at)


def test_a_save_after_the_check_is_refused_and_changes_nothing(client, attempt):
    page = ticket(client, attempt)
    check(client, attempt, 1, RIGHT)
    data = fields_for(answer_at(attempt, 1), marks(s2="bad"))

    reply = client.post(f"{page_of(attempt)}answers/1/", {"ticket": page, "n": "500"} | data)

    assert (reply.status_code, reply.json()) == (409, {"error": "checked"})
    assert answer_at(attempt, 1).response == RIGHT


def test_a_submission_leaves_what_is_checked_as_it_is(client, attempt):
    check(client, attempt, 1, RIGHT)
    data = fields_for(answer_at(attempt, 1), marks(s2="bad"))
    form = {"ticket": ticket(client, attempt), "sequences": "1:9", "confirmed": "1"} | data

    client.post(f"{page_of(attempt)}submit/", form)

    assert answer_at(attempt, 1).response == RIGHT
    attempt.refresh_from_db()
    assert attempt.is_submitted


def test_an_unfinished_answer_is_stored_refused_and_shown_again(client, attempt):
    reply = check(client, attempt, 2, {"line": "", "text": "Let me <see>."})

    assert reply.status_code == 422
    assert "Let me &lt;see&gt;." in text_of(reply)
    assert 'role="alert"' in text_of(reply)
    answer = answer_at(attempt, 2)
    assert answer.checked_at is None
    assert answer.response["text"] == "Let me <see>."


def test_checking_nothing_is_refused(client, attempt):
    for position in (1, 2, 3):
        assert check(client, attempt, position).status_code == 422


def test_a_flag_survives_the_check(client, attempt):
    check(client, attempt, 1, RIGHT, flagged="1")

    assert answer_at(attempt, 1).flagged


def test_without_script_the_whole_page_is_kept(client, attempt):
    elsewhere = fields_for(answer_at(attempt, 2), {"line": "", "text": "half a sentence"})

    reply = check(client, attempt, 1, RIGHT, headers=None, **elsewhere)

    assert reply.headers["Location"] == f"{page_of(attempt)}?at=1#q1"
    assert answer_at(attempt, 1).checked_at is not None
    assert answer_at(attempt, 2).response["text"] == "half a sentence"
    page = text_of(client.get(reply.headers["Location"]))
    assert "why of s1" in page
    assert "half a sentence" in page
    assert "what an expert says" not in page


def test_without_script_an_unfinished_answer_comes_back_with_a_word(client, attempt):
    reply = check(client, attempt, 2, {"line": "", "text": "half a sentence"}, headers=None)

    assert reply.status_code == 422
    assert "half a sentence" in text_of(reply)
    assert 'role="alert"' in text_of(reply)


def test_somebody_elses_attempt_is_not_there(client, attempt):
    theirs = make_case_attempt(make_trainee())
    for headers in (PART, None):
        reply = client.post(
            f"{page_of(theirs)}answers/1/check/", {"ticket": "x"}, headers=headers or {}
        )
        assert reply.status_code == 404


def test_a_quiz_that_gives_feedback_later_checks_nothing(client, db):
    attempt = make_attempt()
    client.force_login(attempt.trainee)

    for headers in (PART, None):
        reply = check(client, attempt, 1, {"answer": True}, headers=headers)
        assert reply.status_code == 404
    assert answer_at(attempt, 1).checked_at is None


def test_a_forged_ticket_checks_nothing(client, attempt):
    reply = client.post(f"{page_of(attempt)}answers/1/check/", {"ticket": "forged"}, headers=PART)

    assert reply.status_code == 400


def test_before_the_check_no_byte_tells_the_answer(client, attempt):
    page = ticket(client, attempt)
    replies = [
        client.get(page_of(attempt)),
        client.get(f"/quizzes/{attempt.quiz.slug}/"),
        client.get(f"{page_of(attempt)}?review=1"),
        check(client, attempt, 2, {"line": "", "text": "x"}),
        check(client, attempt, 1),
        save(client, attempt, n=5, page=page, **fields_for(answer_at(attempt, 1), RIGHT)),
        save(client, attempt, n=3, page=page, **fields_for(answer_at(attempt, 1), RIGHT)),
    ]

    assert [one.status_code for one in replies] == [200, 200, 200, 422, 422, 200, 409]
    for reply in replies:
        for secret in SECRETS:
            assert secret not in text_of(reply), (reply.request["PATH_INFO"], secret)
        assert not re.search(
            r'"required"|polarity|accept', text_of(reply).replace("data-polarity", "")
        )


def test_one_checked_answer_tells_nothing_of_the_others(client, attempt):
    check(client, attempt, 3, {"answer": True})

    page = text_of(client.get(page_of(attempt)))

    for secret in ("why of", "what an expert says", "level 4 of"):
        assert secret not in page


def test_the_page_opens_where_something_is_still_to_be_checked(client, attempt):
    check(client, attempt, 1, RIGHT)
    save(
        client,
        attempt,
        position=2,
        n=2,
        **fields_for(answer_at(attempt, 2), {"line": "s1", "text": "x"}),
    )

    assert 'data-first="2"' in text_of(client.get(page_of(attempt)))


def test_when_everything_is_checked_one_finishes(client, attempt):
    for position, response in enumerate(
        (RIGHT, {"line": "s1", "text": "Let me see."}, {"answer": True}), start=1
    ):
        assert check(client, attempt, position, response).status_code == 200

    page = text_of(client.get(page_of(attempt)))
    assert re.search(r'id="submit"[^>]*>(完成|学完了|Finish)<', page)
    assert "data-check " not in page

    submit_attempt(attempt_id=attempt.pk, trainee=attempt.trainee)
    result = text_of(client.get(page_of(attempt)))
    assert "why of s1" in result
    assert "what an expert says" in result
    assert f'action="/quizzes/{attempt.quiz.slug}/"' in result  # do it again
    assert "%" not in re.sub(r"<[^>]+>", "", result)


def test_the_result_shows_unanswered_exercises_with_their_feedback(client, attempt):
    submit_attempt(attempt_id=attempt.pk, trainee=attempt.trainee)

    result = text_of(client.get(page_of(attempt)))

    assert "why of s1" in result
    assert "what an expert says" in result


def test_the_cost_of_the_page_does_not_grow_with_what_is_checked(
    client, attempt, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(page_of(attempt)).status_code == 200
        return len(queries)

    bank = make_bank(
        *(make_exercise("moments", content=usual()) for _ in range(3)),
        *(make_exercise("rewrite", content=rewriting()) for _ in range(3)),
    )
    many = make_attempt(make_quiz(bank, **EACH), attempt.trainee)
    check(client, attempt, 1, RIGHT)
    check(client, attempt, 2, {"line": "s1", "text": "x"})
    one = cost()
    for position in range(1, 7):
        response = RIGHT if position < 4 else {"line": "s1", "text": "x"}
        assert check(client, many, position, response).status_code == 200
    attempt = many

    assert cost() == one


# Editing a case while somebody is in the middle


def document(moment_polarity):
    lines = usual()["scenes"][0]["lines"]
    lines[1]["moment"]["polarity"] = moment_polarity
    lines[1]["moment"]["why"] = {"zh": f"why {moment_polarity}", "en": f"why {moment_polarity}"}
    return {
        "title": {"zh": "一", "en": "One"},
        "industry": "hotel",
        "origin": "own",
        "source": {"zh": "一", "en": "One"},
        "summary": {"zh": "一", "en": "One"},
        "situation": {"zh": "一", "en": "One"},
        "roles": usual()["roles"],
        "scenes": [{"id": "s1", "lines": lines}],
        "exercises": [
            {
                "id": "one-moments",
                "kind": "moments",
                "ask": "step",
                "prompt": {"zh": "标", "en": "Mark"},
                "explanation": {"zh": "一", "en": "One"},
            }
        ],
    }


def test_who_is_in_the_middle_keeps_what_they_began_with(client, db):
    case = Case(slug="one")
    publish_revision(case=case, content=document("bad"))
    trainee = make_trainee()
    client.force_login(trainee)
    first = start_attempt(quiz=case.quiz, trainee=trainee)

    publish_revision(case=case, content=document("good"))
    verdict = text_of(check(client, first, 1, RIGHT))

    assert "why bad" in verdict
    assert answer_at(first, 1).earned == answer_at(first, 1).possible
    submit_attempt(attempt_id=first.pk, trainee=trainee)
    assert "why bad" in text_of(client.get(page_of(first)))
    assert reverse("cases:case", args=["one"]) in text_of(client.get(page_of(first)))
    second = start_attempt(quiz=Quiz.objects.get(pk=case.quiz.pk), trainee=trainee)
    assert "why good" in text_of(check(client, second, 1, marks(s1="good")))


def test_the_start_page_of_a_case_speaks_of_the_case(client, db):
    case = Case(slug="one")
    publish_revision(case=case, content=document("bad"))
    client.force_login(make_trainee())

    page = text_of(client.get(f"/quizzes/{case.quiz.slug}/"))

    assert reverse("cases:case", args=["one"]) in page
    assert "larger set" not in page
    assert "%" not in re.sub(r"<[^>]+>", "", page)


# At once


@pytest.mark.django_db(transaction=True)
def test_a_save_that_races_a_check_is_graded_or_refused():
    lost = refused = 0
    for _ in range(30):
        attempt = make_attempt(make_quiz(make_bank(count=1), **EACH))
        answer = attempt.answers.first()
        Answer.objects.filter(pk=answer.pk).update(response={"answer": False}, sequence=1)

        def deed(who, attempt=attempt):
            if who == 0:
                check_in_attempt(attempt_id=attempt.pk, position=1, trainee=attempt.trainee)
                return True
            try:
                save_answer(
                    attempt_id=attempt.pk,
                    position=1,
                    trainee=attempt.trainee,
                    response={"answer": True},
                    confidence=None,
                    flagged=False,
                    sequence=2,
                )
            except (AnswerIsChecked, AttemptIsClosed):
                return False
            return True

        _, acknowledged = at_once(2, deed)
        answer.refresh_from_db()
        assert answer.checked_at is not None
        refused += not acknowledged
        assert answer.response == {"answer": acknowledged}
        lost += acknowledged and answer.earned != 1

    assert lost == 0


@pytest.mark.django_db(transaction=True)
def test_many_checks_at_once_grade_once():
    attempt = make_attempt(make_quiz(make_bank(count=1), **EACH))
    attempt.answers.update(response={"answer": True}, sequence=1)

    checked = at_once(
        20,
        lambda n: check_in_attempt(attempt_id=attempt.pk, position=1, trainee=attempt.trainee),
    )

    assert len({one.checked_at for one in checked}) == 1
    assert Attempt.objects.open().count() == 1
