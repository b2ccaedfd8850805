"""Finds out what became of ambiguous messages, before any of them is sent a second time."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Max

from outbox.channels.base import Channel
from outbox.clock import Now, database_now
from outbox.mail_log import mail_log
from outbox.models import Delivery, Message

logger = structlog.get_logger(__name__)

State = Message.State
AT_ONCE = 500  # ambiguous messages looked at in one pass
# A server's log may be written a little later than the server speaks.
SETTLING = timedelta(minutes=1)


class Ledger(Protocol):
    """Something independent that knows which messages a server has taken."""

    def has(self, message_id: str, since: datetime, until: datetime) -> bool | None:
        """Whether it was taken in that time; None: it cannot tell."""


def ledger_of(channel: str) -> Ledger | None:
    """Who can be asked about the channel's messages."""
    if channel == Message.Channel.EMAIL and settings.MAIL_LOG:
        return mail_log(settings.MAIL_LOG)
    return None


def reconcile(channel: str) -> Counter[str]:
    """Settle the channel's ambiguous messages of which the ledger knows; say how many and how."""
    ends: Counter[str] = Counter()
    ledger = ledger_of(channel)
    if ledger is None:
        return ends
    now = database_now()
    unsure = Message.objects.filter(channel=channel, state=State.AMBIGUOUS)
    unsure = unsure.annotate(unsure_at=Max("deliveries__at")).order_by("-pk")[:AT_ONCE]
    for message in unsure:
        at = message.unsure_at or message.send_at
        was_taken = ledger.has(message.message_id, message.send_at, at + SETTLING)
        if was_taken:
            ends["reconciled sent"] += arrived(message.pk, "the mail server's log has it")
        elif was_taken is False and now > at + SETTLING:
            why = "the mail server's log does not have it"
            ends["reconciled queued"] += queue_again(message.pk, why, from_states=["ambiguous"])
    return +ends


def arrived(message_id: int, why: str) -> bool:
    """Note that an ambiguous message has arrived; False if it is not ambiguous any more."""
    with transaction.atomic():
        changed = Message.objects.filter(pk=message_id, state=State.AMBIGUOUS).update(
            state=State.SENT, sent_at=Now(), reason=""
        )
        if changed:
            Delivery.objects.create(message_id=message_id, event=State.SENT, detail=why)
    return changed == 1


def queue_again(
    message_id: int, why: str, *, from_states: Sequence[str] = ("failed", "ambiguous")
) -> bool:
    """Queue a message that had come to an end; False if it is in another state by now."""
    with transaction.atomic():
        changed = Message.objects.filter(pk=message_id, state__in=from_states).update(
            state=State.QUEUED, next_try_at=Now(), tries=0, reason=""
        )
        if changed:
            Delivery.objects.create(message_id=message_id, event="again", detail=why)
    return changed == 1


def past_their_window(channel: Channel, batch: Sequence[Message]) -> set[int]:
    """Messages that the server may have taken so long ago that it would take them again.

    Only for channels whose server knows for a time what it has had before.
    """
    if channel.is_idempotent_for is None:
        return set()
    first: dict[int, datetime] = {}
    for pk, at, event in (
        Delivery.objects.filter(message__in=batch, event__in=["unknown", "again"])
        .order_by("pk")
        .values_list("message_id", "at", "event")
    ):
        if event == "again":
            first.pop(pk, None)  # somebody who knows has said: send it again
        else:
            first.setdefault(pk, at)
    if not first:
        return set()
    limit = database_now() - channel.is_idempotent_for + timedelta(minutes=5)
    return {pk for pk, at in first.items() if at < limit}
