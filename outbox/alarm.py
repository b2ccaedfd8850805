"""Tells an alarm outside, about once a minute, that all is well; it rings when that stays away."""

import time

import structlog
from django.conf import settings

from outbox import health
from outbox.channels.http import CallFailed, Web

logger = structlog.get_logger(__name__)

EVERY = 60.0  # seconds, in each process
TIMEOUT = (2.0, 2.0)
_last = [-EVERY]


def still_well() -> bool:
    """Ask for HEARTBEAT_URL if it is time and nothing is wrong; errors are of no account.

    Its host has to be in OUTBOX_HOSTS, as that of every address we speak to.
    """
    if not settings.HEARTBEAT_URL or time.monotonic() - _last[0] < EVERY:
        return False
    if health.state().alarms:
        return False
    _last[0] = time.monotonic()
    web = Web()
    try:
        web.call("GET", settings.HEARTBEAT_URL, puts_out=False, timeout=TIMEOUT)
    except CallFailed as error:
        logger.warning("heartbeat_not_heard", why=str(error))
        return False
    finally:
        web.close()
    return True
