"""Celery's way in: the clock goes on to submitting."""

from celery import shared_task
from django.utils import timezone

from quizzes.submitting import submit_overdue_attempts


@shared_task(name="quizzes.submit_overdue_attempts")
def submit_overdue() -> None:
    """Submit attempts whose time is over and whose page was never opened again."""
    submit_overdue_attempts(timezone.now())
