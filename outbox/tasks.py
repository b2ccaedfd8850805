"""Celery's way in: the clock strikes, the rules live next door."""

from celery import shared_task

from outbox import delivering


@shared_task(name="outbox.send_due_messages")
def send_due_messages() -> None:
    delivering.send_due()
