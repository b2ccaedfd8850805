"""A text's paragraphs, dialogues and lists dealt out to slides. Pure."""

from dataclasses import dataclass

from django.utils.safestring import SafeString

from units.room.cutting import Cut, cut, whole
from units.room.pieces import rows_of

ROOM = 11.9  # rows of 42 px at 1280 × 720 that a slide holds below its title
NOTHING = SafeString("")
TORN = 60.0  # a list cut in two is as bad as two slides that differ by eleven rows


@dataclass(frozen=True)
class _Line:
    """What must stay together, with the element that it opens on a slide and is closed by."""

    cut: Cut
    rows: float
    tag: str = ""  # blockquote, ul, ol
    number: int = 1  # its place in the element

    @property
    def opening(self) -> str:
        """The element's start tag; a list that goes on from a slide before goes on counting."""
        if not self.tag:
            return ""
        is_later = self.tag == "ol" and self.number > 1
        return f'<ol start="{self.number}">' if is_later else f"<{self.tag}>"


def prose_pages(shown: list[Cut], room: float = ROOM) -> list[SafeString]:
    """Elements of a text dealt out to as few slides as will do, about equally full."""
    lines = [one for element in shown for one in _lines(element)]
    return [_written(page) for page in _dealt(lines, room)]


def _lines(element: Cut) -> list[_Line]:
    if element.tag in ("blockquote", "ul", "ol"):
        is_said = element.tag == "blockquote"
        return [
            _Line(one, rows_in(one, is_said=is_said), element.tag, number)
            for number, one in enumerate(cut(element.inner), start=1)
        ]
    return [_Line(element, rows_in(element, is_said=False))]


def _dealt(lines: list[_Line], room: float) -> list[list[_Line]]:
    """The best way to break the lines: few slides, lists whole where they fit, evenly full."""
    best: list[tuple[int, float, int]] = [(0, 0.0, 0)]  # slides, cost, where the last one begins
    for end in range(1, len(lines) + 1):
        ways = []
        used = 0.0
        for begin in range(end - 1, -1, -1):
            used += lines[begin].rows
            if used > room and begin < end - 1:
                break
            slides, cost, _begin = best[begin]
            torn = TORN if begin and _is_torn(lines[begin - 1], lines[begin]) else 0.0
            ways.append((slides + 1, cost + used**2 + torn, begin))
        best.append(min(ways))
    pages: list[list[_Line]] = []
    end = len(lines)
    while end:
        begin = best[end][2]
        pages.insert(0, lines[begin:end])
        end = begin
    return pages


def _is_torn(before: _Line, after: _Line) -> bool:
    """A break within a list, or between it and the line that leads to it."""
    is_list = after.tag in ("ul", "ol")
    return is_list and (after.number > 1 or not before.tag)


def _written(page: list[_Line]) -> SafeString:
    """A slide's lines, the elements they belong to opened and closed."""
    html, opened = "", ""
    for line in page:
        is_new = line.tag != opened or (line.tag == "ol" and line.number == 1)
        if is_new or line is page[0]:
            html += (f"</{opened}>" if opened else "") + line.opening
            opened = line.tag
        html += line.cut.html
    return whole(html + (f"</{opened}>" if opened else ""))


def rows_in(element: Cut, *, is_said: bool) -> float:
    """About how many rows it takes on a slide."""
    if element.tag == "div":  # a table in its frame
        return max(3.0, 1.5 * element.inner.count("<tr"))
    if is_said:
        return 1.12 * rows_of(element.text, 28) + 0.85
    return 1.15 * rows_of(element.text, 31) + 0.45
