"""Celery's way in: the clock strikes, the rules live next door."""

from celery import shared_task

from assignments import planning


@shared_task(name="assignments.plan")
def plan() -> None:
    planning.run_pass()
