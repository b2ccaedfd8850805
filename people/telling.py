"""Tells people something: the inbox always, and the channels that reach them and that they want.

    tell("note-answered", [person.pk], key=f"note:{note.pk}", payload={"note": note.pk})

The kind is registered in `outbox.kinds`; queueing the same key twice is harmless.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from outbox.channels import CHANNELS
from outbox.kinds import KINDS
from outbox.models import Message
from outbox.posting import new_message, queue

Channel = Message.Channel
MESSENGERS = (Channel.WECOM.value, Channel.DINGTALK.value, Channel.FEISHU.value)
# The first of these that reaches a person is theirs, until they choose otherwise.
BY_DEFAULT = (*MESSENGERS, Channel.EMAIL.value, Channel.SMS.value)

# Three steps for whoever has made a common table expression `asked(person_id)`:
#   reached  on which channels that are switched on the person has an address; `place` orders them
#   usual    the one of them that is the person's as long as they have not chosen
#   told     where a message of the kind goes now: (person_id, channel)
# A cadence other than "immediate" leaves the channel out; the digest makes up for daily and weekly.
# What may not be silenced goes out on the usual channel whatever was chosen.
# Parameters: by_default (BY_DEFAULT), channels (those on), kind, may_silence.
TOLD = """
    reached AS (
        SELECT reach.person_id, reach.channel,
               array_position(%(by_default)s::text[], reach.channel) AS place
          FROM people_reach reach
          JOIN asked USING (person_id)
         WHERE reach.channel = ANY(%(channels)s::text[])
    ), usual AS (
        SELECT DISTINCT ON (person_id) person_id, channel
          FROM reached
         WHERE place IS NOT NULL
         ORDER BY person_id, place
    ), told AS (
        SELECT person.id AS person_id, 'inbox' AS channel
          FROM people_user person
          JOIN asked ON asked.person_id = person.id
         WHERE person.is_active AND person.erased_at IS NULL
        UNION ALL
        SELECT reached.person_id, reached.channel
          FROM reached
          LEFT JOIN usual USING (person_id, channel)
          LEFT JOIN people_preference chosen
                 ON chosen.person_id = reached.person_id
                AND chosen.channel = reached.channel
                AND chosen.kind = %(kind)s
         WHERE chosen.cadence = 'immediate'
            OR (usual.person_id IS NOT NULL
                AND (chosen.cadence IS NULL OR NOT %(may_silence)s::boolean))
    )
"""
ASKED = "WITH asked AS (SELECT DISTINCT unnest(%(people)s::bigint[]) AS person_id),"
CHANNELS_FOR = f"{ASKED} {TOLD} SELECT person_id, channel FROM told ORDER BY 1, 2"  # noqa: S608


def told_parameters(kind: str) -> dict[str, Any]:
    """What the steps of `TOLD` ask for, for a kind of message."""
    return {
        "by_default": list(BY_DEFAULT),
        "channels": [channel for channel in CHANNELS if channel in BY_DEFAULT],
        "kind": kind,
        "may_silence": KINDS[kind].may_silence,
    }


def channels_for(kind: str, people: Iterable[int]) -> Sequence[tuple[int, str]]:
    """(person, channel) for each channel on which a message of the kind goes out at once."""
    parameters = told_parameters(kind) | {"people": list(people)}
    with connection.cursor() as cursor:
        cursor.execute(CHANNELS_FOR, parameters)
        return cursor.fetchall()


def tell(
    kind: str,
    people: Iterable[int],
    *,
    key: str,
    payload: dict[str, Any],
    send_at: datetime | None = None,
) -> None:
    """Queue one message per person and channel, in two statements however many people.

    Call it inside the transaction of what it tells about.
    """
    queue(
        new_message(
            key=f"{key}:{person_id}:{channel}",
            kind=kind,
            recipient_id=person_id,
            payload=payload,
            channel=channel,
            send_at=send_at,
        )
        for person_id, channel in channels_for(kind, people)
    )
