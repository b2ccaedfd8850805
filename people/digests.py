"""Digests: what came in since the last time, together, on the person's own working mornings.

Whoever has chosen "once a day" or "once a week" for a kind on a channel gets one digest there at
nine, of what stands unread in their inbox. Daily: each working day; weekly: the first of the
week. No digest in a blackout. What went out on the channel by itself is not told again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from outbox.channels import CHANNELS
from outbox.kinds import KINDS, Mail, MessageKind, Row
from outbox.models import Message, Notice
from outbox.posting import new_message, queue
from people.models import Preference
from people.preferences import DIGEST
from people.telling import BY_DEFAULT

MOST_ROWS = 20

# Whose morning it is: they chose digests, have the address, and work today after nine.
# Working days come from the calendar; a day that it does not hold goes by the week.
# `since`: up to where the last digest told, for each of the two; at first a few days back.
PLAN = """
    WITH chosen AS MATERIALIZED (
        SELECT preference.person_id, preference.channel, preference.kind, preference.cadence,
               person.tz, mot_now() AT TIME ZONE person.tz AS local
          FROM people_preference preference
          JOIN people_user person ON person.id = preference.person_id
          JOIN people_reach USING (person_id, channel)
         WHERE preference.cadence IN ('daily', 'weekly')
           AND preference.kind = ANY(%(kinds)s::text[])
           AND preference.channel = ANY(%(channels)s::text[])
           AND NOT EXISTS (
               SELECT 1 FROM people_preference none
                WHERE none.person_id = preference.person_id AND none.kind = 'digest'
                  AND none.channel = preference.channel AND none.cadence = 'never')
    ), morning AS MATERIALIZED (
        SELECT chosen.*, local::date AS today, own.calendar_id
          FROM chosen
          LEFT JOIN people_personcalendar own USING (person_id)
         WHERE local::time BETWEEN '09:00' AND '20:00'
    ), due AS (
        SELECT morning.*
          FROM morning
          LEFT JOIN people_calendarday day
                 ON day.calendar_id = morning.calendar_id AND day.day = morning.today
         WHERE coalesce(day.working AND day.clear_next = day.day, extract(isodow FROM today) < 6)
           AND (cadence = 'daily' OR NOT EXISTS (
                SELECT 1
                  FROM generate_series(date_trunc('week', local), local - interval '1 day',
                                       interval '1 day') AS week(earlier)
                  LEFT JOIN people_calendarday before
                         ON before.calendar_id = morning.calendar_id
                        AND before.day = earlier::date
                 WHERE coalesce(before.working AND before.clear_next = before.day,
                                extract(isodow FROM earlier) < 6)))
    ), told AS (
        SELECT recipient_id, channel,
               max((payload ->> 'until')::timestamptz)
                   FILTER (WHERE payload ->> 'daily' IS NOT NULL) AS daily,
               max((payload ->> 'until')::timestamptz)
                   FILTER (WHERE payload ->> 'weekly' IS NOT NULL) AS weekly
          FROM outbox_message
         WHERE kind = 'digest' AND state NOT IN ('failed', 'cancelled')
           AND recipient_id IN (SELECT person_id FROM due)
         GROUP BY recipient_id, channel
    ), since AS (
        SELECT due.*,
               CASE cadence WHEN 'daily'
                    THEN coalesce(told.daily, mot_now() - interval '4 days')
                    ELSE coalesce(told.weekly, mot_now() - interval '8 days') END AS since
          FROM due
          LEFT JOIN told ON told.recipient_id = due.person_id AND told.channel = due.channel
    )
    SELECT person_id, channel, today, (today + time '09:00') AT TIME ZONE tz AS send_at,
           max(since) FILTER (WHERE cadence = 'daily') AS daily,
           max(since) FILTER (WHERE cadence = 'weekly') AS weekly,
           mot_now() AS until
      FROM since
     WHERE NOT EXISTS (
           SELECT 1 FROM outbox_message planned
            WHERE planned.key = 'digest:' || person_id || ':' || today || ':' || since.channel)
       AND EXISTS (
           SELECT 1
             FROM outbox_notice notice
             JOIN outbox_message arrived ON arrived.id = notice.message_id
            WHERE notice.recipient_id = person_id AND notice.kind = since.kind
              AND notice.read_at IS NULL AND notice.at > since
              AND NOT EXISTS (
                  SELECT 1 FROM outbox_message direct
                   WHERE direct.key = left(arrived.key, -5) || since.channel))
     GROUP BY person_id, channel, today, tz
"""


def plan_digests() -> int:
    """Queue the digests of this morning that are not queued yet; say how many. Two statements."""
    kinds = [kind.slug for kind in KINDS.values() if kind.may_silence and kind.slug != DIGEST]
    channels = [channel for channel in BY_DEFAULT if channel in CHANNELS]
    with connection.cursor() as cursor:
        cursor.execute(PLAN, {"kinds": kinds, "channels": channels})
        mornings = cursor.fetchall()
    queue(
        new_message(
            key=f"digest:{person_id}:{today}:{channel}",
            kind=DIGEST,
            recipient_id=person_id,
            channel=channel,
            payload=_payload(daily, weekly, until),
            send_at=send_at,
        )
        for person_id, channel, today, send_at, daily, weekly, until in mornings
    )
    return len(mornings)


def notices_in(messages: Sequence[Message]) -> dict[int, list[Notice]]:
    """What each digest tells, newest first: what is unread now. Three queries for all."""
    people = {message.recipient_id for message in messages}
    cadences = {
        (one.person_id, one.kind, one.channel): one.cadence
        for one in Preference.objects.filter(person_id__in=people)
    }
    unread: dict[int, list[Notice]] = {}
    waiting = Notice.objects.filter(recipient_id__in=people, read_at=None)
    for notice in waiting.select_related("message").order_by("-pk"):
        unread.setdefault(notice.recipient_id, []).append(notice)
    found = {
        message.pk: [
            notice
            for notice in unread.get(message.recipient_id or 0, [])
            if _belongs(notice, message, cadences)
        ]
        for message in messages
    }
    keys = {_direct_key(notice, message) for message in messages for notice in found[message.pk]}
    direct = set(Message.objects.filter(key__in=keys).values_list("key", flat=True))
    return {
        message.pk: [n for n in found[message.pk] if _direct_key(n, message) not in direct]
        for message in messages
    }


def wanted(messages: Sequence[Message]) -> dict[int, str | None]:
    """Wanted as long as something of it is unread."""
    found = notices_in(messages)
    return {
        message.pk: None if found[message.pk] else "everything in it is read by now"
        for message in messages
    }


def prepare(messages: Sequence[Message]) -> None:
    """Hang its notices on each message."""
    found = notices_in(messages)
    for message in messages:
        message.prepared = found[message.pk]  # type: ignore[attr-defined]


def render(message: Message, language: str) -> Mail:
    """The unread notices as rows, newest first; the button leads to the inbox."""
    prepared = getattr(message, "prepared", None)
    notices = notices_in([message])[message.pk] if prepared is None else prepared
    count = len(notices)
    body = _("This is what has come in for you since the last time.")
    if count > MOST_ROWS:
        rest = count - MOST_ROWS
        body += "\n\n" + ngettext(
            "%(count)s older message stands in your inbox.",
            "%(count)s older messages stand in your inbox.",
            rest,
        ) % {"count": rest}
    return Mail(
        subject=ngettext(
            "%(count)s message from your training",
            "%(count)s messages from your training",
            count,
        )
        % {"count": count},
        body=body,
        url=reverse("inbox:inbox"),
        button=_("Open the inbox"),
        rows=tuple(_row(notice) for notice in notices[:MOST_ROWS]),
    )


DIGEST_KIND = MessageKind(
    slug=DIGEST,
    wanted=wanted,
    prepare=prepare,
    render=render,
    expires_after=timedelta(hours=12),
    title=gettext_lazy("Digests"),
    why=gettext_lazy("You asked for some messages once a day or once a week, together."),
)


def _row(notice: Notice) -> Row:
    day = date_format(timezone.localtime(notice.at), "MONTH_DAY_FORMAT")
    return Row(title=notice.title, note=day, url=notice.url)


def _payload(daily: datetime | None, weekly: datetime | None, until: datetime) -> dict[str, Any]:
    return {
        "daily": daily.isoformat() if daily else None,
        "weekly": weekly.isoformat() if weekly else None,
        "until": until.isoformat(),
    }


def _belongs(notice: Notice, message: Message, cadences: dict[tuple[int, str, str], str]) -> bool:
    cadence = cadences.get((notice.recipient_id, notice.kind, message.channel), "")
    since = message.payload.get(cadence) if cadence in ("daily", "weekly") else None
    until = message.payload.get("until")
    if not since or not until:
        return False
    first, last = parse_datetime(since), parse_datetime(until)
    return first is not None and last is not None and first < notice.at <= last


def _direct_key(notice: Notice, message: Message) -> str:
    """The key that the same message would have on the digest's channel."""
    return notice.message.key.removesuffix("inbox") + message.channel
