"""Messages go into the outbox here: once per key, however often they are queued."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from outbox.clock import Now
from outbox.models import Message


def new_message(
    *,
    key: str,
    kind: str,
    recipient_id: int | None = None,
    payload: dict[str, Any] | None = None,
    channel: str = Message.Channel.EMAIL,
    send_at: datetime | None = None,
    robot_id: int | None = None,
) -> Message:
    """An unsaved message; without `send_at` it is due at once."""
    message = Message(
        key=key,
        kind=kind,
        recipient_id=recipient_id,
        robot_id=robot_id,
        payload=payload or {},
        channel=channel,
        message_id=message_id_of(key),
    )
    if send_at is not None:
        message.send_at = message.next_try_at = send_at
    return message


def message_id_of(key: str) -> str:
    """The Message-ID of the message with this key: the same in a restored database.

    So a mail server's log can say of a message made anew that its former self has left.
    """
    digest = sha256(key.encode()).hexdigest()[:32]
    return f"<{digest}@{urlsplit(settings.SITE_URL).hostname}>"


def queue(messages: Iterable[Message]) -> None:
    """Put messages into the outbox; those whose key is already there are left out."""
    Message.objects.bulk_create(messages, ignore_conflicts=True)


def forget_older_than(age: timedelta) -> int:
    """Delete messages that came to an end and were due longer ago than that; say how many."""
    ended = Message.objects.exclude(state__in=[Message.State.QUEUED, Message.State.LEASED])
    _, per_model = ended.filter(send_at__lt=Now() - age).delete()
    return per_model.get("outbox.Message", 0)
