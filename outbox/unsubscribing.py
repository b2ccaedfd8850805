"""The token in a mail by which its reader stops that kind of message, signed in or not."""

from dataclasses import dataclass

from django.core import signing

SALT = "outbox.unsubscribing"


@dataclass(frozen=True)
class Wish:
    """Somebody wants no more messages of this kind through this channel."""

    person_id: int
    kind: str
    channel: str


def token_for(person_id: int, kind: str, channel: str) -> str:
    """The token; it does not expire, because the mail does not either."""
    return signing.Signer(salt=SALT).sign_object([person_id, kind, channel])


def read(token: str) -> Wish | None:
    """What the token's bearer may stop; None for a token that is not ours."""
    try:
        person_id, kind, channel = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Wish(person_id=int(person_id), kind=str(kind), channel=str(channel))
