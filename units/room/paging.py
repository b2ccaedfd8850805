"""A text's paragraphs, dialogues and lists dealt out to slides. Pure."""

from django.utils.safestring import SafeString

from units.room.cutting import Cut, cut, whole
from units.room.pieces import LEAST_ROOM, rows_of

ROOM = 11.9  # rows of 42 px at 1280 × 720 that a slide holds below its title
NOTHING = SafeString("")


def prose_pages(shown: list[Cut], room: float = ROOM) -> list[SafeString]:
    """Elements of a text dealt out to as few slides as will do, about equally full."""
    lines = [one for element in shown for one in _lines(element)]
    pages = _pages(lines, room)
    while len(pages) > 1 and room > LEAST_ROOM:
        room -= 0.5
        evener = _pages(lines, room)
        if len(evener) > len(pages):
            break
        pages = evener
    return pages


def _lines(element: Cut) -> list[tuple[Cut, SafeString, SafeString]]:
    """What of an element must stay together, each with what opens and closes the element."""
    if element.tag in ("blockquote", "ul", "ol"):
        parts = cut(element.inner)
        start = {"blockquote": "<blockquote>", "ul": "<ul>", "ol": "<ol>"}[element.tag]
        end = f"</{element.tag}>"
        return [(one, whole(start), whole(end)) for one in parts]
    return [(element, NOTHING, NOTHING)]


def _pages(lines: list[tuple[Cut, SafeString, SafeString]], room: float) -> list[SafeString]:
    """Lines dealt out to slides, the elements they belong to closed and opened again."""
    pages: list[str] = []
    used, opened = room + 1, ("", "")
    for one, start, end in lines:
        rows = rows_in(one, is_said="blockquote" in start)
        if used + rows > room:
            if pages:
                pages[-1] += opened[1]
            pages.append("")
            used, opened = 0.0, ("", "")
        if (start, end) != opened:
            pages[-1] += opened[1] + start
            opened = (start, end)
        pages[-1] += one.html
        used += rows
    if pages:
        pages[-1] += opened[1]
    return [whole(page) for page in pages]


def rows_in(element: Cut, *, is_said: bool) -> float:
    """About how many rows it takes on a slide."""
    if element.tag == "div":  # a table in its frame
        return max(3.0, 1.5 * element.inner.count("<tr"))
    if is_said:
        return 1.12 * rows_of(element.text, 28) + 0.85
    return 1.15 * rows_of(element.text, 31) + 0.45
