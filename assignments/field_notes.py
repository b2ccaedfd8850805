"""Field notes: written once by a trainee, answered once by an instructor."""

from django.db import transaction
from django.db.models import Case, QuerySet, Value, When

from assignments.following_up import Kind
from assignments.models import FieldNote, FollowUp
from mot_course.web import content_language
from outbox.clock import database_now
from people.models import User
from people.teaming import people_taught_by
from people.telling import tell

ANSWERED = "note-answered"


class AlreadyAnswered(Exception):
    """Another instructor was first; `note` is as it stands now."""

    def __init__(self, note: FieldNote) -> None:
        super().__init__(note)
        self.note = note


@transaction.atomic
def write(*, follow_up: FollowUp, met: bool, steps: list[str], text: str) -> FieldNote:
    """The note, stored, and its follow-up done; a second time gives the one there is."""
    now = database_now()
    note, _is_new = FieldNote.objects.get_or_create(
        follow_up=follow_up,
        defaults={
            "met": met,
            "steps": steps,
            "text": text,
            "language": content_language(),
            "written_at": now,
        },
    )
    FollowUp.objects.filter(pk=follow_up.pk, done_at=None).update(done_at=now, dropped_because="")
    return note


def notes_for(instructor: User) -> QuerySet[FieldNote]:
    """The notes of people whom the instructor teaches: those that wait for a word first."""
    waits = When(replied_at=None, met=True, then=Value(0))
    return (
        FieldNote.objects.filter(
            follow_up__kind=Kind.NOTE, follow_up__person__in=people_taught_by(instructor)
        )
        .select_related("follow_up__person", "follow_up__unit", "replied_by")
        .annotate(place=Case(waits, default=Value(1)))
        .order_by("place", "-written_at", "-pk")
    )


@transaction.atomic
def answer(*, note: FieldNote, instructor: User, text: str) -> None:
    """Store the reply and tell the trainee. Raises AlreadyAnswered: the first reply stays."""
    claimed = FieldNote.objects.filter(pk=note.pk, replied_at=None).update(
        reply=text, replied_by=instructor, replied_at=database_now()
    )
    if not claimed:
        stored = FieldNote.objects.select_related("replied_by").get(pk=note.pk)
        if stored.replied_by_id == instructor.pk and stored.reply == text:
            return  # sent twice
        raise AlreadyAnswered(stored)
    tell(
        ANSWERED,
        [note.follow_up.person_id],
        key=f"note-answered:{note.pk}",
        payload={"note": note.pk},
    )
