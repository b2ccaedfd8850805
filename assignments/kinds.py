"""What a reminder and an escalation say, and whether they are still wanted: asked at sending.

A message names a person and a day. What it tells is looked up when it leaves: the reminders of
that day which still hold, and the follow-ups. A reminder that holds no longer is dropped with its
reason; when nothing is left, the message is cancelled.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext

from assignments.following_up import due_rows
from assignments.models import Reminder, Rule
from assignments.quiet_hours import rest_until
from assignments.saying import said_day, said_time
from assignments.where_to import places_for
from mot_course.web import address, zone
from outbox.clock import database_now
from outbox.kinds import Mail, MessageKind, Row
from outbox.models import Message
from people.duties import pairs_reached
from people.models import Preference

REMINDER, ESCALATION = "reminder", "escalation"
OF_USE = timedelta(hours=48)
MOST_NAMED = 15  # people in one escalation; the page has all of them
NOTHING_LEFT = "nothing is left to remind of"
Key = tuple[int, date, bool]  # recipient, day, whether it is about others


@dataclass
class Told:
    """What one message has to tell."""

    reminders: list[Reminder] = field(default_factory=list)
    rows: dict[str, list[Row]] = field(default_factory=dict)  # follow-ups, by language
    urls: dict[int, str] = field(default_factory=dict)  # assignment → where to go on
    now: datetime | None = None


def wanted(messages: Sequence[Message]) -> dict[int, str | None]:
    """Why each message is not wanted any more, or None; five queries at most for the batch."""
    left, gone = _sort(_reminders_of(messages))
    _drop(gone)
    following = due_rows(_pairs(messages))
    silenced = _silenced(messages)
    reasons: dict[int, str | None] = {}
    for message in messages:
        reminders = left.get(_key(message), [])
        if not reminders and not following.get(_pair(message)):
            reasons[message.pk] = NOTHING_LEFT
        elif message.pk in silenced and not any(_is_mandatory(one) for one in reminders):
            reasons[message.pk] = "the person does not want it on this channel"
        else:
            reasons[message.pk] = None
    return reasons


def prepare(messages: Sequence[Message]) -> None:
    """Hang on each message what it tells; the number of queries does not grow with the batch."""
    left, _gone = _sort(_reminders_of(messages))
    assigned = {(one.assignee.person_id, one.assignee.assignment) for one in _flat(left.values())}
    urls = places_for(assigned)
    following: dict[str, dict[tuple[int, date], list[Row]]] = {}
    for language in {_language(message) for message in messages if message.kind == REMINDER}:
        with translation.override(language):
            following[language] = due_rows(_pairs(messages))
    now = database_now()
    for message in messages:
        reminders = left.get(_key(message), [])
        told = Told(reminders, now=now)
        for one in reminders:
            key = (one.assignee.person_id, one.assignee.assignment_id)
            told.urls[one.assignee.assignment_id] = urls[key]
        if message.kind == REMINDER:
            for language, rows in following.items():
                told.rows[language] = rows.get(_pair(message), [])
        message.prepared = told  # type: ignore[attr-defined]


def render_reminder(message: Message, language: str) -> Mail:
    """What is left to do: title, when it is due, and where to go on."""
    told = _told(message)
    assert told.now is not None
    latest = _one_per_assignment(told.reminders)
    rows = [_row(one, told) for one in latest]
    rows += told.rows.get(_language(message), [])
    # A rule's own line takes the place of the usual one.
    lines = list(dict.fromkeys(one.rule.text for one in latest if one.rule.text))
    lines += [_("Nothing is lost if you stop half-way: you go on where you were.")]
    # "This is on your list:" stands right before the list.
    opening = _opening(latest, rows)
    return Mail(
        subject=_subject(latest, rows),
        body="\n\n".join([*lines, opening] if latest else [opening, *lines]),
        url=rows[0].url,
        button=_("Go on") if latest else _("Begin"),
        rows=tuple(rows),
    )


def render_escalation(message: Message, language: str) -> Mail:
    """Who of the recipient's people may need a hand, and with what."""
    told = _told(message)
    assert told.now is not None
    found = _one_per_assignment(told.reminders)
    people = {one.assignee.person_id for one in found}
    subject = ngettext(
        "%(n)s person may need a hand", "%(n)s people may need a hand", len(people)
    ) % {"n": len(people)}
    rows = [
        Row(
            _("%(name)s: %(title)s")
            % {"name": one.assignee.person, "title": one.assignee.assignment.title},
            _said_due(one, told.now),
            _cohort_url(one),
        )
        for one in found[:MOST_NAMED]
    ]
    if len(found) > MOST_NAMED:
        rest = len(found) - MOST_NAMED
        more = ngettext("and %(n)s more", "and %(n)s more", rest) % {"n": rest}
        rows.append(Row(more, url=_cohort_url(found[MOST_NAMED])))
    lines = list(dict.fromkeys(one.rule.text for one in found if one.rule.text))
    lines += [
        _("Ask what stands in the way before you ask for a date. An extension is one tap away.")
    ]
    return Mail(subject, "\n\n".join(lines), rows[0].url, _("See who"), tuple(rows))


def _told(message: Message) -> Told:
    if not hasattr(message, "prepared"):
        prepare([message])
    told: Told = message.prepared  # type: ignore[attr-defined]
    return told


# --- what holds ---------------------------------------------------------------------------------


def reason_against(reminder: Reminder) -> str:
    """Why the reminder is not told any more, in the word that `dropped_because` keeps; or ""."""
    assignee, due = reminder.assignee, reminder.assignee.due
    rule, is_of_due = reminder.rule, reminder.rule.anchor == Rule.Anchor.DUE
    checks = (
        (assignee.assignment.cancelled_at is not None, "cancelled"),
        (assignee.waived_at is not None, "waived"),
        (assignee.left_at is not None, "left"),
        (not due.is_live, "deactivated"),
        (rule.plan_id != assignee.assignment.plan_id, "plan"),
        (rule.anchor != Rule.Anchor.FINISHED and due.finished_at is not None, "finished"),
        (
            is_of_due and due.due_on != reminder.due_on,
            "extended" if assignee.extended_to else "moved",
        ),
    )
    return next((word for is_so, word in checks if is_so), "")


def _reminders_of(messages: Sequence[Message]) -> list[Reminder]:
    """The reminders of the messages' people and days that have not been dropped."""
    return list(
        Reminder.objects.filter(
            recipient__in={message.recipient_id for message in messages},
            day__in={_day(message) for message in messages},
            dropped_because="",
        )
        .select_related(
            "rule",
            "assignee__due",
            "assignee__person",
            "assignee__through",
            "assignee__assignment__course",
            "assignee__assignment__unit",
            "assignee__assignment__quiz",
            "assignee__assignment__case",
        )
        .order_by("assignee__due__due_at", "meant_at", "pk")
    )


def _sort(
    reminders: Iterable[Reminder],
) -> tuple[dict[Key, list[Reminder]], dict[str, list[Reminder]]]:
    """Those that hold by person and day, and the others by their reason."""
    left: dict[Key, list[Reminder]] = {}
    gone: dict[str, list[Reminder]] = {}
    reminders = list(reminders)
    others = [one for one in reminders if one.rule.audience != Rule.Audience.TRAINEE]
    looked_after = (
        pairs_reached(
            {one.recipient_id for one in others}, {one.assignee.person_id for one in others}
        )
        if others
        else set()
    )
    for one in reminders:
        is_about_others = one.rule.audience != Rule.Audience.TRAINEE
        pair = (one.recipient_id, one.assignee.person_id)
        if reason := reason_against(one):
            gone.setdefault(reason, []).append(one)
        elif is_about_others and pair not in looked_after:
            gone.setdefault("duty", []).append(one)  # names go to nobody who has lost the right
        else:
            left.setdefault((one.recipient_id, one.day, is_about_others), []).append(one)
    return left, gone


def _drop(gone: dict[str, list[Reminder]]) -> None:
    """Note why; at most one statement per reason, of which there are eight."""
    for reason, reminders in gone.items():
        waiting = [one.pk for one in reminders if one.told_at is None]
        if waiting:
            Reminder.objects.filter(pk__in=waiting, told_at=None, dropped_because="").update(
                dropped_because=reason
            )


def _silenced(messages: Sequence[Message]) -> set[int]:
    """The messages whose person has said since that they do not want them on that channel."""
    beside = [message for message in messages if message.channel != Message.Channel.INBOX]
    if not beside:
        return set()
    wishes = set(
        Preference.objects.filter(
            person__in={message.recipient_id for message in beside},
            kind__in={message.kind for message in beside},
        )
        .exclude(cadence=Preference.Cadence.IMMEDIATE)
        .values_list("person", "kind", "channel")
    )
    return {
        message.pk
        for message in beside
        if (message.recipient_id, message.kind, message.channel) in wishes
    }


def _is_mandatory(reminder: Reminder) -> bool:
    return reminder.assignee.assignment.mandatory


def _one_per_assignment(reminders: Iterable[Reminder]) -> list[Reminder]:
    """The latest of each assignee's: two rules on one day are said once."""
    return list({one.assignee_id: one for one in reminders}.values())


# --- words --------------------------------------------------------------------------------------


def _row(reminder: Reminder, told: Told) -> Row:
    assignment = reminder.assignee.assignment
    assert told.now is not None
    return Row(assignment.title, _said_due(reminder, told.now), told.urls[assignment.pk])


def _said_due(reminder: Reminder, now: datetime) -> str:
    """When it is due, by the reader's clock, and where that clock stands."""
    due = reminder.assignee.due
    if due.finished_at is not None:
        return _("Finished")
    if due.due_at is None:
        return _("No due date")
    here = timezone.get_current_timezone_name()
    local = due.due_at.astimezone(zone(here))
    when = {"day": said_day(local.date()), "time": said_time(local.time()), "zone": here}
    if due.due_at >= now:
        return _("Due %(day)s, %(time)s (%(zone)s)") % when
    late = max((now.astimezone(zone(here)).date() - local.date()).days, 0)
    if late == 0:
        return _("Was due today, %(time)s (%(zone)s)") % when
    return ngettext(
        "Was due %(n)s day ago: %(day)s, %(time)s (%(zone)s)",
        "Was due %(n)s days ago: %(day)s, %(time)s (%(zone)s)",
        late,
    ) % (when | {"n": late})


def _subject(reminders: list[Reminder], rows: list[Row]) -> str:
    if len(rows) == 1:
        return rows[0].title
    return ngettext("%(n)s thing for you", "%(n)s things for you", len(rows)) % {"n": len(rows)}


def _opening(reminders: list[Reminder], rows: list[Row]) -> str:
    if not reminders:
        return _("A few minutes, so that what you learned stays with you.")
    if len(rows) > 1:
        return _("This is on your list:")
    if reminders[0].rule.anchor == Rule.Anchor.OPENS:
        return _("This is new on your list:")
    return _("This is still on your list:")


def _cohort_url(reminder: Reminder) -> str:
    cohort = reminder.assignee.through
    if cohort is None:
        return address("assignments:assignment", reminder.assignee.assignment_id)
    return address("cohorts:cohort", cohort.slug)


# --- messages -----------------------------------------------------------------------------------


def _day(message: Message) -> date:
    return date.fromisoformat(message.payload["day"])


def _pair(message: Message) -> tuple[int, date]:
    return (message.recipient_id or 0, _day(message))


def _key(message: Message) -> Key:
    return (*_pair(message), message.kind == ESCALATION)


def _pairs(messages: Sequence[Message]) -> list[tuple[int, date]]:
    """Whose follow-ups of which day join; those of an escalation's recipient do not."""
    return [_pair(message) for message in messages if message.kind == REMINDER]


def _language(message: Message) -> str:
    person: Any = message.recipient
    return str(person.language or settings.LANGUAGE_CODE)


def _flat(lists: Iterable[list[Reminder]]) -> list[Reminder]:
    return [one for found in lists for one in found]


KINDS = (
    MessageKind(
        REMINDER,
        wanted,
        render_reminder,
        may_silence=True,
        expires_after=OF_USE,
        title=_l("Reminders of what is due"),
        prepare=prepare,
        rest_until=rest_until,
        why=_l("You get this because something was assigned to you."),
    ),
    MessageKind(
        ESCALATION,
        wanted,
        render_escalation,
        may_silence=True,
        expires_after=OF_USE,
        title=_l("Who of your people may need a hand"),
        prepare=prepare,
        rest_until=rest_until,
        why=_l("You get this because you teach or lead a class."),
    ),
)
