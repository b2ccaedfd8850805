"""Before and after for a class: how far its beliefs moved, and which one holds on longest."""

from dataclasses import dataclass
from math import sqrt
from typing import Any

from django.db import connection

from assignments.models import Assignment
from home.cohort_facts import MEMBERS
from mot_course.web import Text
from people.models import Cohort
from units.comparing_beliefs import FEWEST, ClassGain, t_975
from units.models import Course

# Both tests of everybody in the class, first attempts, as units.comparing_beliefs has it.
PAIRS = (
    MEMBERS  # noqa: S608 -- a fixed text
    + """
    SELECT pre.id, post.id, post.score - pre.score FROM member
    JOIN quizzes_attempt pre
      ON pre.trainee_id = member.id AND pre.quiz_id = %(pre)s AND pre.number = 1
    JOIN quizzes_attempt post
      ON post.trainee_id = member.id AND post.quiz_id = %(post)s AND post.number = 1
    WHERE pre.score IS NOT NULL AND post.score IS NOT NULL
"""
)
# Per objective of the bank: how many answered it wrong before, and how many still did after.
STILL_HELD = """
    SELECT item.objective,
           count(*) FILTER (WHERE answer.attempt_id = ANY(%(pre)s)
                            AND answer.earned < answer.possible) AS before,
           count(*) FILTER (WHERE answer.attempt_id = ANY(%(post)s)
                            AND answer.earned < answer.possible) AS after
    FROM quizzes_answer answer
    JOIN quizzes_bankitem item
      ON item.exercise_id = answer.exercise_id AND item.bank_id = %(bank)s
    WHERE answer.attempt_id = ANY(%(pre)s) OR answer.attempt_id = ANY(%(post)s)
    GROUP BY item.objective
"""


@dataclass(frozen=True)
class ClassBeliefs:
    """The class's gain, and the belief that most still hold after the course."""

    gain: ClassGain
    hardest: Text | None
    still: int  # how many hold it


def course_of(assignment: Assignment | None) -> Course | None:
    """The course whose two tests tell about a class: the assigned one, or one with its unit."""
    found = Course.objects.filter(
        archived_at=None, pre_quiz__isnull=False, post_quiz__isnull=False
    ).defer("guide", "content")
    if assignment is not None and assignment.course_id:
        found = found.filter(pk=assignment.course_id)
    elif assignment is not None and assignment.unit_id:
        found = found.filter(places__unit=assignment.unit_id)
    return found.select_related("pre_quiz__bank", "post_quiz").first()


def beliefs_of_class(cohort: Cohort, assignment: Assignment | None) -> ClassBeliefs | None:
    """None where fewer than five took both tests; in three queries."""
    course = course_of(assignment)
    if course is None or course.pre_quiz is None or course.pre_quiz.bank is None:
        return None
    values: dict[str, Any] = {
        "cohort": cohort.pk,
        "pre": course.pre_quiz_id,
        "post": course.post_quiz_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(PAIRS, values)
        pairs = cursor.fetchall()
        if len(pairs) < FEWEST:
            return None
        values = {
            "pre": [pair[0] for pair in pairs],
            "post": [pair[1] for pair in pairs],
            "bank": course.pre_quiz.bank_id,
        }
        cursor.execute(STILL_HELD, values)
        held = cursor.fetchall()
    objective, _before, still = max(held, key=lambda row: (row[2], row[1]), default=("", 0, 0))
    myths = {one["id"]: Text(**one["myth"]) for one in course.pre_quiz.bank.objectives}
    gain = _gain(cohort.name, [int(pair[2]) / 100 for pair in pairs])
    return ClassBeliefs(gain, myths.get(objective) if still else None, still)


def _gain(name: str, changes: list[float]) -> ClassGain:
    """The mean with its 95 % interval: see units.comparing_beliefs.class_gain."""
    count = len(changes)
    mean = sum(changes) / count
    deviation = sqrt(sum((one - mean) ** 2 for one in changes) / (count - 1))
    half = t_975(count - 1) * deviation / sqrt(count)
    return ClassGain(name, count, mean, mean - half, mean + half)
