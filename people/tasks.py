"""Celery's way in: the clock strikes, the rules live next door."""

import structlog
from celery import shared_task

from people import forgetting

logger = structlog.get_logger(__name__)


@shared_task(name="people.forget_what_is_over")
def forget_what_is_over() -> None:
    logger.info("forgotten", **forgetting.forget_what_is_over())
