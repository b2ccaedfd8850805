"""Where a person can be reached, as the outbox asks it."""

from collections.abc import Sequence

from outbox.models import Message
from people.models import Reach


def addresses(messages: Sequence[Message]) -> dict[int, str]:
    """{message id: address} in one query; who has no address there, or no account, is left out."""
    reached = {
        (reach.person_id, reach.channel): reach.address
        for reach in Reach.objects.filter(
            person_id__in={m.recipient_id for m in messages},
            channel__in={m.channel for m in messages},
        )
    }
    keys = {message.pk: (message.recipient_id, message.channel) for message in messages}
    return {pk: reached[key] for pk, key in keys.items() if key in reached}
