"""Text in SVG figures: how wide it is, where it may break; and what the figures share.

SVG breaks no lines by itself, so widths are estimated, a little on the wide side. All lengths
are units of the drawing.
"""

from collections.abc import Iterable, Sequence
from html import escape

Value = float | tuple[float, float]  # a pair is a range
Step = tuple[str, str, bool]  # label, note or "", highlight

WIDTH = 350.0  # of every drawing
BOX_PADDING = 12.0
SIZE = 15.0  # of labels
NOTE_SIZE = 13.5
LEAD = 19.0  # from line to line of labels
NOTE_LEAD = 18.0

NO_START = "，。；：、？！）》〉」』】”’…—%,.;:?!)]}"  # never at the beginning of a line
NO_END = "（《〈「『【“‘([{"  # never at its end

_FIRST_FULL_WIDTH = "\u2e80"  # where the Chinese blocks begin
_NARROW, _SLIM, _WIDE = " .,:;'’il|!()", "fjrt-", "%@mwMW"
_SHARED = "“”‘’…—·"  # full-width where a Chinese font draws them
# Widths of a character in ems, measured in Noto Sans at the weight of highlighted labels.
_FULL_EM, _WIDE_EM, _CAPITAL_EM, _SMALL_EM, _SLIM_EM, _NARROW_EM = 1.0, 0.96, 0.66, 0.59, 0.4, 0.3


def width(text: str, size: float = SIZE) -> float:
    """The estimated width of one line."""
    full = _SHARED if any(_is_full(char) for char in text) else ""
    return sum(_FULL_EM if char in full else _ems(char) for char in text) * size


def _ems(char: str) -> float:
    if _is_full(char):
        return _FULL_EM
    if char in _NARROW:
        return _NARROW_EM
    if char in _SLIM:
        return _SLIM_EM
    if char in _WIDE:
        return _WIDE_EM
    return _CAPITAL_EM if char.isupper() else _SMALL_EM


def _is_full(char: str) -> bool:
    return char >= _FIRST_FULL_WIDTH


def wrap(text: str, room: float, size: float = SIZE) -> list[str]:
    """As few lines as `room` allows, about equally long.

    Latin breaks at spaces, Chinese between characters, never before closing punctuation; only a
    word that is too wide by itself is wider than `room`.
    """
    lines = fill(text, room, size)
    narrow, step = room, size / 2
    while len(lines) > 1 and narrow > room / 2:
        narrow -= step
        closer = fill(text, narrow, size)
        if len(closer) > len(lines):
            break
        lines = closer
    return lines


def fill(text: str, room: float, size: float = SIZE) -> list[str]:
    """The lines when each takes as much as goes into `room`; none for an empty text."""
    lines: list[str] = []
    for piece in _pieces(text):
        if lines and width((lines[-1] + piece).rstrip(), size) <= room:
            lines[-1] += piece
        else:
            lines.append(piece)
    return [line.rstrip() for line in lines]


def _pieces(text: str) -> list[str]:
    """The text cut wherever a line may end; a space ends its piece."""
    pieces: list[str] = []
    for char in " ".join(text.split()):
        if pieces and _sticks(pieces[-1][-1], char):
            pieces[-1] += char
        else:
            pieces.append(char)
    return pieces


def _sticks(last: str, char: str) -> bool:
    """Whether no line may end between these two characters."""
    if char == " " or char in NO_START:
        return True
    if last == " ":
        return False
    return last in NO_END or not (_is_full(last) or _is_full(char) or char in "“‘")


def text_element(
    x: float, y: float, lines: str | Sequence[str], classes: str = "", lead: float = LEAD
) -> str:
    """A <text> of one or several lines, escaped; `y` is the first line's baseline."""
    spans = "".join(
        f'<tspan x="{x:g}" dy="{lead if below else 0:g}">{escape(line)}</tspan>'
        for below, line in enumerate([lines] if isinstance(lines, str) else lines)
    )
    attribute = f' class="{classes}"' if classes else ""
    return f'<text x="{x:g}" y="{y:g}"{attribute}>{spans}</text>'


def value_text(value: Value, unit: str = "") -> str:
    """A number or range as people read it: `68%`, `5–9%`."""
    low, high = ends_of(value)
    return (f"{low:.10g}" if low == high else f"{low:.10g}–{high:.10g}") + unit


def ends_of(value: Value) -> tuple[float, float]:
    """Low and high end; the same twice where the value is no range."""
    return value if isinstance(value, tuple) else (value, value)


def inside(x: float, text: str, size: float = SIZE) -> float:
    """The middle nearest to x at which the text does not leave the drawing."""
    half = width(text, size) / 2
    return round(min(max(x, half), WIDTH - half), 1)


def marked(classes: str, *, hi: bool) -> str:
    """The classes of a highlighted shape or number."""
    return f"{classes} hi" if hi else classes


def strong(classes: str, *, hi: bool) -> str:
    """The classes of a highlighted label."""
    return f"{classes} strong".strip() if hi else classes


def box_height(step: Step, wide: float) -> float:
    """How high a box of that width has to be for its texts."""
    room = wide - 2 * BOX_PADDING
    names, notes = wrap(step[0], room), wrap(step[1], room, NOTE_SIZE)
    return 2 * BOX_PADDING + len(names) * LEAD - 3 + (len(notes) * NOTE_LEAD + 3 if notes else 0)


def box(x: float, y: float, wide: float, step: Step, at_least: float = 0.0) -> tuple[float, str]:
    """The height of a box at (x, y), and its drawing: label, note under it."""
    name, note, hi = step
    room = wide - 2 * BOX_PADDING
    names, notes = wrap(name, room), wrap(note, room, NOTE_SIZE)
    height = max(box_height(step, wide), at_least)
    drawn = (
        f'<rect class="{marked("box", hi=hi)}" x="{x + 1:g}" y="{y:g}" width="{wide - 2:g}"'
        f' height="{height:g}" rx="10"/>'
    )
    left, top = x + BOX_PADDING, y + BOX_PADDING
    drawn += text_element(left, top + 12.5, names, "strong")
    if notes:
        drawn += text_element(left, top + len(names) * LEAD + 14, notes, "note", NOTE_LEAD)
    return height, drawn


def svg(height: float, parts: Iterable[str], label: str) -> str:
    """The whole drawing; `label` is what a screen reader says of it."""
    return (
        f'<svg class="plot" viewBox="0 0 {WIDTH:g} {height:g}" width="{WIDTH:g}"'
        f' height="{height:g}" role="img" aria-label="{escape(label)}">{"".join(parts)}</svg>'
    )
