"""From a folder to a Pack: everything parsed and checked together, nothing written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from cases.document import exercise_content
from mot_course.web import Json
from quizzes.canonical import plain
from quizzes.kinds import KINDS, BadContent, Content
from quizzes.kinds.base import Part
from quizzes.problems import PackIsBroken, Problems
from quizzes.yaml_files import Document, in_words, read_text, read_yaml
from units.pack.schema import (
    RESERVED,
    BankFile,
    BankPlace,
    CaseFile,
    CourseFile,
    GlossaryFile,
    GuideFile,
    LessonFile,
    MapFile,
    ObservationFile,
    UnitFile,
    WorksheetFile,
)
from units.pack.texts import Embed, embeds_in

_File = TypeVar("_File", bound=Part)

_FOLDERS = ("units", "banks", "cases", "courses", "guides", "worksheets")
_FILES = ("glossary.yaml", "map.yaml", "observation.yaml")
_UNIT_FOLDER = re.compile(r"(\d{2,3})-([a-z0-9][a-z0-9-]*)")
_LESSON_FILE = re.compile(r"(\d{2,3})-([a-z0-9][a-z0-9-]*)\.yaml")
_SLUG_FILE = re.compile(r"([a-z0-9][a-z0-9-]*)\.yaml")
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,119}")


@dataclass(frozen=True)
class PackExercise:
    """An exercise of a lesson or a bank."""

    slug: str
    kind: str
    content: Content
    path: Path
    line: int


@dataclass(frozen=True)
class PackBankItem:
    exercise: PackExercise
    place: BankPlace


@dataclass(frozen=True)
class PackLesson:
    slug: str
    position: int
    path: Path
    file: LessonFile
    exercises: tuple[PackExercise, ...]
    declared: frozenset[str]  # ids of all exercises, those with problems included
    markdown: dict[str, str]  # by language


@dataclass(frozen=True)
class PackUnit:
    slug: str
    position: int
    path: Path
    file: UnitFile
    lessons: tuple[PackLesson, ...]


@dataclass(frozen=True)
class PackBank:
    slug: str
    path: Path
    file: BankFile
    items: tuple[PackBankItem, ...]


@dataclass
class Pack:
    """A whole course pack, whose parts fit together."""

    root: Path
    units: dict[str, PackUnit] = field(default_factory=dict)
    banks: dict[str, PackBank] = field(default_factory=dict)
    cases: dict[str, CaseFile] = field(default_factory=dict)
    case_exercises: dict[str, tuple[PackExercise, ...]] = field(default_factory=dict)
    courses: dict[str, CourseFile] = field(default_factory=dict)
    guides: dict[str, GuideFile] = field(default_factory=dict)
    worksheets: dict[str, WorksheetFile] = field(default_factory=dict)
    glossary: GlossaryFile | None = None
    map: MapFile | None = None
    observation: ObservationFile | None = None

    @property
    def lessons(self) -> Iterator[tuple[PackUnit, PackLesson]]:
        for unit in self.units.values():
            for lesson in unit.lessons:
                yield unit, lesson

    @property
    def lesson_names(self) -> set[str]:
        """`<unit>/<lesson>` of every lesson."""
        return {f"{unit.slug}/{lesson.slug}" for unit, lesson in self.lessons}

    @property
    def all_exercises(self) -> Iterator[PackExercise]:
        """Those of cases as well, which are loaded with their case."""
        yield from self.exercises
        for exercises in self.case_exercises.values():
            yield from exercises

    @property
    def case_exercise_slugs(self) -> set[str]:
        """What lessons may borrow: the exercises of cases."""
        return {one.slug for exercises in self.case_exercises.values() for one in exercises}

    @property
    def exercises(self) -> Iterator[PackExercise]:
        for _, lesson in self.lessons:
            yield from lesson.exercises
        for bank in self.banks.values():
            yield from (item.exercise for item in bank.items)


def read_pack(root: Path) -> Pack:
    """The pack in that folder; raises PackIsBroken with every problem found."""
    problems = Problems(root)
    if not root.is_dir():
        problems.add(root, "there is no such folder")
        raise PackIsBroken(problems.found)
    reader = _Reader(root, problems)
    pack = reader.read()
    # Imported here because checking needs the classes above.
    from units.pack.checking import check_together  # noqa: PLC0415 -- a circle otherwise

    # Only when each file is in order by itself: a lesson that could not be read would make
    # everything that refers to it look wrong, too.
    if not problems:
        check_together(pack, problems)
    if problems:
        raise PackIsBroken(problems.found)
    return pack


class _Reader:
    def __init__(self, root: Path, problems: Problems) -> None:
        self.root, self.problems = root, problems
        self.pack = Pack(root)

    def read(self) -> Pack:
        for path in sorted(self.root.iterdir()):
            if path.name not in (*_FOLDERS, *_FILES) and not path.name.startswith("."):
                known = ", ".join((*_FOLDERS, *_FILES))
                self.problems.add(path, f"only {known} belong here")
        for folder in self._children("units"):
            self._unit(folder)
        for path, slug in self._slug_files("banks"):
            self._bank(path, slug)
        for path, slug in self._slug_files("cases"):
            self._case(path, slug)
        for path, slug in self._slug_files("courses"):
            if course := self._file(path, CourseFile):
                self.pack.courses[slug] = course
        for path, slug in self._slug_files("guides"):
            if guide := self._file(path, GuideFile):
                self.pack.guides[slug] = guide
        for path, slug in self._slug_files("worksheets"):
            if worksheet := self._file(path, WorksheetFile):
                self.pack.worksheets[slug] = worksheet
        if (path := self.root / "glossary.yaml").exists():
            self.pack.glossary = self._file(path, GlossaryFile)
        if (path := self.root / "map.yaml").exists():
            self.pack.map = self._file(path, MapFile)
        if (path := self.root / "observation.yaml").exists():
            self.pack.observation = self._file(path, ObservationFile)
        if not (self.pack.units or self.pack.cases or self.problems):
            self.problems.add(self.root, "there is nothing in this pack")
        return self.pack

    def _file(self, path: Path, model: type[_File]) -> _File | None:
        document = read_yaml(path, self.problems)
        return document.parse(model, document.data, self.problems) if document else None

    def _children(self, name: str) -> list[Path]:
        folder = self.root / name
        return sorted(p for p in folder.iterdir() if p.name[0] != ".") if folder.is_dir() else []

    def _slug_files(self, name: str) -> Iterator[tuple[Path, str]]:
        for path in self._children(name):
            match = _SLUG_FILE.fullmatch(path.name)
            if match is None or not path.is_file():
                self.problems.add(path, "files here are called <slug>.yaml, with a-z, 0-9 and -")
            elif match[1] in RESERVED:
                self.problems.add(
                    path, f"{match[1]!r} is an address of its own; choose another slug"
                )
            else:
                yield path, match[1]

    def _unit(self, folder: Path) -> None:
        match = _UNIT_FOLDER.fullmatch(folder.name)
        if match is None or not folder.is_dir():
            self.problems.add(folder, "folders here are called <number>-<slug>, as 01-first-steps")
            return
        path = folder / "unit.yaml"
        if not path.is_file():
            self.problems.add(folder, "unit.yaml is missing")
            return
        document = read_yaml(path, self.problems)
        file = document.parse(UnitFile, document.data, self.problems) if document else None
        lessons = [one for one in map(self._lesson, self._lesson_files(folder)) if one is not None]
        if file is None:
            return
        if match[2] in self.pack.units:
            self.problems.add(folder, f"the unit {match[2]!r} stands twice")
            return
        self.pack.units[match[2]] = PackUnit(match[2], int(match[1]), path, file, tuple(lessons))

    def _lesson_files(self, folder: Path) -> list[tuple[Path, int, str]]:
        found: list[tuple[Path, int, str]] = []
        stems = {p.name.removesuffix(".yaml") for p in folder.glob("*.yaml")} - {"unit"}
        for path in self._children_of(folder):
            if path.name == "unit.yaml":
                continue
            if match := _LESSON_FILE.fullmatch(path.name):
                if match[2] in [slug for _, _, slug in found]:
                    self.problems.add(path, f"the lesson {match[2]!r} stands twice in its unit")
                elif match[2] in RESERVED:
                    self.problems.add(path, f"{match[2]!r} is an address of its own")
                else:
                    found.append((path, int(match[1]), match[2]))
            elif path.name.removesuffix(".zh.md").removesuffix(".en.md") not in stems:
                self.problems.add(path, "this file belongs to no lesson")
        return found

    def _children_of(self, folder: Path) -> list[Path]:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))

    def _lesson(self, named: tuple[Path, int, str]) -> PackLesson | None:
        path, position, slug = named
        markdown: dict[str, str] = {}
        for language, word in (("zh", "Chinese"), ("en", "English")):
            text_path = path.with_name(path.name.removesuffix(".yaml") + f".{language}.md")
            if not text_path.is_file():
                self.problems.add(path, f"the {word} text {text_path.name} is missing")
            elif (text := read_text(text_path, self.problems)) is not None:
                markdown[language] = text.replace("\r\n", "\n")
        document = read_yaml(path, self.problems)
        if document is None:
            return None
        file = document.parse(LessonFile, document.data, self.problems)
        if file is None or len(markdown) < 2:
            return None
        exercises = self._exercises(document, "exercises", file.exercises)
        return PackLesson(
            slug,
            position,
            path,
            file,
            tuple(one for one, _ in exercises),
            frozenset(str(entry.get("id")) for entry in file.exercises),
            markdown,
        )

    def _bank(self, path: Path, slug: str) -> None:
        document = read_yaml(path, self.problems)
        file = document.parse(BankFile, document.data, self.problems) if document else None
        if document is None or file is None:
            return
        items = []
        for exercise, rest in self._exercises(document, "items", file.items, BankPlace):
            index = next(n for n, item in enumerate(file.items) if item.get("id") == exercise.slug)
            place = document.parse(BankPlace, rest, self.problems, ("items", index))
            if place is not None:
                items.append(PackBankItem(exercise, place))
        self.pack.banks[slug] = PackBank(slug, path, file, tuple(items))

    def _case(self, path: Path, slug: str) -> None:
        document = read_yaml(path, self.problems)
        case = document.parse(CaseFile, document.data, self.problems) if document else None
        if document is None or case is None:
            return
        whole = plain(case)
        entries = []
        for index, entry in enumerate(case.exercises):
            try:
                content = exercise_content(whole, entry)
            except BadContent as error:
                self._refuse(document, ("exercises", index, "use"), str(error))
                continue
            entries.append({key: entry[key] for key in ("id", "kind") if key in entry} | content)
        self.pack.cases[slug] = case
        found = self._exercises(document, "exercises", tuple(entries))
        self.pack.case_exercises[slug] = tuple(one for one, _ in found)

    def _exercises(
        self,
        document: Document,
        name: str,
        entries: tuple[Json, ...],
        place: type[BankPlace] | None = None,
    ) -> list[tuple[PackExercise, Json]]:
        found = []
        for index, entry in enumerate(entries):
            at: tuple[str | int, ...] = (name, index)
            rest = dict(entry)
            of_place = (
                {key: rest.pop(key) for key in place.model_fields if key in rest} if place else {}
            )
            slug, kind = rest.pop("id", None), rest.pop("kind", None)
            if not isinstance(slug, str) or not _ID.fullmatch(slug):
                self._refuse(document, (*at, "id"), f"{slug!r} is no id of a-z, 0-9 and -")
                continue
            if not isinstance(kind, str) or kind not in KINDS:
                words = ", ".join(KINDS)
                self._refuse(document, (*at, "kind"), f"{kind!r} is no kind: use one of {words}")
                continue
            content = self._content(document, kind, rest, at)
            if content is not None:
                line = document.line((*at, "id"))
                found.append((PackExercise(slug, kind, content, document.path, line), of_place))
        return found

    def _content(
        self, document: Document, kind: str, data: Json, at: tuple[str | int, ...]
    ) -> Content | None:
        try:
            content: Content = KINDS[kind].parse(data)
        except ValidationError as error:
            for one in error.errors():
                self._refuse(document, (*at, *one["loc"]), in_words(one))
            return None
        return content

    def _refuse(self, document: Document, at: tuple[Any, ...], message: str) -> None:
        self.problems.add(
            document.path,
            message,
            line=document.line(at),
            field=".".join(str(step) for step in at),
        )


def practised_in(pack: Pack, lesson: PackLesson) -> list[str]:
    """The exercises of the lesson's practice: its own, then those it borrows from cases."""
    own = [exercise.slug for exercise in lesson.exercises]
    named = [one.name for one in embeds_of(lesson, "zh") if one.what == "exercise"]
    return own + [name for name in named if name in pack.case_exercise_slugs]


def embeds_of(lesson: PackLesson, language: str) -> list[Embed]:
    """What the lesson's text in that language embeds, in order."""
    return embeds_in(lesson.markdown[language])
