"""The calendar feed: somebody's due dates and follow-ups, for the calendar on their phone.

The address is the secret: calendar programs cannot sign in. We keep the hash of its token; a new
address ends the old one.
"""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from assignments.models import Assignee, Feed, FollowUp
from mot_course.web import zone
from outbox.clock import Now, database_now
from people.models import User

KEPT = timedelta(days=90)  # what was due longer ago is left out
REFRESH = timedelta(hours=1)
ALARM_BEFORE = timedelta(days=1)


@transaction.atomic
def make_feed(person: User) -> str:
    """A new secret address for the person's feed; the one before stops working."""
    User.objects.select_for_update().only("pk").get(pk=person.pk)
    revoke_feed(person)
    token = secrets.token_urlsafe(32)
    Feed.objects.create(person=person, token_hash=_hash(token))
    return settings.SITE_URL + reverse("feed:feed", args=[token])


def revoke_feed(person: User) -> int:
    """End the person's feed; how many there were, one or none."""
    return Feed.objects.filter(person=person, revoked_at=None).update(revoked_at=Now())


def person_of(token: str) -> User | None:
    """Whose feed it is; None for a wrong or ended address, and for people who have left."""
    live = Feed.objects.filter(token_hash=_hash(token), revoked_at=None).select_related("person")
    feed = live.filter(person__is_active=True, person__erased_at=None).first()
    return feed.person if feed else None


def calendar_of(person: User) -> bytes:
    """The person's due dates and open follow-ups as an iCalendar file, in their language."""
    now = database_now()
    assigned = assignees_with_dates().filter(person=person, due__due_at__gt=now - KEPT)
    follow_ups = (
        FollowUp.objects.filter(person=person, done_at=None, dropped_because="")
        .exclude(kind=FollowUp.Kind.OBSERVATION)
        .select_related("unit", "course")
    )
    with translation.override(person.language or settings.LANGUAGE_CODE):
        events = [_due_event(one, now) for one in assigned.order_by("due__due_at", "pk")]
        events += [_follow_up_event(one, now) for one in follow_ups.order_by("due_on", "pk")]
        return _file(events)


def event_of(assignee: Assignee) -> bytes:
    """One due date as a file of its own; the assignee comes from `assignees_with_dates`."""
    with translation.override(assignee.person.language or settings.LANGUAGE_CODE):
        return _file([_due_event(assignee, database_now())])


def assignees_with_dates() -> QuerySet[Assignee]:
    """Assignees that are due some day, with all that an event tells."""
    return Assignee.objects.filter(due__due_at__isnull=False).select_related(
        "due", "due__calendar", "person", "assignment__course", "assignment__unit",
        "assignment__quiz", "assignment__case",
    )  # fmt: skip


def _due_event(assignee: Assignee, now: datetime) -> Event:
    due, assignment, due_at = assignee.due, assignee.assignment, _due_at(assignee)
    event = _event(f"assignee-{assignee.pk}", now)
    # Each of these only ever grows, so a change in any of them is a later version.
    number = assignment.version + assignee.version + bool(due.finished_at) * 2
    if assignment.due_days and due.calendar:
        number += due.calendar.version
    event.add("sequence", number)
    event.add("dtstart", due_at.astimezone(UTC))
    event.add("dtend", due_at.astimezone(UTC))
    event.add("summary", f"{_status(assignee, now)} {assignment.title}")
    event.add("status", "CONFIRMED" if due.is_live else "CANCELLED")
    local = due_at.astimezone(zone(due.zone))
    when = date_format(local, "DATETIME_FORMAT")
    told = [_("Due %(when)s, time zone %(zone)s.") % {"when": when, "zone": due.zone}]
    if assignee.extended_to and due.planned_on and assignee.extended_to != due.planned_on:
        first = date_format(due.planned_on, "DATE_FORMAT")
        told.append(_("Extended; it was to be done by %(day)s.") % {"day": first})
    event.add("description", "\n".join(told))
    event.add("url", settings.SITE_URL + _page_of(assignee))
    if due.is_live and not due.finished_at and due_at > now:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("trigger", -ALARM_BEFORE)
        alarm.add("description", assignment.title)
        event.add_component(alarm)
    return event


def _status(assignee: Assignee, now: datetime) -> str:
    due = assignee.due
    if not due.is_live:
        return _("[not needed]")
    if due.finished_at:
        return _("[done]")
    if _due_at(assignee) < now:
        return _("[overdue]")
    return _("[extended]") if assignee.extended_to else _("[due]")


def _due_at(assignee: Assignee) -> datetime:
    """When it is due; `assignees_with_dates` gives none that is not."""
    assert assignee.due.due_at is not None
    return assignee.due.due_at


def _page_of(assignee: Assignee) -> str:
    what = assignee.assignment
    if what.course:
        return reverse("units:course", args=[what.course.slug])
    if what.unit:
        return reverse("units:unit", args=[what.unit.slug])
    if what.quiz:
        return reverse("quizzes:quiz", args=[what.quiz.slug])
    return reverse("cases:case", args=[what.case.slug]) if what.case else "/"


def _follow_up_event(follow_up: FollowUp, now: datetime) -> Event:
    event = _event(f"follow-up-{follow_up.pk}", now)
    about = follow_up.unit or follow_up.course
    words = str(follow_up.get_kind_display())
    event.add("summary", f"{words} · {about.title}" if about else words)
    event.add("dtstart", follow_up.due_on)
    event.add("dtend", follow_up.due_on + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("url", settings.SITE_URL + "/follow-ups/")
    return event


def _event(name: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{name}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("class", "PRIVATE")
    return event


def _file(events: Iterable[Event]) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//MOT Course//due dates//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("MOT Course"))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for event in events:
        calendar.add_component(event)
    return calendar.to_ical()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
