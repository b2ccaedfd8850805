"""Lets messages leave again; after a restore only those that cannot have left before."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import QuerySet

from outbox.clock import Now
from outbox.leasing import clean
from outbox.models import Delivery, Message, Switch
from outbox.reconciling import ledger_of
from outbox.switching import NAME, current_pause, fingerprint

logger = structlog.get_logger(__name__)

State = Message.State
TOO_OLD = timedelta(hours=48)
LOCAL = Message.Channel.INBOX.value  # its notices came back with the same backup


def resume(*, stopped_at: datetime | None = None) -> Counter[str]:
    """Let messages leave; say what became of those that the former database may have sent.

    Nothing but the pause ends if this is the database that sent last. Otherwise messages that
    were due when it paused, and not in the inbox: older than 48 hours are cancelled; those that
    the mail server's log has are sent, those it certainly has not stay queued; of the rest
    nobody knows, so they become ambiguous. `stopped_at` is when the former database sent its
    last: what was due after that stays queued, too.
    """
    ends: Counter[str] = Counter()
    with transaction.atomic():
        paused = current_pause()
        if paused is None:
            return ends
        Switch.objects.select_for_update().filter(name=NAME).first()
        if paused.is_other_database:
            _look_after(paused.since, stopped_at or paused.since, ends)
        Switch.objects.filter(name=NAME).update(
            paused_at=None, why="", by=None, fingerprint=fingerprint()
        )
    logger.warning("sending_resumed", **ends)
    return ends


def _look_after(paused_at: datetime, stopped_at: datetime, ends: Counter[str]) -> None:
    free = {"lease_token": None, "lease_until": None, "begun_at": None}
    leased = Message.objects.filter(state=State.LEASED).exclude(channel=LOCAL)
    begun = leased.filter(begun_at__isnull=False)
    ends["ambiguous"] += _end(begun, State.AMBIGUOUS, "being sent before a restore", **free)
    Message.objects.filter(state=State.LEASED).update(state=State.QUEUED, **free)
    waiting = Message.objects.filter(state=State.QUEUED).exclude(channel=LOCAL)
    old = waiting.filter(send_at__lt=paused_at - TOO_OLD)
    ends["cancelled"] += _end(old, State.CANCELLED, "from before a restore")
    sent, unsure = [], []
    for pk, channel, message_id, send_at in waiting.filter(send_at__lte=stopped_at).values_list(
        "pk", "channel", "message_id", "send_at"
    ):
        ledger = ledger_of(channel)
        was_taken = ledger.has(message_id, send_at, stopped_at) if ledger else None
        if was_taken:
            sent.append(pk)
        elif was_taken is None:
            unsure.append(pk)
        else:
            ends["queued"] += 1
    ends["sent"] += _end(
        _these(sent), State.SENT, "the mail server's log has it", sent_at=Now(), reason=""
    )
    why = "may have left before a restore"
    ends["ambiguous"] += _end(_these(unsure), State.AMBIGUOUS, why)


def _these(ids: Iterable[int]) -> QuerySet[Message]:
    return Message.objects.filter(pk__in=list(ids))


def _end(messages: QuerySet[Message], state: str, why: str, **fields: object) -> int:
    """Bring messages to an end and log it; how many there were."""
    ids = list(messages.values_list("pk", flat=True))
    if ids:
        values = {"state": state, "reason": clean(why)} | fields
        Message.objects.filter(pk__in=ids).update(**values)
        Delivery.objects.bulk_create(
            [Delivery(message_id=pk, event=state, detail=clean(why)) for pk in ids],
            batch_size=1000,
        )
    return len(ids)
