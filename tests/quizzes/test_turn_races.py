"""Turns at once, on real transactions: one of two is taken, none that was told is lost."""

import threading

import pytest
from django.db import connection

from quizzes.answering import AttemptIsClosed
from quizzes.kinds.dialogue import NotOffered
from quizzes.models import Answer, Attempt, Quiz
from quizzes.submitting import submit_attempt
from quizzes.turns import Move, move_in_attempt
from tests.quizzes.making import question_of
from tests.quizzes.talking import say, signed_in, stored, talk
from tests.quizzes.test_races import at_once


def count_statements(client, answer, said, at):
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as caught:
        say(client, answer, said, at=at)
    return len(caught)


@pytest.mark.django_db
def test_a_turn_costs_the_same_in_a_quiz_of_one_and_of_many():
    costs = []
    for others in (0, 6):
        attempt = talk(others=others)
        client = signed_in(attempt.trainee)
        answer = attempt.answers.first()
        say(client, answer, "warm")
        costs.append(count_statements(client, answer, "ask", 1))

    assert costs[0] == costs[1]
    assert costs[0] <= 12


@pytest.mark.django_db(transaction=True)
def test_many_double_clicks_at_once_are_one_turn():
    attempt = talk()
    answer = attempt.answers.get()
    question = question_of(answer)
    token = question.mask.token("warm")

    def deed(n):
        return move_in_attempt(
            question=question, trainee=attempt.trainee, move=Move(0, 0, token)
        ).response

    results = at_once(20, deed)

    assert results == [{"runs": [["warm"]]}] * 20
    assert stored(answer) == {"runs": [["warm"]]}


@pytest.mark.django_db(transaction=True)
def test_of_two_different_replies_at_once_one_is_taken_and_the_other_refused():
    for _ in range(10):
        attempt = talk()
        answer = attempt.answers.get()
        question = question_of(answer)
        tokens = [question.mask.token(said) for said in ("warm", "cold")]

        def deed(n, attempt=attempt, question=question, tokens=tokens):
            try:
                move = Move(0, 0, tokens[n])
                return move_in_attempt(question=question, trainee=attempt.trainee, move=move)
            except NotOffered:
                return None

        results = at_once(2, deed)

        assert [one is None for one in results].count(True) == 1
        assert len(stored(answer)["runs"][0]) == 1


def race(move, rounds, *, arranged=False):
    """Race the last turn against a submission; how many acknowledged turns were not graded."""
    lost = acknowledged = 0
    for _ in range(rounds):
        attempt = talk(feedback=Quiz.Feedback.SUBMIT)
        answer = attempt.answers.get()
        Answer.objects.filter(pk=answer.pk).update(response={"runs": [["warm", "ask"]]})
        question = question_of(answer)
        last = Move(0, 2, question.mask.token("sum"))

        def deed(n, attempt=attempt, question=question, last=last):
            if n == 0:
                submit_attempt(attempt_id=attempt.pk, trainee=attempt.trainee)
                return True
            return move(question, attempt.trainee, last)

        _, taken = at_once(2, deed)
        answer.refresh_from_db()
        acknowledged += taken
        lost += bool(taken and answer.earned != 6)
    return lost, acknowledged


@pytest.mark.django_db(transaction=True)
def test_a_turn_that_races_a_submission_is_graded_or_refused():
    def move(question, trainee, last):
        try:
            move_in_attempt(question=question, trainee=trainee, move=last)
        except AttemptIsClosed:
            return False
        return True

    lost, _ = race(move, 30)

    assert lost == 0


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_on_the_attempt_turns_do_get_lost():
    """The control: look whether the attempt is open, then write, the submission in between."""
    lost = 0
    for _ in range(5):
        attempt = talk(feedback=Quiz.Feedback.SUBMIT)
        answer = attempt.answers.get()
        looked, graded = threading.Event(), threading.Event()

        def plain_turn(answer=answer, looked=looked, graded=graded):
            is_open = Attempt.objects.filter(pk=answer.attempt_id, submitted_at=None).exists()
            looked.set()
            graded.wait(5)
            if is_open:
                runs = {"runs": [["warm", "ask", "sum"]]}
                Answer.objects.filter(pk=answer.pk).update(response=runs)
            return is_open

        def submit(attempt=attempt, looked=looked, graded=graded):
            looked.wait(5)
            submit_attempt(attempt_id=attempt.pk, trainee=attempt.trainee)
            graded.set()
            return True

        taken, _ = at_once(2, lambda n, p=plain_turn, s=submit: (p, s)[n]())
        answer.refresh_from_db()
        lost += bool(taken and answer.earned != 6)

    assert lost == 5
