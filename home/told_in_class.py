"""How many reminders the people of a class got, wait for, and did not get."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from assignments.models import Reminder, Rule
from home.cohort_facts import people_in
from people.models import Cohort

BACK = timedelta(days=30)


@dataclass(frozen=True)
class ToldCounts:
    """Of the last thirty days and of what waits already."""

    told: int
    waits: int
    dropped: int

    @property
    def is_any(self) -> bool:
        return bool(self.told or self.waits or self.dropped)


def told_counts(cohort: Cohort, now: datetime) -> ToldCounts:
    """The counts, in one query."""
    dropped = ~Q(dropped_because="")
    counts = Reminder.objects.filter(
        recipient__in=people_in(cohort),
        rule__audience=Rule.Audience.TRAINEE,
        send_at__gt=now - BACK,
    ).aggregate(
        told=Count("pk", filter=Q(told_at__isnull=False) & ~dropped),
        waits=Count("pk", filter=Q(told_at=None) & ~dropped),
        dropped=Count("pk", filter=dropped),
    )
    return ToldCounts(**counts)
