"""Feedback after each answer: what is checked is graded there and then, and stays."""

from django.db import transaction
from django.utils import timezone

from people.models import User
from quizzes.models import Answer, Attempt, Quiz
from quizzes.questions import spec_of
from quizzes.submitting import grade_answer
from quizzes.tallying import tally


class NotReady(Exception):
    """There is nothing to check yet: no answer, or an unfinished one."""


@transaction.atomic
def check_in_attempt(*, attempt_id: int, position: int, trainee: User) -> Answer:
    """The answer, graded; checking it again changes nothing.

    Raises Attempt.DoesNotExist where the attempt is not theirs, is over, or gives its feedback
    later; Answer.DoesNotExist; NotReady.
    """
    # The same lock as a submission's: a save has arrived before, or is refused after.
    attempt = (
        Attempt.objects.of(trainee)
        .open()
        .filter(quiz__feedback=Quiz.Feedback.EACH)
        .select_for_update(of=("self",))
        .select_related("quiz")
        .get(pk=attempt_id)
    )
    answer: Answer = attempt.answers.select_related("revision", "exercise").get(position=position)
    answer.attempt = attempt
    if answer.checked_at is not None:
        return answer
    rules, spec = answer.revision.rules, spec_of(answer.revision)
    if answer.response is None or not rules.is_complete(spec, answer.response):
        raise NotReady
    grade_answer(answer)
    answer.checked_at = timezone.now()
    answer.save(update_fields=["earned", "possible", "needs_mark", "checked_at"])
    if attempt.number == 1:
        tally([answer], attempt.trainee_id)
    return answer
