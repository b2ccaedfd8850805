"""How sure somebody is of each of the five steps."""

from dataclasses import dataclass
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
    SELECT step, round(100 * avg(part))
    FROM (
        SELECT taught.step, answer.earned::numeric / answer.possible AS part,
               row_number() OVER (
                   PARTITION BY taught.step ORDER BY answer.saved_at DESC NULLS LAST, answer.id DESC
               ) AS place
        FROM quizzes_attempt AS attempt
        JOIN quizzes_quiz AS quiz ON quiz.id = attempt.quiz_id
        JOIN quizzes_answer AS answer ON answer.attempt_id = attempt.id
        JOIN quizzes_exercise AS exercise ON exercise.id = answer.exercise_id
        CROSS JOIN LATERAL unnest(exercise.steps) AS taught(step)
        WHERE attempt.trainee_id = %(person)s AND quiz.feedback = ANY(%(released)s)
          AND answer.response IS NOT NULL AND answer.earned IS NOT NULL
          AND answer.possible > 0 AND NOT answer.needs_mark
    ) AS graded
    WHERE place <= %(latest)s
    GROUP BY step
    HAVING count(*) >= %(fewest)s
"""


@dataclass(frozen=True)
class Mastery:
    """A step, and how sure from 0 to 100; None where too little was answered."""

    step: Step
    percent: int | None


def mastery_of(person: User) -> list[Mastery]:
    """The five steps in order with the person's share of points in the latest answers."""
    values: dict[str, Any] = {
        "person": person.pk,
        "released": [str(one) for one in RELEASED],
        "latest": LATEST,
        "fewest": FEWEST,
    }
    with connection.cursor() as cursor:
        cursor.execute(LATEST_ANSWERS, values)
        percents = {step: int(percent) for step, percent in cursor.fetchall()}
    return [Mastery(step, percents.get(step.slug)) for step in STEPS]
