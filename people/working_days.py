"""The days of a calendar, worked out ahead so that "five working days later" is a join.

The first half takes values and returns values; the second half keeps the table.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F, Max, Min

from outbox.clock import database_now
from people.models import Calendar, CalendarDay

BACK = timedelta(days=366)
AHEAD = timedelta(days=3 * 366)
SLACK = timedelta(days=31)  # so that a calendar is added to once a month, not every night
# Beyond both ends as far as a blackout may last: nearest open days are found there, too.
MARGIN = timedelta(days=400)
ONE = timedelta(days=1)
DEFAULT_NAME = "工作日历 / Working days"
AT_ONCE = 2000


@dataclass(frozen=True)
class Week:
    """On which days people work: the week, the days that differ from it, the days left alone."""

    weekdays: frozenset[int]  # 1 is Monday
    special: dict[date, bool]  # True: people work on it
    blackouts: tuple[tuple[date, date], ...] = ()

    def works_on(self, day: date) -> bool:
        """Whether people work on the day; a special day goes before the week."""
        return self.special.get(day, day.isoweekday() in self.weekdays)

    def is_black(self, day: date) -> bool:
        """Whether nobody is reminded on the day and nothing falls due on it."""
        return any(first <= day <= last for first, last in self.blackouts)


@dataclass(frozen=True)
class Day:
    """What stands in a row of CalendarDay."""

    day: date
    working: bool
    number: int
    clear_next: date
    open_next: date
    open_prev: date


def days_from(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last, both included."""
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(ordinal)


def work_out(week: Week, first: date, last: date) -> list[Day]:
    """The days from first to last; working days are numbered from 1 on.

    Where nothing is open as far as MARGIN, a day counts as its own nearest one: something that
    is due falls due in a blackout rather than never.
    """
    span = list(days_from(first - MARGIN, last + MARGIN))
    black = _black_days(week, span[0], span[-1])
    clear_next = _nearest(reversed(span), lambda day: day not in black)
    is_open = {day for day in span if day not in black and week.works_on(day)}
    open_next = _nearest(reversed(span), is_open.__contains__)
    open_prev = _nearest(iter(span), is_open.__contains__)
    found, number = [], 0
    for day in days_from(first, last):
        working = week.works_on(day)
        number += working
        found.append(Day(day, working, number, clear_next[day], open_next[day], open_prev[day]))
    return found


def _black_days(week: Week, first: date, last: date) -> Collection[date]:
    return {
        day
        for begins, ends in week.blackouts
        for day in days_from(max(begins, first), min(ends, last))
    }


def _nearest(days: Iterable[date], fits: Callable[[date], bool]) -> dict[date, date]:
    """For each day the last one met so far that fits; the day itself if there was none yet."""
    nearest: date | None = None
    found = {}
    for day in days:
        if fits(day):
            nearest = day
        found[day] = nearest or day
    return found


def week_of(calendar: Calendar) -> Week:
    """What the calendar says, as a value; two queries."""
    return Week(
        weekdays=frozenset(calendar.weekdays),
        special=dict(calendar.special_days.values_list("day", "working")),
        blackouts=tuple(calendar.blackouts.values_list("first_on", "last_on")),
    )


@transaction.atomic
def rebuild(calendar: Calendar) -> Calendar:
    """Work out all days of the calendar anew, and count the rebuild; returns the calendar.

    Whoever changes a calendar does it in the transaction that calls this, and locks it first
    (`locked`). Days worked out earlier stay, so that old dates can still be counted from.
    """
    fresh = locked(calendar.pk)
    today = database_now().date()
    oldest = fresh.days.aggregate(first=Min("day"))["first"]
    first = min(oldest or today, today - BACK)
    fresh.days.all().delete()
    _store(fresh, work_out(week_of(fresh), first, today + AHEAD + SLACK))
    Calendar.objects.filter(pk=fresh.pk).update(version=F("version") + 1)
    fresh.refresh_from_db(fields=["version"])
    return fresh


def extend_all() -> int:
    """Add days to every calendar that ends in less than three years; how many it added.

    What is there keeps its numbers, so nothing has to be planned again.
    """
    today = database_now().date()
    ends = Calendar.objects.annotate(last=Max("days__day")).values_list("pk", "last")
    short = [pk for pk, last in ends if last is None or last < today + AHEAD]
    return sum(_extend(pk, today) for pk in short)


@transaction.atomic
def _extend(calendar_id: int, today: date) -> int:
    calendar = locked(calendar_id)
    edges = calendar.days.aggregate(first=Min("day"), last=Max("day"))
    first = edges["first"] or today - BACK
    days = work_out(week_of(calendar), first, today + AHEAD + SLACK)
    return _store(calendar, [day for day in days if not edges["last"] or day.day > edges["last"]])


def locked(calendar_id: int) -> Calendar:
    """The calendar, held until the transaction ends: two who edit it follow one another."""
    return Calendar.objects.select_for_update().get(pk=calendar_id)


@transaction.atomic
def default_calendar() -> Calendar:
    """The calendar of every cohort that has none; made, Monday to Friday, if there is none."""
    found = Calendar.objects.filter(is_default=True).first()
    if found is not None:
        return found
    return rebuild(Calendar.objects.create(name=DEFAULT_NAME, is_default=True))


def _store(calendar: Calendar, days: list[Day]) -> int:
    rows = (
        CalendarDay(
            calendar=calendar,
            day=one.day,
            working=one.working,
            number=one.number,
            clear_next=one.clear_next,
            open_next=one.open_next,
            open_prev=one.open_prev,
        )
        for one in days
    )
    return len(CalendarDay.objects.bulk_create(rows, batch_size=AT_ONCE))
