"""Where a message goes. The outbox knows no people: an app registers who looks it up."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outbox.models import Message

# {message id: address} for a batch of one channel, in one query; no address: left out.
Lookup = Callable[[Sequence["Message"]], dict[int, str]]

_lookups: list[Lookup] = []


def register(lookup: Lookup) -> Lookup:
    """Let this function say where messages to people go; there is one such function."""
    _lookups[:] = [lookup]
    return lookup


def addresses_of(messages: Sequence["Message"]) -> dict[int, str]:
    """{message id: address}; inbox and groups need none and get an empty text."""
    found = {m.pk: "" for m in messages if m.channel in ("inbox", "group")}
    rest = [m for m in messages if m.pk not in found]
    if rest and _lookups:
        found |= _lookups[0](rest)
    return found
