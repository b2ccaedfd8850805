"""SVG figures for lessons: pure functions from plain data to an <svg class="plot">. 350 units wide, text 15 units, notes 13.5.
Copy into the project and adapt: callers pass texts in ONE language already. Every text is escaped here."""

from html import escape

W, SIZE, NOTE, LEAD = 350, 15, 13.5, 19  # width, label size, note size, line height of labels


def wide(char):  # full-width characters take one em, others about 0.54
    return (
        1.0
        if ord(char) > 0x2E7F
        else 0.3
        if char in " .,:;'’il|!()"
        else 0.66
        if char.isupper()
        else 0.56
    )


def width(text, size=SIZE):
    return sum(wide(c) for c in text) * size


NO_START = "，。；：、？！）》”’…—%,.;:?!)"


def wrap(text, room, size=SIZE):
    """Lines no wider than room: Latin breaks at spaces, Chinese between characters, never before closing punctuation."""
    words, word = [], ""
    for c in text:
        if c == " ":
            words.append(word + " ")
            word = ""
        elif ord(c) > 0x2E7F or c in "“”‘’…—":
            if c in NO_START:
                word += c
            else:
                if word:
                    words.append(word)
                word = c
        else:
            if word and ord(word[-1]) > 0x2E7F and c not in NO_START:
                words.append(word)
                word = ""
            word += c
    words.append(word)
    lines, line = [], ""
    for word in words:
        if line and width((line + word).rstrip(), size) > room:
            lines.append(line.rstrip())
            line = word
        else:
            line += word
    lines.append(line.rstrip())
    return [x for x in lines if x]


def text(x, y, lines, klass="", lead=LEAD):
    if isinstance(lines, str):
        lines = [lines]
    spans = "".join(
        f'<tspan x="{x:g}" dy="{0 if i == 0 else lead:g}">{escape(line)}</tspan>'
        for i, line in enumerate(lines)
    )
    return f'<text x="{x:g}" y="{y:g}"{f" class={chr(34)}{klass}{chr(34)}" if klass else ""}>{spans}</text>'


def svg(height, parts, label):
    return (
        f'<svg class="plot" viewBox="0 0 {W} {height:g}" width="{W}" height="{height:g}" role="img" aria-label="{escape(label, quote=True)}">'
        + "".join(parts)
        + "</svg>"
    )


def number(v):
    return f"{v:g}"


def bars(rows, unit="", label=""):
    """rows: (label, value | [low, high], highlight). Label column 122 wide, up to two lines; longer labels stand above their bars."""
    column, gap, room_value = 122, 9, 58
    top = max(r[1][1] if isinstance(r[1], (list, tuple)) else r[1] for r in rows) or 1
    stacked = any(len(wrap(r[0], column)) > 2 for r in rows)
    x0 = (
        0
        if stacked
        else min(column, max(width(line) for r in rows for line in wrap(r[0], column))) + gap
    )
    room_value = max(
        room_value,
        max(
            width(number(r[1][1]) + "–" + number(r[1][0]) + unit)
            if isinstance(r[1], (list, tuple))
            else width(number(r[1]) + unit)
            for r in rows
        )
        + 8,
    )
    scale = (W - x0 - room_value) / top
    y, parts = 2, []
    for name, value, *more in rows:
        hi = " hi" if more and more[0] else ""
        low, high = value if isinstance(value, (list, tuple)) else (value, value)
        said = (number(low) if low == high else f"{number(low)}–{number(high)}") + unit
        lines = wrap(name, W if stacked else column)
        if stacked:
            parts.append(text(0, y + 14, lines, "strong" if hi else ""))
            y += len(lines) * LEAD + 3
            h, block = 18, 18
        else:
            block = max(24, len(lines) * LEAD + 4)
            h = 20
            parts.append(
                text(
                    x0 - gap,
                    y + block / 2 - (len(lines) - 1) * LEAD / 2 + 5,
                    lines,
                    "end" + (" strong" if hi else ""),
                )
            )
        by = y + (block - h) / 2
        parts.append(
            f'<rect class="bar{hi}" x="{x0:g}" y="{by:g}" width="{max(low * scale, 2):.1f}" height="{h}" rx="4"/>'
        )
        if high != low:
            parts.append(
                f'<rect class="span{hi}" x="{x0 + low * scale:.1f}" y="{by:g}" width="{(high - low) * scale:.1f}" height="{h}" rx="4"/>'
            )
        parts.append(text(x0 + high * scale + 7, by + h / 2 + 5.5, said, "value" + hi))
        y += block + (12 if stacked else 8)
    if not stacked:
        parts.insert(0, f'<path class="axis" d="M{x0 - 0.5:g} 0V{y - 6:g}"/>')
    return svg(y - 4, parts, label)


def slope(left, right, rows, unit="", label=""):
    """rows: (label, left value, right value, highlight). Row labels at the left, values at both ends, at least 24 between lines."""
    column, xl, xr, top, height = 116, 166, 304, 38, 190
    values = [v for r in rows for v in r[1:3]]
    low, high = min(values), max(values)
    y_of = lambda v: top + (high - v) / ((high - low) or 1) * height
    parts = [
        text(xl, 16, left, "middle soft"),
        text(xr, 16, right, "middle soft"),
        f'<path class="axis" d="M{xl} 26V{top + height + 14}M{xr} 26V{top + height + 14}"/>',
    ]

    def spread(wanted):  # [(y, room)] -> ys that keep apart, order kept
        out = []
        for y, room in wanted:
            out.append(max(y, out[-1][0] + (out[-1][1] + room) / 2) if out else y)
            out[-1] = (out[-1], room)
        return [y for y, _ in out]

    order = sorted(rows, key=lambda r: -r[1])
    labels = [wrap(r[0], column) for r in order]
    ys = spread([(y_of(r[1]), max(24, len(ls) * LEAD + 4)) for r, ls in zip(order, labels)])
    bottom = top + height + 18
    for r, ls, y in zip(order, labels, ys):
        hi = " hi" if len(r) > 3 and r[3] else ""
        parts.append(f'<path class="link{hi}" d="M{xl} {y_of(r[1]):.1f}L{xr} {y_of(r[2]):.1f}"/>')
        parts.append(
            text(column, y - (len(ls) - 1) * LEAD / 2 + 5, ls, "end" + (" strong" if hi else ""))
        )
        parts.append(text(xl - 9, y + 5, number(r[1]) + unit, "end value" + hi))
        bottom = max(bottom, y + len(ls) * LEAD / 2 + 6)
    order = sorted(rows, key=lambda r: -r[2])
    for r, y in zip(order, spread([(y_of(r[2]), 20) for r in order])):
        hi = " hi" if len(r) > 3 and r[3] else ""
        parts.append(text(xr + 10, y + 5, number(r[2]) + unit, "value" + hi))
    for r in rows:
        hi = " hi" if len(r) > 3 and r[3] else ""
        parts.append(
            f'<circle class="dot{hi}" cx="{xl}" cy="{y_of(r[1]):.1f}" r="4.5"/><circle class="dot{hi}" cx="{xr}" cy="{y_of(r[2]):.1f}" r="4.5"/>'
        )
    return svg(bottom, parts, label)


def people(total, groups, label=""):
    """groups: (label, count, highlight). Ten to a row; one labelled line per group underneath, with its own figure before it."""
    per = 10 if total > 12 else max(total, 5)
    dx = min(35, W / per)
    flags = [bool(g[2]) if len(g) > 2 else False for g in groups for _ in range(g[1])]

    def figure(x, y, hi):  # 22 wide, 34 high
        return f'<path class="person{" hi" if hi else ""}" d="M{x + 11:g} {y + 1:g}a5 5 0 1 0 .01 0zM{x + 2.5:g} {y + 32:g}v-9a8.5 8.5 0 0 1 17 0v9z"/>'

    parts = [
        figure((i % per) * dx + (dx - 22) / 2 if dx < 35 else (i % per) * dx, (i // per) * 42, hi)
        for i, hi in enumerate(flags)
    ]
    y = ((len(flags) - 1) // per + 1) * 42 + 10
    for name, count, *more in groups:
        hi = bool(more and more[0])
        lines = wrap(name, W - 62)
        parts.append(figure(0, y - 6, hi))
        parts.append(text(52, y + 16, number(count), "end value" + (" hi" if hi else "")))
        parts.append(text(62, y + 16, lines, "strong" if hi else ""))
        y += max(44, len(lines) * LEAD + 22)
    return svg(y - 8, parts, label)


def box(x, y, w, name, note, hi, pad=12):
    names, notes = wrap(name, w - 2 * pad), wrap(note, w - 2 * pad, NOTE) if note else []
    h = 2 * pad + len(names) * LEAD - 3 + (len(notes) * 18 + 3 if notes else 0)
    parts = [
        f'<rect class="box{" hi" if hi else ""}" x="{x + 1:g}" y="{y:g}" width="{w - 2:g}" height="{h:g}" rx="10"/>',
        text(x + pad, y + pad + 12.5, names, "strong"),
    ]
    if notes:
        parts.append(text(x + pad, y + pad + len(names) * LEAD + 14, notes, "note", 18))
    return h, parts


def chain(steps, label=""):
    """steps: (label, note, highlight): boxes from top to bottom, an arrow of 26 between."""
    y, parts = 1, []
    for i, (name, note, *more) in enumerate(steps):
        if i:
            parts.append(f'<path class="link" d="M{W / 2:g} {y + 3:g}v17m-5 -5.5 5 5.5 5 -5.5"/>')
            y += 25
        h, drawn = box(0, y, W, name, note, bool(more and more[0]))
        parts += drawn
        y += h
    return svg(y + 1, parts, label)


def ladder(steps, label=""):
    """steps: (label, note, highlight), the lowest first and drawn at the bottom; each rung begins 22 further right than the one below it."""
    dx = min(22, 110 / max(len(steps) - 1, 1))
    y, parts = 1, []
    for i in range(len(steps) - 1, -1, -1):
        name, note, *more = steps[i]
        h, drawn = box(i * dx, y, W - i * dx, name, note, bool(more and more[0]))
        parts += drawn
        y += h + 7
    return svg(y - 6, parts, label)


def interval(low, middle, high, label="", unit="%", top=100):
    """One estimate with its interval on a line from 0 to top."""
    x = lambda v: 6 + v / top * (W - 12)
    return svg(
        64,
        [
            f'<path class="axis" d="M{x(0):g} 34H{x(top):g}M{x(0):g} 30v8M{x(top):g} 30v8"/>',
            f'<rect class="span hi" x="{x(low):.1f}" y="28" width="{x(high) - x(low):.1f}" height="12" rx="6"/>',
            f'<circle class="dot hi" cx="{x(middle):.1f}" cy="34" r="6.5"/>',
            text(round(x(middle), 1), 16, number(middle) + unit, "middle value hi"),
            text(0, 58, "0", "note"),
            text(W, 58, number(top) + unit, "note end"),
            text(round(x(low), 1), 58, number(low), "note middle"),
            text(round(x(high), 1), 58, number(high), "note middle"),
        ],
        label,
    )


def scoreline(points, total, needed, label="", need_word=""):
    """The score as total small squares in one row, and where passing begins."""
    gap, w = 4, (W - 4 * (total - 1)) / total
    parts = [
        f'<rect class="bar{" ok" if i < points else ""}" x="{i * (w + gap):.1f}" y="4" width="{w:.1f}" height="20" rx="4"/>'
        for i in range(total)
    ]
    x = needed * (w + gap) - gap / 2
    parts.append(f'<path class="axis" d="M{x:.1f} 0V34"/>')
    parts.append(text(round(x - 6, 1), 44, need_word, "note end"))
    return svg(50, parts, label)
