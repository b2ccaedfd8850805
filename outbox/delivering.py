"""Sends what is due on one channel: claim, ask again, send outside any transaction, settle.

Any number of senders may run at once, and each may die at any moment. A message whose sender
died before it spoke to the server is queued again; one whose sender died afterwards, or which
the server took without saying so, is *ambiguous* and never sent again blindly.
All times are the database's.
"""

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction

from outbox import alarm, inboxing, leasing, pacing, reconciling
from outbox.asking import Asked, ask, reading, rendered
from outbox.channels import CHANNELS
from outbox.channels.base import Channel, Session
from outbox.clock import database_now
from outbox.ends import end_after, end_of_sent
from outbox.kinds import Mail
from outbox.leasing import End
from outbox.models import Heartbeat, Message
from outbox.switching import may_send
from outbox.verdicts import Verdict, verdict_on

logger = structlog.get_logger(__name__)

BATCH = 100
INBOX_BATCH = 500
PASS_SECONDS = 45  # well below Celery's soft limit, so that a pass ends by itself


@dataclass
class Pass:
    """One pass over what is due on a channel, and how many messages came to which end."""

    channel: Channel
    deadline: float
    ends: Counter[str] = field(default_factory=Counter)
    troubles: int = 0  # with the server, in a row, as known when the batch was claimed
    is_well: bool = True  # the server, when it was last spoken to


def send_due(slug: str = Message.Channel.EMAIL.value) -> Counter[str]:
    """Send every message of the channel that is due; say how many came to which end."""
    channel = CHANNELS.get(slug)
    if channel is None or not may_send():
        return Counter()
    this = Pass(channel, time.monotonic() + PASS_SECONDS)
    lost = leasing.settle_lost(slug, is_idempotent=channel.is_idempotent_for is not None)
    this.ends.update({"ambiguous": lost} if lost else {})
    this.ends.update(reconciling.reconcile(slug))
    session = None if slug == "inbox" else channel.open()
    try:
        while time.monotonic() < this.deadline and _send_batch(this, session):
            pass
    finally:
        if session is not None:
            session.close()
    if this.is_well and not pacing.is_paused(slug):
        Heartbeat.beat(f"outbox.{slug}")
        alarm.still_well()
    if this.ends:
        logger.info("outbox_pass", channel=slug, **this.ends)
    return this.ends


def claim(channel: Channel, token: UUID) -> tuple[list[Message], int]:
    """Lease due messages, as many as the channel may send now; with the troubles it has had."""
    with transaction.atomic():
        space = pacing.room(channel)
        size = INBOX_BATCH if channel.slug == "inbox" else BATCH
        size = size if space.messages is None else min(size, space.messages)
        ids = leasing.claim(channel.slug, token, size) if size > 0 else []
        pacing.take(channel, space, len(ids))
    return (leasing.claimed(ids, token) if ids else []), space.troubles


def _send_batch(this: Pass, session: Session | None) -> bool:
    """Claim a batch and deliver it; False when there is nothing more to do now."""
    token = uuid4()
    batch, this.troubles = claim(this.channel, token)
    if not batch:
        return False
    spoken = 0
    try:
        asked = _asked(this, batch, token)
        if session is None:
            inboxing.tell(asked.wanted, token, this.ends)
            spoken = len(asked.wanted)
        else:
            spoken = _hand_over(this, session, asked, token)
    finally:
        leasing.release([message.pk for message in batch], token)
        pacing.give_back(this.channel, len(batch) - spoken)
    return this.is_well


def _asked(this: Pass, batch: list[Message], token: UUID) -> Asked:
    """Ask about the batch; cancel what is not wanted and put off what cannot be asked."""
    over = reconciling.past_their_window(this.channel, batch)
    for message in batch:
        if message.pk in over:
            why = "the server may have taken it, and would not know it again by now"
            leasing.settle(End(message.pk, "ambiguous", why), token)
            this.ends["ambiguous"] += 1
    asked = ask([message for message in batch if message.pk not in over])
    leasing.cancel(asked.unwanted, token)
    this.ends.update({"cancelled": len(asked.unwanted)} if asked.unwanted else {})
    now = database_now() if asked.resting else None
    for pk, until in asked.resting.items():
        pause = max(until - now, timedelta(0)) if now else timedelta(0)
        leasing.settle(End(pk, "queued", "it would have come at night", pause=pause), token)
        this.ends["put off"] += 1
    for message, error in asked.broken:
        end = end_after(verdict_on(error, may_have_gone_out=False), message, is_begun=False)
        leasing.settle(end, token)
        this.ends[end.state] += 1
    return asked


def _hand_over(this: Pass, session: Session, asked: Asked, token: UUID) -> int:
    """Send the messages one by one; how many were begun.

    How one ended and that the next begins is one statement, so a mail costs one commit.
    """
    end: End | None = None
    spoken = 0
    try:
        for message in asked.wanted:
            if time.monotonic() > this.deadline or not this.is_well:
                break
            try:
                mail = rendered(message)
            except Exception as error:
                logger.exception("outbox_kind_failed", kind=message.kind, messages=1)
                verdict = verdict_on(error, may_have_gone_out=False)
                broken = end_after(verdict, message, is_begun=False)
                leasing.settle(broken, token)
                this.ends[broken.state] += 1
                continue
            is_begun = _settle_and_begin(end, message.pk, token)
            end = None
            if is_begun:
                spoken += 1
                end = _send(this, session, message, mail, asked.addresses[message.pk])
                this.ends[end.event or end.state] += 1
    finally:
        if end is not None:
            _settle_and_begin(end, None, token)
    return spoken


def _send(this: Pass, session: Session, message: Message, mail: Mail, address: str) -> End:
    """Hand the message to the server, and what came of it."""
    message.tries += 1
    try:
        with reading(message):
            provider_id = session.send(message, mail, address)
    except Exception as error:
        verdict = session.verdict(error)
        logger.warning(
            "outbox_refused",
            channel=this.channel.slug,
            message=message.pk,
            kind=message.kind,
            why=verdict.reason,
        )
        session.close()
        was_well = this.troubles == 0
        if verdict.is_about_server:
            _note_trouble(this, verdict)
        return end_after(verdict, message, channel=this.channel, was_server_well=was_well)
    if this.troubles:
        pacing.note_success(this.channel)
        this.troubles = 0
    return end_of_sent(message, provider_id)


def _note_trouble(this: Pass, verdict: Verdict) -> None:
    this.troubles += 1
    if pacing.note_trouble(this.channel, verdict.reason):
        this.is_well = False
        logger.warning("outbox_channel_pauses", channel=this.channel.slug, why=verdict.reason)


def _settle_and_begin(end: End | None, next_id: int | None, token: UUID) -> bool:
    """Settle one and begin the next; whether the next has begun."""
    for pause in (1, 5, 10):
        try:
            return leasing.settle_and_begin(end, next_id, token)[1]
        except (InterfaceError, OperationalError):
            # A mail may be out: a database that is being restarted is worth waiting for.
            logger.warning("outbox_settling_again", in_seconds=pause)
            connection.close()
            time.sleep(pause)
    return leasing.settle_and_begin(end, next_id, token)[1]
