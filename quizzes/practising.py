"""Practice inside a lesson: check at once, try again, submit when the lesson is finished."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from mot_course.web import Json
from people.models import User
from quizzes.kinds import Grade
from quizzes.models import Answer, Attempt, Quiz, Revision, Try
from quizzes.questions import spec_of
from quizzes.starting import take_turn
from quizzes.submitting import submit_locked
from quizzes.tallying import tally


@dataclass(frozen=True)
class Checked:
    """A checked answer, its grade, and the how-manieth try it was."""

    answer: Answer
    grade: Grade
    number: int


@transaction.atomic
def check_answer(
    *,
    quiz: Quiz,
    trainee: User,
    revision: Revision,
    response: Json,
    confidence: str | None = None,
) -> Checked:
    """Grade a response in practice and store it as a try. The first try is what counts.

    The first answer opens the attempt; each answer pins the revision the page showed.
    """
    take_turn(quiz, trainee)
    now = timezone.now()
    attempt = open_attempt(quiz, trainee, now)
    answers = {answer.exercise_id: answer for answer in attempt.answers.all()}
    answer = answers.get(revision.exercise_id)
    grade = revision.rules.grade(spec_of(revision), response)
    if answer is None:
        answer = Answer(
            attempt=attempt,
            position=len(answers) + 1,
            exercise_id=revision.exercise_id,
            revision=revision,
            earned=grade.earned,
            possible=grade.possible,
        )
    answer.response, answer.confidence, answer.saved_at = response, confidence, now
    answer.save()
    number = answer.tries.count() + 1
    Try.objects.create(
        answer=answer,
        number=number,
        response=response,
        earned=grade.earned,
        possible=grade.possible,
        at=now,
    )
    if number == 1 and attempt.number == 1:
        tally([answer], trainee.pk)
    return Checked(answer, grade, number)


def finish_practice(*, quiz: Quiz, trainee: User, now: datetime) -> None:
    """Submit the open practice attempt, if there is one; call inside a transaction."""
    attempt = (
        Attempt.objects.of(trainee)
        .open()
        .filter(quiz=quiz)
        .select_for_update(of=("self",))
        .select_related("quiz")
        .first()
    )
    if attempt is not None:
        submit_locked(attempt, now=now)


def open_attempt(quiz: Quiz, trainee: User, now: datetime) -> Attempt:
    """The trainee's open practice, locked, or a new one; whose turn it is holds `take_turn`."""
    # Locked, so that finishing the lesson in another tab waits, or is seen here.
    last = (
        Attempt.objects.of(trainee)
        .filter(quiz=quiz)
        .order_by("-number")
        .select_for_update(of=("self",))
        .first()
    )
    if last is not None and last.submitted_at is None:
        return last
    return Attempt.objects.create(
        quiz=quiz, trainee=trainee, number=last.number + 1 if last else 1, started_at=now
    )
