"""The statements of sending, each one round trip: claim, begin, settle. By the database's clock.

They are written out because the two in the middle are paid once per message: `settle_and_begin`
notes how one message ended and that the next begins, and commits both at once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from outbox.clock import Now
from outbox.models import Delivery, Message

State = Message.State
Values = dict[str, Any]  # what a statement is filled with
LEASE = timedelta(minutes=3)
REASON = 300  # characters of a reason that are kept

ARE_SENDING = """NOT EXISTS (
    SELECT FROM outbox_switch WHERE name = 'sending' AND paused_at IS NOT NULL)"""

# `due` looks at what is committed; a row that another sender has locked is passed by.
CLAIM = f"""
    WITH due AS (
        SELECT id FROM outbox_message
         WHERE state = 'queued' AND channel = %(channel)s AND next_try_at <= mot_now()
           AND {ARE_SENDING}
         ORDER BY next_try_at, id LIMIT %(size)s FOR UPDATE SKIP LOCKED
    )
    UPDATE outbox_message message
       SET state = 'leased', lease_token = %(token)s, lease_until = mot_now() + %(lease)s,
           begun_at = NULL
      FROM due WHERE message.id = due.id
    RETURNING message.id
"""  # noqa: S608 -- a fixed text

# Who finds the row after a crash knows by `begun_at` that its mail may be out.
SETTLE_AND_BEGIN = f"""
    WITH settled AS (
        UPDATE outbox_message
           SET state = %(state)s, reason = %(reason)s, provider_id = %(provider_id)s,
               lease_token = NULL, lease_until = NULL, begun_at = NULL,
               tries = tries + %(tries)s,
               sent_at = CASE WHEN %(state)s = 'sent' THEN mot_now() END,
               next_try_at = CASE WHEN %(state)s = 'queued' THEN mot_now() + %(pause)s
                                  ELSE next_try_at END
         WHERE id = %(ended)s AND lease_token = %(token)s
        RETURNING id
    ), logged AS (
        INSERT INTO outbox_delivery (message_id, at, event, detail)
        SELECT id, mot_now(),
               CASE WHEN id IN (SELECT id FROM settled) THEN %(event)s
                    ELSE 'late ' || %(event)s END,
               %(reason)s
          FROM outbox_message WHERE id = %(ended)s
    ), begun AS (
        UPDATE outbox_message
           SET begun_at = mot_now(), lease_until = mot_now() + %(lease)s, tries = tries + 1
         WHERE id = %(next)s AND lease_token = %(token)s AND lease_until > mot_now()
           AND {ARE_SENDING}
        RETURNING id
    )
    SELECT EXISTS (SELECT FROM settled), EXISTS (SELECT FROM begun)
"""  # noqa: S608 -- a fixed text

CANCEL = """
    WITH given(id, reason) AS (SELECT * FROM unnest(%(ids)s::bigint[], %(reasons)s::text[])),
    settled AS (
        UPDATE outbox_message message
           SET state = 'cancelled', reason = given.reason,
               lease_token = NULL, lease_until = NULL, begun_at = NULL
          FROM given WHERE message.id = given.id AND message.lease_token = %(token)s
        RETURNING message.id, message.reason
    )
    INSERT INTO outbox_delivery (message_id, at, event, detail)
    SELECT id, mot_now(), 'cancelled', reason FROM settled
"""


@dataclass(frozen=True)
class End:
    """How the sending of a message ended."""

    message_id: int
    state: str
    reason: str = ""
    provider_id: str = ""
    pause: timedelta = timedelta(0)  # until the next try of what is queued again
    is_begun: bool = True  # otherwise this end counts as a try itself
    event: str = ""  # what the log calls it, where that is not the state


def claim(channel: str, token: UUID, size: int) -> list[int]:
    """Lease up to `size` due messages of the channel under the token; their ids."""
    with connection.cursor() as cursor:
        values: Values = {"channel": channel, "size": size, "token": str(token), "lease": LEASE}
        cursor.execute(CLAIM, values)
        return [pk for (pk,) in cursor.fetchall()]


def claimed(ids: Iterable[int], token: UUID) -> list[Message]:
    """The messages leased under the token, with their people, oldest first, and their `age`."""
    mine = Message.objects.filter(pk__in=list(ids), lease_token=token)
    mine = mine.select_related("recipient", "robot").annotate(age=Now() - F("send_at"))
    return list(mine.order_by("next_try_at", "pk"))


def release(ids: Sequence[int], token: UUID) -> int:
    """Queue again what was leased under the token and never begun; say how many."""
    return Message.objects.filter(pk__in=ids, lease_token=token, begun_at=None).update(
        state=State.QUEUED, lease_token=None, lease_until=None
    )


def begin(message_id: int, token: UUID) -> bool:
    """Note that sending starts now; False if the lease is no longer ours, or sending paused."""
    return settle_and_begin(None, message_id, token)[1]


def settle(end: End, token: UUID) -> bool:
    """Write down how it ended if the lease is still ours, and log the event either way."""
    return settle_and_begin(end, None, token)[0]


def settle_and_begin(end: End | None, next_id: int | None, token: UUID) -> tuple[bool, bool]:
    """Both in one statement and one commit; whether each has happened."""
    ended: Values = {
        "ended": end.message_id if end else None,
        "state": end.state if end else "",
        "event": (end.event or end.state) if end else "",
        "reason": clean(end.reason) if end else "",
        "provider_id": clean(end.provider_id)[:120] if end else "",
        "pause": end.pause if end else timedelta(0),
        "tries": 0 if end is None or end.is_begun else 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            SETTLE_AND_BEGIN, ended | {"next": next_id, "token": str(token), "lease": LEASE}
        )
        settled, begun = cursor.fetchone()
    return settled, begun


def cancel(reasons: dict[int, str], token: UUID) -> None:
    """Cancel messages leased under the token, each with its reason, in one statement."""
    if not reasons:
        return
    with connection.cursor() as cursor:
        given: Values = {"ids": list(reasons), "reasons": [clean(why) for why in reasons.values()]}
        cursor.execute(CANCEL, given | {"token": str(token)})


def settle_lost(channel: str, *, is_idempotent: bool) -> int:
    """Look after messages whose sender died; how many are ambiguous now.

    Never begun is queued again. Begun is ambiguous, unless the channel's server knows a message
    that it has had before: then it is queued, and asked again.
    """
    why = "the sender stopped while sending"
    with transaction.atomic():
        lost = list(
            Message.objects.with_lost_lease()
            .filter(channel=channel)
            .select_for_update(skip_locked=True)
        )
        if not lost:
            return 0
        begun = [message.pk for message in lost if message.begun_at]
        fields = {"lease_token": None, "lease_until": None, "begun_at": None}
        after = State.QUEUED if is_idempotent else State.AMBIGUOUS
        Message.objects.filter(pk__in=begun).update(state=after, reason=why, **fields)
        Message.objects.filter(pk__in=[m.pk for m in lost if not m.begun_at]).update(
            state=State.QUEUED, **fields
        )
        event = "unknown" if is_idempotent else State.AMBIGUOUS.value
        Delivery.objects.bulk_create(
            Delivery(message_id=pk, event=event, detail=why) for pk in begun
        )
    return 0 if is_idempotent else len(begun)


def clean(text: str) -> str:
    """The text as a column bears it."""
    return text.replace("\x00", "")[:REASON]
