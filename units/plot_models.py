"""SVG drawings of models: levels, icebergs, cycles, rings, flowers, fields, zones, buckets.

As in `plots`: pure functions over texts of one language, every one escaped; a drawing is 350 wide.
Where words are many, boxes hold them and lines say how they belong together: a trainee reads this
on a phone.
"""

from collections.abc import Sequence
from math import cos, pi, sin

from units.plot_text import (
    BOX_PADDING,
    LEAD,
    NOTE_LEAD,
    NOTE_SIZE,
    SIZE,
    WIDTH,
    Step,
    box,
    box_height,
    marked,
    strong,
    svg,
    text_element,
    width,
    wrap,
)

Zone = tuple[str, str, Sequence[str], bool]  # label, note, items, highlight

LEVEL_GAP, LEVEL_SHARE = 6.0, 0.56  # the narrowest level's share of the whole width
WAVE, WAVE_GAP = 12.5, 26.0
TRACK, STEP_GAP = 34.0, 24.0
RING = 11.0
PETALS, PETAL_FROM, PETAL_LONG = 118.0, 44.0, 62.0
HOLE_AT, HOLE_GAP, BUCKET = 150.0, 14.0, 118.0
TWIG = 26.0
GRID = 260.0


def pyramid(steps: Sequence[Step], label: str = "", *, inverted: bool = False) -> str:
    """Levels one on the other, the first at the top; `inverted` stands it on its tip."""
    y, parts = 1.0, []
    last = max(len(steps) - 1, 1)
    for place, step in enumerate(steps):
        share = (last - place if inverted else place) / last
        wide = WIDTH * (LEVEL_SHARE + (1 - LEVEL_SHARE) * share)
        height, drawn = centred_box((WIDTH - wide) / 2, y, wide, step)
        parts.append(drawn)
        y += height + LEVEL_GAP
    return svg(y - LEVEL_GAP + 1, parts, label)


def iceberg(steps: Sequence[Step], above: int, label: str = "") -> str:
    """What shows above the water and what lies below it, the first at the top."""
    y = 1.0
    parts: list[str] = []
    surface = 0.0
    below = len(steps) - above
    for place, step in enumerate(steps):
        if place == above:
            surface = y + WAVE_GAP / 2 - 4
            parts.append(_water(surface))
            y += WAVE_GAP
        if place < above:
            share = 0.5 + 0.12 * place
        else:  # widest just under the water, narrower towards the bottom
            share = 0.94 - 0.24 * (place - above) / max(below - 1, 1)
        wide = WIDTH * share
        height, drawn = centred_box((WIDTH - wide) / 2, y, wide, step)
        parts.append(drawn)
        y += height + LEVEL_GAP
    height = y + 4
    depth = f'<rect class="water" x="0" y="{surface:g}" width="{WIDTH:g}"'
    parts.insert(0, f'{depth} height="{height - surface:g}" rx="12"/>')
    return svg(height, parts, label)


def _water(y: float) -> str:
    waves = f"q{WAVE / 2:g} -6 {WAVE:g} 0t{WAVE:g} 0" * round(WIDTH / WAVE / 2)
    return f'<path class="wave" data-y="{y:g}" d="M0 {y:g}{waves}"/>'


def cycle(steps: Sequence[Step], label: str = "") -> str:
    """Boxes from top to bottom, and a way back from the last to the first."""
    y, parts, middles = 1.0, [], []
    wide = WIDTH - TRACK
    for place, step in enumerate(steps):
        if place:
            arrow = f"M{TRACK + wide / 2:g} {y - STEP_GAP + 3:g}v16m-5 -5.5 5 5.5 5 -5.5"
            parts.append(f'<path class="link" d="{arrow}"/>')
        height, drawn = box(TRACK, y, wide, step)
        parts.append(drawn)
        middles.append(y + height / 2)
        y += height + STEP_GAP
    first, last = middles[0], middles[-1]
    back = (
        f"M{TRACK - 2:g} {last:g}H16a10 10 0 0 1 -10 -10V{first + 10:g}a10 10 0 0 1 10 -10"
        f"H{TRACK - 4:g}m-5.5 -5 5.5 5 -5.5 5"
    )
    parts.append(f'<path class="link" d="{back}"/>')
    return svg(y - STEP_GAP + 1, parts, label)


def rings(steps: Sequence[Step], label: str = "") -> str:
    """One inside the other, the first the innermost."""
    y, tops = 1.0, []
    for depth, (name, note, _) in enumerate(reversed(steps)):
        room = WIDTH - 2 * (depth * RING) - 2 * BOX_PADDING
        names, notes = wrap(name, room), wrap(note, room, NOTE_SIZE)
        tops.append((y, names, notes))
        y += BOX_PADDING + len(names) * LEAD + (len(notes) * NOTE_LEAD + 2 if notes else 0) + 3
    y += BOX_PADDING - 4
    parts = []
    for depth, (top, names, notes) in enumerate(tops):
        hi = steps[len(steps) - 1 - depth][2]
        left, bottom = depth * RING, y + (len(tops) - 1 - depth) * RING
        shape = f'x="{left + 1:g}" y="{top:g}" width="{WIDTH - 2 * left - 2:g}"'
        parts.append(
            f'<rect class="{marked("box", hi=hi)}" {shape} height="{bottom - top:g}" rx="16"/>'
        )
        middle = WIDTH / 2
        parts.append(text_element(middle, top + 21, names, "strong middle"))
        if notes:
            under = top + 21 + len(names) * LEAD
            parts.append(text_element(middle, under, notes, "note middle", NOTE_LEAD))
    return svg(y + (len(tops) - 1) * RING + 1, parts, label)


def flower(core: Step, steps: Sequence[Step], label: str = "") -> str:
    """Numbered petals round a core, and below what each number stands for."""
    middle, high = WIDTH / 2, PETALS
    parts = []
    for place, step in enumerate(steps):
        turn = 360 * place / len(steps)
        petal = f"translate({middle:g} {high:g}) rotate({turn:.1f})"
        broad = min(34.0, 2.5 * PETAL_FROM * pi / len(steps) / 2)
        parts.append(
            f'<ellipse class="{marked("box", hi=step[2])}" cy="{-PETAL_FROM - PETAL_LONG / 2:g}"'
            f' rx="{broad:.1f}" ry="{PETAL_LONG / 2 + 9:g}" transform="{petal}"/>'
        )
        angle = 2 * pi * place / len(steps)
        far = PETAL_FROM + PETAL_LONG / 2 + 8
        x, y = middle + far * sin(angle), high - far * cos(angle)
        parts.append(
            text_element(round(x, 1), round(y + 5, 1), str(place + 1), strong("middle", hi=step[2]))
        )
    names = wrap(core[0], 2 * PETAL_FROM - 18)
    parts.append(f'<circle class="box hi" cx="{middle:g}" cy="{high:g}" r="{PETAL_FROM:g}"/>')
    top = high + 5 - (len(names) - 1) * LEAD / 2
    parts.append(text_element(middle, round(top, 1), names, "strong middle"))
    y = 2 * high + 14
    for place, (name, note, hi) in enumerate([*steps] if not core[1] else [core, *steps]):
        number = place + (0 if core[1] else 1)
        lines = wrap(name, WIDTH - 34)
        notes = wrap(note, WIDTH - 34, NOTE_SIZE)
        if number:
            parts.append(text_element(20, y + 13, str(number), marked("value end", hi=hi)))
        parts.append(text_element(34, y + 13, lines, "strong"))
        y += len(lines) * LEAD
        if notes:
            parts.append(text_element(34, y + 12, notes, "note", NOTE_LEAD))
            y += len(notes) * NOTE_LEAD
        y += 9
    return svg(y, parts, label)


def quadrant(
    across: tuple[str, str], up: tuple[str, str], fields: Sequence[Step], label: str = ""
) -> str:
    """Four fields (top left, top right, bottom left, bottom right) and what the axes mean.

    `across` is what left and right mean, `up` what bottom and top mean.
    """
    half = WIDTH / 2
    parts: list[str] = []
    y = _axis(f"↑ {up[1]}", 14, parts) + 12
    for left, right in (fields[:2], fields[2:]):
        height = max(box_height(one, half - 5) for one in (left, right))
        for x, one in ((0.0, left), (half + 5, right)):
            parts.append(box(x, y, half - 5, one, height)[1])
        y += height + 10
    y = _axis(f"↓ {up[0]}", y + 8, parts) + 22
    ends = ((0.0, f"← {across[0]}", "note"), (WIDTH, f"{across[1]} →", "note end"))
    lines = [wrap(text, half - 10, NOTE_SIZE) for _, text, _ in ends]
    for (x, _, classes), cut in zip(ends, lines, strict=True):
        parts.append(text_element(x, y, cut, classes, NOTE_LEAD))
    return svg(y + (max(map(len, lines)) - 1) * NOTE_LEAD + 6, parts, label)


def _axis(text: str, y: float, parts: list[str]) -> float:
    """What an upright axis means, in the middle; the baseline of its last line."""
    lines = wrap(text, WIDTH, NOTE_SIZE)
    parts.append(text_element(WIDTH / 2, y, lines, "note middle", NOTE_LEAD))
    return y + (len(lines) - 1) * NOTE_LEAD


def zones(areas: Sequence[Zone], label: str = "") -> str:
    """Areas below each other, parted by a dashed line that not everybody sees through."""
    y, parts = 1.0, []
    for place, (name, note, items, hi) in enumerate(areas):
        if place:
            parts.append(f'<path class="curtain" d="M0 {y + 11:g}H{WIDTH:g}"/>')
            y += 22
        room = WIDTH - 2 * BOX_PADDING
        names, notes = wrap(name, room), wrap(note, room, NOTE_SIZE)
        lines = [wrap(item, room - 16, NOTE_SIZE) for item in items]
        height = 2 * BOX_PADDING + len(names) * LEAD + len(notes) * NOTE_LEAD + 4
        height += sum(len(one) * NOTE_LEAD + 4 for one in lines)
        shape = f'x="1" y="{y:g}" width="{WIDTH - 2:g}" height="{height:g}" rx="10"'
        parts.append(f'<rect class="{marked("box", hi=hi)}" {shape}/>')
        at = y + BOX_PADDING + 12.5
        parts.append(text_element(BOX_PADDING, at, names, "strong"))
        at += len(names) * LEAD
        if notes:
            parts.append(text_element(BOX_PADDING, at, notes, "note", NOTE_LEAD))
            at += len(notes) * NOTE_LEAD
        at += 4
        for one in lines:
            parts.append(
                f'<circle class="point" cx="{BOX_PADDING + 4:g}" cy="{at - 4.5:g}" r="2.5"/>'
            )
            parts.append(text_element(BOX_PADDING + 16, at, one, "note item", NOTE_LEAD))
            at += len(one) * NOTE_LEAD + 4
        y += height
    return svg(y + 1, parts, label)


def equation(
    result: str, top: Sequence[str], bottom: Sequence[str], sign: str = "+", label: str = ""
) -> str:
    """A result, and what stands over and under the line of a fraction."""
    height, drawn = centred_box(WIDTH * 0.14, 1, WIDTH * 0.72, (result, "", True))
    parts, y = [drawn], height + 1
    parts.append(text_element(WIDTH / 2, y + 24, "=", "sign middle"))
    y += 36
    y = _joined(top, y, sign, parts)
    if bottom:
        parts.append(f'<path class="stair" d="M10 {y + 6:g}H{WIDTH - 10:g}"/>')
        y = _joined(bottom, y + 13, sign, parts)
    return svg(y + 1, parts, label)


def _joined(items: Sequence[str], y: float, sign: str, parts: list[str]) -> float:
    """The items as boxes in a row, below each other where too wide; returns where they end."""
    wide = (WIDTH - (len(items) - 1) * 22) / len(items)
    if all(width(item, SIZE) <= 2 * (wide - 2 * BOX_PADDING) for item in items) and wide > 90:
        height = max(box_height((item, "", False), wide) for item in items)
        for place, item in enumerate(items):
            x = place * (wide + 22)
            if place:
                parts.append(text_element(x - 11, y + height / 2 + 5, sign, "sign middle"))
            parts.append(centred_box(x, y, wide, (item, "", False), height)[1])
        return y + height
    for place, item in enumerate(items):
        if place:
            parts.append(text_element(WIDTH / 2, y + 16, sign, "sign middle"))
            y += 24
        height, drawn = centred_box(WIDTH * 0.1, y, WIDTH * 0.8, (item, "", False))
        parts.append(drawn)
        y += height
    return y


def bucket(inflow: Step, holes: Sequence[Step], left: Step | None, label: str = "") -> str:
    """A bucket: what flows in at the top, the holes in its side, what stays at the bottom."""
    height, drawn = centred_box(0, 1, WIDTH, inflow)
    y = height + 1
    parts = [drawn, f'<path class="link" d="M{BUCKET / 2:g} {y + 3:g}v20m-5 -5.5 5 5.5 5 -5.5"/>']
    y += 30
    rim, room = y, WIDTH - HOLE_AT
    leaks: list[tuple[float, str]] = []
    y += 20
    for name, note, hi in holes:
        lines, notes = wrap(name, room), wrap(note, room, NOTE_SIZE)
        leaks.append((y, marked("drop", hi=hi)))
        parts.append(text_element(HOLE_AT, y + 6, lines, strong("", hi=hi)))
        y += len(lines) * LEAD
        if notes:
            parts.append(text_element(HOLE_AT, y + 5, notes, "note", NOTE_LEAD))
            y += len(notes) * NOTE_LEAD
        y += HOLE_GAP
    floor = max(y + 8, rim + 120)
    for at, drop in leaks:
        x = BUCKET - 6 - 18 * (at - rim) / (floor - rim)  # the side leans inwards
        parts.append(f'<path class="{drop}" d="M{x - 4:g} {at:g}q15 -3 21 11"/>')
        parts.append(f'<path class="{drop} full" d="M{x + 17:g} {at + 15:g}q-5 7 0 9q5 -2 0 -9z"/>')
    side = f"M6 {rim:g}L20 {floor:g}H{BUCKET - 24:g}L{BUCKET - 6:g} {rim:g}"
    parts.insert(0, f'<path class="stair" d="{side}"/>')
    level = rim + (floor - rim) * 0.55
    parts.insert(
        0,
        f'<path class="water" d="M13 {level:g}L20 {floor:g}H{BUCKET - 24:g}'
        f'L{BUCKET - 15:g} {level:g}z"/>',
    )
    y = floor + 12
    if left:
        height, drawn = centred_box(0, y, WIDTH, left)
        parts.append(drawn)
        y += height
    return svg(y + 1, parts, label)


def branches(root: Step, twigs: Sequence[Step], label: str = "") -> str:
    """One box at the top, and the boxes it leads to below, each on a twig."""
    height, drawn = box(0, 1, WIDTH, root)
    y, parts = height + 1, [drawn]
    start = y
    for twig in twigs:
        y += 12
        height, drawn = box(TWIG + 10, y, WIDTH - TWIG - 10, twig)
        middle = y + min(height / 2, 26)
        parts.append(drawn)
        parts.append(
            f'<path class="link" d="M14 {start + 2:g}V{middle - 8:g}q0 8 8 8H{TWIG + 5:g}'
            f'm-5.5 -5 5.5 5 -5.5 5"/>'
        )
        y += height
    return svg(y + 1, parts, label)


def centred_box(
    x: float, y: float, wide: float, step: Step, height: float | None = None
) -> tuple[float, str]:
    """As `box`, with its texts in the middle."""
    name, note, hi = step
    room = wide - 2 * BOX_PADDING
    names, notes = wrap(name, room), wrap(note, room, NOTE_SIZE)
    own = box_height(step, wide)
    high = height or own
    drawn = (
        f'<rect class="{marked("box", hi=hi)}" x="{x + 1:g}" y="{y:g}" width="{wide - 2:g}"'
        f' height="{high:g}" rx="10"/>'
    )
    middle, top = x + wide / 2, y + BOX_PADDING + (high - own) / 2
    drawn += text_element(round(middle, 1), top + 12.5, names, "strong middle")
    if notes:
        under = top + len(names) * LEAD + 14
        drawn += text_element(round(middle, 1), under, notes, "note middle", NOTE_LEAD)
    return high, drawn


def squares(
    size: int, holes: Sequence[tuple[int, int]], crossings: Sequence[tuple[int, int]], label: str
) -> str:
    """A grid to count: `holes` are cut out, on `crossings` sits a square cut into four."""
    side = GRID / size
    left = (WIDTH - GRID) / 2
    parts = [
        f'<rect class="cell{" hole" if (row, column) in holes else ""}"'
        f' x="{left + (column - 1) * side:g}" y="{2 + (row - 1) * side:g}"'
        f' width="{side:g}" height="{side:g}"/>'
        for row in range(1, size + 1)
        for column in range(1, size + 1)
    ]
    for row, column in crossings:
        x, y, half = left + column * side, 2 + row * side, side / 2
        parts += [
            f'<rect class="over" x="{x + dx * half:g}" y="{y + dy * half:g}"'
            f' width="{half:g}" height="{half:g}"/>'
            for dx in (-1, 0)
            for dy in (-1, 0)
        ]
    return svg(GRID + 4, parts, label)
