"""What the outbox asks of a channel: a way to open it, and to hand one message over."""

from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from outbox.kinds import Mail
from outbox.verdicts import Outcome, Verdict

if TYPE_CHECKING:
    from outbox.models import Message

__all__ = ["Channel", "Outcome", "Session", "Verdict"]


class Session(Protocol):
    """An open connection, used for many messages one after the other by one thread."""

    def send(self, message: "Message", mail: Mail, address: str) -> str:
        """Hand the message over; what the server calls it, or "". Raises when it said no.

        Called outside any transaction, in the reader's language and time zone.
        `message.message_id` is the same at every try. A group's message has `message.robot`
        and the address "".
        """

    def verdict(self, error: Exception) -> Verdict:
        """What the error that `send` has just raised means for the message.

        LATER: nothing went out. NEVER: refused for good. UNKNOWN: it may have gone out, nobody
        knows. With `is_about_server` the whole channel pauses, and the message is not blamed.
        """

    def close(self) -> None:
        """Say goodbye; raises nothing. The session may be used again afterwards."""


class Channel(Protocol):
    """One way to reach people. Registered in `outbox.channels.CHANNELS` where configured."""

    @property
    def slug(self) -> str:
        """A Message.Channel value."""

    @property
    def per_minute(self) -> int:
        """Messages a minute that the server bears; 0: no limit."""

    @property
    def is_idempotent_for(self) -> timedelta | None:
        """For how long the server refuses to take a message_id twice; None: it does not."""

    def open(self) -> Session:
        """A session. Need not speak to the server yet; raises nothing for its troubles."""
