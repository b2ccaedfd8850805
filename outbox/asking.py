"""What has to be known of a batch before it leaves: is each still wanted, and where does it go?

A kind that breaks is asked again message by message, so that one broken row harms no other.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import TypeVar

import structlog
from django.conf import settings
from django.utils import timezone, translation

from mot_course.web import zone
from outbox.addresses import addresses_of
from outbox.kinds import KINDS, Mail
from outbox.models import Message

logger = structlog.get_logger(__name__)
LATE = timedelta(minutes=10)
T = TypeVar("T")


@dataclass
class Asked:
    """What came of it. `wanted` keeps the order of the batch."""

    wanted: list[Message] = field(default_factory=list)
    addresses: dict[int, str] = field(default_factory=dict)
    unwanted: dict[int, str] = field(default_factory=dict)  # why each must not go out
    resting: dict[int, datetime] = field(default_factory=dict)  # until when each has to wait
    broken: list[tuple[Message, Exception]] = field(default_factory=list)


def ask(batch: Sequence[Message]) -> Asked:
    """Ask the kinds of a batch, each in a constant number of queries."""
    asked = Asked()
    for message in batch:
        if (reason := _plain_reason(message)) is not None:
            asked.unwanted[message.pk] = reason
    rest = [message for message in batch if message.pk not in asked.unwanted]
    for slug, group in groupby(sorted(rest, key=_kind), key=_kind):
        for answers, messages in _in_peace(list(group), KINDS[slug].wanted, asked):
            for message in messages:
                if (reason := answers.get(message.pk)) is not None:
                    asked.unwanted[message.pk] = str(reason)
    rest = _still(rest, asked)
    for slug, group in groupby(sorted(filter(_is_late, rest), key=_kind), key=_kind):
        if (rest_until := KINDS[slug].rest_until) is not None:
            for until, _messages in _in_peace(list(group), rest_until, asked):
                asked.resting |= until
    rest = _still(rest, asked)
    asked.addresses = addresses_of(rest)
    for message in rest:
        if message.pk not in asked.addresses:
            asked.unwanted[message.pk] = f"the person has no address for {message.channel}"
    rest = _still(rest, asked)
    for slug, group in groupby(sorted(rest, key=_kind), key=_kind):
        prepare = KINDS[slug].prepare
        if prepare is not None:
            for _none in _in_peace(list(group), prepare, asked):
                pass
    asked.wanted = _still(rest, asked)
    return asked


def rendered(message: Message) -> Mail:
    """The message in its reader's language and time zone."""
    with reading(message):
        return KINDS[message.kind].render(message, translation.get_language() or "")


class reading:
    """Inside, language and time zone are those of the message's reader."""

    def __init__(self, message: Message) -> None:
        person = message.recipient
        language = (person.language if person else "") or settings.LANGUAGE_CODE
        self.language = translation.override(language)
        self.zone = timezone.override(
            zone(person.tz if person else settings.DEFAULT_PERSON_TIME_ZONE)
        )

    def __enter__(self) -> None:
        self.language.__enter__()
        self.zone.__enter__()

    def __exit__(self, *error: object) -> None:
        self.zone.__exit__(*error)  # type: ignore[arg-type]
        self.language.__exit__(*error)  # type: ignore[arg-type]


def _plain_reason(message: Message) -> str | None:
    kind = KINDS.get(message.kind)
    if kind is None:
        return "nobody knows this kind of message"
    if message.recipient is not None and not message.recipient.is_active:
        return "the person has no account any more"
    if message.robot is not None and message.robot.archived_at is not None:
        return "the group's robot is no longer in use"
    if kind.expires_after and message.age > kind.expires_after:  # type: ignore[attr-defined]
        return "too late to be of use"
    return None


def _kind(message: Message) -> str:
    return message.kind


def _is_late(message: Message) -> bool:
    """Whether it leaves so much later than it was to that it may not suit any more."""
    is_quiet_channel = message.channel == Message.Channel.INBOX
    return not is_quiet_channel and message.age > LATE  # type: ignore[attr-defined]


def _still(messages: Sequence[Message], asked: Asked) -> list[Message]:
    out = {message.pk for message, _ in asked.broken} | set(asked.unwanted) | set(asked.resting)
    return [message for message in messages if message.pk not in out]


def _in_peace(
    messages: list[Message], function: Callable[[Sequence[Message]], T], asked: Asked
) -> list[tuple[T, list[Message]]]:
    """What the function says of all at once, or, where it breaks, of each one that it bears."""
    try:
        return [(function(messages), messages)]
    except Exception:
        logger.exception("outbox_kind_failed", kind=messages[0].kind, messages=len(messages))
    results = []
    for message in messages:
        try:
            results.append((function([message]), [message]))
        except Exception as error:
            asked.broken.append((message, error))
    return results
