"""Items as a table: a CSV file that a spreadsheet reads and writes. Pure.

What no column fits stands in the column `more`, as JSON, so that a table that was taken out of a
bank gives the same items when it is taken in again.
"""

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from mot_course.steps import STEP_SLUGS
from mot_course.web import Json
from quizzes.importing.items import (
    LANGUAGES,
    LONGEST_TEXT,
    MOST_CHARACTERS,
    MOST_ITEMS,
    Fault,
    Item,
    Read,
    is_id,
    quoted,
)
from quizzes.kinds import KINDS

MOST_OPTIONS = 9
_TEXTS = ("prompt", "explanation", "misconception")
COLUMNS = (
    "id",
    "kind",
    "objective",
    "form",
    "weight",
    *(f"prompt_{key}" for key in LANGUAGES),
    *(
        f"{name}_{n}_{key}"
        for n in range(1, MOST_OPTIONS + 1)
        for name in ("option", "feedback")
        for key in LANGUAGES
    ),
    "correct",
    *(f"{name}_{key}" for name in ("explanation", "misconception") for key in LANGUAGES),
    "steps",
    "more",
)
# Kinds whose content the columns hold; the others stand in `more` as a whole.
_IN_COLUMNS = ("true_false", "single_choice", "multiple_choice")
_TRUTH = {"true": True, "t": True, "1": True, "对": True, "正确": True, "是": True,
          "false": False, "f": False, "0": False, "错": False, "错误": False,
          "否": False}  # fmt: skip
_LOOKS_LIKE_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_KEPT_APART = re.compile(r"'+[=+\-@\t\r]")
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


# Escapes that JSON knows and PostgreSQL cannot hold: controls and half characters.
_NOT_STORABLE = re.compile(r"\\u(?:00[01]|d[89a-f])", re.IGNORECASE)


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _no_number(text: str) -> None:
    raise ValueError(text)


@dataclass(frozen=True)
class Place:
    """An exercise with its place in a bank, as a row of the table."""

    slug: str
    kind: str
    content: Json
    objective: str = ""
    form: str = ""
    weight: int = 1


def decoded(data: bytes) -> str | None:
    """The file's text: UTF-8, UTF-16 with a BOM, or GB18030; None if it is none of them."""
    has_mark = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if has_mark else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def guarded(cell: str) -> str:
    """The cell so that no spreadsheet takes it for a formula; `freed` gives it back."""
    return "'" + cell if _LOOKS_LIKE_FORMULA.match(cell) else cell


def freed(cell: str) -> str:
    """The cell as it was before `guarded`."""
    return cell[1:] if _KEPT_APART.match(cell) else cell


def write_csv(places: Iterable[Place]) -> str:
    """The items as a table, with a BOM, as spreadsheets like it."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, restval="")
    writer.writeheader()
    for one in places:
        writer.writerow({key: guarded(cell) for key, cell in _row(one).items()})
    return "\ufeff" + out.getvalue()


def _row(place: Place) -> dict[str, str]:
    row = {
        "id": place.slug,
        "kind": place.kind,
        "objective": place.objective,
        "form": place.form,
        "weight": str(place.weight),
    }
    more = dict(place.content)
    for name in _TEXTS:
        for key, text in (more.pop(name, None) or {}).items():
            row[f"{name}_{key}"] = text
    row["steps"] = " ".join(more.pop("steps", ()))
    if place.kind == "true_false" and isinstance(more.get("answer"), bool):
        row["correct"] = "true" if more.pop("answer") else "false"
    elif place.kind in _IN_COLUMNS:
        right = []
        for n, option in enumerate(more.pop("options", []), start=1):
            for name, column in (("text", "option"), ("feedback", "feedback")):
                for key, text in (option.get(name) or {}).items():
                    row[f"{column}_{n}_{key}"] = text
            if option.get("correct"):
                right.append(str(n))
        row["correct"] = " ".join(right)
    if more:
        row["more"] = json.dumps(more, ensure_ascii=False, sort_keys=True)
    return row


def template_csv() -> str:
    """A table to begin with: the columns and an example of each simple kind."""
    samples = [
        Place(f"sample-{kind.replace('_', '-')}", kind, KINDS[kind].sample_content, "my-lesson")
        for kind in _IN_COLUMNS
    ]
    return write_csv(samples)


def read_csv(source: str) -> Read:
    """The table's items with the languages it holds, or everything that is wrong with it."""
    if len(source) > MOST_CHARACTERS:
        return Read([], [Fault(0, 1, _("the file is larger than 2 MB; please split it"))])
    if match := _NOT_TEXT.search(source):
        line = source.count("\n", 0, match.start()) + 1
        message = _("the file holds a character that is no text (U+%(code)04X)")
        return Read([], [Fault(0, line, message % {"code": ord(match[0])})])
    read = Read()
    rows = _rows(source.removeprefix("\ufeff"), read)
    line, header = next(rows, (1, []))
    names = [cell.strip().lower() for cell in header]
    faults = list(_header(names, line))
    if read.faults or faults:
        return Read([], read.faults + faults)
    first: dict[str, int] = {}
    for count, (line, cells) in enumerate(rows, start=1):
        if count > MOST_ITEMS:
            message = _("the table holds more than %(count)d rows; please split it")
            read.faults.append(Fault(0, line, message % {"count": MOST_ITEMS}))
            break
        row = _Row(
            line, dict.fromkeys(names, "") | dict(zip(names, map(freed, cells), strict=False))
        )
        if len(cells) > len(names):
            row.fault(_("the row has more cells than the header has columns"))
        item = row.item()
        read.faults += row.faults
        if item is None or row.faults:
            continue
        earlier = first.setdefault(item.slug, line)
        if earlier != line:
            message = _("the id %(id)s stands twice, first in row %(line)d")
            row.fault(message % {"id": item.slug, "line": earlier}, "id")
            read.faults.append(row.faults[-1])
            continue
        read.items.append(item)
    if not read.items and not read.faults:
        read.faults.append(Fault(0, 1, _("there are no rows below the header")))
    return read


def _rows(source: str, read: Read) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of each row that holds anything."""
    head = source.split("\n", 1)[0]
    delimiter = ";" if head.count(";") > head.count(",") else ","
    reader = csv.reader(io.StringIO(source, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        message = _(
            "this is no table: a quotation mark is not closed, or a cell is too long (%(why)s)"
        )
        read.faults.append(Fault(0, line, message % {"why": error}))


def _header(names: list[str], line: int) -> Iterator[Fault]:
    if not any(names):
        yield Fault(0, line, _("the file is empty"))
        return
    for name in dict.fromkeys(names):
        if name and names.count(name) > 1:
            yield Fault(0, line, _("the column stands twice"), "", name)
        if name not in COLUMNS:
            message = _("there is no such column; the template has all that exist")
            yield Fault(0, line, message, "", name[:40] or "?")
    for name in ("id", "kind"):
        if name not in names:
            yield Fault(0, line, _("this column is missing"), "", name)
    if "prompt_zh" not in names and "prompt_en" not in names:
        yield Fault(0, line, _("this column is missing"), "", "prompt_zh")


class _Row:
    """One row, read cell by cell; what is wrong is collected."""

    def __init__(self, line: int, cells: dict[str, str]) -> None:
        self.line = line
        self.cells = {key: value.strip() for key, value in cells.items()}
        self.faults: list[Fault] = []
        for column, cell in self.cells.items():
            if len(cell) > LONGEST_TEXT:
                message = _("this text is longer than %(count)d characters")
                self.fault(message % {"count": LONGEST_TEXT}, column)

    def fault(self, message: str, column: str = "") -> None:
        quote = quoted(self.cells.get(column, "")) if column else ""
        self.faults.append(Fault(0, self.line, message, quote, column))

    def item(self) -> Item | None:
        """The row's item; None where something is wrong."""
        slug, kind = self.cells["id"], self.cells["kind"].lower().replace(" ", "_")
        if not is_id(slug):
            self.fault(_("an id has only a-z, 0-9 and -, and begins with no -"), "id")
        if kind not in KINDS:
            self.fault(_("there is no such kind; %(kinds)s") % {"kinds": ", ".join(KINDS)}, "kind")
            return None
        objective = self.cells.get("objective", "")
        if objective and not is_id(objective):
            self.fault(_("an objective has only a-z, 0-9 and -"), "objective")
        form = self.cells.get("form", "").upper()
        if form not in ("", "A", "B", "C"):
            self.fault(_("a form is A, B, C or empty"), "form")
        content = self._content(kind)
        return Item(
            line=self.line,
            title=slug,
            kind=kind,
            content=content,
            slug=slug,
            objective=objective,
            form=form,
            weight=self._weight(),
        )

    def _weight(self) -> int:
        cell = self.cells.get("weight", "")
        if not cell:
            return 1
        if not (cell.isascii() and cell.isdigit() and len(cell) < 3 and 1 <= int(cell) <= 10):
            self.fault(_("a weight is a whole number from 1 to 10"), "weight")
            return 1
        return int(cell)

    def _text(self, name: str) -> Json:
        return {key: text for key in LANGUAGES if (text := self.cells.get(f"{name}_{key}", ""))}

    def _content(self, kind: str) -> Json:
        content = self._more()
        for name in _TEXTS:
            if text := self._text(name):
                content[name] = text
        if "prompt" not in content:
            self.fault(_("the question is missing"), "prompt_zh")
        steps = self.cells.get("steps", "").replace(",", " ").replace(";", " ").split()
        for one in steps:
            if one not in STEP_SLUGS:
                message = _("there is no step %(step)s; %(steps)s")
                self.fault(message % {"step": one[:40], "steps": ", ".join(STEP_SLUGS)}, "steps")
        if steps:
            content["steps"] = steps
        if kind == "true_false":
            answer = self.cells.get("correct", "").lower()
            if answer not in _TRUTH:
                self.fault(_("say true or false"), "correct")
            content["answer"] = _TRUTH.get(answer, False)
        elif kind in _IN_COLUMNS:
            content["options"] = self._options(kind)
        return content

    def _more(self) -> Json:
        cell = self.cells.get("more", "")
        if not cell:
            return {}
        try:
            more = json.loads(cell, parse_constant=_no_number, parse_float=_number)
        except (ValueError, RecursionError):
            more = None
        if not isinstance(more, dict) or _NOT_STORABLE.search(cell):
            self.fault(_("this column holds JSON: {…}; leave it empty if in doubt"), "more")
            return {}
        return more

    def _options(self, kind: str) -> list[Json]:
        right = self._right()
        options: list[Json] = []
        for n in range(1, MOST_OPTIONS + 1):
            text, feedback = self._text(f"option_{n}"), self._text(f"feedback_{n}")
            if not text:
                if feedback:
                    self.fault(_("there is feedback to an answer that is empty"), f"option_{n}_zh")
                if n in right:
                    message = _("answer %(n)d is called right, but it is empty")
                    self.fault(message % {"n": n}, "correct")
                continue
            option: dict[str, Any] = {"id": f"o{n}", "text": text}
            if n in right:
                option["correct"] = True
            if feedback:
                option["feedback"] = feedback
            options.append(option)
        fewest, most = (3, 6) if kind == "single_choice" else (4, 9)
        if not fewest <= len(options) <= most:
            message = _("this kind takes %(fewest)d to %(most)d answers, here there are %(count)d")
            counts = {"fewest": fewest, "most": most, "count": len(options)}
            self.fault(message % counts, "option_1_zh")
        if not right:
            self.fault(_("no answer is marked as right: name its number"), "correct")
        elif kind == "single_choice" and len(right) > 1:
            self.fault(_("exactly one answer has to be right here"), "correct")
        elif len(right) >= len(options) > 0:
            self.fault(_("all answers are right; some have to be wrong"), "correct")
        return options

    def _right(self) -> set[int]:
        found = set()
        for word in re.split(r"[\s,;、，；]+", self.cells.get("correct", "")):
            if re.fullmatch(r"[1-9]", word):
                found.add(int(word))
            elif re.fullmatch(r"[A-Ia-i]", word):
                found.add(ord(word.upper()) - ord("A") + 1)
            elif word:
                self.fault(_("name the right answers by number: 2, or 1 3"), "correct")
        return found
