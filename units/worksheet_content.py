"""What a worksheet asks: sections of cells, some with a model answer."""

from collections.abc import Iterator

from pydantic import Field, model_validator

from mot_course.web import Text
from quizzes.kinds.base import Id, Part, all_different, fits


class SheetColumn(Part):
    id: Id
    label: Text
    hint: Text | None = None


class SheetRow(Part):
    id: Id
    label: Text
    hint: Text | None = None


class SheetSection(Part):
    """A table to fill: fixed rows, or some open ones. One column, fixed rows: questions."""

    id: Id
    title: Text
    guide: Text | None = Field(None, description="Markdown")
    columns: tuple[SheetColumn, ...] = Field(min_length=1, max_length=6)
    rows: tuple[SheetRow, ...] = Field((), max_length=24)
    open_rows: int | None = Field(None, ge=1, le=30, description="instead of `rows`")
    models: dict[str, Text] = Field(
        default_factory=dict,
        description="model answers by `<row>.<column>`; open rows are r1, r2, …",
    )

    @model_validator(mode="after")
    def _fits_together(self) -> "SheetSection":
        all_different((one.id for one in self.columns), "columns")
        all_different((one.id for one in self.rows), "rows")
        fits(bool(self.rows) != bool(self.open_rows), "give either rows or open_rows")
        keys = {f"{row}.{column.id}" for row in self.row_ids for column in self.columns}
        unknown = sorted(set(self.models) - keys)
        fits(not unknown, f"there is no cell {', '.join(unknown)}")
        return self

    @property
    def row_ids(self) -> list[str]:
        """The rows' ids; those of open rows are r1, r2, …"""
        if self.open_rows:
            return [f"r{number}" for number in range(1, self.open_rows + 1)]
        return [row.id for row in self.rows]


class WorksheetFile(Part):
    """`worksheets/<slug>.yaml`"""

    title: Text
    summary: Text = Field(description="what it is for, what one has in hand afterwards")
    minutes: int = Field(ge=5, le=240)
    teams: bool = Field(True, description="usually filled by a team of a cohort together")
    covers: tuple[Id, ...] = ()
    guide: Text = Field(description="Markdown: how to go about it")
    sections: tuple[SheetSection, ...] = Field(min_length=1, max_length=12)

    @model_validator(mode="after")
    def _sections_differ(self) -> "WorksheetFile":
        all_different((one.id for one in self.sections), "sections")
        return self

    @property
    def keys(self) -> Iterator[str]:
        """Every cell's key, `<section>.<row>.<column>`, in reading order."""
        for section in self.sections:
            for row in section.row_ids:
                for column in section.columns:
                    yield f"{section.id}.{row}.{column.id}"
