"""When the clock rings, and for which task. A bell that nobody answered in time is dropped."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any


def beat_schedule(channels: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Celery beat's entries, one bell for each channel on which messages leave."""
    return {
        **{
            f"send what is due: {channel}": {
                "task": "outbox.send_due_messages",
                "args": [channel],
                "schedule": timedelta(seconds=5),
                "options": {"expires": 5},
            }
            for channel in channels
        },
        "plan reminders and follow-ups": {
            "task": "assignments.plan",
            "schedule": timedelta(minutes=1),
            "options": {"expires": 55},
        },
        "submit attempts whose time is over": {
            "task": "quizzes.submit_overdue_attempts",
            "schedule": timedelta(minutes=1),
            "options": {"expires": 60},
        },
        "count completions again": {
            "task": "units.recount_completions",
            "schedule": timedelta(hours=24),
            "options": {"expires": 3600},
        },
        "delete recordings that were kept their time": {
            "task": "quizzes.forget_recordings",
            "schedule": timedelta(hours=24),
            "options": {"expires": 3600},
        },
        "work out the days of calendars further ahead": {
            "task": "people.extend_calendars",
            "schedule": timedelta(hours=24),
            "options": {"expires": 3600},
        },
        "plan the digests of this morning": {
            "task": "people.plan_digests",
            "schedule": timedelta(minutes=5),
            "options": {"expires": 300},
        },
        "forget old sessions and links": {
            "task": "people.forget_what_is_over",
            "schedule": timedelta(hours=6),
            "options": {"expires": 3600},
        },
    }
