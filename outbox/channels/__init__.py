"""The channels of this installation. Each reads its settings when it is opened.

A module named in OPTIONAL has a function `configured() -> Channel | None`, which says None as
long as the settings do not name an account with the service.
"""

from importlib import import_module
from importlib.util import find_spec

from outbox.channels.base import Channel
from outbox.channels.email import EmailChannel
from outbox.channels.inbox import InboxChannel

OPTIONAL = ("wecom", "dingtalk", "feishu", "sms", "robots")

CHANNELS: dict[str, Channel] = {}


def find_channels() -> None:
    """Fill CHANNELS by the settings; called once when the project starts."""
    CHANNELS.clear()
    CHANNELS["inbox"] = InboxChannel()
    CHANNELS["email"] = EmailChannel()
    for name in OPTIONAL:
        if find_spec(f"outbox.channels.{name}") is None:
            continue
        channel = import_module(f"outbox.channels.{name}").configured()
        if channel is not None:
            CHANNELS[channel.slug] = channel
