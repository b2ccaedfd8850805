"""Lessons being edited: drafts, the pack's own checks, publishing, restoring.

Every change holds the lock of the lesson's row. Readers see a revision, which no draft touches;
a course pack that is loaded leaves a lesson alone once it was published here.
"""

from collections.abc import Callable

from django.db import transaction
from django.utils.translation import gettext as _
from pydantic import ValidationError

from cases.models import Case
from mot_course.web import Json
from people import auditing
from people.models import User
from quizzes.drafting import (
    NewerDraftExists,
    NothingChanged,
    NotReady,
    Present,
    PublishedMeanwhile,
    empty_draft,
    present_of,
    refuse_unseen,
    store_draft,
)
from quizzes.models import Bank, BankItem, Exercise, Quiz
from quizzes.yaml_files import in_words
from units.models import Lesson, LessonDraft, LessonRevision, Worksheet
from units.pack.canonical import lesson_digest
from units.pack.schema import LessonFile
from units.pack.texts import embeds_in, problems_in
from units.publishing import fill_lesson, publish_lesson

TEXTS = ("title", "afterwards", "sources", "markdown")
LANGUAGES = ("zh", "en")
LONGEST = 100_000


# A lesson's source as the fields of a form, and back


def fields_of(source: Json) -> dict[str, str]:
    """The source as flat fields, each a text."""
    fields = {"minutes": str(source.get("minutes") or ""), "step": source.get("step") or ""}
    for name in TEXTS:
        for key in LANGUAGES:
            fields[f"{name}_{key}"] = (source.get(name) or {}).get(key) or ""
    return fields


def with_fields(source: Json, changed: dict[str, str]) -> Json:
    """The source after these fields were filled in; names it does not have are left out."""
    present = fields_of(source)
    fields = present | {key: value for key, value in changed.items() if key in present}
    made = dict(source)
    for name in TEXTS:
        made[name] = {key: _lined(fields[f"{name}_{key}"]) for key in LANGUAGES}
    minutes = fields["minutes"].strip()
    made["minutes"] = (
        int(minutes) if minutes.isascii() and minutes.isdigit() and len(minutes) < 5 else None
    )
    made["step"] = fields["step"] or None
    return made


def _lined(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return text.encode("utf-8", "ignore").decode("utf-8")[:LONGEST]


def cleaned(source: Json) -> Json:
    """The source as it would be published: only what says something, exercises as embedded."""
    made = {}
    for key, value in source.items():
        if key in ("afterwards", "sources", "title") and isinstance(value, dict):
            value = {k: text.strip() for k, text in value.items() if text and text.strip()}
        if key == "covers" or value not in (None, "", {}, [], ()):
            made[key] = value
    markdown = {key: (source.get("markdown") or {}).get(key) or "" for key in LANGUAGES}
    made["markdown"] = markdown
    made["exercises"] = [one.name for one in embeds_in(markdown["zh"]) if one.what == "exercise"]
    return made


def findings_in(source: Json) -> list[str]:
    """What keeps the lesson from being published: the pack's own checks, in words."""
    source = cleaned(source)
    found = []
    file = {key: value for key, value in source.items() if key not in ("markdown", "exercises")}
    try:
        LessonFile.model_validate(file)
    except ValidationError as error:
        found += [f"{'.'.join(map(str, one['loc']))}: {in_words(one)}" for one in error.errors()]
    markdown = source["markdown"]
    for key, name in (("zh", _("Chinese")), ("en", _("English"))):
        if not markdown[key].strip():
            found.append(_("the text in %(language)s is missing") % {"language": name})
    embeds = {(one.what, one.name) for text in markdown.values() for one in embeds_in(text)}
    exercises = _published(Exercise, {name for what, name in embeds if what == "exercise"})
    cases = _cases({name for what, name in embeds if what == "case"})
    worksheets = _worksheets({name for what, name in embeds if what == "worksheet"})
    figures = {one.get("id") for one in source.get("figures", ())}
    there: dict[str, Callable[[str], bool]] = {
        "exercise": exercises.__contains__,
        "case": cases.__contains__,
        "worksheet": worksheets.__contains__,
        "figure": figures.__contains__,
    }
    for one in problems_in(markdown, there, {"figure": figures}):
        name = {"zh": _("Chinese"), "en": _("English")}.get(one.language, "")
        where = [name] if name else []
        if one.line:
            where.append(_("line %(n)d") % {"n": one.line})
        found.append(": ".join(filter(None, [" ".join(where), one.message])))
    return found


def _published(model: type[Exercise], slugs: set[str]) -> set[str]:
    found = model.objects.filter(slug__in=slugs, current__isnull=False, archived_at=None)
    return set(found.values_list("slug", flat=True))


def _worksheets(slugs: set[str]) -> set[str]:
    found = Worksheet.objects.filter(slug__in=slugs, archived_at=None, current__isnull=False)
    return set(found.values_list("slug", flat=True))


def _cases(slugs: set[str]) -> set[str]:
    return set(Case.objects.published().filter(slug__in=slugs).values_list("slug", flat=True))


# Drafts


def present_lesson(lesson: Lesson) -> Present:
    """What an editor finds; the lesson comes with `current` and `draft`."""
    current = lesson.current
    draft = getattr(lesson, "draft", None)
    return present_of(
        draft, current.source if current else {}, current.number if current else 0, {}
    )


def has_changes(lesson: Lesson, present: Present) -> bool:
    """Whether the draft says something else than the published revision."""
    current = lesson.current
    if current is None:
        return True
    if present.content is current.source:
        return False
    return cleaned(present.content) != cleaned(current.source)


def _locked(lesson_id: int) -> Lesson:
    Lesson.objects.select_for_update().only("pk").get(pk=lesson_id)
    return Lesson.objects.select_related(
        "unit", "current", "practice_quiz", "draft__edited_by"
    ).get(pk=lesson_id)


@transaction.atomic
def change_draft(
    *, lesson_id: int, by: User, seen: str, change: Callable[[Json], Json]
) -> LessonDraft:
    """Store what `change` makes of the present draft; one version on.

    Raises NewerDraftExists where the page has not seen the latest.
    """
    lesson = _locked(lesson_id)
    present = present_lesson(lesson)
    refuse_unseen(present, seen)
    return _store(lesson, present, change(present.content), by)


def _store(lesson: Lesson, present: Present, content: Json, by: User) -> LessonDraft:
    draft = store_draft(
        getattr(lesson, "draft", None),
        lambda **fields: LessonDraft(lesson=lesson, **fields),
        present=present,
        content=content,
        by=by,
    )
    assert isinstance(draft, LessonDraft)
    return draft


@transaction.atomic
def publish_draft(*, lesson_id: int, by: User, seen: str, knowingly: int = 0) -> LessonRevision:
    """Publish the draft as the next revision, and bring the lesson's practice in line with it.

    Practice that is open keeps its questions. Raises NotReady, NothingChanged, NewerDraftExists,
    or PublishedMeanwhile unless `knowingly` names the newer revision that is published over.
    """
    lesson = _locked(lesson_id)
    present = present_lesson(lesson)
    refuse_unseen(present, seen)
    current = lesson.current
    if current and current.number not in (present.based_on, knowingly):
        raise PublishedMeanwhile(current)
    if not has_changes(lesson, present):
        raise NothingChanged
    findings = findings_in(present.content)
    if findings:
        raise NotReady(findings)
    source = cleaned(present.content)
    fill_lesson(lesson, source)
    lesson.practice_quiz = _practice(lesson, source["exercises"])
    lesson.save()
    # What belongs to a case is practised here, too, but the lesson does not own it.
    borrowed = set(
        BankItem.objects.filter(
            exercise__slug__in=source["exercises"], bank__quizzes__purpose=Quiz.Purpose.CASE
        ).values_list("exercise__slug", flat=True)
    )
    source["exercises"] = [one for one in source["exercises"] if one not in borrowed]
    revision = publish_lesson(
        lesson=lesson, source=source, digest=lesson_digest(source), origin="editor", author=by
    )
    empty_draft(getattr(lesson, "draft", None), by=by)
    before = {"revision": current.number if current else 0}
    auditing.record(
        by, "lesson_published", lesson, before=before, after={"revision": revision.number}
    )
    return revision


def _practice(lesson: Lesson, slugs: list[str]) -> Quiz | None:
    """The lesson's practice with exactly these exercises, in the order of the text."""
    if not slugs:
        return None
    quiz = lesson.practice_quiz
    slug = quiz.slug if quiz else f"practice-{lesson.unit.slug}-{lesson.slug}"
    titles = {
        "title_zh": f"练习：{lesson.title_zh}"[:120],
        "title_en": f"Practice: {lesson.title_en}"[:120],
    }
    bank, _made = Bank.objects.update_or_create(slug=slug, defaults=titles)
    exercises = {one.slug: one for one in Exercise.objects.filter(slug__in=slugs)}
    BankItem.objects.filter(bank=bank).delete()
    BankItem.objects.bulk_create(
        BankItem(bank=bank, exercise=exercises[one], position=n, objective=lesson.slug)
        for n, one in enumerate(slugs, start=1)
    )
    defaults = titles | {
        "purpose": Quiz.Purpose.PRACTICE,
        "bank": bank,
        "feedback": Quiz.Feedback.EACH,
    }
    quiz, _made = Quiz.objects.update_or_create(slug=slug, defaults=defaults)
    return quiz


@transaction.atomic
def restore_revision(*, lesson_id: int, by: User, seen: str, number: int) -> None:
    """Make a former revision the draft; it is published like any other."""
    lesson = _locked(lesson_id)
    present = present_lesson(lesson)
    refuse_unseen(present, seen)
    revision = lesson.revisions.get(number=number)
    now = Present({}, present.version, lesson.current.number if lesson.current else 0)
    _store(lesson, now, revision.source, by)
    auditing.record(by, "lesson_restored", lesson, after={"revision": number})


@transaction.atomic
def discard_draft(*, lesson_id: int, by: User, seen: str) -> None:
    """Throw the draft away; what is published stands."""
    lesson = _locked(lesson_id)
    refuse_unseen(present_lesson(lesson), seen)
    if lesson.current is None:
        raise NothingChanged
    empty_draft(getattr(lesson, "draft", None), by=by)
    after = {"revision": lesson.current.number}
    auditing.record(by, "lesson_draft_discarded", lesson, after=after)


__all__ = [
    "NewerDraftExists", "NotReady", "NothingChanged", "PublishedMeanwhile", "change_draft",
    "cleaned", "discard_draft", "fields_of", "findings_in", "has_changes", "present_lesson",
    "publish_draft", "restore_revision", "with_fields",
]  # fmt: skip
