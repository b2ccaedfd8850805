"""What kind of days a calendar has: working days, days off, holidays, make-up days, blackouts."""

from collections.abc import Iterable
from datetime import date, timedelta

from assignments.timelines import BLACKOUT, HOLIDAY, MAKE_UP, WEEKEND, WORKING, Look
from people.models import Blackout, CalendarDay, SpecialDay

MOST_DAYS = 400


def looks_of(calendar: int | None, days: Iterable[date]) -> dict[date, Look]:
    """The looks of every day from the first of these days to the last. Three queries."""
    span = sorted(days)
    if calendar is None or not span:
        return {}
    first = span[0]
    last = min(span[-1], first + timedelta(days=MOST_DAYS))
    working = dict(
        CalendarDay.objects.filter(calendar=calendar, day__range=(first, last)).values_list(
            "day", "working"
        )
    )
    special = {
        one.day: one
        for one in SpecialDay.objects.filter(calendar=calendar, day__range=(first, last))
    }
    looks = {day: Look(WORKING if works else WEEKEND) for day, works in working.items()}
    for day, one in special.items():
        looks[day] = Look(MAKE_UP if one.working else HOLIDAY, one.why)
    for black in Blackout.objects.filter(calendar=calendar, first_on__lte=last, last_on__gte=first):
        day = max(black.first_on, first)
        while day <= min(black.last_on, last):
            looks[day] = Look(BLACKOUT, black.why)
            day += timedelta(days=1)
    return looks
