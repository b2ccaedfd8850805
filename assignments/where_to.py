"""Where the button of a reminder leads: to the lesson where the person stopped, as Today does."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from assignments.models import Assignment
from mot_course.web import address
from units.models import CourseUnit, Lesson, Reading, Unit
from units.progress import LESSON_COLUMNS, LessonState

Pair = tuple[int, Assignment]  # person and what they are to do


def places_for(pairs: Iterable[Pair]) -> dict[tuple[int, int], str]:
    """(person, assignment) → the path where that person goes on; three queries for all."""
    wanted = list(pairs)
    units_of = _units_of([assignment for _person, assignment in wanted])
    lessons = _lessons_of({unit.pk for units in units_of.values() for unit in units})
    readings = (
        {
            (one.trainee_id, one.lesson_id): one
            for one in Reading.objects.filter(
                trainee__in={person for person, _assignment in wanted},
                lesson__in=[one.pk for found in lessons.values() for one in found],
            )
        }
        if lessons
        else {}
    )
    return {
        (person, assignment.pk): _place(person, assignment, units_of, lessons, readings)
        for person, assignment in wanted
    }


def _place(
    person: int,
    assignment: Assignment,
    units_of: dict[int, list[Unit]],
    lessons: dict[int, list[Lesson]],
    readings: dict[tuple[int, int], Reading],
) -> str:
    if assignment.quiz:
        return address("quizzes:quiz", assignment.quiz.slug)
    if assignment.case:
        return address("cases:case", assignment.case.slug)
    states = [
        LessonState(lesson, unit, readings.get((person, lesson.pk)))
        for unit in units_of[assignment.pk]
        for lesson in lessons.get(unit.pk, [])
    ]
    begun = [one for one in states if one.is_started and one.reading]
    if begun:
        return max(begun, key=lambda one: one.reading.seen_at).url  # type: ignore[union-attr]
    unread = next((one for one in states if not one.is_finished), None)
    if unread is not None:
        return unread.url
    if assignment.unit:  # all is read: the check is left, which stands on the unit's page
        return address("units:unit", assignment.unit.slug)
    return address("units:course", assignment.course.slug) if assignment.course else "/"


def _units_of(assignments: Collection[Assignment]) -> dict[int, list[Unit]]:
    """Assignment → its units in order."""
    found: dict[int, list[Unit]] = {one.pk: [one.unit] for one in assignments if one.unit}
    of_course: dict[int, list[Unit]] = defaultdict(list)
    courses = {one.course_id for one in assignments if one.course_id}
    if courses:
        places = CourseUnit.objects.filter(course__in=courses).select_related("unit")
        for place in places.order_by("course", "position"):
            of_course[place.course_id].append(place.unit)
    return found | {one.pk: of_course[one.course_id] for one in assignments if one.course_id}


def _lessons_of(units: Collection[int]) -> dict[int, list[Lesson]]:
    lessons: dict[int, list[Lesson]] = defaultdict(list)
    if units:
        present = Lesson.objects.filter(
            unit__in=units, archived_at=None, current__isnull=False, more=False
        )
        for lesson in present.only(*LESSON_COLUMNS).order_by("position"):
            lessons[lesson.unit_id].append(lesson)
    return lessons
