"""Questions in Moodle's GIFT format, read in one pass. Pure, and of linear cost.

Every fault is found at once, each with its line. Escapes are resolved first: a text goes along
with a second one of the same length, its marks, where what was escaped is blanked out.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass

from django.utils.text import slugify
from django.utils.translation import gettext as _

from quizzes.importing.gift_answers import read_answers
from quizzes.importing.gift_spans import Span, Wrong, tagged
from quizzes.importing.items import (
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOST_CHARACTERS,
    MOST_ITEMS,
    Fault,
    Item,
    Read,
    quoted,
)
from quizzes.importing.plain_text import said

_ESCAPE = re.compile(r"\\([~=#{}:\\n])")
_CATEGORY = re.compile(r"\$CATEGORY:(.*)", re.IGNORECASE)
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_BLANK = "_____"
LONGEST_QUESTION = 60_000


@dataclass(frozen=True)
class Block:
    """Lines that belong together: a question, with the line of each."""

    lines: list[str]
    numbers: list[int]
    category: str

    def span(self) -> Span:
        """The whole, with escapes resolved."""
        texts, marks, last = [], [], 0
        source = "\n".join(self.lines)
        for match in _ESCAPE.finditer(source):
            plain = source[last : match.start()]
            texts += [plain, "\n" if match[1] == "n" else match[1]]
            marks += [plain, "\x01"]
            last = match.end()
        return Span("".join([*texts, source[last:]]), "".join([*marks, source[last:]]))


class _Lines:
    """At which line of the file a place of a block's span stands."""

    def __init__(self, block: Block, span: Span) -> None:
        self.block = block
        self.ends = [at for at, mark in enumerate(span.marks) if mark == "\n"]

    def number(self, at: int) -> int:
        return self.block.numbers[self._index(at)]

    def quote(self, at: int) -> str:
        return quoted(self.block.lines[self._index(at)])

    def _index(self, at: int) -> int:
        return min(bisect_right(self.ends, at - 1), len(self.block.numbers) - 1)


def read_gift(source: str) -> Read:
    """The file's questions, or everything that is wrong with them."""
    read = Read()
    if len(source) > MOST_CHARACTERS:
        message = _("the file is larger than 2 MB; please split it")
        return Read([], [Fault(0, 1, message)])
    if match := _NOT_TEXT.search(source):
        line = source.count("\n", 0, match.start()) + 1
        message = _("the file holds a character that is no text (U+%(code)04X)")
        return Read([], [Fault(0, line, message % {"code": ord(match[0])})])
    blocks = _blocks(source)
    if not blocks:
        return Read([], [Fault(0, 1, _("there are no questions in the file"))])
    if len(blocks) > MOST_ITEMS:
        message = _("the file holds more than %(count)d questions; please split it")
        line = blocks[MOST_ITEMS].numbers[0]
        return Read([], [Fault(0, line, message % {"count": MOST_ITEMS})])
    titles: dict[str, int] = {}
    is_open = False  # a block before this one, whose { a blank line has cut off
    for block in blocks:
        if is_open and block.lines[0].lstrip()[:1] in ("=", "~", "}", "#"):
            continue
        is_open = False
        span = block.span()
        lines = _Lines(block, span)
        try:
            item = _question(block, span, lines)
        except Wrong as wrong:
            is_open = isinstance(wrong, _Unclosed)
            at = lines.number(wrong.at)
            read.faults.append(Fault(0, at, wrong.message, lines.quote(wrong.at)))
            continue
        first = titles.setdefault(item.title, item.line)
        if first != item.line:
            message = _("the title stands twice, first in line %(line)d")
            read.faults.append(Fault(0, item.line, message % {"line": first}, quoted(item.title)))
            continue
        read.items.append(item)
    return read


class _Unclosed(Wrong):
    pass


def _blocks(source: str) -> list[Block]:
    """The questions' lines: blank lines part them, comments are left out."""
    blocks: list[Block] = []
    lines: list[str] = []
    numbers: list[int] = []
    category = ""
    text = source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    for number, line in enumerate(text.split("\n"), start=1):
        stripped = line.strip()
        if stripped.startswith("//"):
            continue
        if stripped and not (found := _CATEGORY.match(stripped)):
            lines.append(line)
            numbers.append(number)
            continue
        if lines:
            blocks.append(Block(lines, numbers, category))
            lines, numbers = [], []
        if stripped and found:
            category = slugify(found[1].strip().rsplit("/", 1)[-1])[:80].strip("-")
    if lines:
        blocks.append(Block(lines, numbers, category))
    return blocks


def _question(block: Block, whole: Span, lines: _Lines) -> Item:
    if len(whole.text) > LONGEST_QUESTION:
        raise Wrong(_("this question is too long to be one: is a blank line missing?"))
    title, rest = _title(whole.trimmed())
    stem, answers, after = _braces(rest)
    way, stem = tagged(stem.trimmed(), "moodle")
    prompt = said(stem.text, way)
    tail = said(after.text, way)
    if tail:
        prompt = f"{prompt} {_BLANK} {tail}" if _is_latin(prompt, tail) else prompt + _BLANK + tail
    if not prompt:
        raise Wrong(_("there are answers, but no question"), answers.at)
    if len(prompt) > LONGEST_TEXT:
        raise Wrong(_("the question is longer than %(count)d characters") % {"count": LONGEST_TEXT})
    kind, content = read_answers(answers, prompt, way)
    name = title or " ".join(prompt.split())
    if len(name) > LONGEST_TITLE:
        if title:
            message = _("the title is longer than %(count)d characters")
            raise Wrong(message % {"count": LONGEST_TITLE})
        name = name[: LONGEST_TITLE - 1] + "…"
    return Item(
        line=lines.number(whole.trimmed().at),
        title=name,
        kind=kind,
        content=content,
        objective=block.category,
        has_title=bool(title),
    )


def _is_latin(before: str, after: str) -> bool:
    return before[-1:].isascii() and after[:1].isascii() and after[:1].isalnum()


def _title(span: Span) -> tuple[str, Span]:
    if span.marks.startswith("："):
        raise Wrong(_("the title stands between “::” and “::”, typed in half width"))
    if not span.marks.startswith("::"):
        return "", span
    end = span.marks.find("::", 2)
    if end < 0:
        raise Wrong(_("the title begins with “::” and has no second “::”"))
    return " ".join(span.text[2:end].split()), span.cut(end + 2)


def _braces(span: Span) -> tuple[Span, Span, Span]:
    """What stands before, within and after the braces."""
    start, end = span.marks.find("{"), span.marks.find("}")
    if start < 0:
        if end >= 0:
            raise Wrong(_("this } closes nothing; write \\} for the character"), span.at + end)
        if "｛" in span.text or "｝" in span.text:
            at = max(span.text.find("｛"), 0)
            raise Wrong(_("the braces are full width: type { and } instead"), span.at + at)
        raise Wrong(
            _("there are no answers in { }: a description is no question; put // before it"),
            span.trimmed().at,
        )
    if 0 <= end < start:
        raise Wrong(_("this } closes nothing; write \\} for the character"), span.at + end)
    if end < 0:
        message = _("the { of this line is never closed by a }; a blank line ends a question")
        raise _Unclosed(message, span.at + start)
    inner = span.marks.find("{", start + 1)
    if 0 <= inner < end:
        message = _("the { of this line is not closed before the next one")
        raise Wrong(message, span.at + start)
    for mark, message in (
        ("{", _("a second { in one question: is a blank line missing before it?")),
        ("}", _("this } closes nothing; write \\} for the character")),
    ):
        again = span.marks.find(mark, end + 1)
        if again >= 0:
            raise Wrong(message, span.at + again)
    return span.cut(0, start), span.cut(start + 1, end), span.cut(end + 1)
