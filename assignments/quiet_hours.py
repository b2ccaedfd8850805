"""When a message that was held up on its way may go on: not in anybody's quiet hours."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from assignments.models import Reminder
from mot_course.web import zone
from outbox.clock import database_now
from outbox.models import Message

QUIET_FROM, QUIET_TO = time(21), time(8)  # of plans that say nothing else, and of follow-ups
Hours = tuple[time, time]


def rest_until(messages: Sequence[Message]) -> dict[int, datetime]:
    """Until when each message has to wait; none for those that may go now. Two queries."""
    now = database_now()
    hours = _hours_of(messages)
    found: dict[int, datetime] = {}
    for message in messages:
        if message.recipient is None:
            continue
        local = now.astimezone(zone(message.recipient.tz))
        day = date.fromisoformat(message.payload["day"])
        quiet = hours.get((message.recipient_id or 0, day), {(QUIET_FROM, QUIET_TO)})
        ends = [end for one in quiet if (end := end_of_quiet(local, *one))]
        if ends:
            found[message.pk] = max(ends)
    return found


def end_of_quiet(local: datetime, quiet_from: time, quiet_to: time) -> datetime | None:
    """When the quiet hours in which `local` lies are over; None outside of them."""
    clock = local.time()
    if quiet_from < quiet_to:
        is_quiet, is_tomorrow = quiet_from <= clock < quiet_to, False
    else:
        is_quiet, is_tomorrow = clock >= quiet_from or clock < quiet_to, clock >= quiet_from
    if not is_quiet:
        return None
    day = local.date() + timedelta(days=is_tomorrow)
    return datetime.combine(day, quiet_to, tzinfo=local.tzinfo)


def _hours_of(messages: Sequence[Message]) -> dict[tuple[int, date], set[Hours]]:
    """The quiet hours of the plans that speak in each message, by recipient and day."""
    rows = Reminder.objects.filter(
        recipient__in={message.recipient_id for message in messages},
        day__in={message.payload["day"] for message in messages},
        dropped_because="",
    ).values_list("recipient", "day", "rule__plan__quiet_from", "rule__plan__quiet_to")
    hours: dict[tuple[int, date], set[Hours]] = {}
    for recipient, day, quiet_from, quiet_to in rows.distinct():
        hours.setdefault((recipient, day), set()).add((quiet_from, quiet_to))
    return hours
