"""Messages go into the outbox here: once per key, however often they are queued."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings

from outbox.clock import Now
from outbox.models import Message


def new_message(
    *,
    key: str,
    kind: str,
    recipient_id: int,
    payload: dict[str, Any] | None = None,
    channel: str = Message.Channel.EMAIL,
    send_at: datetime | None = None,
) -> Message:
    """An unsaved message; without `send_at` it is due at once."""
    message = Message(
        key=key,
        kind=kind,
        recipient_id=recipient_id,
        payload=payload or {},
        channel=channel,
        message_id=f"<{uuid4().hex}@{urlsplit(settings.SITE_URL).hostname}>",
    )
    if send_at is not None:
        message.send_at = message.next_try_at = send_at
    return message


def queue(messages: Iterable[Message]) -> None:
    """Put messages into the outbox; those whose key is already there are left out."""
    Message.objects.bulk_create(messages, ignore_conflicts=True)


def forget_older_than(age: timedelta) -> int:
    """Delete messages that came to an end and were due longer ago than that; say how many."""
    ended = Message.objects.exclude(state__in=[Message.State.QUEUED, Message.State.LEASED])
    _, per_model = ended.filter(send_at__lt=Now() - age).delete()
    return per_model.get("outbox.Message", 0)
