"""Figures of lessons: data from the pack, drawn as accessible SVG with table and evidence."""

from typing import Annotated, Literal

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from pydantic import Field, model_validator

from mot_course.web import Text
from quizzes.kinds.base import Id, Part, fits
from units import plots
from units.plot_text import value_text


class _Figure(Part):
    id: Id
    title: Text = Field(description="says what is measured")
    source: Text = Field(description="where it comes from")
    evidence: Text = Field(description="how sure it is, in words a trainee understands")


class BarRow(Part):
    label: Text
    value: float | tuple[float, float]
    highlight: bool = False


class Bars(_Figure):
    """Horizontal bars, the value at each bar's end; `[90, 95]` is a range."""

    type: Literal["bars"]
    unit: str = ""
    rows: tuple[BarRow, ...] = Field(min_length=1, max_length=14)


class SlopeRow(Part):
    label: Text
    left: float
    right: float
    highlight: bool = False


class Slope(_Figure):
    """Two columns joined by lines: expectation against experience, before against after."""

    type: Literal["slope"]
    unit: str = ""
    left: Text
    right: Text
    rows: tuple[SlopeRow, ...] = Field(min_length=1, max_length=10)


class Group(Part):
    label: Text
    count: int = Field(ge=0)
    highlight: bool = False


class People(_Figure):
    """Little people: so many of so many."""

    type: Literal["people"]
    total: int = Field(ge=2, le=300)
    groups: tuple[Group, ...] = Field(min_length=1, max_length=5)

    @model_validator(mode="after")
    def _adds_up(self) -> "People":
        counted = sum(group.count for group in self.groups)
        fits(counted == self.total, f"the groups count {counted}, not {self.total}")
        return self


class Stage(Part):
    label: Text
    note: Text | None = None
    highlight: bool = False


class Chain(_Figure):
    """Boxes joined by arrows."""

    type: Literal["chain"]
    steps: tuple[Stage, ...] = Field(min_length=2, max_length=12)


class Ladder(_Figure):
    """Rungs, the lowest first."""

    type: Literal["ladder"]
    steps: tuple[Stage, ...] = Field(min_length=2, max_length=8)


Figure = Annotated[Bars | Slope | People | Chain | Ladder, Field(discriminator="type")]


def figure_html(figure: Bars | Slope | People | Chain | Ladder) -> str:
    """The figure in the active language: drawing, table behind it, source and evidence."""
    head, rows = _table(figure)
    return render_to_string(
        "units/_figure.html",
        # plots escapes every text it is given
        {
            "figure": figure,
            "drawing": mark_safe(_drawing(figure)),  # noqa: S308 -- as above
            "head": head,
            "rows": rows,
        },
    )


def _drawing(figure: Bars | Slope | People | Chain | Ladder) -> str:
    label = figure.title.said
    if isinstance(figure, Bars):
        return plots.bars(
            [(row.label.said, row.value, row.highlight) for row in figure.rows],
            figure.unit,
            label,
        )
    if isinstance(figure, Slope):
        return plots.slope(
            figure.left.said,
            figure.right.said,
            [(row.label.said, row.left, row.right, row.highlight) for row in figure.rows],
            figure.unit,
            label,
        )
    if isinstance(figure, People):
        return plots.people(
            figure.total,
            [(group.label.said, group.count, group.highlight) for group in figure.groups],
            label,
        )
    steps = [
        (step.label.said, step.note.said if step.note else "", step.highlight)
        for step in figure.steps
    ]
    return plots.chain(steps, label) if isinstance(figure, Chain) else plots.ladder(steps, label)


def _table(figure: Bars | Slope | People | Chain | Ladder) -> tuple[list[str], list[list[str]]]:
    """Head and rows of the table for whoever cannot see the drawing."""
    if isinstance(figure, Bars):
        return [], [[row.label.said, value_text(row.value, figure.unit)] for row in figure.rows]
    if isinstance(figure, Slope):
        return [figure.left.said, figure.right.said], [
            [row.label.said, value_text(row.left, figure.unit), value_text(row.right, figure.unit)]
            for row in figure.rows
        ]
    if isinstance(figure, People):
        return [], [[group.label.said, str(group.count)] for group in figure.groups]
    return [], [[step.label.said, step.note.said if step.note else ""] for step in figure.steps]
