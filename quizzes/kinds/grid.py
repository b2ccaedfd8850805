"""Fill a small table: for each cell, which of the options belongs there?"""

from typing import Any

from django.utils.translation import gettext_lazy as _
from pydantic import Field, model_validator

from mot_course.web import Json, Text
from quizzes.kinds.base import Content, Grade, Id, Mask, Part, all_different, fits
from quizzes.kinds.placing import Place, PlacingKind, Thing


class Label(Part):
    """A row, a column, or an option."""

    id: Id
    text: Text


class Cell(Part):
    """What belongs into a cell; `accept` names options that can be defended as well."""

    row: Id
    column: Id
    option: Id
    accept: tuple[Id, ...] = ()
    feedback: Text

    @property
    def id(self) -> str:
        return f"{self.row}.{self.column}"


class GridContent(Content):
    rows: tuple[Label, ...] = Field(min_length=1, max_length=8)
    columns: tuple[Label, ...] = Field(min_length=1, max_length=5)
    options: tuple[Label, ...] = Field(min_length=2, max_length=8)
    cells: tuple[Cell, ...] = Field(min_length=2, max_length=24)

    @model_validator(mode="after")
    def _fits_together(self) -> "GridContent":
        rows = [one.id for one in self.rows]
        columns = [one.id for one in self.columns]
        options = [one.id for one in self.options]
        for ids, what in ((rows, "rows"), (columns, "columns"), (options, "options")):
            all_different(ids, what)
        all_different((cell.id for cell in self.cells), "cells")
        for cell in self.cells:
            fits(cell.row in rows, f"cell {cell.id!r}: {cell.row!r} is no row")
            fits(cell.column in columns, f"cell {cell.id!r}: {cell.column!r} is no column")
            for option in (cell.option, *cell.accept):
                fits(option in options, f"cell {cell.id!r}: {option!r} is no option")
        for option in options:
            fits(
                not all(option in (cell.option, *cell.accept) for cell in self.cells),
                f"{option!r} may stand in every cell: there is nothing to fill in",
            )
        return self


class Grid(PlacingKind[GridContent]):
    slug = "grid"
    label = _("Fill the table")
    styles = ("css/tables.css",)
    content_model = GridContent
    once = False
    shape = "grid"
    sample_content = {
        "prompt": {"zh": "谁该做什么？", "en": "Who should do what?"},
        "rows": [
            {"id": "dish", "text": {"zh": "上错菜", "en": "Wrong dish"}},
            {"id": "wait", "text": {"zh": "等太久", "en": "Long wait"}},
        ],
        "columns": [
            {"id": "front", "text": {"zh": "一线", "en": "Front line"}},
            {"id": "head", "text": {"zh": "主管", "en": "Supervisor"}},
        ],
        "options": [
            {"id": "k3", "text": {"zh": "先道歉", "en": "Apologise"}},
            {"id": "a9", "text": {"zh": "给权限", "en": "Grant a limit"}},
        ],
        "cells": [
            {
                "row": row,
                "column": column,
                "option": option,
                "feedback": {"zh": "谁在场谁先说。", "en": "Whoever is there speaks first."},
            }
            for row in ("dish", "wait")
            for column, option in (("front", "k3"), ("head", "a9"))
        ],
        "explanation": {"zh": "一线先说，主管给力。", "en": "The front line speaks first."},
    }
    sample_response = {
        "placed": {"dish.front": "k3", "dish.head": "a9", "wait.front": "k3", "wait.head": "a9"}
    }
    sample_wrong = {
        "placed": {"dish.front": "a9", "dish.head": "k3", "wait.front": "a9", "wait.head": "k3"}
    }

    @property
    def template(self) -> str:
        return "quizzes/kinds/grid.html"

    def things(self, spec: GridContent) -> list[Thing]:
        rows = {one.id: one.text.said for one in spec.rows}
        columns = {one.id: one.text.said for one in spec.columns}
        return [
            Thing(
                cell.id,
                f"{rows[cell.row]} · {columns[cell.column]}",
                (cell.option, *cell.accept),
                cell.feedback.said,
            )
            for cell in spec.cells
        ]

    def places(self, spec: GridContent) -> list[Place]:
        return [Place(one.id, one.text.said) for one in spec.options]

    def shows_places_shuffled(self) -> bool:
        return True

    def _thing_order(
        self, ids: list[str], placed: dict[str, str], mask: Mask, *, reveal: bool
    ) -> list[str]:
        return ids  # a table keeps its order

    def blind(self, spec: GridContent, language: str) -> dict[str, Json]:
        first, last = spec.options[0].id, spec.options[-1].id
        return {
            "first": {"placed": {cell.id: first for cell in spec.cells}},
            "all": {"placed": {cell.id: last for cell in spec.cells}},
        }

    def present(self, spec: GridContent, response: Json | None, mask: Mask, *, reveal: bool) -> Any:
        shown = dict(super().present(spec, response, mask, reveal=reveal))
        by_id = dict(zip((cell.id for cell in spec.cells), shown["things"], strict=True))
        shown["columns"] = [one.text.said for one in spec.columns]
        shown["rows"] = [
            {
                "text": row.text.said,
                "cells": [
                    {"column": column.text.said, "thing": by_id.get(f"{row.id}.{column.id}")}
                    for column in spec.columns
                ],
            }
            for row in spec.rows
        ]
        return shown

    def grade(self, spec: GridContent, response: Json) -> Grade:
        """Right cells, above what one option in every cell would get."""
        right = self.right_count(spec, response)
        lazy = max(
            sum(option.id in (cell.option, *cell.accept) for cell in spec.cells)
            for option in spec.options
        )
        count = len(spec.cells)
        return Grade(earned=max(0, right - lazy), possible=count - lazy, right=right, of=count)
