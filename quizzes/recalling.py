"""Recall: two minutes with what somebody got wrong or has not seen for longest.

Asked are items of the checks somebody has passed, at least a night ago. FSRS says when an item is
due again. A session has five items at most and a day no more than that, so whoever was away for
a month meets five, not fifty; what is most nearly forgotten comes first.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from fsrs import Card, Rating, Scheduler

from mot_course.web import zone
from people.models import User
from quizzes.kinds import KINDS
from quizzes.models import Answer, Attempt, Quiz, RecallCard

MOST_A_DAY = 5
NIGHT = timedelta(hours=20)  # what was answered more recently is not recalled but repeated
# Days, not minutes: nobody comes back in ten minutes. Without fuzz a date can be told beforehand.
SCHEDULER = Scheduler(
    learning_steps=(), relearning_steps=(), enable_fuzzing=False, maximum_interval=180
)

Spot = tuple[int, str]  # a bank and one of its objectives
# Apps above say where somebody was weak in practice: they know which lesson teaches what.
_weak_spots: list[Callable[[int], set[Spot]]] = []


def register_weak_spots(function: Callable[[int], set[Spot]]) -> None:
    """Called by an app when it is ready; the function takes a person's id."""
    _weak_spots.append(function)


@dataclass(frozen=True)
class Item:
    """An item that may be recalled, and what the person has to do with it so far."""

    exercise_id: int
    revision_id: int
    bank_id: int
    objective: str
    seen_at: datetime | None = None
    was_wrong: bool = False
    is_weak: bool = False  # wrong in the practice of its lesson
    card: Card | None = None

    @property
    def spot(self) -> Spot:
        return self.bank_id, self.objective or f"#{self.exercise_id}"


@dataclass(frozen=True)
class Pick:
    """What is asked, and for the sake of which item."""

    asked: Item
    item: Item
    why: str


def choose(items: list[Item], now: datetime, limit: int) -> list[Pick]:
    """Up to `limit` items: due cards, the nearest to forgotten first; what was wrong; the unseen.

    Each objective once. For a due or wrong one another scene is asked where there is one that
    the person has not seen, or has seen longer ago.
    """
    due = sorted(
        (one for one in items if one.card and one.card.due <= now),
        key=lambda one: SCHEDULER.get_card_retrievability(one.card, now),  # type: ignore[arg-type]
    )
    slept = [
        one for one in items if not one.card and (not one.seen_at or one.seen_at < now - NIGHT)
    ]
    wrong = sorted((one for one in slept if one.was_wrong), key=_seen, reverse=True)
    unseen = sorted(
        (one for one in slept if not one.was_wrong), key=lambda one: (not one.is_weak, _seen(one))
    )
    picks: dict[Spot, Pick] = {}
    for group, why in (
        (due, "due"),
        (wrong, RecallCard.Why.WRONG),
        (unseen, RecallCard.Why.UNSEEN),
    ):
        for item in group:
            if len(picks) < limit and item.spot not in picks:
                asked = item if group is unseen else _other_scene(item, items, now)
                picks[item.spot] = Pick(asked, item, str(why))
    return list(picks.values())


def _other_scene(item: Item, items: list[Item], now: datetime) -> Item:
    others = [
        one for one in items if one.spot == item.spot and _seen(one) < min(_seen(item), now - NIGHT)
    ]
    return min(others, key=_seen, default=item)


def _seen(item: Item) -> datetime:
    return item.seen_at or datetime.min.replace(tzinfo=timezone.get_default_timezone())


# The items of checks that were passed before the night, and the last answer to each.
ITEMS = """
WITH passed AS (
    SELECT DISTINCT quiz.bank_id
    FROM quizzes_attempt attempt JOIN quizzes_quiz quiz ON quiz.id = attempt.quiz_id
    WHERE attempt.trainee_id = %(trainee)s AND quiz.purpose = 'check'
      AND attempt.submitted_at < %(before)s
      AND (quiz.pass_percent IS NULL OR attempt.score >= quiz.pass_percent * 100)
), items AS (
    SELECT item.exercise_id, exercise.current_id, item.bank_id, item.objective
    FROM passed
    JOIN quizzes_bankitem item ON item.bank_id = passed.bank_id AND item.form = ''
    JOIN quizzes_exercise exercise ON exercise.id = item.exercise_id
    JOIN quizzes_revision revision ON revision.id = exercise.current_id
    WHERE exercise.archived_at IS NULL AND revision.kind = ANY(%(quick)s)
), seen AS (
    SELECT DISTINCT ON (answer.exercise_id) answer.exercise_id,
           coalesce(answer.saved_at, attempt.submitted_at) AS at,
           answer.earned < answer.possible AS was_wrong
    FROM quizzes_attempt attempt JOIN quizzes_answer answer ON answer.attempt_id = attempt.id
    WHERE attempt.trainee_id = %(trainee)s AND attempt.submitted_at IS NOT NULL
      AND answer.exercise_id IN (SELECT exercise_id FROM items)
    ORDER BY answer.exercise_id, attempt.submitted_at DESC, answer.id DESC
)
SELECT items.exercise_id, items.current_id, items.bank_id, items.objective,
       seen.at, coalesce(seen.was_wrong, false), card.fsrs
FROM items
LEFT JOIN seen ON seen.exercise_id = items.exercise_id
LEFT JOIN quizzes_recallcard card
       ON card.exercise_id = items.exercise_id AND card.trainee_id = %(trainee)s
ORDER BY items.bank_id, items.exercise_id
"""


def items_of(trainee: User, now: datetime) -> list[Item]:
    """Everything that may be recalled by the person, in two queries."""
    values: dict[str, Any] = {
        "trainee": trainee.pk,
        "before": now - NIGHT,
        "quick": [kind.slug for kind in KINDS.values() if kind.is_quick],
    }
    with connection.cursor() as cursor:
        cursor.execute(ITEMS, values)
        rows = cursor.fetchall()
    weak = set().union(*(find(trainee.pk) for find in _weak_spots)) if rows else set()
    return [
        Item(
            exercise_id=exercise,
            revision_id=revision,
            bank_id=bank,
            objective=objective,
            seen_at=at,
            was_wrong=wrong,
            is_weak=(bank, objective) in weak,
            card=Card.from_dict(json.loads(fsrs)) if fsrs else None,
        )
        for exercise, revision, bank, objective, at, wrong, fsrs in rows
    ]


def picks_for(trainee: User, now: datetime) -> list[Pick]:
    """What a session would ask now; empty when today's five are answered or nothing is due."""
    left = MOST_A_DAY - _asked_today(trainee, now)
    return choose(items_of(trainee, now), now, left) if left > 0 else []


def _asked_today(trainee: User, now: datetime) -> int:
    begin = now.astimezone(zone(trainee.tz)).replace(hour=0, minute=0, second=0, microsecond=0)
    return Answer.objects.filter(
        attempt__trainee=trainee, attempt__quiz__purpose=Quiz.Purpose.RECALL,
        attempt__submitted_at__gte=begin,
    ).count()  # fmt: skip


def next_due(trainee: User) -> datetime | None:
    """When the next card comes; None where there is none."""
    due = RecallCard.objects.filter(trainee=trainee).order_by("due_at")
    return due.values_list("due_at", flat=True).first()


def recall_quiz() -> Quiz:
    """The one quiz of which every session is an attempt."""
    quiz, _ = Quiz.objects.get_or_create(
        slug="recall",
        defaults={
            "title_zh": "回想",
            "title_en": "Recall",
            "purpose": Quiz.Purpose.RECALL,
            "feedback": Quiz.Feedback.EACH,
        },
    )
    return quiz


def answers_for(attempt: Attempt, trainee: User) -> list[Answer]:
    """The answers of a new session, unsaved; the cards they stand for are written."""
    picks = picks_for(trainee, attempt.started_at)
    new = Card().to_dict()
    RecallCard.objects.bulk_create(
        [
            RecallCard(
                trainee=trainee,
                exercise_id=pick.item.exercise_id,
                asked_id=pick.asked.exercise_id,
                why=pick.why if pick.why in RecallCard.Why.values else RecallCard.Why.WRONG,
                fsrs=(pick.item.card.to_dict() if pick.item.card else new),
                due_at=pick.item.card.due if pick.item.card else attempt.started_at,
            )
            for pick in picks
        ],
        update_conflicts=True,
        unique_fields=["trainee", "exercise"],
        update_fields=["asked"],
    )
    return [
        Answer(
            attempt=attempt,
            position=position,
            exercise_id=pick.asked.exercise_id,
            revision_id=pick.asked.revision_id,
        )
        for position, pick in enumerate(picks, start=1)
    ]


def review(attempt: Attempt, answers: Iterable[Answer], now: datetime) -> None:
    """Set the cards forward by how each question went; what was skipped stays due.

    Called inside the transaction of the submission.
    """
    given = {one.exercise_id: one for one in answers if one.response is not None and one.possible}
    cards = list(
        RecallCard.objects.filter(trainee=attempt.trainee_id, asked__in=given)
        .order_by("pk")
        .select_for_update()
    )
    for card in cards:
        answer = given[card.asked_id or 0]
        reviewed, _ = SCHEDULER.review_card(Card.from_dict(card.fsrs), rating(answer), now)
        card.fsrs = reviewed.to_dict()
        card.due_at = reviewed.due
        card.reviewed_at = now
        card.asked_id = None
    RecallCard.objects.bulk_update(cards, ["fsrs", "due_at", "reviewed_at", "asked"])


def rating(answer: Answer) -> Rating:
    """How well it was remembered: all right is good, a guess or half right is hard."""
    share = (answer.earned or 0) / (answer.possible or 1)
    if share < 0.5:
        return Rating.Again
    return Rating.Hard if share < 1 or answer.confidence == "guess" else Rating.Good
