"""Celery's way in: the clock strikes, the rules live next door."""

import fcntl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from celery import shared_task
from django.conf import settings

from outbox import delivering

# Passes of one channel at a time on one machine. The bell rings while a long pass goes on; with
# more, a slow server would come to occupy every worker, and the other channels would wait.
SENDERS = 2


@shared_task(name="outbox.send_due_messages")
def send_due_messages(channel: str = "email") -> None:
    """Send what is due on the channel, unless enough senders are at it already."""
    with _place(channel) as is_free:
        if is_free:
            delivering.send_due(channel)


@contextmanager
def _place(channel: str) -> Iterator[bool]:
    """One of the channel's places, held by a file lock: it is free again when its holder dies."""
    name = sha256(f"{settings.DATABASES['default']}{channel}".encode()).hexdigest()[:20]
    for number in range(SENDERS):
        path = Path(tempfile.gettempdir()) / f"mot-outbox-{name}-{number}.lock"
        with path.open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield True
            return
    yield False
