"""What one file alone cannot show: names used twice, things that are not there, languages apart."""

from collections.abc import Callable
from pathlib import Path

from quizzes.kinds import KINDS
from quizzes.kinds.rubrics import LEVELS
from quizzes.problems import Problems
from units.pack.checking_supplies import check_supplies
from units.pack.reading import Pack, PackBank, PackLesson, PackUnit
from units.pack.schema import CourseFile
from units.pack.texts import problems_in


def check_together(pack: Pack, problems: Problems) -> None:
    """Note everything in the pack that does not fit together."""
    _ids_stand_once(pack, problems)
    for unit, lesson in pack.lessons:
        _lesson(pack, unit, lesson, problems)
    for unit in pack.units.values():
        _unit(pack, unit, problems)
    for bank in pack.banks.values():
        _bank(bank, problems)
    for slug, course in pack.courses.items():
        _course(pack, slug, course, problems)
    _recalls(pack, problems)
    check_supplies(pack, problems)


def _ids_stand_once(pack: Pack, problems: Problems) -> None:
    first: dict[str, Path] = {}
    for exercise in pack.all_exercises:
        if exercise.slug in first:
            problems.add(
                exercise.path,
                f"the id {exercise.slug!r} is used twice, first in {first[exercise.slug].name}",
                line=exercise.line,
                field="id",
            )
        first.setdefault(exercise.slug, exercise.path)


def _lesson(pack: Pack, unit: PackUnit, lesson: PackLesson, problems: Problems) -> None:
    figures = {figure.id for figure in lesson.file.figures}
    there: dict[str, Callable[[str], bool]] = {
        "exercise": lambda name: name in lesson.declared or name in pack.case_exercise_slugs,
        "figure": figures.__contains__,
        "case": pack.cases.__contains__,
        "worksheet": pack.worksheets.__contains__,
    }
    declared = {"exercise": lesson.declared, "figure": figures}
    for one in problems_in(lesson.markdown, there, declared):
        path = lesson.path
        if one.language:
            name = path.name.removesuffix(".yaml") + f".{one.language}.md"
            path = path.with_name(name)
        problems.add(path, one.message, line=one.line)


def _unit(pack: Pack, unit: PackUnit, problems: Problems) -> None:
    if not unit.lessons:
        problems.add(unit.path, "the unit has no lessons")
    elif all(lesson.file.more for lesson in unit.lessons):
        problems.add(unit.path, "all lessons of the unit are “more on this”")
    check = unit.file.check
    if check is None:
        return
    bank = pack.banks.get(check.bank)
    if bank is None:
        problems.add(unit.path, f"there is no bank {check.bank!r}", field="check.bank")
        return
    if check.draw and check.draw > len(bank.items):
        problems.add(
            unit.path,
            f"the check draws {check.draw}, but the bank {check.bank!r} holds {len(bank.items)}",
            field="check.draw",
        )
    lessons = {lesson.slug: lesson for lesson in unit.lessons}
    for item in bank.items:
        objective = item.place.objective
        if objective not in lessons:
            message = f"the objective {objective!r} is no lesson of the unit {unit.slug!r}"
        elif lessons[objective].file.more:
            message = f"the lesson {objective!r} is “more on this”: the check cannot ask for it"
        else:
            continue
        problems.add(bank.path, message, line=item.exercise.line, field="objective")


def _recalls(pack: Pack, problems: Problems) -> None:
    """What practises an earlier unit again names one that comes earlier."""
    for unit, lesson in pack.lessons:
        for exercise in lesson.exercises:
            recalled = exercise.content.recalls
            if recalled is None:
                continue
            earlier = pack.units.get(recalled)
            if earlier is None or earlier.position >= unit.position:
                problems.add(
                    exercise.path,
                    f"{recalled!r} is no unit before {unit.slug!r}",
                    line=exercise.line,
                    field="recalls",
                )


def _bank(bank: PackBank, problems: Problems) -> None:
    _anchors(bank, problems)
    beliefs = {belief.id for belief in bank.file.beliefs}
    asked: set[tuple[str, str]] = set()
    for item in bank.items:
        place, line = item.place, item.exercise.line
        if place.form:
            if (place.form, place.objective) in asked:
                problems.add(
                    bank.path,
                    f"form {place.form} asks {place.objective!r} twice",
                    line=line,
                    field="form",
                )
            asked.add((place.form, place.objective))
        if beliefs and place.objective not in beliefs:
            problems.add(
                bank.path,
                f"{place.objective!r} is none of the bank's beliefs",
                line=line,
                field="objective",
            )


def _anchors(bank: PackBank, problems: Problems) -> None:
    specs = {item.exercise.slug: item.exercise for item in bank.items}
    for index, anchor in enumerate(bank.file.anchors):
        at = f"anchors.{index}"
        exercise = specs.get(anchor.exercise)
        if exercise is None:
            problems.add(bank.path, f"there is no exercise {anchor.exercise!r} here", field=at)
            continue
        criteria = {one.id for one in KINDS[exercise.kind].rubric(exercise.content)}
        if set(anchor.levels) != criteria:
            problems.add(
                bank.path,
                f"the levels have to name each criterion: {', '.join(sorted(criteria))}",
                field=f"{at}.levels",
            )
        if not all(1 <= level <= LEVELS for level in anchor.levels.values()):
            problems.add(bank.path, f"levels go from 1 to {LEVELS}", field=f"{at}.levels")


def _course(pack: Pack, slug: str, course: CourseFile, problems: Problems) -> None:
    path = pack.root / "courses" / f"{slug}.yaml"
    for unit in course.units:
        if unit not in pack.units:
            problems.add(path, f"there is no unit {unit!r}", field="units")
    for name in ("pre_test", "post_test", "retention_test"):
        test = getattr(course, name)
        if test is None:
            continue
        bank = pack.banks.get(test.bank)
        if bank is None:
            problems.add(path, f"there is no bank {test.bank!r}", field=f"{name}.bank")
        elif {item.place.form for item in bank.items} != {"A", "B", "C"}:
            problems.add(
                path, f"the bank {test.bank!r} needs the forms A, B and C", field=f"{name}.bank"
            )
