"""What stands beside lessons and quizzes: worksheets, glossary and map into the database."""

from django.utils import timezone

from mot_course.web import Json
from quizzes.canonical import plain
from units.models import Lesson, Reference, Worksheet, WorksheetRevision
from units.pack import canonical
from units.pack.reading import Pack
from units.pack.stocking import Stock


def load_worksheets(pack: Pack, stock: Stock) -> None:
    """Make or revise every worksheet of the pack. Sheets keep the revision they began with."""
    stored = {one.slug: one for one in Worksheet.objects.select_related("current")}
    for position, (slug, file) in enumerate(pack.worksheets.items(), start=1):
        form = canonical.worksheet_form(file)
        digest = canonical.digest(form)
        one = stored.get(slug) or Worksheet(slug=slug)
        is_new = one.pk is None
        is_revised = one.current is None or one.current.digest != digest
        if not is_revised and (one.position, one.archived_at) == (position, None):
            stock.note("worksheets", slug, "same")
            continue
        stock.note("worksheets", slug, "made" if is_new else "changed")
        one.position, one.archived_at = position, None
        one.title_zh, one.title_en = file.title.zh, file.title.en
        one.save()
        if is_revised:
            one.current = WorksheetRevision.objects.create(
                worksheet=one,
                number=one.current.number + 1 if one.current else 1,
                content=form,
                digest=digest,
            )
            one.save(update_fields=["current"])
    gone = [one for slug, one in stored.items() if slug not in pack.worksheets]
    for one in gone if pack.worksheets else []:
        if one.archived_at is None:
            one.archived_at = timezone.now()
            one.save(update_fields=["archived_at"])
            stock.note("worksheets", one.slug, "changed")


def hang_on_map(pack: Pack) -> None:
    """Write into each lesson which models of the map it teaches, in one statement.

    So a lesson's page shows its place on the map without reading the map.
    """
    if pack.map is None:
        return
    wanted: dict[str, list[Json]] = {}
    for one in pack.map.models:
        if one.lesson:
            hung = {"id": one.id, "step": one.step, "title": plain(one.title)}
            wanted.setdefault(one.lesson, []).append(hung)
    changed = []
    for lesson in Lesson.objects.select_related("unit"):
        on_map = wanted.get(f"{lesson.unit.slug}/{lesson.slug}", [])
        if lesson.on_map != on_map:
            lesson.on_map = on_map
            changed.append(lesson)
    Lesson.objects.bulk_update(changed, ["on_map"], batch_size=200)


def load_references(pack: Pack, stock: Stock) -> None:
    """Glossary, map and checklist of observations, where the pack has them."""
    hang_on_map(pack)
    for slug, file in (
        ("glossary", pack.glossary),
        ("map", pack.map),
        ("observation", pack.observation),
    ):
        if file is None:
            continue
        content = plain(file)
        stored = Reference.objects.filter(slug=slug).first()
        if stored is None:
            Reference.objects.create(slug=slug, content=content)
            stock.note("references", slug, "made")
        elif stored.content != content:
            stored.content = content
            stored.save(update_fields=["content"])
            stock.note("references", slug, "changed")
        else:
            stock.note("references", slug, "same")
