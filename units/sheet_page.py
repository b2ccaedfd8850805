"""A sheet as its page shows it: sections, rows, cells, with what was typed and what others say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.safestring import SafeString

from mot_course.web import Text
from quizzes.prose import rendered
from units.filling import Outcome
from units.models import Cell, SheetComment
from units.sheets import Desk
from units.worksheet_content import SheetSection

SPARE_ROWS = 2  # open rows shown beyond the last one that is written in


@dataclass
class CellShown:
    """A cell: what stands in it, who wrote that, what was typed instead and refused."""

    key: str
    row: str  # the row's label, of open rows its number
    column: str
    hint: str
    text: str
    version: int
    cell: Cell | None = None
    newer: Cell | None = None
    too_long: int = 0
    comments: list[SheetComment] = field(default_factory=list)

    @property
    def id(self) -> str:
        return "c-" + self.key.replace(".", "--")

    @property
    def said_at(self) -> str:
        return moment_words(self.cell.edited_at) if self.cell else ""


def moment_words(moment: datetime) -> str:
    """When something was written: the time of today, else the day."""
    local = timezone.localtime(moment)
    if local.date() == timezone.localdate():
        return time_format(local, "H:i")
    return date_format(local, "MONTH_DAY_FORMAT")


@dataclass
class RowShown:
    """A row: its label and its cells. `is_spare`: empty, and not among the next to be filled."""

    id: str
    label: str
    hint: str
    cells: list[CellShown]
    is_spare: bool = False


@dataclass
class ModelRow:
    """How others filled a row: its label, and (column, text) of each cell that has a model."""

    label: str
    cells: list[tuple[str, str]]


@dataclass
class SectionShown:
    """A section with its rows; `models` only once they may be seen and are asked for."""

    section: SheetSection
    guide: SafeString | None
    rows: list[RowShown]
    filled: int
    total: int
    has_models: bool
    may_see_models: bool
    models: list[ModelRow] | None = None

    @property
    def is_questions(self) -> bool:
        """One column and fixed rows: questions, one below the other."""
        return is_questions(self.section)

    @property
    def is_open(self) -> bool:
        return bool(self.section.open_rows)


def is_questions(section: SheetSection) -> bool:
    """Whether the section is a list of questions rather than a table."""
    return len(section.columns) == 1 and not section.open_rows


def sections_of(
    desk: Desk,
    *,
    typed: Mapping[str, str] | None = None,
    outcome: Outcome | None = None,
    models: str = "",
) -> list[SectionShown]:
    """The sheet's sections; `typed` stands in for what is stored where a page was refused.

    `models` names the section whose model answers are asked for. They are in what comes back
    only where something is written in it, or where an instructor asks.
    """
    outcome = outcome or Outcome()
    refused = {*outcome.newer, *outcome.too_long}
    found = []
    for section in desk.content.sections:
        rows = _rows(desk, section, typed or {}, refused, outcome)
        cells = [cell for row in rows for cell in row.cells]
        shown = SectionShown(
            section=section,
            guide=rendered(str(section.guide)) if section.guide else None,
            rows=rows,
            filled=sum(1 for cell in cells if cell.cell is not None and cell.cell.text),
            total=len(cells),
            has_models=bool(section.models),
            may_see_models=desk.may_comment or desk.has_written_in(section.id),
        )
        if models == section.id and shown.has_models and shown.may_see_models:
            shown.models = _models(section)
        found.append(shown)
    return found


def _rows(
    desk: Desk,
    section: SheetSection,
    typed: Mapping[str, str],
    refused: set[str],
    outcome: Outcome,
) -> list[RowShown]:
    named = {one.id: one for one in section.rows}
    rows = []
    for number, row_id in enumerate(section.row_ids, start=1):
        row = named.get(row_id)
        label = str(row.label) if row else str(number)
        cells = []
        for column in section.columns:
            key = f"{section.id}.{row_id}.{column.id}"
            cell = desk.cells.get(key)
            text = typed[key] if key in refused else cell.text if cell else ""
            cells.append(
                CellShown(
                    key=key,
                    row=label,
                    column=str(column.label),
                    hint=_said(column.hint),
                    text=text,
                    version=cell.version if cell else 0,
                    cell=cell,
                    newer=outcome.newer.get(key),
                    too_long=outcome.too_long.get(key, 0),
                    comments=desk.comments.get(key, []),
                )
            )
        rows.append(RowShown(row_id, label, _said(row.hint) if row else "", cells))
    if section.open_rows:
        written = [n for n, row in enumerate(rows) if any(cell.text for cell in row.cells)]
        first = max(written, default=-1) + 1 + SPARE_ROWS
        for one in rows[max(first, 3) :]:
            one.is_spare = True
    return rows


def _said(text: Text | None) -> str:
    return str(text) if text else ""


def _models(section: SheetSection) -> list[ModelRow]:
    labels = {one.id: str(one.label) for one in section.rows}
    found = []
    for number, row_id in enumerate(section.row_ids, start=1):
        cells = [
            (str(column.label), str(section.models[f"{row_id}.{column.id}"]))
            for column in section.columns
            if f"{row_id}.{column.id}" in section.models
        ]
        if cells:
            found.append(ModelRow(labels.get(row_id, str(number)), cells))
    return found
