"""What recall may ask first: where the practice of a lesson went wrong."""

from django.db import connection

WEAK = """
SELECT DISTINCT quiz.bank_id, lesson.slug
FROM quizzes_attempt attempt
JOIN units_lesson lesson ON lesson.practice_quiz_id = attempt.quiz_id
JOIN units_unit unit ON unit.id = lesson.unit_id
JOIN quizzes_quiz quiz ON quiz.id = unit.check_quiz_id
JOIN quizzes_answer answer ON answer.attempt_id = attempt.id
WHERE attempt.trainee_id = %s AND answer.earned < answer.possible AND quiz.bank_id IS NOT NULL
"""


def weak_spots(trainee_id: int) -> set[tuple[int, str]]:
    """Check banks and lessons (their objectives) whose practice the person got wrong at first."""
    with connection.cursor() as cursor:
        cursor.execute(WEAK, [trainee_id])
        return {(bank, lesson) for bank, lesson in cursor.fetchall()}
