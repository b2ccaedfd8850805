"""The kinds of message. An app registers its own in `ready()`; the outbox knows none of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from outbox.models import Message


@dataclass(frozen=True)
class Row:
    """One of several things that a message tells of."""

    title: str
    note: str = ""
    url: str = ""  # a path of this site


@dataclass(frozen=True)
class Mail:
    """A rendered message, for every channel.

    The subject names no person: it shows on locked screens.
    `body` is plain text, paragraphs apart by an empty line. `url` is a path of this site where
    the one button leads, `button` its words. Channels make of it what they can: a multipart
    mail, a card, a line of SMS, a notice in the inbox.
    """

    subject: str
    body: str
    url: str = ""
    button: str = ""
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True)
class MessageKind:
    """What the outbox has to know about a kind of message.

    `wanted` is asked just before sending, for a whole batch in a constant number of queries:
    None for each message that is still wanted, a short reason for each that is not.
    `render` makes the text, in the language that is active when it is called.
    `prepare` is called once per batch, in a constant number of queries, before `render`; it may
    hang what `render` needs on each message as `message.prepared`.
    `rest_until` is asked for those that leave later than they were to: until when each has to
    wait, because it would disturb somebody now. What is on time is not asked again.
    `title` is what people call it where they choose what they want to be told ("" for what
    nobody chooses, such as a password reset).
    `may_silence`: people may do without it; its mails carry List-Unsubscribe.
    `expires_after` is how long after `send_at` the message is of any use.
    """

    slug: str
    wanted: Callable[[Sequence["Message"]], dict[int, str | None]]
    render: Callable[["Message", str], Mail]
    may_silence: bool = True
    expires_after: timedelta | None = None
    title: "StrOrPromise" = ""
    prepare: Callable[[Sequence["Message"]], None] | None = None
    rest_until: Callable[[Sequence["Message"]], dict[int, datetime]] | None = None
    # One line for the end of a mail: why its reader gets it.
    why: "StrOrPromise" = ""


KINDS: dict[str, MessageKind] = {}


def register(kind: MessageKind) -> None:
    """Make a kind known; the same slug twice is a mistake in the code."""
    if KINDS.setdefault(kind.slug, kind) != kind:
        raise ValueError(f"Two message kinds are called {kind.slug}.")
