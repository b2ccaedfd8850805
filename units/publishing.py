"""A lesson's revision: rendered once, from a pack and from the editor alike."""

from django.utils.translation import override
from pydantic import TypeAdapter

from mot_course.web import Json
from people.models import User
from units.drawing import figure_html
from units.figures import Figure
from units.models import Lesson, LessonRevision
from units.pack.texts import DJANGO_LANGUAGE, blocks_of

_FIGURES: TypeAdapter[tuple[Figure, ...]] = TypeAdapter(tuple[Figure, ...])


class _Drawn(dict[str, str]):
    """Figures by id; one that is not there draws as nothing (a check names it)."""

    def __missing__(self, name: str) -> str:
        return ""


def fill_lesson(lesson: Lesson, source: Json) -> None:
    """Put what lists show of a lesson into its columns; the caller saves."""
    lesson.title_zh, lesson.title_en = source["title"]["zh"], source["title"]["en"]
    lesson.step, lesson.minutes = source.get("step") or "", source["minutes"]
    lesson.more = bool(source.get("more"))


def publish_lesson(
    *,
    lesson: Lesson,
    source: Json,
    digest: str,
    origin: str = "pack",
    author: User | None = None,
) -> LessonRevision:
    """A next revision with that source, made current. The caller holds the lesson's lock."""
    revision = LessonRevision.objects.create(
        lesson=lesson,
        number=lesson.current.number + 1 if lesson.current else 1,
        digest=digest,
        source=source,
        origin=origin,
        author=author,
        **{f"blocks_{language}": blocks_in(source, language) for language in DJANGO_LANGUAGE},
    )
    lesson.current = revision
    lesson.save(update_fields=["current"])
    return revision


def blocks_in(source: Json, language: str) -> list[Json]:
    """The rendered blocks of a lesson in that language, figures drawn in."""
    with override(DJANGO_LANGUAGE[language]):
        figures = _FIGURES.validate_python(source.get("figures") or ())
        drawn = _Drawn({figure.id: figure_html(figure) for figure in figures})
        markdown = source.get("markdown") or {}
        return blocks_of(markdown.get(language) or "", drawn, language)
