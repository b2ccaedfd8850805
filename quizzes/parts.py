"""Saving one part of a structured text: each part has a version, two devices lose nothing."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import connection
from django.utils.translation import gettext as _

from mot_course.web import Json
from people.models import User
from quizzes.answering import AttemptIsClosed
from quizzes.kinds.writing import one_way_of_lines, text_mark, too_long
from quizzes.models import Answer
from quizzes.questions import Question
from quizzes.submitting import GRACE

# As answering.SAVE: the lock on the attempt makes "saved" true. Of two saves of one answer the
# second waits for the first and then looks at the row anew, so both parts stay; of two saves of
# one part the second no longer finds the version it has seen.
SAVE_PART = """
WITH open AS (
    SELECT id FROM quizzes_attempt
    WHERE id = %(attempt)s AND trainee_id = %(trainee)s AND submitted_at IS NULL
      AND (deadline_at IS NULL OR now() <= deadline_at + make_interval(secs => %(grace)s))
    FOR SHARE
)
UPDATE quizzes_answer
SET response = coalesce(response, '{}') || jsonb_build_object(
        'texts', CASE WHEN %(text)s::text = ''
            THEN coalesce(response->'texts', '{}') - %(part)s::text
            ELSE coalesce(response->'texts', '{}')
                || jsonb_build_object(%(part)s::text, %(text)s::text) END,
        'versions', coalesce(response->'versions', '{}')
            || jsonb_build_object(%(part)s::text, %(version)s + 1)),
    saved_at = now()
FROM open
WHERE attempt_id = open.id AND position = %(position)s AND checked_at IS NULL
  AND coalesce((response->'versions'->>%(part)s::text)::int, 0) = %(version)s
"""

SAVE_FLAG = """
WITH open AS (
    SELECT id FROM quizzes_attempt
    WHERE id = %(attempt)s AND trainee_id = %(trainee)s AND submitted_at IS NULL FOR SHARE
)
UPDATE quizzes_answer SET flagged = %(flagged)s
FROM open WHERE attempt_id = open.id AND position = %(position)s
"""

MOST_VERSIONS = 2_000_000_000


class NewerPartExists(Exception):
    """Another page has saved this part since; its text and version."""

    def __init__(self, text: str, version: int) -> None:
        super().__init__(version)
        self.text = text
        self.version = version


class PartForm(forms.Form):
    """One part as a script sends it: the text, and the version its page has seen."""

    text = forms.CharField(required=False, strip=False)
    version = forms.IntegerField(min_value=0, max_value=MOST_VERSIONS)

    def clean_text(self) -> str:
        return one_way_of_lines(self.cleaned_data["text"])


def save_part(
    *, attempt_id: int, position: int, part: str, trainee: User, text: str, version: int
) -> int:
    """Store the part's text; the version it now has. It will be in what is handed in.

    Raises AttemptIsClosed or NewerPartExists; the same save sent twice is a success twice.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            SAVE_PART,
            {
                "attempt": attempt_id,
                "trainee": trainee.pk,
                "grace": GRACE.total_seconds(),
                "position": position,
                "part": part,
                "text": text,
                "version": version,
            },
        )
        if cursor.rowcount == 1:
            return version + 1
    stored = Answer.objects.select_related("attempt").get(attempt=attempt_id, position=position)
    response = stored.response or {}
    stored_text = response.get("texts", {}).get(part, "")
    stored_version = response.get("versions", {}).get(part, 0)
    if stored_text == text and stored_version > version:
        return int(stored_version)  # our reply was lost on the way, and the browser asked again
    if stored.attempt.submitted_at is None and stored_version != version:
        raise NewerPartExists(stored_text, stored_version)
    raise AttemptIsClosed


def save_flag(*, attempt_id: int, position: int, trainee: User, flagged: bool) -> bool:
    """Flag a question whose text saves itself, or take the flag away; False where it is over."""
    with connection.cursor() as cursor:
        cursor.execute(
            SAVE_FLAG,
            {
                "attempt": attempt_id,
                "trainee": trainee.pk,
                "position": position,
                "flagged": flagged,
            },
        )
        return cursor.rowcount == 1


@dataclass(frozen=True)
class Typed:
    """What a whole page posted for one text, and why it is not all saved."""

    response: Json  # texts as typed; `others` and `whys` by part where something is to be said
    why: str = ""  # the first reason; empty where everything is saved

    @property
    def is_saved(self) -> bool:
        return not self.why


def save_typed(*, question: Question, data: Any, trainee: User) -> Typed:
    """Save every part that a plain form has changed, each by itself.

    Parts as the page showed them are left alone, so an old page never replaces a newer text.
    Raises AttemptIsClosed.
    """
    stored = question.response or {}
    texts, versions = dict(stored.get("texts", {})), dict(stored.get("versions", {}))
    others: dict[str, str] = {}
    whys: dict[str, str] = {}
    for part in question.spec.parts:
        name = f"{question.prefix}-part-{part.id}"
        if name not in data or part.id == data.get("take"):
            continue
        text = one_way_of_lines(data[name])
        if text == texts.get(part.id, "") or data.get(f"{name}-was") == text_mark(text):
            continue
        texts[part.id] = text
        form = PartForm({"text": text, "version": data.get(f"{name}-version") or 0})
        if not form.is_valid() or too_long(part, text):
            # Shown again as typed; nothing of it is stored.
            whys[part.id] = too_long(part, text) or str(next(iter(form.errors.values()))[0])
            texts[part.id] = text.replace("\x00", "")
            continue
        try:
            versions[part.id] = save_part(
                attempt_id=question.attempt_id or 0,
                position=question.position,
                part=part.id,
                trainee=trainee,
                text=text,
                version=form.cleaned_data["version"],
            )
        except NewerPartExists as exists:
            others[part.id], versions[part.id] = exists.text, exists.version
    response = {"texts": texts, "versions": versions, "others": others, "whys": whys}
    newer = _("A part was also changed on another device: both texts stand beneath it.")
    why = next(iter(whys.values()), newer if others else "")
    return Typed(response, why)


def save_posted_parts(
    answers: Iterable[Answer], data: Any, trainee: User
) -> dict[int, tuple[str, Json | None]]:
    """Save the parts that a page of several questions posted; by position what is not saved."""
    refused: dict[int, tuple[str, Json | None]] = {}
    for answer in answers:
        question = Question.of(answer, answer.exercise.slug, reveal=False)
        if not question.rules.saves_parts or answer.checked_at is not None:
            continue
        with suppress(AttemptIsClosed):  # the page that follows shows what is stored
            typed = save_typed(question=question, data=data, trainee=trainee)
            if not typed.is_saved:
                refused[answer.position] = typed.why, typed.response
    return refused
