"""A trainee's own case: noted, written, handed in, returned, accepted, nominated."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from cases.models import Case, WriteUp, WriteUpVersion
from mot_course.web import Json, content_language
from people.duties import people_reached_by
from people.models import User
from quizzes.kinds.writing import is_written
from quizzes.models import Answer, Attempt, Quiz
from quizzes.parts import NewerPartExists
from quizzes.questions import Question, spec_of
from quizzes.starting import start_attempt, take_turn
from quizzes.submitting import submit_attempt

QUIZ = "own-case"
NOTE = "note"  # the part, and the rung, that the note goes to
LONGEST_NOTE = 600
LONGEST_TITLE = 120
_TITLE = 40  # characters of a title made from a note

State = WriteUp.State


class AnotherIsBeingWritten(Exception):
    """One case at a time: that one is open; notes wait."""

    def __init__(self, write_up: WriteUp) -> None:
        super().__init__(write_up)
        self.write_up = write_up


class NothingWritten(Exception):
    """There is only the note so far."""


class NotNow(Exception):
    """The case is not in the state for that (any more)."""


@dataclass(frozen=True)
class WrittenText:
    """One part of a case as it was handed in."""

    part: str
    title: str
    text: str


# --- the author ---------------------------------------------------------------------------


def write_ups_of(author: User) -> QuerySet[WriteUp]:
    """The author's own cases, the last changed first: the only ones their pages may load."""
    return WriteUp.objects.filter(author=author, discarded_at=None).select_related("case")


def start_note(*, author: User, lines: Sequence[str]) -> WriteUp:
    """A new case of three lines."""
    note = "\n".join(line.strip() for line in lines if line.strip())[:LONGEST_NOTE]
    return WriteUp.objects.create(
        author=author,
        title=title_from(note),
        note=note,
        note_version=1,
        language=content_language(),
    )


def title_from(text: str) -> str:
    """The first sentence, cut where it is long."""
    first = re.split(r"[\n。.!?！？；;]", text.strip(), maxsplit=1)[0].strip()
    return first if len(first) <= _TITLE else first[: _TITLE - 1].rstrip() + "…"


def save_note(*, write_up: WriteUp, text: str, version: int) -> int:
    """Store the note; the version it now has. Raises NewerPartExists, or NotNow once it is more."""
    changed = WriteUp.objects.filter(
        pk=write_up.pk, note_version=version, discarded_at=None, versions=None
    ).update(note=text, note_version=F("note_version") + 1, changed_at=timezone.now())
    if changed:
        return version + 1
    write_up.refresh_from_db(fields=["note", "note_version", "discarded_at"])
    if write_up.discarded_at is not None or write_up.versions.exists():
        raise NotNow
    if write_up.note == text:
        return write_up.note_version  # our reply was lost on the way
    raise NewerPartExists(write_up.note, write_up.note_version)


def climb(*, write_up: WriteUp, author: User) -> WriteUpVersion:
    """The case's text to write, begun with its note; the one it has where it has one.

    Raises AnotherIsBeingWritten; NoAttemptLeft and TooEarly where the quiz has such rules.
    """
    adopt_stray_text(author)
    return _open_version(write_up, author, {NOTE: write_up.note}, (State.DRAFT,))


def revise(*, write_up: WriteUp, author: User) -> WriteUpVersion:
    """The next version of a returned case, begun with the texts of the last. Raises as climb."""
    adopt_stray_text(author)
    last = newest_version(write_up)
    answer = answer_of(last.attempt_id) if last else None
    texts = (answer.response or {}).get("texts", {}) if answer else {}
    return _open_version(write_up, author, texts, (State.RETURNED, State.DRAFT))


@transaction.atomic
def _open_version(
    write_up: WriteUp, author: User, texts: Mapping[str, str], states: Sequence[str]
) -> WriteUpVersion:
    quiz = Quiz.objects.get(slug=QUIZ)
    take_turn(quiz, author)
    # First the attempt, then the case, as a submission does: so neither waits for the other.
    open_one = (
        Attempt.objects.of(author).open().filter(quiz=quiz).select_for_update(of=("self",)).first()
    )
    found = (
        WriteUp.objects.select_for_update(of=("self",))
        .filter(pk=write_up.pk, discarded_at=None, state__in=states)
        .first()
    )
    if found is None:
        raise NotNow
    holder = (
        WriteUpVersion.objects.filter(attempt=open_one).select_related("write_up").first()
        if open_one
        else None
    )
    if holder is not None and holder.write_up_id == found.pk:
        return holder
    if holder is not None and holder.write_up.discarded_at is None:
        raise AnotherIsBeingWritten(holder.write_up)
    if holder is not None:
        holder.delete()  # of a discarded one, which until now could have been brought back
    attempt = start_attempt(quiz=quiz, trainee=author)
    _begin_with(attempt, texts)
    last = found.versions.aggregate(last=Max("number"))["last"] or 0
    made = WriteUpVersion.objects.create(write_up=found, number=last + 1, attempt=attempt)
    WriteUp.objects.filter(pk=found.pk).update(state=State.DRAFT, changed_at=timezone.now())
    return made


def _begin_with(attempt: Attempt, texts: Mapping[str, str]) -> None:
    """Put the texts into the attempt's answer; the versions rise, so old pages notice."""
    answer = answer_of(attempt.pk)
    if answer is None:
        return
    parts = spec_of(answer.revision).part
    seen = (answer.response or {}).get("versions", {})
    answer.response = {
        "texts": {name: text for name, text in texts.items() if name in parts and text},
        "versions": {name: seen.get(name, 0) + 1 for name in parts},
    }
    answer.saved_at = timezone.now()
    answer.save(update_fields=["response", "saved_at"])


@transaction.atomic
def adopt_stray_text(author: User) -> WriteUp | None:
    """A text begun on the quiz's own page becomes a case of its own; None where there is none."""
    stray = (
        Attempt.objects.of(author)
        .open()
        .filter(quiz__slug=QUIZ, write_up_version=None)
        .select_for_update(of=("self",))
        .first()
    )
    answer = answer_of(stray.pk) if stray else None
    if stray is None or answer is None or not is_written(answer.response):
        return None
    return keep_as_case(stray, answer).write_up


def keep_as_case(attempt: Attempt, answer: Answer | None) -> WriteUpVersion:
    """A case for an attempt that has none, named after its first words."""
    response: Json = (answer and answer.response) or {}
    texts = [text for text in response.get("texts", {}).values() if text]
    write_up = WriteUp.objects.create(
        author_id=attempt.trainee_id,
        title=title_from(texts[0]) if texts else "…",
        language=content_language(),
    )
    return WriteUpVersion.objects.create(write_up=write_up, number=1, attempt=attempt)


def rename(*, write_up: WriteUp, title: str) -> None:
    """Give the case another title."""
    WriteUp.objects.filter(pk=write_up.pk).update(title=title, changed_at=timezone.now())


def hand_in(*, write_up: WriteUp, author: User) -> WriteUpVersion:
    """Submit the text that is being written; handing in again changes nothing.

    Raises NotNow where nothing is being written, NothingWritten where there is only the note.
    """
    version = newest_version(write_up)
    if version is None:
        raise NotNow
    answer = answer_of(version.attempt_id)
    if answer is None or not is_more_than_a_note(answer):
        raise NothingWritten
    submit_attempt(attempt_id=version.attempt_id, trainee=author)
    return version


def is_more_than_a_note(answer: Answer) -> bool:
    """Whether something is written beyond the note's rung."""
    texts = (answer.response or {}).get("texts", {})
    parts = spec_of(answer.revision).parts
    return any(texts.get(part.id, "").strip() for part in parts if part.rung != NOTE)


def discard(*, write_up: WriteUp) -> None:
    """Put away a case that was never handed in. Raises NotNow."""
    changed = (
        WriteUp.objects.filter(pk=write_up.pk, state=State.DRAFT, discarded_at=None)
        .exclude(versions__attempt__submitted_at__isnull=False)
        .update(discarded_at=timezone.now())
    )
    if not changed:
        raise NotNow


def discarded_by(author: User) -> QuerySet[WriteUp]:
    """What can still be brought back: notes, and the text whose place nobody has taken."""
    return WriteUp.objects.filter(author=author, discarded_at__isnull=False).filter(
        Q(versions__attempt__submitted_at=None)
    )


def bring_back(*, write_up_id: int, author: User) -> WriteUp | None:
    """The case that had been put away; None where there is none."""
    found = discarded_by(author).filter(pk=write_up_id).first()
    if found is not None:
        WriteUp.objects.filter(pk=found.pk).update(discarded_at=None)
    return found


# --- consent and nomination -----------------------------------------------------------------


def give_consent(*, write_up: WriteUp) -> None:
    """The author agrees that an accepted case may be edited and published. Raises NotNow."""
    changed = WriteUp.objects.filter(
        pk=write_up.pk, state=State.ACCEPTED, consent_at=None, discarded_at=None
    ).update(consent_at=timezone.now())
    if (
        not changed
        and not WriteUp.objects.filter(pk=write_up.pk, consent_at__isnull=False).exists()
    ):
        raise NotNow


def withdraw_consent(*, write_up: WriteUp) -> None:
    """Take the consent, and with it a nomination, back. Raises NotNow once it is published.

    Whoever publishes has to lock the case (`select_for_update`) and look for consent_at.
    """
    with transaction.atomic():
        # The lock makes the look at the library and the write one moment.
        WriteUp.objects.select_for_update(of=("self",)).get(pk=write_up.pk)
        if is_published(write_up):
            raise NotNow
        given = WriteUp.objects.filter(pk=write_up.pk, consent_at__isnull=False)
        gone = {"consent_at": None, "nominated_by": None}
        given.filter(state=State.NOMINATED).update(state=State.ACCEPTED, **gone)
        given.update(**gone)


def is_published(write_up: WriteUp) -> bool:
    """Whether readers can see the case that was made of it."""
    return Case.objects.filter(
        from_write_up=write_up.pk, state__in=[Case.State.PUBLISHED, Case.State.ARCHIVED]
    ).exists()


def nominate(*, write_up: WriteUp, by: User) -> None:
    """Propose an accepted case, whose author agrees, for the library; the caller has checked
    `may_nominate`. Raises NotNow.
    """
    changed = WriteUp.objects.filter(
        pk=write_up.pk, state=State.ACCEPTED, consent_at__isnull=False, discarded_at=None
    ).update(state=State.NOMINATED, nominated_by=by)
    if not changed and not WriteUp.objects.filter(pk=write_up.pk, state=State.NOMINATED).exists():
        raise NotNow


def may_nominate(person: User, write_up: WriteUp) -> bool:
    """Instructors and admins whose duties reach the author."""
    return person.is_instructor and people_reached_by(person).filter(pk=write_up.author_id).exists()


def came_back_to(author: User) -> WriteUp | None:
    """The case an instructor has returned to its author, the newest; one query."""
    return write_ups_of(author).filter(state=State.RETURNED).order_by("-changed_at").first()


def accepted_in_reach_of(person: User) -> QuerySet[WriteUp]:
    """Accepted cases that this instructor could nominate, those whose author agrees first."""
    return (
        WriteUp.objects.filter(
            state=State.ACCEPTED, discarded_at=None, author__in=people_reached_by(person)
        )
        .select_related("author")
        .order_by(F("consent_at").desc(nulls_last=True), "-changed_at")
    )


def nominated_write_ups() -> QuerySet[WriteUp]:
    """What waits for an editor: nominated, with consent, not in the library yet."""
    return (
        WriteUp.objects.filter(
            state=State.NOMINATED, consent_at__isnull=False, discarded_at=None, case=None
        )
        .select_related("author", "nominated_by")
        .order_by("changed_at", "pk")
    )


def texts_of(write_up: WriteUp) -> list[WrittenText]:
    """The parts of the version that was handed in last, in order; empty ones are left out."""
    version = write_up.versions.filter(attempt__submitted_at__isnull=False).last()
    answer = answer_of(version.attempt_id) if version else None
    if answer is None:
        return []
    texts: Json = (answer.response or {}).get("texts", {})
    return [
        WrittenText(part.id, part.title.said, texts[part.id])
        for part in spec_of(answer.revision).parts
        if texts.get(part.id, "").strip()
    ]


# --- reading ----------------------------------------------------------------------------------


def newest_version(write_up: WriteUp) -> WriteUpVersion | None:
    """The version with the highest number, its attempt loaded; None for a note."""
    return write_up.versions.select_related("attempt").order_by("-number").first()


def answer_of(attempt_id: int) -> Answer | None:
    """The text of an attempt: its first answer of the kind `writing`."""
    return (
        Answer.objects.filter(attempt=attempt_id, revision__kind="writing")
        .select_related("revision", "exercise")
        .order_by("position")
        .first()
    )


def newest_answers(write_ups: Sequence[WriteUp]) -> dict[int, Answer]:
    """The newest text of each, by the case's id; notes have none."""
    newest = (
        WriteUpVersion.objects.filter(write_up=OuterRef("write_up"))
        .order_by("-number")
        .values("pk")[:1]
    )
    versions = WriteUpVersion.objects.filter(
        write_up__in=[one.pk for one in write_ups], pk=Subquery(newest)
    )
    by_attempt = {one.attempt_id: one.write_up_id for one in versions}
    answers = (
        Answer.objects.filter(attempt__in=by_attempt, revision__kind="writing")
        .select_related("revision", "exercise", "attempt")
        .order_by("-position")
    )
    return {by_attempt[answer.attempt_id]: answer for answer in answers}


def question_of(answer: Answer, *, reveal: bool) -> Question:
    """The text as a template shows it: to write, or with `reveal` to read."""
    return Question.of(answer, answer.exercise.slug, reveal=reveal)
