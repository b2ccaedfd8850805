"""How the sending of a message ends, from what its channel said. Pure."""

from datetime import timedelta

from outbox.channels.base import Channel
from outbox.leasing import End
from outbox.models import Message
from outbox.verdicts import MOST_TRIES, Outcome, Verdict, pause_after

State = Message.State
OLDEST = timedelta(hours=48)  # a message that was refused for so long has failed
LONGEST_SERVER_PAUSE = timedelta(minutes=5)  # of one message; the channel has a pause of its own


def end_of_sent(message: Message, provider_id: str) -> End:
    """The server answers for it now."""
    return End(message.pk, State.SENT.value, provider_id=provider_id)


def end_after(
    verdict: Verdict,
    message: Message,
    *,
    is_begun: bool = True,
    channel: Channel | None = None,
    was_server_well: bool = True,
) -> End:
    """Where an error leaves the message: queued again, failed or ambiguous."""
    tries = message.tries if is_begun else message.tries + 1
    pause = pause_after(tries)
    if verdict.outcome is Outcome.UNKNOWN:
        if channel is not None and channel.is_idempotent_for:
            # The server knows the message again by its message_id: asking twice is harmless.
            return End(message.pk, State.QUEUED.value, verdict.reason, pause=pause, event="unknown")
        return End(message.pk, State.AMBIGUOUS.value, verdict.reason)
    if verdict.outcome is Outcome.NEVER or _has_failed(verdict, message, tries, was_server_well):
        return End(message.pk, State.FAILED.value, verdict.reason, is_begun=is_begun)
    if verdict.is_about_server:
        pause = min(pause, LONGEST_SERVER_PAUSE)
    return End(message.pk, State.QUEUED.value, verdict.reason, pause=pause, is_begun=is_begun)


def _has_failed(verdict: Verdict, message: Message, tries: int, was_server_well: bool) -> bool:  # noqa: FBT001
    """A server in trouble fails no message; one that chokes on this message alone does."""
    if verdict.is_about_server:
        return was_server_well and tries >= MOST_TRIES
    return tries >= MOST_TRIES or message.age > OLDEST  # type: ignore[attr-defined]
