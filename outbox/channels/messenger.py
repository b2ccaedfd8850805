"""What the three company messengers have in common: a token, a card, a table of error codes."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import pgettext

from outbox.channels.http import CallFailed, WebSession, later, trouble
from outbox.channels.tokens import Token
from outbox.kinds import Mail

if TYPE_CHECKING:
    from outbox.models import Message


class TokenIsOver(Exception):
    """The server does not know the access token (any more)."""


@dataclass(frozen=True)
class Meaning:
    """What error codes mean: which exception, and in which words."""

    make: Callable[[str], CallFailed]
    words: str


class MessengerSession(WebSession, ABC):
    """Sends with an access token, and once more with a new one when the server refuses it."""

    service = ""
    token: Token

    def send(self, message: "Message", mail: Mail, address: str) -> str:
        """Hand the message over; the server's id of it."""
        self.web.has_spoken = False
        token = self.token.get()
        try:
            return self.hand_over(token, message, mail, address)
        except TokenIsOver:
            token = self.token.get(instead_of=token)
        try:
            return self.hand_over(token, message, mail, address)
        except TokenIsOver:
            raise trouble(f"{self.service} refuses a new access token, too") from None

    @abstractmethod
    def hand_over(self, token: str, message: "Message", mail: Mail, address: str) -> str:
        """One call. Raises TokenIsOver or CallFailed."""


def refused(service: str, code: object, meanings: dict[object, Meaning]) -> CallFailed:
    """What to raise for an error code; one that nobody knows is tried again, and counted."""
    if meaning := meanings.get(code):
        return meaning.make(f"{service} {code}: {meaning.words}")
    return later(f"{service} answered with code {str(code)[:60]}")


def link(message: "Message", mail: Mail) -> str:
    """The whole address of the button: where the message leads, else the site.

    It carries the message's number, so that two messages of the same words are two for the
    services that drop what they have seen before.
    """
    path, hash_mark, part = (mail.url or "/").partition("#")
    mark = "&" if urlsplit(path).query else "?"
    return f"{settings.SITE_URL}{path}{mark}m={message.pk}{hash_mark}{part}"


def words(mail: Mail, most: int) -> str:
    """Body and rows as plain text of at most so many characters."""
    rows = [f"· {row.title}" + (f" – {row.note}" if row.note else "") for row in mail.rows]
    text = "\n".join([*(p.strip() for p in mail.body.split("\n") if p.strip()), *rows])
    return shortened(text, most)


def shortened(text: str, most: int) -> str:
    """The text, cut with an ellipsis where it is longer."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def subject(mail: Mail, most: int) -> str:
    """The subject on one line."""
    return shortened(" ".join(mail.subject.split()), most)


def button(mail: Mail, most: int) -> str:
    """The words of the button, or a short word that always fits."""
    if 0 < len(mail.button) <= most:
        return mail.button
    return pgettext("button of a short message", "Open")
