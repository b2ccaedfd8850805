"""Celery's way in: the clock strikes, the rules live next door."""

import structlog
from celery import shared_task

from people import digests, forgetting, working_days

logger = structlog.get_logger(__name__)


@shared_task(name="people.forget_what_is_over")
def forget_what_is_over() -> None:
    logger.info("forgotten", **forgetting.forget_what_is_over())


@shared_task(name="people.extend_calendars")
def extend_calendars() -> None:
    logger.info("calendars_extended", days=working_days.extend_all())


@shared_task(name="people.plan_digests")
def plan_digests() -> None:
    if planned := digests.plan_digests():
        logger.info("digests_planned", count=planned)
