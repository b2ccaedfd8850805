"""The message that tells a trainee of an answer to a field note."""

from collections.abc import Sequence
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assignments.field_notes import ANSWERED
from assignments.models import FieldNote
from outbox.kinds import Mail, MessageKind
from outbox.models import Message


def wanted(messages: Sequence[Message]) -> dict[int, str | None]:
    """Whether the note and its answer are still there, and the person in; one query."""
    notes = {
        one.pk: one.follow_up.person_id
        for one in FieldNote.objects.filter(
            pk__in=[message.payload["note"] for message in messages],
            replied_at__isnull=False,
            follow_up__person__is_active=True,
            follow_up__person__erased_at=None,
        ).select_related("follow_up")
    }
    return {
        one.pk: None
        if notes.get(one.payload["note"]) == one.recipient_id
        else "there is no answer to tell of"
        for one in messages
    }


def render(message: Message, language: str) -> Mail:
    """A line and a button; what was written is read on the site, not in a mail."""
    note = FieldNote.objects.select_related("follow_up__unit", "replied_by").get(
        pk=message.payload["note"]
    )
    unit = note.follow_up.unit.title if note.follow_up.unit else ""
    body = _("%(name)s has answered the note you wrote about “%(unit)s”.") % {
        "name": note.replied_by,
        "unit": unit,
    }
    return Mail(
        subject=_("An answer to your field note"),
        body=body,
        url=reverse("following:follow_up", args=[note.follow_up_id]),
        button=_("Read the answer"),
    )


NOTE_ANSWERED = MessageKind(
    slug=ANSWERED,
    wanted=wanted,
    render=render,
    expires_after=timedelta(days=14),
    title=gettext_lazy("Answers to my field notes"),
)
