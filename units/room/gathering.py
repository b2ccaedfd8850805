"""A unit with its lessons' texts and exercises, in as many queries for forty as for four."""

from dataclasses import dataclass

from django.db.models import F

from cases.models import Case
from mot_course.web import address
from quizzes.models import Revision
from quizzes.questions import Question
from units.lesson_blocks import LessonText, read_text
from units.models import Lesson, Unit, Worksheet


@dataclass(frozen=True)
class Door:
    """Something beside the lesson that the class goes to."""

    what: str  # case | worksheet
    title: str
    url: str


@dataclass
class TaughtLesson:
    """A lesson as it is now, in the reader's language, with its exercises by slug."""

    lesson: Lesson
    text: LessonText
    questions: dict[str, Question]
    doors: dict[str, Door]  # cases and worksheets that its text embeds, by kind and slug

    @property
    def exercises(self) -> list[Question]:
        """Its exercises in the order of the text."""
        return list(self.questions.values())


def texts_of(unit: Unit, slug: str = "") -> list[tuple[Lesson, LessonText]]:
    """The unit's lessons (or the one of that slug) in order. One query."""
    lessons = Lesson.objects.filter(unit=unit, archived_at=None, current__isnull=False)
    if slug:
        lessons = lessons.filter(slug=slug)
    return [
        (lesson, read_text(lesson.current))  # type: ignore[arg-type]
        for lesson in lessons.select_related("current").order_by("position")
    ]


def taught(unit: Unit, slug: str = "") -> list[TaughtLesson]:
    """The same with their exercises, unanswered. Four queries at most."""
    texts = texts_of(unit, slug)
    asked = {name for _lesson, text in texts for name in text.names("exercise")}
    questions = questions_named(asked)
    doors = _doors(texts)
    return [
        TaughtLesson(
            lesson,
            text,
            {name: questions[name] for name in text.names("exercise") if name in questions},
            doors,
        )
        for lesson, text in texts
    ]


def _doors(texts: list[tuple[Lesson, LessonText]]) -> dict[str, Door]:
    cases = {name for _lesson, text in texts for name in text.names("case")}
    sheets = {name for _lesson, text in texts for name in text.names("worksheet")}
    doors = {}
    if cases:
        found = Case.objects.published().filter(slug__in=cases)
        for case in found.only("slug", "title_zh", "title_en"):
            url = address("units:case_projector", case.slug)
            doors[f"case/{case.slug}"] = Door("case", case.title, url)
    if sheets:
        for sheet in Worksheet.objects.filter(slug__in=sheets, archived_at=None):
            url = address("units:worksheet", sheet.slug)
            doors[f"worksheet/{sheet.slug}"] = Door("worksheet", sheet.title, url)
    return doors


def questions_named(slugs: set[str]) -> dict[str, Question]:
    """Exercises as they are now, by slug; those that are gone are left out. One query at most."""
    if not slugs:
        return {}
    revisions = Revision.objects.filter(
        exercise__slug__in=slugs, exercise__current=F("pk")
    ).select_related("exercise")
    return {one.exercise.slug: Question(one, one.exercise.slug) for one in revisions}
