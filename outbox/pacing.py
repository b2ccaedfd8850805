"""How fast a channel may go: a token bucket by the database's clock, and pauses after trouble."""

import random
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection

from outbox.channels.base import Channel
from outbox.clock import Now
from outbox.leasing import Values, clean
from outbox.models import ChannelState

# As many in a row cost no pause: one mail that a server chokes on is no outage.
PATIENCE = 2
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=10)
BURST = timedelta(seconds=10)  # of the rate, at most, may leave at once after a quiet time

OPEN = """
    INSERT INTO outbox_channelstate (channel, budget, refilled_at, troubles, why)
    VALUES (%(channel)s, %(most)s, mot_now(), 0, '') ON CONFLICT (channel) DO NOTHING
"""
LOCK = """
    SELECT least(%(most)s, budget + greatest(0, extract(epoch FROM mot_now() - refilled_at))
                                    * %(per_second)s)::float8,
           troubles, coalesce(paused_until > mot_now(), false)
      FROM outbox_channelstate WHERE channel = %(channel)s FOR UPDATE
"""
TAKE = """
    UPDATE outbox_channelstate SET budget = %(left)s, refilled_at = mot_now()
     WHERE channel = %(channel)s
"""
GIVE_BACK = """
    UPDATE outbox_channelstate SET budget = least(%(most)s, budget + %(count)s)
     WHERE channel = %(channel)s
"""
TROUBLE = """
    UPDATE outbox_channelstate
       SET troubles = troubles + 1, why = %(why)s,
           paused_until = CASE WHEN troubles >= %(patience)s THEN mot_now() + least(
               %(longest)s, %(first)s * power(2, least(troubles - %(patience)s, 20))
           ) * %(spread)s END
     WHERE channel = %(channel)s RETURNING paused_until IS NOT NULL
"""
RECOVERED = """
    UPDATE outbox_channelstate SET troubles = 0, paused_until = NULL, why = ''
     WHERE channel = %(channel)s AND troubles > 0
"""


@dataclass(frozen=True)
class Room:
    """How many messages may be claimed now (None: as many as wanted), and the troubles so far."""

    messages: int | None
    troubles: int
    budget: float = 0


def most(channel: Channel) -> float:
    """What the bucket holds when it is full; never less than one message."""
    return max(1.0, channel.per_minute * BURST.total_seconds() / 60)


def room(channel: Channel) -> Room:
    """Lock the channel's row and say how many may leave. Inside the transaction that claims."""
    values: Values = {
        "channel": channel.slug,
        "most": most(channel),
        "per_second": channel.per_minute / 60,
    }
    with connection.cursor() as cursor:
        cursor.execute(LOCK, values)
        row = cursor.fetchone()
        if row is None:
            cursor.execute(OPEN, values)
            cursor.execute(LOCK, values)
            row = cursor.fetchone()
    budget, troubles, is_paused = row
    if is_paused:
        return Room(0, troubles)
    # A server that was in trouble is asked with one message, not with a hundred.
    limits = [1] if troubles > PATIENCE else []
    limits += [int(budget)] if channel.per_minute else []
    return Room(min(limits) if limits else None, troubles, budget)


def take(channel: Channel, space: Room, count: int) -> None:
    """Take what was claimed from the bucket. Inside the same transaction."""
    if channel.per_minute:
        with connection.cursor() as cursor:
            values: Values = {"channel": channel.slug, "left": space.budget - count}
            cursor.execute(TAKE, values)


def give_back(channel: Channel, count: int) -> None:
    """Put back what was claimed and did not go to the server."""
    if channel.per_minute and count:
        with connection.cursor() as cursor:
            values: Values = {"channel": channel.slug, "most": most(channel), "count": count}
            cursor.execute(GIVE_BACK, values)


def note_trouble(channel: Channel, why: str) -> bool:
    """One more trouble with the server in a row; True when the channel pauses now."""
    values: Values = {
        "channel": channel.slug,
        "why": clean(why),
        "patience": PATIENCE,
        "first": FIRST_PAUSE,
        "longest": LONGEST_PAUSE,
        "spread": random.uniform(0.75, 1.25),  # noqa: S311 -- spreads load, keeps no secret
    }
    with connection.cursor() as cursor:
        cursor.execute(TROUBLE, values)
        row = cursor.fetchone()
    return bool(row and row[0])


def note_success(channel: Channel) -> None:
    """The server took something: no trouble any more."""
    with connection.cursor() as cursor:
        cursor.execute(RECOVERED, {"channel": channel.slug})


def is_paused(slug: str) -> bool:
    """Whether the channel waits after trouble with its server."""
    return ChannelState.objects.filter(channel=slug, paused_until__gt=Now()).exists()
