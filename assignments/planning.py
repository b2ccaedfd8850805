"""The minute pass: who is told what, and when. It asks the tables anew each time.

Nothing depends on a pass having run: the next one finds what the last one would have done, from
a day before the last success on. Run twice, or by two at once, it changes nothing the second
time: a lock lets one in, unique keys hold the rest.

    join        who is assigned what, as cohorts change           joining.py
    follow up   what follows what was finished                    following_up.py
    tell        reminders whose message has gone out              planning_pass.py
    plan        reminders of the coming day, moved, dropped       planning_sql.py, planning_pass.py
    put off     what comes after the day's message had gone
    queue       one message per person, day and channel           day_messages.py
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from assignments import planning_pass
from assignments.day_messages import queue_messages
from assignments.following_up import derive_follow_ups
from assignments.joining import join
from assignments.planning_sql import COMPUTE, DROP_COMPUTED
from outbox.models import Heartbeat

logger = structlog.get_logger(__name__)

HEARTBEAT = "assignments.plan"
BACK = timedelta(days=1)  # before the last success
AHEAD = timedelta(days=1)
LATEST = timedelta(hours=48)
MOST_DAYS_PUT_OFF = 7
MANY = 2000  # new rows after which the next statements should know how many there are
LOCK = "SELECT pg_try_advisory_xact_lock(hashtext('assignments.plan'))"
WINDOW = """
SELECT mot_now(), (SELECT at FROM outbox_heartbeat WHERE name = %s)
"""


def run_pass() -> dict[str, int] | None:
    """One pass; what it changed, or None where another one is at it."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(LOCK)
            (is_mine,) = cursor.fetchone()
        if not is_mine:
            return None
        changed = join()
        changed["follow_ups"] = _follow_up()
        changed |= plan_reminders()
        Heartbeat.beat(HEARTBEAT)
    if any(changed.values()):
        logger.info("planned", **changed)
    return changed


def _follow_up() -> int:
    """Derive follow-ups; a fault in them must not keep reminders from being planned."""
    try:
        with transaction.atomic():
            return derive_follow_ups()
    except Exception:
        logger.exception("follow_ups_failed")
        return 0


@transaction.atomic
def plan_reminders() -> dict[str, int]:
    """Bring reminders and the messages of their days up to date; says what changed."""
    with connection.cursor() as cursor:
        low, high = _window(cursor)
        changed = {"told": _count(cursor, planning_pass.TELL)}
        compute(cursor, low=low, high=high)
        cursor.execute(planning_pass.TOUCHED)
        changed["dropped"] = _count(cursor, planning_pass.DROP)
        changed["forgotten"] = _count(cursor, planning_pass.FORGET, {"low": low})
        changed["moved"] = _counted(cursor, planning_pass.MOVE)
        changed["planned"] = _counted(cursor, planning_pass.ADD)
        changed["put_off"] = _put_off(cursor)
        changed["messages"] = queue_messages(cursor)
        if changed["planned"] > MANY:
            cursor.execute("SET LOCAL default_statistics_target TO DEFAULT")
            cursor.execute("ANALYZE assignments_reminder, outbox_message")
        cursor.execute(f"{DROP_COMPUTED}, mot_touched, mot_fresh")
    return changed


def compute(
    cursor: CursorWrapper,
    *,
    low: datetime,
    high: datetime,
    assignments: Sequence[int] | None = None,
    people: Sequence[int] | None = None,
) -> None:
    """Fill `mot_planned` with the reminders whose moment lies in (low, high]; see PLANNED."""
    about = {
        "low": low,
        "high": high,
        "assignments": None if assignments is None else list(assignments),
        "people": None if people is None else list(people),
    }
    for statement in COMPUTE:
        cursor.execute(statement, about if "%(" in statement else None)


def _window(cursor: CursorWrapper) -> tuple[datetime, datetime]:
    cursor.execute(WINDOW, [HEARTBEAT])
    now, last = cursor.fetchone()
    low = now - BACK if last is None else min(last, now) - BACK
    return max(low, now - LATEST), now + AHEAD


def _put_off(cursor: CursorWrapper) -> int:
    total = 0
    for _day in range(MOST_DAYS_PUT_OFF):
        cursor.execute("ANALYZE mot_touched, mot_fresh")
        cursor.execute(planning_pass.LOCK_DAYS)
        if not (count := _counted(cursor, planning_pass.PUT_OFF)):
            break
        total += count
    return total


def _count(cursor: CursorWrapper, statement: str, about: dict[str, Any] | None = None) -> int:
    cursor.execute(statement, about)
    return cursor.rowcount


def _counted(cursor: CursorWrapper, statement: str) -> int:
    cursor.execute(statement)
    (count,) = cursor.fetchone()
    return int(count)
