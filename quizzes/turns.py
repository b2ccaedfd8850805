"""Answers that grow turn by turn (a dialogue): each choice is stored by itself, once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from mot_course.web import Json
from people.models import User
from quizzes.answering import AttemptIsClosed
from quizzes.kinds import Mask
from quizzes.kinds.dialogue import NotOffered, go_back, take_turn
from quizzes.models import Answer, Quiz, Revision, Try
from quizzes.practising import open_attempt
from quizzes.questions import Question, spec_of
from quizzes.starting import take_turn as let_one_at_a_time
from quizzes.submitting import GRACE, grade_answer

Play = Callable[[Any, Json | None], Json]


@dataclass(frozen=True)
class Move:
    """What a page asks for: to say something, or (without token) to go back to a moment.

    `run` and `at` say where: after how many replies of which run, counted from 0.
    """

    run: int
    at: int
    token: str = ""

    @classmethod
    def read(cls, *, choice: str, back: str) -> "Move":
        """The move behind a button's value, `run.at.token` or `run.at`; raises NotOffered."""
        words = choice.split(".") if choice else [*back.split("."), ""]
        if len(words) != 3 or not all(_is_small(word) for word in words[:2]):
            raise NotOffered
        return cls(int(words[0]), int(words[1]), words[2])

    def after(self, spec: Any, response: Json | None, mask: Mask, *, may_go_back: bool) -> Json:
        """The response after this move; raises NotOffered."""
        if self.token:
            said = mask.back([self.token], spec.reply)
            if not said:
                raise NotOffered
            return take_turn(spec, response, run=self.run, at=self.at, reply=said[0])
        if not may_go_back:
            raise NotOffered
        return go_back(spec, response, run=self.run, to=self.at)


def _is_small(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) < 4


# As in answering.SAVE: a submission takes FOR UPDATE, so it either waits for this turn and
# grades it, or this turn finds the attempt closed.
OPEN = """
    SELECT quiz.feedback FROM quizzes_attempt AS attempt
    JOIN quizzes_quiz AS quiz ON quiz.id = attempt.quiz_id
    WHERE attempt.id = %s AND attempt.trainee_id = %s AND attempt.submitted_at IS NULL
      AND (attempt.deadline_at IS NULL
           OR now() <= attempt.deadline_at + make_interval(secs => %s))
    FOR SHARE OF attempt
"""


@transaction.atomic
def move_in_attempt(*, question: Question, trainee: User, move: Move) -> Question:
    """The question after the move, stored; with feedback after each, the first ending grades it.

    `question` is the trainee's own (answering.question_at). Raises AttemptIsClosed, and
    NotOffered for what the stored answer does not allow.
    """
    with connection.cursor() as cursor:
        cursor.execute(OPEN, [question.attempt_id, trainee.pk, GRACE.total_seconds()])
        row = cursor.fetchone()
    if row is None:
        raise AttemptIsClosed
    answer = Answer.objects.select_for_update(of=("self",)).get(pk=_row(question))
    answer.revision = question.revision
    is_checked = answer.checked_at is not None
    response = move.after(question.spec, answer.response, question.mask, may_go_back=is_checked)
    if response != answer.response:
        answer.response, answer.saved_at = response, timezone.now()
        fields = ["response", "saved_at"]
        is_first_over = question.rules.is_complete(question.spec, response)
        if row[0] == Quiz.Feedback.EACH and not is_checked and is_first_over:
            grade_answer(answer)
            answer.checked_at = answer.saved_at
            fields += ["earned", "possible", "needs_mark", "checked_at"]
        answer.save(update_fields=fields)
    return Question.of(answer, question.slug, reveal=answer.checked_at is not None)


def _row(question: Question) -> int:
    assert question.answer_id is not None, "a question of an attempt has its answer row"
    return question.answer_id


def now_in_attempt(question: Question) -> Question:
    """The trainee's own question as it is stored now."""
    answer = Answer.objects.get(pk=_row(question))
    answer.revision = question.revision
    return Question.of(answer, question.slug, reveal=answer.checked_at is not None)


@transaction.atomic
def move_in_practice(*, quiz: Quiz, trainee: User, revision: Revision, move: Move) -> Question:
    """The question after the move, stored; the end of the first run is the one try.

    The first reply opens the attempt and pins the revision the page showed. Raises NotOffered.
    """
    let_one_at_a_time(quiz, trainee)
    now = timezone.now()
    attempt = open_attempt(quiz, trainee, now)
    answers = attempt.answers.select_related("revision").filter(exercise=revision.exercise_id)
    answer = answers.first() or Answer(
        attempt=attempt,
        position=attempt.answers.count() + 1,
        exercise_id=revision.exercise_id,
        revision=revision,
    )
    rules, spec = answer.revision.rules, spec_of(answer.revision)
    was_over = answer.response is not None and rules.is_complete(spec, answer.response)
    mask = Mask(revision.exercise.slug)
    response = move.after(spec, answer.response, mask, may_go_back=was_over)
    if response != answer.response:
        answer.response, answer.saved_at = response, now
        if not was_over and rules.is_complete(spec, response):
            grade_answer(answer)
            answer.save()
            Try.objects.create(
                answer=answer,
                number=answer.tries.count() + 1,
                response=response,
                earned=answer.earned or 0,
                possible=answer.possible or 0,
                at=now,
            )
        else:
            answer.save()
    return in_practice(answer, revision.exercise.slug)


def in_practice(answer: Answer, slug: str) -> Question:
    """A practice answer as a lesson shows it: with its feedback once the first run is over."""
    rules, spec = answer.revision.rules, spec_of(answer.revision)
    is_over = answer.response is not None and rules.is_complete(spec, answer.response)
    return Question(answer.revision, slug, response=answer.response, reveal=is_over)


def now_in_practice(*, quiz: Quiz, trainee: User, revision: Revision) -> Question:
    """The exercise as it stands in the trainee's open practice."""
    slug = revision.exercise.slug
    answer = (
        Answer.objects.select_related("revision")
        .filter(
            attempt__quiz=quiz,
            attempt__trainee=trainee,
            attempt__submitted_at=None,
            exercise=revision.exercise_id,
        )
        .first()
    )
    return in_practice(answer, slug) if answer else Question(revision, slug)
