"""Whether guides, worksheets, glossary and map name only what the pack has."""

import re
from collections.abc import Iterable

from quizzes.problems import Problems
from units.pack.reading import Pack

_LINK = re.compile(r"\]\(/glossary/#([a-z0-9-]+)\)")


def check_supplies(pack: Pack, problems: Problems) -> None:
    """Note every name in them that stands for nothing."""
    lessons = pack.lesson_names
    _glossary_links(pack, problems)
    for slug, guide in pack.guides.items():
        path = pack.root / "guides" / f"{slug}.yaml"
        course = pack.courses.get(slug)
        if course is None:
            problems.add(path, f"there is no course {slug!r}")
        elif guide.minutes != course.minutes:
            message = f"its sessions take {guide.minutes} minutes, the course {course.minutes}"
            problems.add(path, message, field="sessions")
        for n, session in enumerate(guide.sessions):
            shown = [step.show for step in session.steps if step.show]
            known = {*pack.units, *lessons, *(f"cases/{case}" for case in pack.cases)}
            for name, names, there in (
                ("units", session.units, pack.units),
                ("lessons", session.lessons, lessons),
                ("worksheets", session.worksheets, pack.worksheets),
                ("cases", session.cases, pack.cases),
                ("steps", shown, known),
            ):
                for missing in _missing(names, there):
                    message = f"{session.id}: there is no {missing!r}"
                    problems.add(path, message, field=f"sessions.{n}.{name}")
    for slug, course in pack.courses.items():
        wanted = course.certificate.worksheets if course.certificate else ()
        for missing in _missing(wanted, pack.worksheets):
            path = pack.root / "courses" / f"{slug}.yaml"
            problems.add(path, f"there is no worksheet {missing!r}", field="certificate.worksheets")
    for name, entries in (
        ("glossary", pack.glossary.terms if pack.glossary else ()),
        ("map", pack.map.models if pack.map else ()),
    ):
        for entry in entries:
            if entry.lesson and entry.lesson not in lessons:
                message = f"{entry.id}: there is no lesson {entry.lesson!r}"
                problems.add(pack.root / f"{name}.yaml", message, field="lesson")


def _glossary_links(pack: Pack, problems: Problems) -> None:
    terms = {term.id for term in pack.glossary.terms} if pack.glossary else set()
    for _unit, lesson in pack.lessons:
        for language, text in lesson.markdown.items():
            name = lesson.path.name.removesuffix(".yaml") + f".{language}.md"
            for number, line in enumerate(text.split("\n"), start=1):
                for term in _missing(_LINK.findall(line), terms):
                    message = f"the glossary has no {term!r}"
                    problems.add(lesson.path.with_name(name), message, line=number)


def _missing(names: Iterable[str], there: Iterable[str]) -> list[str]:
    known = set(there)
    return [name for name in names if name not in known]
