"""Many at once, on real transactions: never more attempts than allowed, no saved answer lost."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from quizzes.answering import AttemptIsClosed, NewerAnswerExists, save_answer
from quizzes.models import Answer, Attempt
from quizzes.starting import NoAttemptLeft, start_attempt
from quizzes.submitting import submit_attempt
from tests.factories import make_trainee
from tests.quizzes.making import make_attempt, make_quiz

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(count, deed):
    """Do `deed(n)` in that many threads that begin together; the results."""
    barrier = threading.Barrier(count)

    def run(n):
        barrier.wait()
        try:
            return deed(n)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_200_parallel_starts_open_one_attempt():
    quiz, trainee = make_quiz(attempts_allowed=2), make_trainee()

    started = at_once(200, lambda n: start_attempt(quiz=quiz, trainee=trainee).pk)

    assert len(set(started)) == 1
    assert Attempt.objects.count() == 1
    assert Answer.objects.count() == 3


def test_200_parallel_starts_each_followed_by_a_submission_make_exactly_the_two_allowed():
    quiz, trainee = make_quiz(attempts_allowed=2), make_trainee()

    def start_and_submit(n):
        try:
            attempt = start_attempt(quiz=quiz, trainee=trainee)
        except NoAttemptLeft:
            return None
        return submit_attempt(attempt_id=attempt.pk, trainee=trainee).pk

    results = at_once(200, start_and_submit)

    assert Attempt.objects.count() == 2
    assert len(set(results) - {None}) == 2


def test_200_parallel_submissions_give_one_result():
    attempt = make_attempt()

    submitted = at_once(
        200, lambda n: submit_attempt(attempt_id=attempt.pk, trainee=attempt.trainee)
    )

    assert len({(one.submitted_at, one.score) for one in submitted}) == 1


def race(save, rounds):
    """Race a save against a submission; how many acknowledged saves were not graded."""
    lost = 0
    for _ in range(rounds):
        attempt = make_attempt()
        answer = attempt.answers.first()

        def deed(who, attempt=attempt, answer=answer):
            if who == 0:
                submit_attempt(attempt_id=attempt.pk, trainee=attempt.trainee)
                return True
            return save(answer, attempt.trainee)

        _, acknowledged = at_once(2, deed)
        answer.refresh_from_db()
        if acknowledged and answer.earned != 1:
            lost += 1
    return lost


def test_a_save_that_races_a_submission_is_graded_or_refused():
    def save(answer, trainee):
        try:
            save_answer(
                attempt_id=answer.attempt_id,
                position=answer.position,
                trainee=trainee,
                response={"answer": True},
                confidence=None,
                flagged=False,
                sequence=1,
            )
        except (AttemptIsClosed, NewerAnswerExists):
            return False
        return True

    assert race(save, 60) == 0


def test_control_without_the_lock_on_the_attempt_saves_do_get_lost():
    """The control: a save that only looks whether the attempt is open, a little earlier."""
    lost = 0
    for _ in range(20):
        attempt = make_attempt()
        answer = attempt.answers.first()
        read, graded = threading.Event(), threading.Event()

        def plain_save(answer=answer, read=read, graded=graded):
            with transaction.atomic():
                is_open = Attempt.objects.filter(pk=answer.attempt_id, submitted_at=None).exists()
                read.set()
                graded.wait(5)
                if is_open:
                    Answer.objects.filter(pk=answer.pk).update(response={"answer": True})
                return is_open

        def submit(attempt=attempt, read=read, graded=graded):
            read.wait(5)
            submit_attempt(attempt_id=attempt.pk, trainee=attempt.trainee)
            graded.set()
            return True

        acknowledged, _ = at_once(2, lambda who, p=plain_save, s=submit: (p, s)[who]())
        answer.refresh_from_db()
        lost += bool(acknowledged and answer.earned != 1)

    assert lost == 20


def test_of_many_saves_of_one_answer_the_latest_stays():
    attempt = make_attempt()
    answer = attempt.answers.first()

    def save(n):
        try:
            save_answer(
                attempt_id=answer.attempt_id,
                position=answer.position,
                trainee=attempt.trainee,
                response={"answer": n % 2 == 0},
                confidence=None,
                flagged=False,
                sequence=n + 1,
            )
        except NewerAnswerExists:
            return False
        return True

    saved = at_once(40, save)

    answer.refresh_from_db()
    assert answer.sequence == 40
    assert answer.response == {"answer": False}
    assert saved[39] is True
