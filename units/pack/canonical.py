"""One canonical form of every thing a pack holds, from the pack and from the database alike.

Two things mean the same exactly when their canonical forms have the same digest.
"""

from mot_course.web import Json
from quizzes.canonical import digest, plain
from quizzes.canonical import exercise_form as form_of
from quizzes.models import Bank
from units.models import Course, Lesson, Unit
from units.pack.reading import PackBank, PackExercise, PackLesson, PackUnit
from units.pack.schema import CaseFile, CourseFile, GuideFile, WorksheetFile

# A change of how Markdown and figures become HTML makes new revisions of all lessons.
RENDERER = 2


def exercise_form(exercise: PackExercise) -> Json:
    """{"kind": …, "content": …}; its digest is that of the revision."""
    return form_of(exercise.kind, exercise.content)


def lesson_source(lesson: PackLesson) -> Json:
    """The lesson as its file has it, exercises by id, with both texts."""
    source = plain(lesson.file)
    source["exercises"] = [exercise.slug for exercise in lesson.exercises]
    source["markdown"] = dict(lesson.markdown)
    return source


def lesson_digest(source: Json) -> str:
    return digest({"renderer": RENDERER, "source": source})


def case_form(case: CaseFile) -> Json:
    return plain(case)


def course_form(course: CourseFile, guide: GuideFile | None) -> Json:
    """The course's own file, and its trainer's guide."""
    return {"file": plain(course), "guide": plain(guide) if guide else None}


def worksheet_form(worksheet: WorksheetFile) -> Json:
    return plain(worksheet)


def unit_form(unit: PackUnit) -> Json:
    """The unit's own file and the order of its lessons."""
    return {
        "file": plain(unit.file),
        "position": unit.position,
        "lessons": [[lesson.position, lesson.slug] for lesson in unit.lessons],
    }


def bank_form(bank: PackBank) -> Json:
    """The bank's title, beliefs and places; exercises by id."""
    return {
        "title": plain(bank.file.title),
        "beliefs": [plain(belief) for belief in bank.file.beliefs],
        "items": [
            [item.exercise.slug, item.place.objective, item.place.form, item.place.weight]
            for item in bank.items
        ],
        "anchors": [plain(anchor) for anchor in bank.file.anchors],
    }


def stored_bank_form(bank: Bank) -> Json:
    """The same of a bank in the database (its items' exercises fetched)."""
    return {
        "title": {"zh": bank.title_zh, "en": bank.title_en},
        "beliefs": bank.objectives,
        "items": [
            [item.exercise.slug, item.objective, item.form, item.weight]
            for item in bank.items.all()
        ],
        "anchors": bank.anchors,
    }


def stored_unit_form(unit: Unit, lessons: list[Lesson]) -> Json:
    """The same of a unit in the database."""
    return {
        "file": unit.content,
        "position": unit.position,
        "lessons": [
            [lesson.position, lesson.slug] for lesson in lessons if lesson.archived_at is None
        ],
    }


def stored_course_form(course: Course) -> Json:
    """The same of a course in the database."""
    return {"file": course.content, "guide": course.guide}
