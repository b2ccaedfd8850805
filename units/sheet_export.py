"""The handbook: what people and teams have written, as one document. Plain values, no layout.

`page`, `docx` and `markdown` are made from the same `Handbook`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from mot_course.web import content_language
from units.models import Cell, Sheet
from units.sheet_page import is_questions
from units.sheets import Desk, content_of
from units.worksheet_content import SheetSection, WorksheetFile

BLANK_ROWS = 10
_SPECIAL = str.maketrans({one: f"\\{one}" for one in "\\`*_{}[]<>#|~"})


@dataclass(frozen=True)
class TableRow:
    """A row: its label (of open rows empty) and the text of each column."""

    label: str
    cells: list[str]


@dataclass(frozen=True)
class Part:
    """A section. `is_questions`: each row a question and its answer, else a table."""

    title: str
    columns: list[str]
    rows: list[TableRow]
    is_questions: bool
    has_labels: bool


@dataclass(frozen=True)
class Chapter:
    """One sheet: the worksheet's title and whose it is."""

    number: int
    title: str
    summary: str
    owner: str
    parts: list[Part]
    unwritten: list[str]  # titles of sections in which nothing stands yet

    @property
    def anchor(self) -> str:
        return f"chapter-{self.number}"


@dataclass(frozen=True)
class Handbook:
    """A document to print: who made it, when, and a chapter for each sheet."""

    title: str
    owner: str
    made_on: date
    language: str  # zh or en: that of its headings
    chapters: list[Chapter] = field(default_factory=list)

    @property
    def names_owners(self) -> bool:
        """Whether chapters say whose they are: where not all are the same person's or team's."""
        return len({one.owner for one in self.chapters}) > 1


def with_cells(sheets: QuerySet[Sheet]) -> list[Sheet]:
    """The sheets with all that a handbook needs, in two queries."""
    cells = Prefetch("cells", Cell.objects.exclude(text="").order_by("pk"), to_attr="written")
    related = ("worksheet", "revision", "team", "person")
    return list(sheets.select_related(*related).prefetch_related(cells))


def handbook_of(sheets: list[Sheet], *, owner: str) -> Handbook:
    """The sheets as a document, in the reader's language; those in which nothing stands are not.

    The sheets come from `with_cells`.
    """
    chapters: list[Chapter] = []
    for sheet in sheets:
        texts = {one.key: one.text for one in sheet.written}  # type: ignore[attr-defined]
        if texts:
            name = str(sheet.team or sheet.person)
            content = content_of(sheet.revision)
            chapters.append(_chapter(content, texts, number=len(chapters) + 1, owner=name))
    return _document(_("Service handbook"), owner, chapters)


def single(desk: Desk) -> Handbook:
    """One sheet as a document; what is not written yet is there to be filled with a pen."""
    texts = {key: one.text for key, one in desk.cells.items() if one.text}
    chapter = _chapter(desk.content, texts, number=1, owner=desk.name, blanks=True)
    return _document(chapter.title, desk.name, [chapter])


def _document(title: str, owner: str, chapters: list[Chapter]) -> Handbook:
    return Handbook(title, owner, timezone.localdate(), content_language(), chapters)


def _chapter(
    content: WorksheetFile,
    texts: dict[str, str],
    *,
    number: int,
    owner: str,
    blanks: bool = False,
) -> Chapter:
    parts, unwritten = [], []
    for section in content.sections:
        part = _part(section, texts, blanks=blanks)
        if part is None:
            unwritten.append(str(section.title))
        else:
            parts.append(part)
    return Chapter(
        number=number,
        title=str(content.title),
        summary=str(content.summary),
        owner=owner,
        parts=parts,
        unwritten=unwritten,
    )


def _part(section: SheetSection, texts: dict[str, str], *, blanks: bool) -> Part | None:
    labels = {one.id: str(one.label) for one in section.rows}
    rows = []
    is_written = False
    for number, row in enumerate(section.row_ids):
        cells = [texts.get(f"{section.id}.{row}.{column.id}", "") for column in section.columns]
        is_written = is_written or any(cells)
        # An open row that nobody needed is no row, but a blank sheet has some to write in.
        if any(cells) or row in labels or (blanks and number < BLANK_ROWS):
            rows.append(TableRow(labels.get(row, ""), cells))
    if not is_written and not blanks:
        return None
    return Part(
        title=str(section.title),
        columns=[str(one.label) for one in section.columns],
        rows=rows,
        is_questions=is_questions(section),
        has_labels=bool(labels),
    )


def filename_of(handbook: Handbook) -> str:
    """A name for the file, without its ending and without what file systems refuse."""
    words = f"{handbook.title} {handbook.owner} {handbook.made_on:%Y-%m-%d}"
    return " ".join("".join(one if one.isprintable() and one not in '\\/:*?"<>|' else " "
                            for one in words).split())[:120]  # fmt: skip


# Markdown


def markdown_of(handbook: Handbook) -> str:
    """The document as Markdown; what people typed is shown as they typed it."""
    lines = [f"# {_plain(handbook.title)}", "", f"{_plain(handbook.owner)} · {handbook.made_on}"]
    for chapter in handbook.chapters:
        lines += ["", f"## {_plain(chapter.title)}"]
        if handbook.names_owners:
            lines += ["", f"*{_plain(chapter.owner)}*"]
        for part in chapter.parts:
            lines += ["", f"### {_plain(part.title)}", ""]
            lines += _questions(part) if part.is_questions else _table(part)
    return "\n".join(lines) + "\n"


def _questions(part: Part) -> list[str]:
    lines = []
    for row in part.rows:
        lines += [f"**{_plain(row.label)}**", "", _lines(row.cells[0], "  \n") or "—", ""]
    return lines[:-1]


def _table(part: Part) -> list[str]:
    head = ([""] if part.has_labels else []) + part.columns
    lines = [_row(map(_plain, head)), _row("---" for _column in head)]
    for row in part.rows:
        label = [f"**{_plain(row.label)}**"] if part.has_labels else []
        lines.append(_row([*label, *(_lines(cell, "<br>") for cell in row.cells)]))
    return lines


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _lines(text: str, ending: str) -> str:
    return ending.join(_plain(line) for line in text.split("\n"))


def _plain(text: str) -> str:
    """The text so that Markdown shows it as it is."""
    text = " ".join(text.split("\n")).strip().translate(_SPECIAL)
    head, dot, rest = text.partition(".")
    if dot and head.isdigit():
        return f"{head}\\.{rest}"
    return f"\\{text}" if text[:1] in ("-", "+", "=") else text
