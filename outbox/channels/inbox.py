"""The inbox on the site: a row of ours, so it arrives in the transaction that says so."""

from datetime import timedelta

from outbox.channels.base import Session


class InboxChannel:
    """Has no server and no session: outbox/inboxing.py writes notices and settles in one."""

    slug = "inbox"
    per_minute = 0
    is_idempotent_for: timedelta | None = None

    def open(self) -> Session:
        raise TypeError("The inbox is written to by outbox/inboxing.py.")
