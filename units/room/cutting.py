"""A lesson's rendered text cut into its paragraphs, dialogues, lists and tables. Pure."""

from dataclasses import dataclass
from html.parser import HTMLParser

from django.utils.safestring import SafeString, mark_safe

VOID = {"br", "hr", "input", "col"}


@dataclass(frozen=True)
class Cut:
    """An element with all it holds."""

    tag: str
    classes: str
    html: SafeString  # the element itself
    inner: SafeString  # what it holds
    text: str


class _Cutter(HTMLParser):
    """Notes where each outermost element begins and ends."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.html = html
        self.starts = [0]
        for line in html.split("\n"):
            self.starts.append(self.starts[-1] + len(line) + 1)
        self.depth = 0
        self.begun = (0, 0, "", "")
        self.words: list[str] = []
        self.found: list[Cut] = []

    def _at(self) -> int:
        line, column = self.getpos()
        return self.starts[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        if self.depth == 0:
            after = self._at() + len(self.get_starttag_text() or "")
            self.begun = (self._at(), after, tag, dict(attrs).get("class") or "")
            self.words = []
        self.depth += 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element that holds nothing opens nothing."""

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        self.depth -= 1
        if self.depth == 0:
            begins, after, name, classes = self.begun
            here = self._at()
            ends = self.html.index(">", here) + 1
            self.found.append(
                Cut(
                    name,
                    classes,
                    whole(self.html[begins:ends]),
                    whole(self.html[after:here]),
                    "".join(self.words).strip(),
                )
            )

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def cut(html: str) -> list[Cut]:
    """The outermost elements of clean HTML, in order."""
    cutter = _Cutter(html)
    cutter.feed(html)
    cutter.close()
    return cutter.found


def joined(cuts: list[Cut]) -> SafeString:
    """The elements one after the other."""
    return whole("".join(one.html for one in cuts))


def whole(html: str) -> SafeString:
    """Whole elements of what quizzes.prose has cleaned: they stay as clean as they were."""
    return mark_safe(html)  # noqa: S308 -- as above
