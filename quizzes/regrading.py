"""Working out machines' grades anew with the present rules: look first, then write."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from mot_course.web import Json
from people.auditing import record
from people.models import User
from quizzes.kinds import Grade
from quizzes.marking import rescore
from quizzes.models import Answer, Attempt, Exercise, Mark, Quiz, Regrade, Revision, Try
from quizzes.questions import spec_of

BATCH = 500  # answers to a transaction


class CannotRegrade(Exception):
    """The exercise, or the revision asked for, cannot be graded anew; the message says why."""


@dataclass(frozen=True)
class Change:
    """An answer whose points are no longer what the rules give."""

    answer_id: int
    attempt_id: int
    was: tuple[int, int]
    now: tuple[int, int]


def ids_in(content: Any) -> list[str]:
    """Every id in an exercise's content, sorted: what responses refer to."""
    found: list[str] = []
    if isinstance(content, dict):
        if isinstance(content.get("id"), str):
            found.append(content["id"])
        content = list(content.values())
    if isinstance(content, list):
        for one in content:
            found += ids_in(one)
    return sorted(found)


def rules_for(answer: Any, current: Revision | None) -> Revision | None:
    """The revision to grade the answer by: its own, or the current one where the ids are the same.

    None where the current one asks something else.
    """
    own: Revision = answer.revision
    if current is None or current.pk == own.pk:
        return own
    if current.kind != own.kind or ids_in(current.content) != ids_in(own.content):
        return None
    return current


def grade_by(revision: Revision, response: Json | None) -> Grade:
    """What the present rules give for the response."""
    spec = spec_of(revision)
    rules = revision.rules
    return rules.unanswered(spec) if response is None else rules.grade(spec, response)


def to_regrade(exercise: Exercise, number: int | None = None) -> QuerySet[Answer]:
    """The exercise's answers that a machine has graded, of one revision or of all."""
    answers = Answer.objects.filter(exercise=exercise, earned__isnull=False, needs_mark=False)
    # What a person has judged stays as they judged it.
    answers = answers.exclude(Exists(Mark.objects.filter(answer=OuterRef("pk"))))
    if number is not None:
        answers = answers.filter(revision__number=number)
    return answers.order_by("pk")


def changes(
    exercise: Exercise, *, number: int | None = None, to_current: bool = False
) -> Iterator[Change]:
    """What would change, answer by answer; writes nothing. Raises CannotRegrade."""
    current = _current(exercise, number, to_current)
    ids = to_regrade(exercise, number).values_list("pk", flat=True)
    for chunk in _batches(ids):
        for change, _answer, _by in _changed(chunk, current):
            yield change


def regrade(
    exercise: Exercise,
    *,
    why: str,
    by: User | None = None,
    number: int | None = None,
    to_current: bool = False,
) -> list[Change]:
    """What was changed: answers, scores of their attempts, and a Regrade row for each.

    In transactions of 500 answers; a second run finds nothing left to do.
    """
    current = _current(exercise, number, to_current)
    done: list[Change] = []
    for chunk in _batches(to_regrade(exercise, number).values_list("pk", flat=True)):
        done += _regrade_some(chunk, current, why, by)
    if done:
        record(by, "regraded", exercise, after={"answers": len(done), "why": why})
    return done


@transaction.atomic
def _regrade_some(
    ids: list[int], current: Revision | None, why: str, by: User | None
) -> list[Change]:
    wanted = {change.attempt_id for change, _answer, _by in _changed(ids, current)}
    # Attempts first and in order, as a submission or a mark locks them; then look once more.
    attempts = {
        one.pk: one
        for one in Attempt.objects.filter(pk__in=wanted).select_for_update().order_by("pk")
    }
    found = [one for one in _changed(ids, current) if one[0].attempt_id in attempts]
    for change, answer, _rules in found:
        answer.earned, answer.possible = change.now
        answer.save(update_fields=["earned", "possible"])
    Regrade.objects.bulk_create(
        Regrade(
            answer=answer,
            revision=rules,
            was_earned=change.was[0],
            was_possible=change.was[1],
            now_earned=change.now[0],
            now_possible=change.now[1],
            by=by,
            why=why,
        )
        for change, answer, rules in found
    )
    by_attempt: dict[int, list[Answer]] = {}
    changed = {change.attempt_id for change, _answer, _rules in found}
    for answer in Answer.objects.filter(attempt__in=changed):
        by_attempt.setdefault(answer.attempt_id, []).append(answer)
    for attempt_id, answers in by_attempt.items():
        rescore(attempts[attempt_id], answers)
    return [change for change, _answer, _rules in found]


def _changed(ids: list[int], current: Revision | None) -> list[tuple[Change, Answer, Revision]]:
    marked = Exists(Mark.objects.filter(answer=OuterRef("pk")))
    answers: list[Any] = list(
        Answer.objects.filter(pk__in=ids, needs_mark=False)
        .exclude(marked)
        .select_related("revision", "attempt__quiz")
        .order_by("pk")
    )
    # In practice the points are those of the first try, whatever was tried afterwards.
    practised = [one.pk for one in answers if one.attempt.quiz.purpose == Quiz.Purpose.PRACTICE]
    firsts = dict(
        Try.objects.filter(answer__in=practised, number=1).values_list("answer", "response")
    )
    found = []
    for answer in answers:
        rules = rules_for(answer, current)
        if rules is None:
            continue
        grade = grade_by(rules, firsts.get(answer.pk, answer.response))
        was, now = (answer.earned, answer.possible), (grade.earned, grade.possible)
        if not grade.needs_mark and was != now:
            found.append((Change(answer.pk, answer.attempt_id, was, now), answer, rules))
    return found


def _current(exercise: Exercise, number: int | None, to_current: bool) -> Revision | None:  # noqa: FBT001
    if number is not None and not exercise.revisions.filter(number=number).exists():
        raise CannotRegrade(f"{exercise.slug} has no revision {number}")
    revision = exercise.current
    if revision is None:
        raise CannotRegrade(f"{exercise.slug} has no current revision")
    if revision.rules.rubric(spec_of(revision)):
        raise CannotRegrade(f"{exercise.slug} is marked by people: mark it again instead")
    return revision if to_current else None


def _batches(ids: Iterable[int]) -> Iterator[list[int]]:
    listed = list(ids)
    for start in range(0, len(listed), BATCH):
        yield listed[start : start + BATCH]
