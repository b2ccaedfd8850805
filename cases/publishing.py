"""Putting a case's document into the library."""

from django.contrib.postgres.search import SearchVector
from django.db.models import Value
from pypinyin import lazy_pinyin

from cases.models import Case, CaseRevision
from cases.searching import tokens_of
from mot_course.web import Json


def publish_case(
    *, slug: str, content: Json, digest: str, origin: str = "pack", overwrite: bool = False
) -> str:
    """Publish the document as the case's next revision; `made`, `changed`, `same` or `kept`.

    `kept`: somebody has edited or archived the case here, so it stays as it is.
    """
    case = Case.objects.filter(slug=slug).select_related("current").first()
    present = case.current.digest if case and case.current else ""
    if case and present == digest:
        return "same"
    if case and not overwrite:
        was_edited = case.pack_digest != present
        if was_edited or case.state == Case.State.ARCHIVED:
            return "kept"
    made = case is None
    case = case or Case(slug=slug)
    lines = [line for scene in content.get("scenes", []) for line in scene["lines"]]
    case.title_zh, case.title_en = content["title"]["zh"], content["title"]["en"]
    case.summary_zh, case.summary_en = content["summary"]["zh"], content["summary"]["en"]
    case.industry, case.steps = content["industry"], content.get("steps", [])
    case.origin, case.length = content["origin"], len(lines)
    case.sort_key = " ".join(lazy_pinyin(case.title_zh)).lower()[:200]
    case.pack_digest = digest
    case.save()
    case.current = CaseRevision.objects.create(
        case=case,
        number=case.current.number + 1 if case.current else 1,
        content=content,
        digest=digest,
        origin=origin,
    )
    case.state = Case.State.PUBLISHED
    case.save(update_fields=["current", "state"])
    words = " ".join(sorted(tokens_of(content)))
    Case.objects.filter(pk=case.pk).update(tokens=SearchVector(Value(words), config="simple"))
    return "made" if made else "changed"
