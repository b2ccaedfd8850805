"""One case out of here and back: as the pack's YAML, and its conversation as a table. Pure.

Reading is all or nothing: either a whole new document, or problems with line or row and field.
"""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _
from pydantic import ValidationError

from cases.document import CaseFile
from cases.document_diff import said
from cases.editing import clean_text, lines_of
from cases.proofreading import cleaned, exercise_faults
from mot_course.steps import STEP_SLUGS
from mot_course.web import Json
from quizzes.canonical import plain
from quizzes.kinds.transcript import LONGEST
from quizzes.problems import Problem, Problems
from quizzes.yaml_files import in_words, read_yaml_text, write_yaml

COLUMNS = ("speaker", "zh", "en", "polarity", "step", "why_zh", "why_en", "id")
NEEDED = ("speaker",)
POLARITIES = ("", "good", "bad", "neutral")
LONGEST_CELL = 4_000
MOST_BYTES = 1_000_000
# A spreadsheet would run what begins with these as a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
NewId = Callable[[str], str]


@dataclass(frozen=True)
class Fault:
    """What keeps an import from being done: where, in which field, and what."""

    place: str
    message: str


class BadImport(Exception):
    """Nothing is imported; every fault is named."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


def to_yaml(content: Json) -> str:
    """The case as the course pack has it."""
    return write_yaml(cleaned(content))


def from_yaml(text: str) -> Json:
    """The document in the YAML; raises BadImport."""
    path = Path("case.yaml")
    problems = Problems(Path())
    document = read_yaml_text(text, path, problems)
    if document is not None:
        try:
            content = plain(CaseFile.model_validate(document.data))
        except ValidationError as error:
            for one in error.errors():
                field = ".".join(map(str, one["loc"]))
                problems.add(path, in_words(one), line=document.line(one["loc"]), field=field)
        else:
            for n, entry in enumerate(content.get("exercises", [])):
                for field, message in exercise_faults(content, entry):
                    at = [
                        "exercises",
                        n,
                        *(int(x) if x.isdecimal() else x for x in field.split(".")),
                    ]
                    problems.add(
                        path, message, line=document.line(at), field=f"exercises.{n}.{field}"
                    )
            if not problems:
                return content
    raise BadImport([_fault(one) for one in sorted(set(problems.found))])


def _fault(problem: Problem) -> Fault:
    place = _("Line %(n)s") % {"n": problem.line} if problem.line else ""
    return Fault(" · ".join(filter(None, (place, problem.field))), problem.message)


def decoded(data: bytes) -> str:
    """The text of an uploaded file, whichever of the usual encodings it has; raises BadImport."""
    if len(data) > MOST_BYTES:
        raise BadImport([Fault(_("File"), _("it is larger than 1 MB"))])
    encodings = ["utf-8-sig", "gb18030"]
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise BadImport([Fault(_("File"), _("this is not a text in UTF-8, UTF-16 or GB 18030"))])


def to_csv(content: Json) -> bytes:
    """The conversation as a table that spreadsheets open: UTF-8 with its mark, no formulas."""
    names = {role["id"]: role.get("name", {}) for role in content.get("roles", [])}
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for line in lines_of(content):
        moment, words = line.get("moment") or {}, said(line)
        why = moment.get("why") or {}
        name = names.get(line.get("who", ""), {})
        cells = (
            name.get("zh") or name.get("en") or "", words["zh"], words["en"],
            moment.get("polarity", ""), moment.get("step") or "",
            why.get("zh", ""), why.get("en", ""), line["id"],
        )  # fmt: skip
        table.writerow([_harmless(str(cell)) for cell in cells])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _as_meant(cell: str) -> str:
    cell = cell.strip()
    text: str = clean_text(cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULA) else cell)
    return text


@dataclass(frozen=True)
class Spoken:
    """A line as a table or a paste has it."""

    speaker: str
    zh: str
    en: str
    moment: Json | None = None
    id: str = ""
    speaker_en: str = ""
    knows_moment: bool = True  # a paste says nothing of moments; a table does


def from_csv(text: str) -> list[Spoken]:
    """The lines of the table; raises BadImport with every row that cannot be used."""
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        head = [name.strip().lower() for name in next(rows, [])]
        table = list(rows)
    except csv.Error as error:
        raise BadImport([Fault(_("Table"), str(error))]) from None
    faults = [
        Fault(_("Row %(n)s") % {"n": 1}, _("there is no column “%(name)s”") % {"name": name})
        for name in NEEDED
        if name not in head
    ]
    if "zh" not in head and "en" not in head:
        faults.append(Fault(_("Row %(n)s") % {"n": 1}, _("there is no column “zh” or “en”")))
    if len(table) > LONGEST:
        said_so = _("a case has at most %(most)s lines, this table %(n)s")
        faults.append(Fault(_("Table"), said_so % {"most": LONGEST, "n": len(table)}))
    if faults:
        raise BadImport(faults)
    found: list[Spoken] = []
    for number, row in enumerate(table, start=2):
        cells = {name: _as_meant(cell) for name, cell in zip(head, row, strict=False)}
        if any(cells.values()):
            row_faults = list(_row_faults(cells))
            place = _("Row %(n)s") % {"n": number}
            faults += [Fault(f"{place} · {name}", message) for name, message in row_faults]
            if not row_faults:
                found.append(_spoken(cells))
    if not found and not faults:
        faults.append(Fault(_("Table"), _("there are no lines in it")))
    if faults:
        raise BadImport(faults)
    return found


def _row_faults(cells: dict[str, str]) -> list[tuple[str, str]]:
    faults = [
        (name, _("longer than %(most)s characters") % {"most": LONGEST_CELL})
        for name, cell in cells.items()
        if len(cell) > LONGEST_CELL
    ]
    if not cells.get("speaker"):
        faults.append(("speaker", _("nobody is named")))
    elif len(cells["speaker"]) > 80:
        faults.append(("speaker", _("this is too long for a name")))
    if not (cells.get("zh") or cells.get("en")):
        faults.append(("zh", _("there are no words in either language")))
    if cells.get("polarity", "").lower() not in POLARITIES:
        faults.append(("polarity", _("has to be good, bad, neutral or empty")))
    if cells.get("step", "") not in ("", *STEP_SLUGS):
        faults.append(("step", _("has to be one of: %(steps)s") % {"steps": ", ".join(STEP_SLUGS)}))
    return faults


def _spoken(cells: dict[str, str]) -> Spoken:
    moment: Json | None = None
    if polarity := cells.get("polarity", "").lower():
        moment = {"polarity": polarity}
        if cells.get("step"):
            moment["step"] = cells["step"]
        if cells.get("why_zh") or cells.get("why_en"):
            moment["why"] = {"zh": cells.get("why_zh", ""), "en": cells.get("why_en", "")}
    return Spoken(
        cells["speaker"], cells.get("zh", ""), cells.get("en", ""), moment, cells.get("id", "")
    )
