"""Saving and submitting, one after the other."""

from datetime import timedelta

import pytest
from django.utils import timezone

from quizzes.answering import (
    AttemptIsClosed,
    BadTicket,
    NewerAnswerExists,
    Ticket,
    save_answer,
)
from quizzes.models import Attempt, Quiz
from quizzes.starting import NoAttemptLeft, TooEarly, start_attempt
from quizzes.submitting import Unsent, submit_attempt, submit_overdue_attempts
from tests.factories import make_trainee
from tests.quizzes.making import make_attempt, make_bank, make_exercise, make_quiz, make_revision

pytestmark = pytest.mark.django_db


def save(answer, *, value=True, sequence=1, confidence=None, flagged=False):
    save_answer(
        attempt_id=answer.attempt_id,
        position=answer.position,
        trainee=answer.attempt.trainee,
        response={"answer": value},
        confidence=confidence,
        flagged=flagged,
        sequence=sequence,
    )


def submit(attempt, unsent=()):
    return submit_attempt(attempt_id=attempt.pk, trainee=attempt.trainee, unsent=unsent)


def test_a_saved_answer_is_stored_with_all_that_came_along():
    answer = make_attempt().answers.first()

    save(answer, confidence="guess", flagged=True, sequence=5)

    answer.refresh_from_db()
    assert (answer.response, answer.confidence, answer.flagged, answer.sequence) == (
        {"answer": True},
        "guess",
        True,
        5,
    )
    assert answer.saved_at is not None


def test_an_older_save_never_overwrites_a_newer():
    answer = make_attempt().answers.first()
    save(answer, value=True, sequence=9)

    with pytest.raises(NewerAnswerExists) as newer:
        save(answer, value=False, sequence=8)

    assert newer.value.answer.response == {"answer": True}
    answer.refresh_from_db()
    assert answer.response == {"answer": True}


def test_the_same_save_sent_twice_is_a_success_twice():
    answer = make_attempt().answers.first()

    save(answer, sequence=9)
    save(answer, sequence=9)

    answer.refresh_from_db()
    assert answer.sequence == 9


def test_after_submission_nothing_is_saved():
    attempt = make_attempt()
    submit(attempt)

    with pytest.raises(AttemptIsClosed):
        save(attempt.answers.first(), sequence=10**18)


def test_after_the_deadline_nothing_is_saved_and_the_grace_is_ten_seconds():
    attempt = make_attempt(make_quiz(seconds=60))
    answer = attempt.answers.first()
    Attempt.objects.update(deadline_at=timezone.now() - timedelta(seconds=5))
    save(answer, sequence=1)
    Attempt.objects.update(deadline_at=timezone.now() - timedelta(seconds=11))

    with pytest.raises(AttemptIsClosed):
        save(answer, value=False, sequence=2)


def test_extra_time_moves_the_deadline():
    attempt = make_attempt(make_quiz(seconds=600), make_trainee(time_factor="1.5"))

    assert attempt.deadline_at - attempt.started_at == timedelta(seconds=900)


def test_submitting_grades_what_is_stored():
    attempt = make_attempt()
    first, second, _ = attempt.answers.all()
    save(first, value=True)
    save(second, value=False)

    submitted = submit(attempt)

    assert submitted.score == 3_333
    assert [answer.earned for answer in attempt.answers.all()] == [1, 0, 0]


def test_submitting_twice_changes_nothing():
    attempt = make_attempt()
    first = submit(attempt)

    second = submit(attempt, [Unsent(1, {"answer": True}, None, 10**18)])

    assert (second.submitted_at, second.score) == (first.submitted_at, 0)


def test_what_comes_with_the_submission_is_taken_in_unless_a_newer_is_stored():
    attempt = make_attempt()
    first, second, _ = attempt.answers.all()
    save(second, value=True, sequence=50)

    submitted = submit(
        attempt,
        [Unsent(1, {"answer": True}, "sure", 7), Unsent(2, {"answer": False}, None, 49)],
    )

    assert submitted.score == 6_666
    first.refresh_from_db()
    assert first.confidence == "sure"


def test_an_attempt_whose_time_is_over_is_submitted_by_the_clock():
    attempt = make_attempt(make_quiz(seconds=60))
    save(attempt.answers.first())
    now = timezone.now()

    assert submit_overdue_attempts(now + timedelta(seconds=65)) == 0
    assert submit_overdue_attempts(now + timedelta(seconds=75)) == 1
    assert submit_overdue_attempts(now + timedelta(seconds=75)) == 0

    attempt.refresh_from_db()
    assert attempt.score == 3_333


def test_starting_again_continues_the_open_attempt():
    attempt = make_attempt()

    assert start_attempt(quiz=attempt.quiz, trainee=attempt.trainee) == attempt


def test_no_more_attempts_than_allowed():
    quiz, trainee = make_quiz(attempts_allowed=2), make_trainee()
    for _ in range(2):
        submit(start_attempt(quiz=quiz, trainee=trainee))

    with pytest.raises(NoAttemptLeft):
        start_attempt(quiz=quiz, trainee=trainee)


def test_after_a_failed_attempt_there_is_a_pause_after_a_passed_one_there_is_none():
    quiz, trainee = make_quiz(pass_percent=30, retry_minutes=10), make_trainee()
    submit(start_attempt(quiz=quiz, trainee=trainee))
    with pytest.raises(TooEarly) as early:
        start_attempt(quiz=quiz, trainee=trainee)
    assert early.value.again_at > timezone.now()

    Attempt.objects.update(submitted_at=timezone.now() - timedelta(minutes=11))
    second = start_attempt(quiz=quiz, trainee=trainee)
    save(second.answers.first())
    assert submit(second).is_passed

    assert start_attempt(quiz=quiz, trainee=trainee).number == 3


def test_the_three_tests_take_the_three_forms_in_the_persons_order():
    bank = make_bank()
    bank.items.all().delete()
    for form in "ABC":
        for n in range(2):
            bank.items.create(exercise=make_exercise(), position=n, objective=f"o{n}", form=form)
    quizzes = [
        make_quiz(bank, purpose=purpose, attempts_allowed=1)
        for purpose in (Quiz.Purpose.PRE, Quiz.Purpose.POST, Quiz.Purpose.RETENTION)
    ]

    orders = set()
    for trainee in [make_trainee() for _ in range(6)]:
        forms = [start_attempt(quiz=quiz, trainee=trainee).form for quiz in quizzes]
        assert sorted(forms) == ["A", "B", "C"]
        orders.add("".join(forms))

    assert len(orders) == 6


def test_an_edit_does_not_change_a_running_or_a_past_attempt():
    exercise = make_exercise()
    quiz = make_quiz(make_bank(exercise))
    past, running = make_attempt(quiz), make_attempt(quiz)
    save(past.answers.first())
    submit(past)
    edited = {**exercise.current.content, "answer": False}

    make_revision(exercise, "true_false", edited)

    save(running.answers.first())
    assert submit(running).score == 10_000
    past.refresh_from_db()
    assert past.score == 10_000
    assert make_attempt(quiz).answers.get().revision.number == 2


def test_a_revision_cannot_be_changed():
    from django.db import IntegrityError, transaction

    revision = make_exercise().current
    with pytest.raises(IntegrityError, match="revisions are immutable"), transaction.atomic():
        type(revision).objects.filter(pk=revision.pk).update(digest="x")
    type(revision.exercise).objects.update(current=None)
    with pytest.raises(IntegrityError, match="revisions are immutable"), transaction.atomic():
        revision.delete()


def test_a_ticket_is_good_for_its_attempt_only():
    text = Ticket.issue(7)

    assert Ticket.read(text, 7).sequence(3) % 1000 == 3
    for bad, attempt in ((text, 8), (text + "x", 7), ("", 7), ("7-99999999999999", 7)):
        with pytest.raises(BadTicket):
            Ticket.read(bad, attempt)


def test_a_page_opened_later_wins_whatever_the_older_page_counts():
    older = Ticket(7, 1_000)
    newer = Ticket(7, 1_001)

    assert newer.sequence(0) > older.sequence(10**9)
