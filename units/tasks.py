"""Celery's way in: the clock goes on to finishing."""

from celery import shared_task
from django.utils import timezone

from units import finishing


@shared_task(name="units.recount_completions")
def recount_completions() -> None:
    """Write completions that two last deeds at the same moment may have missed."""
    finishing.recount_completions(timezone.now())
