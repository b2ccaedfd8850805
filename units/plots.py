"""SVG figures for lessons and reports: pure functions from plain data to an <svg class="plot">.

The texts come in one language already, and every one is escaped here. All lengths are units of
a drawing 350 wide, which pages show at 280 to 448 pixels. Classes, not attributes, give the
colours: `hi` is the highlight, `ok` what was reached.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from units.plot_slope import slope as slope  # callers know one module
from units.plot_text import (
    LEAD,
    NOTE_SIZE,
    WIDTH,
    Step,
    Value,
    box,
    ends_of,
    inside,
    marked,
    strong,
    svg,
    text_element,
    value_text,
    width,
    wrap,
)

Bar = tuple[str, Value, bool]  # label, value, highlight
Group = tuple[str, int, bool]  # label, count, highlight

BAR_LABEL, BAR_GAP, BAR_LINES = 122.0, 9.0, 2  # labels too long for it stand above their bars
BAR_VALUE, BAR_VALUE_GAP = 58.0, 7.0

PERSON_WIDTH, PERSON_CELL, PERSON_ROW = 22.0, 35.0, 42.0
FEW, TO_A_ROW, FEWEST_TO_A_ROW = 12, 10, 5
KEY_LABEL, KEY_ROW = 62.0, 44.0

BOX_ARROW = 25.0
RUNG_SHIFT, LADDER_SHIFT, RUNG_GAP = 22.0, 110.0, 8.0

INTERVAL_MARGIN, INTERVAL_HEIGHT, NOTE_GAP = 6.0, 64.0, 5.0
SQUARE_GAP, SCORE_HEIGHT = 4.0, 50.0


def bars(rows: Sequence[Bar], unit: str = "", label: str = "") -> str:
    """Horizontal bars from zero, in one scale, the value at each end; a range is drawn paler."""
    frame = _frame_of_bars(rows, unit)
    y, parts = 2.0, []
    for row in rows:
        height, drawn = _bar(row, y, frame, unit)
        parts.append(drawn)
        y += height + frame.space
    if not frame.is_stacked:
        parts.insert(0, f'<path class="axis" d="M{frame.left - 0.5:g} 0V{y - 6:g}"/>')
    return svg(y - 4, parts, label)


def people(total: int, groups: Sequence[Group], label: str = "") -> str:
    """One little person for each, ten to a row, and below a key with each group's count."""
    in_row = TO_A_ROW if total > FEW else max(total, FEWEST_TO_A_ROW)
    cell = min(PERSON_CELL, WIDTH / in_row)
    shift = (cell - PERSON_WIDTH) / 2 if cell < PERSON_CELL else 0.0
    flags = [hi for _, count, hi in groups for _ in range(count)]
    parts = [
        _person(place % in_row * cell + shift, place // in_row * PERSON_ROW, hi=hi)
        for place, hi in enumerate(flags)
    ]
    y = -(-len(flags) // in_row) * PERSON_ROW + 10  # rows, rounded up
    for name, count, hi in groups:
        lines = wrap(name, WIDTH - KEY_LABEL)
        parts += [
            _person(0, y - 6, hi=hi),
            text_element(KEY_LABEL - 10, y + 16, value_text(count), marked("end value", hi=hi)),
            text_element(KEY_LABEL, y + 16, lines, strong("", hi=hi)),
        ]
        y += max(KEY_ROW, len(lines) * LEAD + 22)
    return svg(y - 8, parts, label)


def chain(steps: Sequence[Step], label: str = "") -> str:
    """Boxes from top to bottom, joined by arrows."""
    y = 1.0
    parts: list[str] = []
    for step in steps:
        if parts:
            arrow = f"M{WIDTH / 2:g} {y + 3:g}v17m-5 -5.5 5 5.5 5 -5.5"
            parts.append(f'<path class="link" d="{arrow}"/>')
            y += BOX_ARROW
        height, drawn = box(0, y, WIDTH, step)
        parts.append(drawn)
        y += height
    return svg(y + 1, parts, label)


def ladder(steps: Sequence[Step], label: str = "") -> str:
    """Boxes on a stair: the first step is the lowest, each next one further up and right."""
    shift = min(RUNG_SHIFT, LADDER_SHIFT / max(len(steps) - 1, 1))
    y, parts, stair = 4.0, [], f"M{(len(steps) - 1) * shift + 2:g} 4"
    for rung, step in reversed(list(enumerate(steps))):
        left = rung * shift + 8
        height, drawn = box(left, y, WIDTH - left, step)
        parts.append(drawn)
        foot = y + height + (RUNG_GAP / 2 if rung else 0)  # half way to the next rung
        stair += f"H{left - 6:g}V{foot:g}"
        y += height + RUNG_GAP
    parts.append(f'<path class="stair" d="{stair}"/>')
    return svg(y - 5, parts, label)


def interval(
    low: float, middle: float, high: float, label: str = "", unit: str = "%", top: float = 100
) -> str:
    """One estimate and its interval on a line from 0 to `top`, all in `unit`."""
    scale = (WIDTH - 2 * INTERVAL_MARGIN) / top
    left, here, right, end = (INTERVAL_MARGIN + v * scale for v in (low, middle, high, top))
    said = value_text(middle, unit)
    parts = [
        f'<path class="axis" d="M{INTERVAL_MARGIN:g} 34H{end:g}M{INTERVAL_MARGIN:g} 30v8'
        f'M{end:g} 30v8"/>',
        f'<rect class="span hi" x="{left:.1f}" y="28" width="{right - left:.1f}" height="12"'
        ' rx="6"/>',
        f'<circle class="dot hi" cx="{here:.1f}" cy="34" r="6.5"/>',
        text_element(inside(here, said), 16, said, "middle value hi"),
        *_interval_notes((low, left), (high, right), value_text(top, unit)),
    ]
    return svg(INTERVAL_HEIGHT, parts, label)


def scoreline(points: int, total: int, needed: int, label: str = "", need_word: str = "") -> str:
    """One square for each of `total` points, those reached filled, and where passing begins."""
    gap = min(SQUARE_GAP, WIDTH / total / 4)
    cell = (WIDTH + gap) / total
    parts = [
        f'<rect class="bar{" ok" if place < points else ""}" x="{place * cell:.1f}" y="4"'
        f' width="{cell - gap:.1f}" height="20" rx="{min(4, (cell - gap) / 2):g}"/>'
        for place in range(total)
    ]
    x = min(needed * cell - gap / 2, WIDTH)
    word_end = max(x - 6, width(need_word, NOTE_SIZE))
    parts.append(f'<path class="axis" d="M{x:.1f} 0V34"/>')
    parts.append(text_element(round(word_end, 1), 44, need_word, "note end"))
    return svg(SCORE_HEIGHT, parts, label)


@dataclass(frozen=True)
class _BarFrame:
    """What all bars of a figure share."""

    left: float  # where bars begin
    scale: float  # units of the drawing for a value of 1
    is_stacked: bool  # labels above their bars

    @property
    def space(self) -> float:
        return 12.0 if self.is_stacked else 8.0


def _frame_of_bars(rows: Sequence[Bar], unit: str) -> _BarFrame:
    labels = [wrap(name, BAR_LABEL) for name, _, _ in rows]
    widest = max(width(line) for lines in labels for line in lines)
    is_stacked = widest > BAR_LABEL or any(len(lines) > BAR_LINES for lines in labels)
    left = 0.0 if is_stacked else widest + BAR_GAP
    said = max(width(value_text(value, unit)) for _, value, _ in rows)
    longest = max(ends_of(value)[1] for _, value, _ in rows) or 1
    room = WIDTH - left - max(BAR_VALUE, said + BAR_VALUE_GAP + 1)
    return _BarFrame(left, room / longest, is_stacked)


def _bar(row: Bar, y: float, frame: _BarFrame, unit: str) -> tuple[float, str]:
    """The height of a row that begins at y, and its drawing."""
    name, value, hi = row
    if frame.is_stacked:
        lines = wrap(name, WIDTH)
        above, block, thick = len(lines) * LEAD + 3, 18.0, 18.0
        head = text_element(0, y + 14, lines, strong("", hi=hi))
    else:
        lines = wrap(name, BAR_LABEL)
        above, block, thick = 0.0, max(24.0, len(lines) * LEAD + 4), 20.0
        first = y + block / 2 - (len(lines) - 1) * LEAD / 2 + 5
        head = text_element(frame.left - BAR_GAP, first, lines, strong("end", hi=hi))
    middle = y + above + block / 2
    low, high = (end * frame.scale for end in ends_of(value))
    drawn = head + _bar_rect("bar", frame.left, middle, max(low, 2), thick, hi=hi)
    if high > low:
        drawn += _bar_rect("span", frame.left + low, middle, high - low, thick, hi=hi)
    x = round(frame.left + high + BAR_VALUE_GAP, 1)
    drawn += text_element(x, middle + 5.5, value_text(value, unit), marked("value", hi=hi))
    return above + block, drawn


def _bar_rect(name: str, x: float, middle: float, long: float, thick: float, *, hi: bool) -> str:
    return (
        f'<rect class="{marked(name, hi=hi)}" x="{x:.1f}" y="{middle - thick / 2:g}"'
        f' width="{long:.1f}" height="{thick:g}" rx="4"/>'
    )


def _person(x: float, y: float, *, hi: bool) -> str:
    """Head and shoulders, 22 wide and 34 high."""
    head = f"M{x + 11:g} {y + 1:g}a5 5 0 1 0 .01 0z"
    body = f"M{x + 2.5:g} {y + 32:g}v-9a8.5 8.5 0 0 1 17 0v9z"
    return f'<path class="{marked("person", hi=hi)}" d="{head}{body}"/>'


def _interval_notes(low: tuple[float, float], high: tuple[float, float], top: str) -> list[str]:
    """The numbers below the line: each (value, x) of the interval, and 0 and `top` where free."""
    notes = [(value_text(value), x) for value, x in (low, high)]
    apart = sum(width(said, NOTE_SIZE) for said, _ in notes) / 2 + NOTE_GAP
    if high[1] - low[1] < apart:
        notes = [(value_text((low[0], high[0])), (low[1] + high[1]) / 2)]
    placed = [(said, inside(x, said, NOTE_SIZE)) for said, x in notes]
    parts = [text_element(x, 58, said, "note middle") for said, x in placed]
    (first, first_x), (last, last_x) = placed[0], placed[-1]
    if first_x - width(first, NOTE_SIZE) / 2 > width("0", NOTE_SIZE) + NOTE_GAP:
        parts.append(text_element(0, 58, "0", "note"))
    if last_x + width(last, NOTE_SIZE) / 2 < WIDTH - width(top, NOTE_SIZE) - NOTE_GAP:
        parts.append(text_element(WIDTH, 58, top, "note end"))
    return parts
