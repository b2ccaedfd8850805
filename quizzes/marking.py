"""Giving a mark: an instructor's judgement by rubric, added to those before it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from mot_course.web import Json, content_language
from people.auditing import record
from people.duties import people_reached_by
from people.models import User
from quizzes import neighbours, scoring
from quizzes.kinds.rubrics import points
from quizzes.models import Answer, Attempt, Mark, Quiz
from quizzes.questions import spec_of


class NewerMarkExists(Exception):
    """Somebody has marked this since the page was opened; `mark` is theirs, if there is one."""

    def __init__(self, mark: Mark | None) -> None:
        super().__init__(mark)
        self.mark = mark


@dataclass(frozen=True)
class Judgement:
    """What an instructor says about a piece of work."""

    levels: dict[str, int]
    outcome: str = Mark.Outcome.MARKED
    why: str = ""
    language: str = "zh"
    comments: list[Json] = field(default_factory=list)


def within_reach(person: User) -> QuerySet[Answer]:
    """Handed-in answers of the people the person's duties reach; never their own."""
    people = User.objects.present() if person.is_admin else people_reached_by(person)
    return Answer.objects.filter(
        Q(attempt__submitted_at__isnull=False) | Q(checked_at__isnull=False),
        attempt__trainee__in=people,
        response__isnull=False,
    ).exclude(attempt__trainee=person)


def markable_by(person: User) -> QuerySet[Answer]:
    """What the person may open on the marking page: it waits for a mark, or has had one."""
    is_marked = Exists(Mark.objects.filter(answer=OuterRef("pk")))
    return within_reach(person).filter(Q(needs_mark=True) | is_marked)


def outcomes_for(quiz: Quiz) -> list[str]:
    """How a mark of the quiz's answers can end: only texts can be returned or accepted."""
    if quiz.purpose == Quiz.Purpose.WRITING:
        return list(Mark.Outcome.values)
    return [Mark.Outcome.MARKED.value]


@transaction.atomic
def give_mark(*, answer_id: int, marker: User, seen: int, judgement: Judgement) -> Mark:
    """The mark, added as the next version; points and score of the answer follow it.

    `seen` is the number of the last mark the marker has seen (0: none). Raises
    Answer.DoesNotExist where it is not theirs to mark, NewerMarkExists where another came first.
    """
    found = markable_by(marker).values_list("attempt_id", flat=True).get(pk=answer_id)
    # The attempt first, as a submission locks it; so of two marks one waits for the other.
    attempt = (
        Attempt.objects.select_for_update(of=("self",))
        .select_related("quiz", "trainee")
        .get(pk=found)
    )
    answers: list[Any] = list(attempt.answers.select_for_update(of=("self",)))
    (answer,) = (one for one in answers if one.pk == answer_id)
    answer.attempt = attempt
    last = answer.marks.order_by("-number").first()
    if seen != (last.number if last else 0):
        raise NewerMarkExists(last)
    mark = Mark(
        answer=answer,
        number=seen + 1,
        marker=marker,
        levels=judgement.levels,
        comments=judgement.comments,
        outcome=judgement.outcome,
        why=judgement.why,
        language=judgement.language,
    )
    mark.save(force_insert=True)
    criteria = answer.revision.rules.rubric(spec_of(answer.revision))
    before = {"number": seen, "earned": answer.earned, "possible": answer.possible}
    answer.earned, answer.possible = points(criteria, judgement.levels)
    answer.needs_mark = False
    answer.save(update_fields=["earned", "possible", "needs_mark"])
    rescore(attempt, answers)
    neighbours.tell_marked(mark)
    record(
        marker,
        "mark_given",
        answer,
        before=before,
        after={
            "number": mark.number,
            "earned": answer.earned,
            "possible": answer.possible,
            "outcome": mark.outcome,
        },
    )
    return mark


def rescore(attempt: Attempt, answers: Iterable[Answer]) -> None:
    """Bring score and `needs_mark` of a locked, submitted attempt in line with its answers."""
    if attempt.submitted_at is None:
        return  # an answer was checked before the rest was handed in; the submission does it
    answers = list(answers)
    attempt.score = scoring.score(
        (answer.earned or 0, answer.possible or 0, answer.weight) for answer in answers
    )
    attempt.needs_mark = any(answer.needs_mark for answer in answers)
    attempt.save(update_fields=["score", "needs_mark"])


def marks_of(answer_ids: Iterable[int]) -> dict[int, list[Mark]]:
    """The marks of each answer, the newest first, in one query; answers without any are absent."""
    found: dict[int, list[Mark]] = {}
    marks = Mark.objects.filter(answer__in=list(answer_ids)).select_related("marker")
    for mark in marks.order_by("answer", "-number"):
        found.setdefault(mark.answer_id, []).append(mark)
    return found


def language_of(marker: User) -> str:
    """The language the person wrote their last mark in; at first that of the page."""
    last = Mark.objects.filter(marker=marker).order_by("-pk").values_list("language", flat=True)
    return last.first() or content_language()
