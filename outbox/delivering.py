"""Sends what is due: lease, ask again, send outside any transaction, settle.

Any number of senders may run at once, and each may die at any moment. A message whose sender
died before it spoke to the mail server is queued again; one whose sender died afterwards, or
whose mail the server took without saying so, is *ambiguous* and never sent again blindly.
All times are the database's.
"""

import time
from collections import Counter
from datetime import timedelta
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone, translation

from mot_course.web import zone
from outbox.clock import Now
from outbox.kinds import KINDS, Mail
from outbox.models import Delivery, Heartbeat, Message
from outbox.verdicts import MOST_TRIES, Outcome, Verdict, pause_after, verdict_on

logger = structlog.get_logger(__name__)

State = Message.State
LEASE = timedelta(minutes=3)
BATCH = 20
PASS_SECONDS = 45  # well below Celery's soft limit, so that a pass ends by itself
OLDEST = timedelta(hours=48)  # a message that could not leave for so long has failed


def send_due() -> Counter[str]:
    """Send every message that is due; say how many came to which end."""
    ends: Counter[str] = Counter()
    ends.update(settle_lost_leases())
    server = get_connection()
    deadline = time.monotonic() + PASS_SECONDS
    try:
        while time.monotonic() < deadline:
            token = uuid4()
            batch = claim(token, BATCH)
            if not batch:
                break
            try:
                is_server_well = _send_batch(batch, token, server, ends, deadline)
            finally:
                release(token)
            if not is_server_well:
                break
    finally:
        _close(server)
    Heartbeat.beat("outbox.send_due")
    if ends:
        logger.info("outbox_pass", **ends)
    return ends


def claim(token: UUID, size: int) -> list[Message]:
    """Lease up to `size` due messages under the token; other senders pass them by."""
    with transaction.atomic():
        ids = list(
            Message.objects.due().select_for_update(skip_locked=True).values_list("pk")[:size]
        )
        Message.objects.filter(pk__in=[pk for (pk,) in ids]).update(
            state=State.LEASED, lease_token=token, lease_until=Now() + LEASE, begun_at=None
        )
    mine = Message.objects.filter(lease_token=token).select_related("recipient")
    return list(mine.annotate(age=Now() - F("send_at")).order_by("next_try_at", "pk"))


def release(token: UUID) -> None:
    """Queue again what was leased under the token and never begun."""
    Message.objects.filter(lease_token=token, begun_at=None).update(
        state=State.QUEUED, lease_token=None, lease_until=None
    )


def settle_lost_leases() -> Counter[str]:
    """Look after messages whose sender died: never begun is queued again, begun is ambiguous."""
    with transaction.atomic():
        lost = list(Message.objects.with_lost_lease().select_for_update(skip_locked=True))
        begun = [message.pk for message in lost if message.begun_at]
        why = "the sender stopped while sending"
        Message.objects.filter(pk__in=begun).update(
            state=State.AMBIGUOUS, lease_token=None, lease_until=None, begun_at=None, reason=why
        )
        Message.objects.filter(pk__in=[m.pk for m in lost if not m.begun_at]).update(
            state=State.QUEUED, lease_token=None, lease_until=None
        )
        Delivery.objects.bulk_create(
            Delivery(message_id=pk, event=State.AMBIGUOUS, detail=why) for pk in begun
        )
    return Counter({State.AMBIGUOUS.value: len(begun)} if begun else {})


def begin(message: Message, token: UUID) -> bool:
    """Note that sending starts now; False if the lease is no longer ours."""
    mine = Message.objects.filter(pk=message.pk, lease_token=token, lease_until__gt=Now())
    return (
        mine.update(begun_at=Now(), lease_until=Now() + LEASE, tries=F("tries") + 1) == 1
    )  # committed on its own: whoever finds the row after a crash knows that we had begun


def settle(message: Message, token: UUID, state: str, reason: str = "", **fields: Any) -> bool:
    """Write down how it ended, if the lease is still ours, and log the event either way."""
    for pause in (1, 5, 10):
        try:
            return _settle(message, token, state, reason, fields)
        except (InterfaceError, OperationalError):
            # The mail may be out: a database that is being restarted is worth waiting for.
            logger.warning("outbox_settling_again", message=message.pk, in_seconds=pause)
            connection.close()
            time.sleep(pause)
    return _settle(message, token, state, reason, fields)


def _settle(message: Message, token: UUID, state: str, reason: str, fields: dict[str, Any]) -> bool:
    with transaction.atomic():
        settled = Message.objects.filter(pk=message.pk, lease_token=token).update(
            state=state,
            reason=reason[:300],
            lease_token=None,
            lease_until=None,
            begun_at=None,
            **fields,
        )
        event = state if settled else f"late {state}"
        Delivery.objects.create(message_id=message.pk, event=event, detail=reason[:300])
    return settled == 1


def _send_batch(
    batch: list[Message], token: UUID, server: Any, ends: Counter[str], deadline: float
) -> bool:
    """Send the messages one by one; False when the mail server is the trouble."""
    unwanted = _reasons_against(batch, token, ends)
    for message in batch:
        if time.monotonic() > deadline:
            return True
        if message.pk in unwanted:
            if (reason := unwanted[message.pk]) is not None:
                settle(message, token, State.CANCELLED, reason)
                ends[State.CANCELLED.value] += 1
            continue
        if not begin(message, token):
            continue
        verdict = _send(message, server)
        ends[_settle_by(verdict, message, token)] += 1
        if verdict:
            _close(server)
            if verdict.is_about_server:
                return False
    return True


def _reasons_against(
    batch: list[Message], token: UUID, ends: Counter[str]
) -> dict[int, str | None]:
    """Why messages must not go out. None: it was put off, because its kind could not be asked."""
    against: dict[int, str | None] = {}
    for message in batch:
        kind = KINDS.get(message.kind)
        if kind is None:
            against[message.pk] = "nobody knows this kind of message"
        elif not message.recipient.is_active or not message.recipient.email:
            against[message.pk] = "the person has no address or no account any more"
        elif kind.expires_after and message.age > kind.expires_after:  # type: ignore[attr-defined]
            against[message.pk] = "too late to be of use"
    rest = sorted((m for m in batch if m.pk not in against), key=lambda m: m.kind)
    for slug, group in groupby(rest, key=lambda m: m.kind):
        messages = list(group)
        try:
            answers = KINDS[slug].wanted(messages)
            against |= {pk: reason for pk, reason in answers.items() if reason is not None}
        except Exception as error:
            logger.exception("outbox_kind_failed", kind=slug)
            for message in messages:
                against[message.pk] = None
                message.tries += begin(message, token)
                verdict = verdict_on(error, may_have_gone_out=False)
                ends[_settle_by(verdict, message, token, is_counted=True)] += 1
    return against


def _send(message: Message, server: Any) -> Verdict | None:
    """Hand the message to the mail server; None when it said yes, else what its error means."""
    try:
        mail = _rendered(message)
        email = EmailMessage(
            subject=" ".join(mail.subject.split()),
            body=mail.body,
            to=[str(message.recipient.email)],
            connection=server,
            headers={"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"},
        )
        server.open()
        email.send()
    except Exception as error:
        may_have_gone_out = getattr(server, "may_have_gone_out", False)
        verdict = verdict_on(error, may_have_gone_out=may_have_gone_out)
        logger.warning("outbox_refused", message=message.pk, kind=message.kind, why=verdict.reason)
        return verdict
    return None


def _rendered(message: Message) -> Mail:
    """The message in its reader's language and time zone."""
    language = message.recipient.language or settings.LANGUAGE_CODE
    with translation.override(language), timezone.override(zone(message.recipient.tz)):
        return KINDS[message.kind].render(message, language)


def _settle_by(
    verdict: Verdict | None, message: Message, token: UUID, *, is_counted: bool = False
) -> str:
    """Write the verdict down; say in which state the message is now."""
    tries = message.tries + (not is_counted)
    state, fields = State.SENT, dict[str, Any]()
    if verdict is None:
        fields["sent_at"] = Now()
    elif verdict.outcome is Outcome.UNKNOWN:
        state = State.AMBIGUOUS
    elif verdict.outcome is Outcome.NEVER or _has_failed(verdict, message, tries):
        state = State.FAILED
    else:
        state, fields["next_try_at"] = State.QUEUED, Now() + pause_after(tries)
    settle(message, token, state, verdict.reason if verdict else "", **fields)
    return str(state.value)


def _has_failed(verdict: Verdict, message: Message, tries: int) -> bool:
    if message.age > OLDEST:  # type: ignore[attr-defined]
        return True
    return tries >= MOST_TRIES and not verdict.is_about_server


def _close(server: Any) -> None:
    """Close the connection; what an already sent mail's server says at goodbye does not matter."""
    try:
        server.close()
    except OSError as error:
        logger.info("outbox_goodbye_failed", why=str(error))
