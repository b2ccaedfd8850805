"""A kind of message for tests: what it says and whether it is wanted stands in the payload."""

from datetime import timedelta

from django.utils.translation import gettext

from outbox.kinds import KINDS, Mail, MessageKind, register


def wanted(messages):
    if any(message.payload.get("breaks_asking") for message in messages):
        raise RuntimeError("the kind cannot be asked")
    return {message.pk: message.payload.get("unwanted") for message in messages}


def prepare(messages):
    if any(message.payload.get("breaks_preparing") for message in messages):
        raise RuntimeError("the kind cannot be prepared")
    for message in messages:
        message.prepared = len(messages)


def render(message, language):
    if message.payload.get("breaks"):
        raise RuntimeError("the template is broken")
    nul = "\x00" if message.payload.get("nul") else ""
    return Mail(subject=f"note {language}", body=gettext("Yes") + f" {message.key}{nul}")


NOTE = MessageKind("test-note", wanted, render)
URGENT = MessageKind("test-urgent", wanted, render, expires_after=timedelta(hours=1))
PREPARED = MessageKind("test-prepared", wanted, render, prepare=prepare)


def register_notes():
    if "test-note" not in KINDS:
        register(NOTE)
        register(URGENT)
        register(PREPARED)
