"""Celery's way in: the clock goes on to submitting."""

from celery import shared_task
from django.utils import timezone

from quizzes import recordings
from quizzes.submitting import submit_overdue_attempts


@shared_task(name="quizzes.submit_overdue_attempts")
def submit_overdue() -> None:
    """Submit attempts whose time is over and whose page was never opened again."""
    submit_overdue_attempts(timezone.now())


@shared_task(name="quizzes.forget_recordings")
def forget_recordings() -> None:
    """Delete recordings that have been kept their time."""
    recordings.forget_recordings(timezone.now())
