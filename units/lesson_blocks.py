"""A lesson's text, practice and cases, block by block.

Revisions never change (a trigger refuses it), so each process keeps what it has read of them.
"""

import json
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.safestring import SafeString, mark_safe

from cases.models import Case
from mot_course.web import Json, content_language
from people.models import User
from quizzes.models import Quiz, Revision
from quizzes.questions import Question
from quizzes.revisions import revisions_of
from units.models import LessonRevision, Worksheet

MOST_TEXTS = 500  # lessons × languages; some 20 kB each

# The practice bank's exercises as they are now, with the answers of the open practice.
PRACTICE = """
    SELECT exercise.slug, exercise.current_id, current.digest,
           answer.revision_id, given.digest, answer.response, answer.confidence
    FROM quizzes_bankitem AS item
    JOIN quizzes_exercise AS exercise ON exercise.id = item.exercise_id
    JOIN quizzes_revision AS current ON current.id = exercise.current_id
    LEFT JOIN quizzes_attempt AS attempt
      ON attempt.quiz_id = %(quiz)s AND attempt.trainee_id = %(person)s
     AND attempt.submitted_at IS NULL
    LEFT JOIN quizzes_answer AS answer
      ON answer.attempt_id = attempt.id AND answer.exercise_id = exercise.id
    LEFT JOIN quizzes_revision AS given ON given.id = answer.revision_id
    WHERE item.bank_id = %(bank)s
"""


@dataclass(frozen=True)
class LessonText:
    """A lesson's revision in one language."""

    blocks: tuple[Json, ...]  # {"html": …}, {"exercise": slug}, {"case": slug} or …
    afterwards: str
    sources: str

    def names(self, kind: str) -> list[str]:
        """The slugs of the exercises, cases or worksheets that the text embeds."""
        return [block[kind] for block in self.blocks if kind in block]


@dataclass
class Block:
    """A piece of a lesson: exactly one of text, exercise, case and worksheet."""

    number: int
    html: SafeString | None = None
    question: Question | None = None
    case: Case | None = None
    worksheet: Worksheet | None = None


_texts: dict[tuple[int, str, str], LessonText] = {}


def text_of(revision_id: int, digest: str) -> LessonText:
    """The revision in the reader's language; read once a process."""
    key = (revision_id, digest, content_language())
    text = _texts.get(key)
    if text is None:
        if len(_texts) >= MOST_TEXTS:
            _texts.clear()
        text = _texts[key] = read_text(LessonRevision.objects.get(pk=revision_id))
    return text


def read_text(revision: LessonRevision) -> LessonText:
    """The revision in the reader's language."""
    language = content_language()
    notes = (revision.source.get(name, {}) for name in ("afterwards", "sources"))
    return LessonText(
        tuple(_with_safe_html(block) for block in revision.blocks),
        *(note.get(language, "") for note in notes),
    )


def safe_text(blocks: list[Json], source: Json) -> LessonText:
    """Blocks that were rendered just now, as a text of the reader's language."""
    language = content_language()
    notes = (source.get(name) or {} for name in ("afterwards", "sources"))
    return LessonText(
        tuple(_with_safe_html(block) for block in blocks),
        *(note.get(language) or "" for note in notes),
    )


def _with_safe_html(block: Json) -> Json:
    if "html" not in block:
        return block
    # Rendered and cleaned by quizzes.prose when the lesson was published.
    return {**block, "html": mark_safe(block["html"])}  # noqa: S308


def blocks_of(text: LessonText, questions: dict[str, Question]) -> list[Block]:
    """The text's blocks in order; what is gone is left out."""
    cases = _cases(text.names("case"))
    worksheets = _worksheets(text.names("worksheet"))
    blocks = []
    for number, stored in enumerate(text.blocks):
        block = Block(
            number,
            html=stored.get("html"),
            question=questions.get(stored.get("exercise", "")),
            case=cases.get(stored.get("case", "")),
            worksheet=worksheets.get(stored.get("worksheet", "")),
        )
        if block.html or block.question or block.case or block.worksheet:
            blocks.append(block)
    return blocks


def practice_questions(practice: Quiz | None, person: User) -> dict[str, Question]:
    """The lesson's exercises by slug: as answered in the open practice, else as they are now."""
    if practice is None:
        return {}
    values = {"quiz": practice.pk, "bank": practice.bank_id, "person": person.pk}
    with connection.cursor() as cursor:
        cursor.execute(PRACTICE, values)
        rows = cursor.fetchall()
    revisions = revisions_of([(row[3], row[4]) if row[3] else (row[1], row[2]) for row in rows])
    return {row[0]: _question(row, revision) for row, revision in zip(rows, revisions, strict=True)}


def _question(row: tuple[Any, ...], revision: Revision) -> Question:
    if row[5] is None:
        return Question(revision, row[0])
    question = Question(revision, row[0], response=json.loads(row[5]), confidence=row[6])
    # A conversation that is still going on is stored, too, and has no feedback yet.
    question.reveal = not question.rules.takes_turns or question.is_answered
    return question


def preview_questions(text: LessonText) -> dict[str, Question]:
    """The exercises a revision names as they are now, whether or not they are in its bank."""
    revisions = Revision.objects.filter(
        exercise__slug__in=text.names("exercise"), exercise__current__isnull=False
    ).select_related("exercise")
    return {
        one.exercise.slug: Question(one, one.exercise.slug)
        for one in revisions
        if one.exercise.current_id == one.pk
    }


def _cases(slugs: list[str]) -> dict[str, Case]:
    if not slugs:
        return {}
    cases = Case.objects.published().filter(slug__in=slugs)
    columns = ("slug", "title_zh", "title_en", "summary_zh", "summary_en")
    return {case.slug: case for case in cases.only(*columns)}


def _worksheets(slugs: list[str]) -> dict[str, Worksheet]:
    if not slugs:
        return {}
    found = Worksheet.objects.filter(slug__in=slugs, archived_at=None, current__isnull=False)
    return {one.slug: one for one in found.select_related("current")}
