"""Starting an attempt: never more than allowed, never two open at once."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Count, F
from django.utils import timezone

from people.models import User
from quizzes import drawing, recalling
from quizzes.models import (
    FORM_ORDERS,
    FORM_TURN,
    Answer,
    Attempt,
    BankItem,
    FormOrder,
    Quiz,
)
from quizzes.neighbours import granted
from quizzes.submitting import submit_attempt


class NoAttemptLeft(Exception):
    """The trainee has used every attempt this quiz allows."""


class TooEarly(Exception):
    """After a failed attempt there is a pause, so that one rereads first."""

    def __init__(self, again_at: datetime) -> None:
        super().__init__(again_at)
        self.again_at = again_at


@transaction.atomic
def start_attempt(*, quiz: Quiz, trainee: User) -> Attempt:
    """The trainee's open attempt, or a new one with its answers drawn and pinned.

    Raises NoAttemptLeft or TooEarly.
    """
    take_turn(quiz, trainee)
    now = timezone.now()
    last = last_attempt(quiz, trainee)
    if last is not None and last.submitted_at is None:
        if not last.is_over_at(now):
            return last
        last = submit_attempt(attempt_id=last.pk, trainee=trainee)
    if (refusal := why_not(quiz, last, now)) is not None:
        raise refusal
    attempt = Attempt(
        quiz=quiz,
        trainee=trainee,
        number=last.number + 1 if last else 1,
        form=form_for(quiz, trainee),
        started_at=now,
    )
    if quiz.seconds:
        attempt.deadline_at = now + timedelta(seconds=float(quiz.seconds * trainee.time_factor))
    attempt.save(force_insert=True)
    draw = recalling.answers_for if quiz.purpose == Quiz.Purpose.RECALL else _answers
    answers = draw(attempt, trainee)
    if quiz.purpose == Quiz.Purpose.RECALL and not answers:
        raise NoAttemptLeft  # answered in another tab meanwhile
    Answer.objects.bulk_create(answers)
    return attempt


def take_turn(quiz: Quiz, trainee: User) -> None:
    """Let one start for this trainee and quiz run at a time, till the transaction ends."""
    with connection.cursor() as cursor:
        # The first key keeps these locks apart from any other use of advisory locks.
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [quiz.pk, trainee.pk])


def last_attempt(quiz: Quiz, trainee: User) -> Attempt | None:
    """The trainee's latest attempt; if one is open it is this one, and its number counts all."""
    attempt = Attempt.objects.of(trainee).filter(quiz=quiz).order_by("-number").first()
    if attempt is not None:
        attempt.quiz = quiz
    return attempt


def why_not(quiz: Quiz, last: Attempt | None, now: datetime) -> NoAttemptLeft | TooEarly | None:
    """What keeps the trainee from starting again after this attempt, if anything does."""
    if last is None:
        return None
    # What is granted is asked only where it decides: most quizzes need no further query.
    if (
        quiz.attempts_allowed is not None
        and last.number >= quiz.attempts_allowed
        and last.number >= quiz.attempts_allowed + granted(quiz, last.trainee_id)
    ):
        return NoAttemptLeft()
    if quiz.retry_minutes and not last.is_passed:
        again_at = (last.submitted_at or now) + timedelta(minutes=quiz.retry_minutes)
        if now < again_at:
            return TooEarly(again_at)
    return None


def form_for(quiz: Quiz, trainee: User) -> str:
    """The letter of the parallel form this test takes for this person; '' without forms."""
    if not quiz.uses_forms or quiz.bank_id is None:
        return ""
    # Dealt out in turn, so that in a class each form stands about equally often at each test.
    dealt, _ = FormOrder.objects.get_or_create(
        trainee=trainee,
        bank_id=quiz.bank_id,
        defaults={"order": FORM_ORDERS[trainee.pk % len(FORM_ORDERS)]},
    )
    return dealt.order[FORM_TURN[Quiz.Purpose(quiz.purpose)]]


def _answers(attempt: Attempt, trainee: User) -> list[Answer]:
    quiz = attempt.quiz
    places = {
        place["exercise"]: place
        for place in BankItem.objects.filter(
            bank=quiz.bank_id,
            form=attempt.form,
            exercise__archived_at=None,
            exercise__current__isnull=False,
        )
        .order_by("position")
        .values(
            "exercise",
            "objective",
            "weight",
            revision=F("exercise__current"),
            kind=F("exercise__current__kind"),
            answer=F("exercise__current__content__answer"),
        )
    }
    seen: dict[int, int] = {}
    if quiz.draw is not None:
        seen = dict(
            Answer.objects.filter(attempt__trainee=trainee, exercise__in=places)
            .values_list("exercise")
            .annotate(Count("pk"))
        )
    drawn = drawing.draw(
        [
            drawing.Item(
                exercise_id=exercise,
                objective=place["objective"],
                key=f"{place['kind']}:{place['answer']}",
                seen=seen.get(exercise, 0),
            )
            for exercise, place in places.items()
        ],
        quiz.draw,
        seed=f"{attempt.pk}",
        shuffle=quiz.shuffle,
    )
    return [
        Answer(
            attempt=attempt,
            position=position,
            exercise_id=one.exercise_id,
            revision_id=places[one.exercise_id]["revision"],
            weight=places[one.exercise_id]["weight"],
        )
        for position, one in enumerate(drawn, start=1)
    ]
