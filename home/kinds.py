"""The kind of message that home queues: an instructor's own words to some people of a class."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outbox.kinds import Mail, MessageKind, register
from outbox.models import Message
from people import auditing
from people.models import Cohort, User
from people.telling import tell

INSTRUCTOR_NOTE = "instructor_note"


def register_kinds() -> None:
    """Make the kind known to the outbox; called once, when the app is ready."""
    register(
        MessageKind(
            slug=INSTRUCTOR_NOTE,
            wanted=_wanted,
            render=_render,
            may_silence=True,
            expires_after=timedelta(days=7),
            title=gettext_lazy("Words from the instructor"),
        )
    )


@transaction.atomic
def send_note(*, people: Sequence[int], text: str, cohort: Cohort, by: User, once: UUID) -> None:
    """Queue the words for these people, once per form; the log names the people, not the words."""
    # Two clicks at once: the second waits here, and then finds that all is queued.
    User.objects.select_for_update().only("pk").get(pk=by.pk)
    key = f"note-to-class:{by.pk}:{once}"
    if Message.objects.filter(key__startswith=f"{key}:").exists():
        return
    payload = {"by": by.pk, "name": str(by), "text": text, "cohort": cohort.pk}
    tell(INSTRUCTOR_NOTE, people, key=key, payload=payload)
    auditing.record(by, "class_messaged", cohort, after={"people": list(people)})


def _wanted(messages: Sequence[Message]) -> dict[int, str | None]:
    """Whoever may sign in still wants them; one query."""
    people = {one.recipient_id for one in messages if one.recipient_id}
    present = set(User.objects.present().filter(pk__in=people).values_list("pk", flat=True))
    return {
        one.pk: None if one.recipient_id in present else "the person has left" for one in messages
    }


def _render(message: Message, language: str) -> Mail:
    """The words as they were typed; who wrote them stands in the text, not in the subject."""
    name = str(message.payload.get("name", ""))
    said = str(message.payload.get("text", ""))
    return Mail(
        subject=_("A word from your instructor"),
        body=_("%(name)s writes:") % {"name": name} + "\n\n" + said,
        url="/",
        button=_("Open the course"),
    )
