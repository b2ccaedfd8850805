"""Which answer is a later version of which: a text that was returned and came back."""

from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from quizzes.kinds.writing import Writing
from quizzes.models import Answer, Mark

_way_to_text: list[str] = []  # one at most
_way_to_title: list[str] = []  # likewise


def tell_apart_by(lookup: str, title: str = "") -> None:
    """An app above names the way from an attempt to the text it is a version of, and to its title.

    Called once, when that app is ready. Attempts that lead nowhere, and all where no app has a
    say, are versions of one text per person, quiz and exercise.
    """
    _way_to_text[:] = [lookup]
    _way_to_title[:] = [title] if title else []


def _versions(person: Any, quiz: Any, exercise: Any, text: Any) -> QuerySet[Answer]:
    same = Answer.objects.filter(
        attempt__trainee=person,
        attempt__quiz=quiz,
        exercise=exercise,
        revision__kind=Writing.slug,
        response__isnull=False,
    ).exclude(attempt__submitted_at=None)
    for lookup in _way_to_text:
        # NULL is equal to nothing, not even to itself.
        same = same.alias(text=Coalesce(f"attempt__{lookup}", Value(0))).filter(text=text)
    return same


def _of_outer() -> QuerySet[Answer]:
    text: Any = None
    for lookup in _way_to_text:
        text = Coalesce(OuterRef(f"attempt__{lookup}"), Value(0))
    return _versions(
        OuterRef("attempt__trainee"), OuterRef("attempt__quiz"), OuterRef("exercise"), text
    )


def title_of_text() -> Any:
    """What the outer answer's text is called, as an expression; empty where it has no name."""
    for lookup in _way_to_title:
        return Coalesce(F(f"attempt__{lookup}"), Value(""))
    return Value("")


def newer_versions() -> QuerySet[Answer]:
    """For Exists(): handed-in versions of the outer answer that are later than it."""
    return _of_outer().filter(attempt__number__gt=OuterRef("attempt__number"))


def returned_before() -> QuerySet[Answer]:
    """For Exists(): earlier versions of the outer answer that were returned."""
    return _of_outer().filter(
        attempt__number__lt=OuterRef("attempt__number"), marks__outcome=Mark.Outcome.RETURNED
    )


def earlier_versions(answer: Answer) -> QuerySet[Answer]:
    """Versions of the same text that were handed in before, the latest first."""
    return _versions_of(answer).filter(attempt__number__lt=answer.attempt.number)


def later_versions(answer: Answer) -> QuerySet[Answer]:
    """Versions of the same text that were handed in afterwards, the latest first."""
    return _versions_of(answer).filter(attempt__number__gt=answer.attempt.number)


def _versions_of(answer: Answer) -> QuerySet[Answer]:
    attempt = answer.attempt
    text: Any = None
    for lookup in _way_to_text:
        rows = Answer.objects.filter(pk=answer.pk)
        text = rows.values_list(Coalesce(f"attempt__{lookup}", Value(0)), flat=True)[:1]
    found = _versions(attempt.trainee_id, attempt.quiz_id, answer.exercise_id, text)
    return found.filter(~Q(pk=answer.pk)).order_by("-attempt__number")
