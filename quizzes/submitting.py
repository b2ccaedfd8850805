"""Submitting: grade what is stored, once, whoever asks how often."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from mot_course.web import Json
from people.models import User
from quizzes import neighbours, recalling, scoring
from quizzes.models import Answer, Attempt, Quiz
from quizzes.questions import spec_of
from quizzes.tallying import tally

GRACE = timedelta(seconds=10)  # for the way through a slow network, after the deadline


@dataclass(frozen=True)
class Unsent:
    """An answer that came along with the submission and may not have been saved before."""

    position: int
    response: Json | None
    confidence: str | None
    sequence: int


@transaction.atomic
def submit_attempt(*, attempt_id: int, trainee: User, unsent: Iterable[Unsent] = ()) -> Attempt:
    """The submitted attempt, graded; submitting again changes nothing.

    `unsent` answers are taken in first, unless a newer one is stored or time is over.
    """
    attempt = (
        Attempt.objects.of(trainee)
        .select_for_update(of=("self",))
        .select_related("quiz")
        .get(pk=attempt_id)
    )
    if attempt.submitted_at is None:
        submit_locked(attempt, now=timezone.now(), unsent=unsent)
    return attempt


def submit_locked(attempt: Attempt, *, now: datetime, unsent: Iterable[Unsent] = ()) -> None:
    """Grade and close an attempt that the caller has locked, or whose turn it holds."""
    answers = list(
        attempt.answers.select_related("revision").defer("revision__author", "revision__created_at")
    )
    if attempt.deadline_at is None or now <= attempt.deadline_at + GRACE:
        _take_in(answers, unsent, now)
    fresh = [
        answer
        for answer in answers
        if attempt.quiz.purpose != Quiz.Purpose.PRACTICE and answer.checked_at is None
    ]
    for answer in fresh:
        grade_answer(answer)
    _store(answers)
    attempt.score = scoring.score(
        (answer.earned or 0, answer.possible or 0, answer.weight) for answer in answers
    )
    attempt.needs_mark = any(answer.needs_mark for answer in answers)
    attempt.submitted_at = now
    attempt.save(update_fields=["score", "needs_mark", "submitted_at"])
    if attempt.quiz.purpose == Quiz.Purpose.RECALL:
        recalling.review(attempt, answers, now)
    neighbours.tell_submitted(attempt, now)
    if attempt.number == 1:
        tally(fresh, attempt.trainee_id)


# One statement for all answers: bulk_update builds a CASE for every field and row, which
# took longer than everything else in a submission.
STORE = """
UPDATE quizzes_answer SET
    response = given.response, confidence = given.confidence, sequence = given.sequence,
    saved_at = given.saved_at, earned = given.earned, possible = given.possible,
    needs_mark = given.needs_mark
FROM jsonb_to_recordset(%s) AS given(
    id bigint, response jsonb, confidence text, sequence bigint, saved_at timestamptz,
    earned int, possible int, needs_mark boolean
)
WHERE quizzes_answer.id = given.id
"""


def _store(answers: list[Answer]) -> None:
    rows = [
        {
            "id": answer.pk,
            "response": answer.response,
            "confidence": answer.confidence,
            "sequence": answer.sequence,
            "saved_at": answer.saved_at and answer.saved_at.isoformat(),
            "earned": answer.earned,
            "possible": answer.possible,
            "needs_mark": answer.needs_mark,
        }
        for answer in answers
    ]
    with connection.cursor() as cursor:
        cursor.execute(STORE, [json.dumps(rows)])


def grade_answer(answer: Answer) -> None:
    """Set the points of an answer from its response; nothing given earns nothing."""
    spec = spec_of(answer.revision)
    rules = answer.revision.rules
    grade = (
        rules.unanswered(spec) if answer.response is None else rules.grade(spec, answer.response)
    )
    answer.earned, answer.possible = grade.earned, grade.possible
    answer.needs_mark = grade.needs_mark


def submit_overdue_attempts(now: datetime) -> int:
    """Submit every attempt whose time is over; how many there were."""
    overdue = (
        Attempt.objects.open().filter(deadline_at__lt=now - GRACE).values_list("pk", flat=True)
    )
    count = 0
    for attempt_id in overdue[:500]:
        with transaction.atomic():
            attempt = (
                Attempt.objects.open()
                .select_for_update(of=("self",), skip_locked=True)
                .select_related("quiz")
                .filter(pk=attempt_id)
                .first()
            )
            if attempt is not None:
                submit_locked(attempt, now=now)
                count += 1
    return count


def _take_in(answers: list[Answer], unsent: Iterable[Unsent], now: datetime) -> None:
    by_position = {answer.position: answer for answer in answers}
    for one in unsent:
        answer = by_position.get(one.position)
        if answer is None or answer.checked_at is not None:
            continue
        if one.sequence > answer.sequence:
            answer.response = one.response
            answer.confidence = one.confidence
            answer.sequence = one.sequence
            answer.saved_at = now
