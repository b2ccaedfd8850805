"""How sure somebody is of each of the five steps."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from mot_course.steps import STEPS, Step
from people.models import User
from quizzes.models import Quiz

LATEST = 20  # answers of a step that count
FEWEST = 3  # with fewer there is nothing to say
# Of other quizzes nothing may show that tells which answers were right.
RELEASED = [Quiz.Feedback.EACH, Quiz.Feedback.SUBMIT]

# In practice an answer keeps the points of its first try, so what was tried again until it
# was right does not count as known.
LATEST_ANSWERS = """
    SELECT trainee_id, step, round(100 * avg(part))
    FROM (
        SELECT attempt.trainee_id, taught.step,
               answer.earned::numeric / answer.possible AS part,
               row_number() OVER (
                   PARTITION BY attempt.trainee_id, taught.step
                   ORDER BY answer.saved_at DESC NULLS LAST, answer.id DESC
               ) AS place
        FROM quizzes_attempt AS attempt
        JOIN quizzes_quiz AS quiz ON quiz.id = attempt.quiz_id
        JOIN quizzes_answer AS answer ON answer.attempt_id = attempt.id
        JOIN quizzes_exercise AS exercise ON exercise.id = answer.exercise_id
        CROSS JOIN LATERAL unnest(exercise.steps) AS taught(step)
        WHERE attempt.trainee_id = ANY(%(people)s) AND quiz.feedback = ANY(%(released)s)
          AND answer.response IS NOT NULL AND answer.earned IS NOT NULL
          AND answer.possible > 0 AND NOT answer.needs_mark
          AND (%(until)s::timestamptz IS NULL OR answer.saved_at <= %(until)s)
    ) AS graded
    WHERE place <= %(latest)s
    GROUP BY trainee_id, step
    HAVING count(*) >= %(fewest)s
"""


@dataclass(frozen=True)
class Mastery:
    """A step, and how sure from 0 to 100; None where too little was answered."""

    step: Step
    percent: int | None

    @property
    def level(self) -> int:
        """How dark a cell is drawn, 0 to 10."""
        return (self.percent or 0) // 10


UNKNOWN = [Mastery(step, None) for step in STEPS]


def mastery_of(person: User, until: datetime | None = None) -> list[Mastery]:
    """The five steps in order with the person's share of points in the latest answers.

    With `until`, as it was at that moment.
    """
    return masteries_of([person.pk], until).get(person.pk, UNKNOWN)


def masteries_of(people: Iterable[int], until: datetime | None = None) -> dict[int, list[Mastery]]:
    """The same for many, in one query; who has answered too little everywhere is left out."""
    values: dict[str, Any] = {
        "people": list(people),
        "until": until,
        "released": [str(one) for one in RELEASED],
        "latest": LATEST,
        "fewest": FEWEST,
    }
    percents: dict[int, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(LATEST_ANSWERS, values)
        for person, step, percent in cursor.fetchall():
            percents.setdefault(person, {})[step] = int(percent)
    return {
        person: [Mastery(step, known.get(step.slug)) for step in STEPS]
        for person, known in percents.items()
    }
