"""The slope figure of `units.plots`: two columns of values, joined by lines."""

from collections.abc import Sequence
from itertools import chain

from units.plot_text import (
    LEAD,
    inside,
    marked,
    strong,
    svg,
    text_element,
    value_text,
    width,
    wrap,
)

Line = tuple[str, float, float, bool]  # label, left value, right value, highlight

LABEL, LEFT, RIGHT = 116.0, 166.0, 304.0  # right end of labels, the two axes
TOP, HEIGHT = 38.0, 190.0  # of the axes
HEAD_Y, HEAD_GAP = 16.0, 10.0
LABEL_ROOM, VALUE_ROOM = 24.0, 20.0  # the least from line to line


def slope(left: str, right: str, rows: Sequence[Line], unit: str = "", label: str = "") -> str:
    """Two axes with one line per row from its left to its right value; labels at the left."""
    values = [value for row in rows for value in row[1:3]]
    low, high = min(values), max(values)
    fall = HEIGHT / ((high - low) or 1)
    y_of = {value: TOP + (high - value) * fall for value in values}
    axis = f"26V{TOP + HEIGHT + 14:g}"
    label_bottom, labels = _labels(rows, y_of, unit)
    value_bottom, ends = _ends(rows, y_of, unit)
    parts = chain(
        _heads(left, right),
        [f'<path class="axis" d="M{LEFT:g} {axis}M{RIGHT:g} {axis}"/>'],
        (_link(row, y_of) for row in rows),
        labels,
        ends,
        (_dots(row, y_of) for row in rows),
    )
    bottom = max(TOP + HEIGHT + 18, label_bottom, value_bottom)
    return svg(bottom, parts, label)


def _heads(left: str, right: str) -> list[str]:
    """The names of the two axes above them, moved aside where they are too long."""
    right_x = inside(RIGHT, right)
    free = right_x - width(right) / 2 - HEAD_GAP
    left_x = round(min(LEFT, free - width(left) / 2), 1)
    classes = "middle soft"
    return [
        text_element(left_x, HEAD_Y, left, classes),
        text_element(right_x, HEAD_Y, right, classes),
    ]


def _labels(rows: Sequence[Line], y_of: dict[float, float], unit: str) -> tuple[float, list[str]]:
    """Where the labels end at the bottom, and labels with their left values, well apart."""
    order = sorted(rows, key=lambda row: -row[1])
    labels = [wrap(row[0], LABEL) for row in order]
    rooms = [max(LABEL_ROOM, len(lines) * LEAD + 4) for lines in labels]
    bottom, parts = 0.0, []
    places = _spread([y_of[row[1]] for row in order], rooms)
    for (_, value, _, hi), lines, y in zip(order, labels, places, strict=True):
        first = y - (len(lines) - 1) * LEAD / 2 + 5
        said, classes = value_text(value, unit), marked("end value", hi=hi)
        parts.append(text_element(LABEL, round(first, 1), lines, strong("end", hi=hi)))
        parts.append(text_element(LEFT - 9, round(y + 5, 1), said, classes))
        bottom = max(bottom, y + len(lines) * LEAD / 2 + 6)
    return bottom, parts


def _ends(rows: Sequence[Line], y_of: dict[float, float], unit: str) -> tuple[float, list[str]]:
    """Where the right values end at the bottom, and the values, well apart."""
    order = sorted(rows, key=lambda row: -row[2])
    places = _spread([y_of[row[2]] for row in order], [VALUE_ROOM] * len(order))
    parts = [
        text_element(RIGHT + 10, round(y + 5, 1), value_text(value, unit), marked("value", hi=hi))
        for (_, _, value, hi), y in zip(order, places, strict=True)
    ]
    return places[-1] + VALUE_ROOM / 2, parts


def _spread(wanted: Sequence[float], rooms: Sequence[float]) -> list[float]:
    """The wanted heights, each moved down until it keeps its room from the one above."""
    places: list[float] = []
    before = 0.0
    for y, room in zip(wanted, rooms, strict=True):
        places.append(max(y, places[-1] + (before + room) / 2) if places else y)
        before = room
    return places


def _link(row: Line, y_of: dict[float, float]) -> str:
    _, left, right, hi = row
    path = f"M{LEFT:g} {y_of[left]:.1f}L{RIGHT:g} {y_of[right]:.1f}"
    return f'<path class="{marked("link", hi=hi)}" d="{path}"/>'


def _dots(row: Line, y_of: dict[float, float]) -> str:
    _, left, right, hi = row
    classes = marked("dot", hi=hi)
    return "".join(
        f'<circle class="{classes}" cx="{x:g}" cy="{y_of[value]:.1f}" r="4.5"/>'
        for x, value in ((LEFT, left), (RIGHT, right))
    )
