"""What a pack would change, and what it would leave alone: check_course --against-db."""

from collections.abc import Iterator

from cases.models import Case
from quizzes.models import Exercise
from units.models import Course, Lesson, Unit
from units.pack import canonical
from units.pack.reading import Pack


def differences(pack: Pack) -> list[str]:
    """A line for each thing that the pack and the database do not agree on."""
    return sorted(_differences(pack))


def _differences(pack: Pack) -> Iterator[str]:
    exercises = {
        exercise.slug: (exercise.current.digest if exercise.current else "", exercise.pack_digest)
        for exercise in Exercise.objects.select_related("current")
    }
    for one in pack.exercises:
        digest = canonical.digest(canonical.exercise_form(one))
        yield from _line(f"exercise {one.slug}", digest, exercises.get(one.slug))
    cases = {
        case.slug: (case.current.digest if case.current else "", case.pack_digest)
        for case in Case.objects.select_related("current")
    }
    for slug, case in pack.cases.items():
        digest = canonical.digest(canonical.case_form(case))
        yield from _line(f"case {slug}", digest, cases.get(slug))
    lessons = {
        (lesson.unit.slug, lesson.slug): (
            lesson.current.digest if lesson.current else "",
            lesson.pack_digest,
        )
        for lesson in Lesson.objects.select_related("unit", "current")
    }
    for unit, lesson in pack.lessons:
        digest = canonical.lesson_digest(canonical.lesson_source(lesson))
        name = f"lesson {unit.slug}/{lesson.slug}"
        yield from _line(name, digest, lessons.get((unit.slug, lesson.slug)))
    for slug in pack.units:
        if not Unit.objects.filter(slug=slug).exists():
            yield f"unit {slug}: only in the pack"
    for slug in pack.courses:
        if not Course.objects.filter(slug=slug).exists():
            yield f"course {slug}: only in the pack"


def _line(name: str, wanted: str, stored: tuple[str, str] | None) -> Iterator[str]:
    if stored is None:
        yield f"{name}: only in the pack"
        return
    present, loaded = stored
    if present == wanted:
        return
    if present == loaded:
        yield f"{name}: the pack has a newer version, which load_course will take"
    else:
        yield f"{name}: edited here; load_course will leave it alone"
