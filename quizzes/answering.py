"""Saving an answer the moment it is given: one read, one guarded write."""

import json
import time
from dataclasses import dataclass

from django.core import signing
from django.db import connection

from mot_course.web import Json
from people.models import User
from quizzes.models import Answer
from quizzes.questions import Question
from quizzes.revisions import revisions_of
from quizzes.submitting import GRACE

_SIGNER_SALT = "quizzes.answering.ticket"
PER_PAGE = 1000  # how many saves one page can number

# The lock on the attempt is what makes "saved" true: a submission takes FOR UPDATE, so it
# either waits for this save and grades it, or this save finds the attempt closed. Without
# FOR SHARE a save could be acknowledged after the grading had read the old answer.
SAVE = """
WITH open AS (
    SELECT id FROM quizzes_attempt
    WHERE id = %(attempt)s AND trainee_id = %(trainee)s AND submitted_at IS NULL
      AND (deadline_at IS NULL OR now() <= deadline_at + make_interval(secs => %(grace)s))
    FOR SHARE
)
UPDATE quizzes_answer
SET response = %(response)s, confidence = %(confidence)s, flagged = %(flagged)s,
    sequence = %(sequence)s, saved_at = now()
FROM open
WHERE attempt_id = open.id AND position = %(position)s AND sequence < %(sequence)s
  AND checked_at IS NULL
"""


# The one read: the trainee's own answer (practice has no page of its own), its revision by key.
# Built by hand, because saving is what a quiz does most: the ORM took longer than PostgreSQL.
READ = """
SELECT answer.id, answer.exercise_id, exercise.slug, revision.id, revision.digest
FROM quizzes_answer AS answer
JOIN quizzes_attempt AS attempt ON attempt.id = answer.attempt_id
JOIN quizzes_quiz AS quiz ON quiz.id = attempt.quiz_id
JOIN quizzes_exercise AS exercise ON exercise.id = answer.exercise_id
JOIN quizzes_revision AS revision ON revision.id = answer.revision_id
WHERE answer.attempt_id = %s AND answer.position = %s AND attempt.trainee_id = %s
  AND quiz.purpose <> 'practice'
"""


class BadTicket(Exception):
    """The page's ticket was not issued by us, or for another attempt."""


class AttemptIsClosed(Exception):
    """The attempt is submitted, or its time is over."""


class AnswerIsChecked(AttemptIsClosed):
    """The answer has had its feedback, and stays as it is."""


class NewerAnswerExists(Exception):
    """Another page, opened later, has saved this answer since."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer)
        self.answer = answer


@dataclass(frozen=True)
class Ticket:
    """When a page of an attempt was issued: a page opened later wins over an older one."""

    attempt_id: int
    issued_ms: int

    @classmethod
    def issue(cls, attempt_id: int) -> str:
        """A signed ticket for a page that is being shown now."""
        return signing.Signer(salt=_SIGNER_SALT).sign(f"{attempt_id}-{time.time_ns() // 1_000_000}")

    @classmethod
    def read(cls, text: str, attempt_id: int) -> "Ticket":
        """The ticket behind the text; raises BadTicket."""
        try:
            attempt, issued = signing.Signer(salt=_SIGNER_SALT).unsign(text).split("-")
        except (signing.BadSignature, ValueError) as error:
            raise BadTicket from error
        if int(attempt) != attempt_id:
            raise BadTicket
        return cls(attempt_id, int(issued))

    def sequence(self, n: int) -> int:
        """The number of the n-th save of that page."""
        return self.issued_ms * PER_PAGE + min(max(n, 0), PER_PAGE - 1)


def question_at(*, attempt_id: int, position: int, trainee: User) -> Question | None:
    """The question at that place of the trainee's own attempt; None where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(READ, [attempt_id, position, trainee.pk])
        row = cursor.fetchone()
    if row is None:
        return None
    answer_id, exercise_id, slug, *key = row
    (revision,) = revisions_of([(key[0], key[1])])
    answer = Answer(
        pk=answer_id,
        attempt_id=attempt_id,
        position=position,
        exercise_id=exercise_id,
        revision=revision,
    )
    return Question.of(answer, slug, reveal=False)


def save_answer(
    *,
    attempt_id: int,
    position: int,
    trainee: User,
    response: Json | None,
    confidence: str | None,
    flagged: bool,
    sequence: int,
) -> None:
    """Store the response (None clears it). When this returns, it will be in what is graded.

    Raises AttemptIsClosed, AnswerIsChecked or NewerAnswerExists; the same save sent twice is
    a success twice.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            SAVE,
            {
                "attempt": attempt_id,
                "trainee": trainee.pk,
                "grace": GRACE.total_seconds(),
                "position": position,
                "response": None if response is None else json.dumps(response),
                "confidence": confidence,
                "flagged": flagged,
                "sequence": sequence,
            },
        )
        if cursor.rowcount == 1:
            return
    stored = Answer.objects.select_related("attempt").get(attempt=attempt_id, position=position)
    if stored.sequence == sequence and stored.response == response:
        return  # our reply was lost on the way, and the browser asked again
    if stored.attempt.submitted_at is None and stored.checked_at is not None:
        raise AnswerIsChecked
    if stored.attempt.submitted_at is None and stored.sequence >= sequence:
        raise NewerAnswerExists(stored)
    raise AttemptIsClosed
