"""Figures as accessible SVG, each with a table behind it, its source and how sure it is."""

from collections.abc import Callable, Iterable
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from mot_course.web import Text
from units import plot_models, plots
from units.figures import (
    AnyFigure,
    Bars,
    Branches,
    Bucket,
    Chain,
    Cycle,
    Equation,
    Flower,
    Grid,
    Iceberg,
    Ladder,
    People,
    Pyramid,
    Quadrant,
    Rings,
    Slope,
    Squares,
    Stage,
    Zones,
)
from units.plot_text import Step, value_text

Rows = list[list[str]]


def figure_html(figure: AnyFigure) -> str:
    """The figure in the active language: drawing, table behind it, source and evidence.

    A grid is a table already and needs no drawing.
    """
    head, rows = _table(figure)
    return render_to_string(
        "units/_figure.html",
        {
            "figure": figure,
            # plots escapes every text it is given
            "drawing": mark_safe(drawn(figure)),  # noqa: S308 -- as above
            "head": head,
            "rows": rows,
            "grid": _grid(figure) if isinstance(figure, Grid) else None,
            "has_numbers": isinstance(figure, Bars | Slope | People),
        },
    )


def drawn(figure: AnyFigure) -> str:
    """The figure's <svg> in the active language; empty for a grid."""
    return "" if isinstance(figure, Grid) else _DRAWINGS[type(figure)](figure)


def _grid(figure: Grid) -> list[tuple[str, list[tuple[str, str]], bool]]:
    """Rows of a grid: label, (column, cell) pairs, highlight; a phone shows a row as a card."""
    columns = [column.said for column in figure.columns]
    return [
        (
            row.label.said,
            list(zip(columns, (cell.said for cell in row.cells), strict=True)),
            row.highlight,
        )
        for row in figure.rows
    ]


def _step(stage: Stage) -> Step:
    return stage.label.said, _said(stage.note), stage.highlight


def _steps(stages: Iterable[Stage]) -> list[Step]:
    return [_step(stage) for stage in stages]


def _said(text: Text | None) -> str:
    return text.said if text else ""


def _bars(figure: Bars) -> str:
    rows = [(row.label.said, row.value, row.highlight) for row in figure.rows]
    return plots.bars(rows, figure.unit, figure.title.said)


def _slope(figure: Slope) -> str:
    rows = [(row.label.said, row.left, row.right, row.highlight) for row in figure.rows]
    return plots.slope(figure.left.said, figure.right.said, rows, figure.unit, figure.title.said)


def _people(figure: People) -> str:
    groups = [(group.label.said, group.count, group.highlight) for group in figure.groups]
    return plots.people(figure.total, groups, figure.title.said)


def _pyramid(figure: Pyramid) -> str:
    return plot_models.pyramid(_steps(figure.steps), figure.title.said, inverted=figure.inverted)


def _quadrant(figure: Quadrant) -> str:
    fields = figure.fields
    return plot_models.quadrant(
        (figure.across.left.said, figure.across.right.said),
        (figure.up.bottom.said, figure.up.top.said),
        _steps((fields.top_left, fields.top_right, fields.bottom_left, fields.bottom_right)),
        figure.title.said,
    )


def _zones(figure: Zones) -> str:
    areas = [
        (zone.label.said, _said(zone.note), [item.said for item in zone.items], zone.highlight)
        for zone in figure.zones
    ]
    return plot_models.zones(areas, figure.title.said)


def _equation(figure: Equation) -> str:
    return plot_models.equation(
        figure.result.said,
        [text.said for text in figure.top],
        [text.said for text in figure.bottom],
        figure.sign,
        figure.title.said,
    )


def _bucket(figure: Bucket) -> str:
    left = _step(figure.left) if figure.left else None
    return plot_models.bucket(_step(figure.inflow), _steps(figure.holes), left, figure.title.said)


_DRAWINGS: dict[type, Callable[[Any], str]] = {
    Bars: _bars,
    Slope: _slope,
    People: _people,
    Chain: lambda one: plots.chain(_steps(one.steps), one.title.said),
    Ladder: lambda one: plots.ladder(_steps(one.steps), one.title.said),
    Pyramid: _pyramid,
    Iceberg: lambda one: plot_models.iceberg(_steps(one.steps), one.above, one.title.said),
    Cycle: lambda one: plot_models.cycle(_steps(one.steps), one.title.said),
    Rings: lambda one: plot_models.rings(_steps(one.steps), one.title.said),
    Flower: lambda one: plot_models.flower(_step(one.core), _steps(one.steps), one.title.said),
    Quadrant: _quadrant,
    Zones: _zones,
    Equation: _equation,
    Bucket: _bucket,
    Squares: lambda one: plot_models.squares(one.size, one.holes, one.crossings, one.title.said),
    Branches: lambda one: plot_models.branches(
        _step(one.root), _steps(one.branches), one.title.said
    ),
}


def _table(figure: AnyFigure) -> tuple[list[str], Rows]:
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
    if isinstance(figure, Grid):
        return [column.said for column in figure.columns], []
    return [], _table_of_model(figure)


def _table_of_model(figure: Any) -> Rows:
    if isinstance(figure, Quadrant):
        up, across, fields = figure.up, figure.across, figure.fields
        return [
            [f"{high.said}, {side.said}", *_pair(stage)]
            for high, side, stage in (
                (up.top, across.left, fields.top_left),
                (up.top, across.right, fields.top_right),
                (up.bottom, across.left, fields.bottom_left),
                (up.bottom, across.right, fields.bottom_right),
            )
        ]
    if isinstance(figure, Zones):
        return [
            [zone.label.said, _said(zone.note), " · ".join(item.said for item in zone.items)]
            for zone in figure.zones
        ]
    if isinstance(figure, Squares):
        holes = [[f"■ {row}, {column}"] for row, column in figure.holes]
        over = [[f"⊞ {row}, {column}"] for row, column in figure.crossings]
        return [[f"{figure.size} × {figure.size}"], *holes, *over]
    if isinstance(figure, Equation):
        sign = f" {figure.sign} "
        rows = [["=", figure.result.said], ["", sign.join(text.said for text in figure.top)]]
        return rows + ([["÷", sign.join(t.said for t in figure.bottom)]] if figure.bottom else [])
    if isinstance(figure, Bucket):
        stages = [figure.inflow, *figure.holes, *([figure.left] if figure.left else [])]
    elif isinstance(figure, Branches):
        stages = [figure.root, *figure.branches]
    elif isinstance(figure, Flower):
        stages = [figure.core, *figure.steps]
    else:
        stages = list(figure.steps)
    return [_pair(stage) for stage in stages]


def _pair(stage: Stage) -> list[str]:
    return [stage.label.said, _said(stage.note)]
