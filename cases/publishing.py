"""Putting a case's document into the library, and its exercises into its quiz."""

from django.contrib.postgres.search import SearchVector
from django.db import transaction
from django.db.models import Value
from pypinyin import lazy_pinyin

from cases.document import exercise_content
from cases.models import Case, CaseRevision
from cases.searching import tokens_of
from mot_course.web import Json
from people.models import User
from quizzes.canonical import digest as digest_of
from quizzes.models import Bank, BankItem, Exercise, Quiz, Revision
from quizzes.revising import revise_exercise


def publish_case(*, slug: str, content: Json, digest: str, overwrite: bool = False) -> str:
    """Publish the pack's document as the case's next revision; `made`, `changed`, `same`, `kept`.

    `kept`: somebody has edited or archived the case here, so it stays as it is.
    """
    case = Case.objects.filter(slug=slug).select_related("current").first()
    present = case.current.digest if case and case.current else ""
    if case and present == digest:
        if case.pack_digest != digest:  # edited here until it says what the pack says
            Case.objects.filter(pk=case.pk).update(pack_digest=digest)
        return "same"
    if case and not overwrite:
        was_edited = case.pack_digest != present
        if was_edited or case.state == Case.State.ARCHIVED:
            return "kept"
    made = case is None
    case = case or Case(slug=slug)
    case.pack_digest = digest
    publish_revision(case=case, content=content, origin=Revision.Origin.PACK)
    return "made" if made else "changed"


@transaction.atomic
def publish_revision(
    *,
    case: Case,
    content: Json,
    origin: str = Revision.Origin.EDITOR,
    author: User | None = None,
    note: str = "",
) -> CaseRevision:
    """Publish the document as the case's next revision, and its exercises with it.

    `content` is canonical JSON of a CaseFile. Attempts that run or are over keep the revisions
    they began with. A case that is not saved yet is saved.
    """
    _describe(case, content)
    case.save()
    last = case.revisions.order_by("-number").values_list("number", flat=True).first() or 0
    case.current = CaseRevision.objects.create(
        case=case,
        number=last + 1,
        content=content,
        digest=digest_of(content),
        origin=origin,
        author=author,
        note=note,
    )
    case.state = Case.State.PUBLISHED
    case.quiz = _quiz(case, content, origin, author)
    case.save(update_fields=["current", "state", "quiz"])
    words = " ".join(sorted(tokens_of(content)))
    Case.objects.filter(pk=case.pk).update(tokens=SearchVector(Value(words), config="simple"))
    return case.current


def _describe(case: Case, content: Json) -> None:
    """What is searched and listed stands in columns."""
    scenes = content.get("scenes", [])
    case.title_zh, case.title_en = content["title"]["zh"], content["title"]["en"]
    case.summary_zh, case.summary_en = content["summary"]["zh"], content["summary"]["en"]
    case.industry, case.steps = content["industry"], content.get("steps", [])
    case.origin = content["origin"]
    case.length = sum(len(scene["lines"]) for scene in scenes)
    case.versions = sorted({scene["version"] for scene in scenes if scene.get("version")})
    case.sort_key = " ".join(lazy_pinyin(case.title_zh)).lower()[:200]


def _quiz(case: Case, content: Json, origin: str, author: User | None) -> Quiz | None:
    """The case's quiz with its exercises in the document's order; None without exercises."""
    exercises = [
        revise_exercise(
            slug=entry["id"],
            kind=entry["kind"],
            content=exercise_content(content, entry),
            origin=origin,
            author=author,
        )[0]
        for entry in content.get("exercises", [])
    ]
    if not exercises and case.quiz is None:
        return None
    slug = f"case-{case.slug}"
    titles = {
        "title_zh": f"案例练习：{case.title_zh}"[:120],
        "title_en": f"Case: {case.title_en}"[:120],
    }
    bank, _ = Bank.objects.update_or_create(slug=slug, defaults=titles)
    _fill(bank, exercises)
    quiz, _ = Quiz.objects.update_or_create(
        slug=slug,
        defaults=titles
        | {"purpose": Quiz.Purpose.CASE, "bank": bank, "feedback": Quiz.Feedback.EACH},
    )
    return quiz if exercises else None


def _fill(bank: Bank, exercises: list[Exercise]) -> None:
    present = list(bank.items.order_by("position").values_list("exercise", flat=True))
    if present == [exercise.pk for exercise in exercises]:
        return
    bank.items.all().delete()
    BankItem.objects.bulk_create(
        BankItem(bank=bank, exercise=exercise, position=n)
        for n, exercise in enumerate(exercises, start=1)
    )
