"""What an import makes of a file: items with texts in one language or two, and what is wrong.

Pure. A reader of a file (`gift`, `csv_items`) gives items; `joined` lays two languages together.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from mot_course.web import Json
from quizzes.kinds import KINDS
from quizzes.yaml_files import in_words

MOST_ITEMS = 1_000
MOST_CHARACTERS = 2_000_000
LONGEST_TEXT = 10_000
LONGEST_TITLE = 120
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
LANGUAGES = ("zh", "en")


@dataclass(frozen=True, order=True)
class Fault:
    """One thing to mend before anything is taken in: where, which line, and what it is."""

    file: int  # 0: the file itself, 1: its twin in the other language
    line: int
    message: str
    quote: str = ""  # the line as it stands in the file
    column: str = ""  # of a table


class Said(str):
    """A text in a file's language, as a leaf of an item's content."""

    __slots__ = ()


@dataclass(frozen=True)
class Item:
    """A question of a file. Texts in `content` are `Said`, until they stand in a language."""

    line: int
    title: str
    kind: str
    content: Json
    slug: str = ""  # where the file gives an id
    objective: str = ""
    form: str = ""
    weight: int = 1
    other_title: str = ""  # of its twin
    has_title: bool = True


@dataclass
class Read:
    """What a file holds, and everything that is wrong with it."""

    items: list[Item] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def is_id(text: str) -> bool:
    """Whether the text may be the id of an exercise."""
    return _ID.fullmatch(text) is not None


def quoted(line: str) -> str:
    """A line of a file, short enough to be shown."""
    line = line.strip()
    return line if len(line) <= 120 else line[:119] + "…"


def in_language(item: Item, language: str) -> Item:
    """The item with its texts in that language; the other one is still missing."""
    return replace(item, content=_put(item.content, language))


def _put(value: Any, language: str) -> Any:
    if isinstance(value, Said):
        return {language: str(value)}
    if isinstance(value, dict):
        return {key: _put(one, language) for key, one in value.items()}
    if isinstance(value, list):
        return [_put(one, language) for one in value]
    return value


def joined(read: Read, language: str, twin: Read | None = None) -> Read:
    """The items with their texts in `language`, and in the other one where there is a twin."""
    if twin is None:
        return Read([in_language(one, language) for one in read.items], list(read.faults))
    faults = [*read.faults, *(replace(one, file=1) for one in twin.faults)]
    other = "en" if language == "zh" else "zh"
    if faults:
        # What a file gets wrong is missing among its items: comparing would accuse others.
        return Read([in_language(one, language) for one in read.items], faults)
    items = []
    for one, two in _pairs(read.items, twin.items):
        if one is None or two is None:
            faults.append(_alone(one, two, read, twin))
            continue
        message = _apart(one, two)
        if message:
            faults.append(Fault(0, one.line, message, one.title))
            continue
        content = _laid(one.content, two.content, language, other)
        items.append(replace(one, content=content, other_title=two.title))
    return Read(items, faults)


def _pairs(first: list[Item], second: list[Item]) -> Iterator[tuple[Item | None, Item | None]]:
    """Each item with its twin: by title where both have it, the others in order."""
    by_title = {one.title: one for one in second if one.has_title}
    taken = {one.title for one in first if one.has_title and one.title in by_title}
    rest = iter([one for one in second if one.title not in taken or not one.has_title])
    for one in first:
        if one.has_title and one.title in taken:
            yield one, by_title[one.title]
        else:
            yield one, next(rest, None)
    for two in rest:
        yield None, two


def _alone(one: Item | None, two: Item | None, read: Read, twin: Read) -> Fault:
    counts = {"first": len(read.items), "second": len(twin.items)}
    why = _("the file holds %(first)d questions, its translation %(second)d") % counts
    if one is not None:
        message = _("this question has no translation: %(why)s") % {"why": why}
        return Fault(0, one.line, message, one.title)
    assert two is not None
    message = _("this translation belongs to no question: %(why)s") % {"why": why}
    return Fault(1, two.line, message, two.title)


def _apart(one: Item, two: Item) -> str:
    """What keeps two items from being the same question in two languages, '' if nothing."""
    lines = {"one": one.line, "two": two.line}
    if one.kind != two.kind:
        kinds = {"first": KINDS[one.kind].label, "second": KINDS[two.kind].label}
        return _(
            "line %(one)d is of the kind “%(first)s”, its translation in line %(two)d “%(second)s”"
        ) % (lines | kinds)
    shape, other = _shape(one.content), _shape(two.content)
    if shape == other:
        return ""
    for name in ("options", "pairs", "extra", "quantities"):
        first, second = one.content.get(name, []), two.content.get(name, [])
        if len(first) != len(second):
            counts = {"first": len(first), "second": len(second)}
            return _(
                "line %(one)d has %(first)d answers, its translation in line %(two)d %(second)d"
            ) % (lines | counts)
    return (
        _("the right answer of line %(one)d is another one than in its translation, line %(two)d")
        % lines
    )


_FREE = {"feedback", "explanation", "misconception", "scene"}


def _shape(value: Any) -> Any:
    """What is left of content without its texts, and without what may stay unsaid."""
    if isinstance(value, Said):
        return ""
    if isinstance(value, dict):
        return {key: _shape(one) for key, one in value.items() if key not in _FREE}
    if isinstance(value, list):
        return [_shape(one) for one in value]
    return value


def _laid(one: Any, two: Any, language: str, other: str) -> Any:
    if isinstance(one, dict) and isinstance(two, dict):
        keys = [*one, *(key for key in two if key not in one)]
        return {key: _laid(one.get(key), two.get(key), language, other) for key in keys}
    if isinstance(one, list) and isinstance(two, list):
        return [_laid(a, b, language, other) for a, b in zip(one, two, strict=True)]
    if isinstance(one, Said) or isinstance(two, Said):
        said = {}
        if isinstance(one, Said):
            said[language] = str(one)
        if isinstance(two, Said):
            said[other] = str(two)
        return {key: said[key] for key in LANGUAGES if key in said}
    return two if one is None else one


def lacks_of(kind: str, content: Json) -> tuple[list[str], list[str]]:
    """(what is missing before the content can be published, what is wrong with it), in words."""
    try:
        KINDS[kind].parse(content)
    except ValidationError as error:
        return _in_words(error)
    return [], []


def real_errors(error: ValidationError) -> list[Any]:
    """pydantic's findings, without "too short" of a list whose entries were only not understood."""
    return [
        one
        for one in error.errors()
        if one["type"] != "too_short"
        or not isinstance(one["input"], list | tuple)
        or len(one["input"]) < one["ctx"]["min_length"]
    ]


def _in_words(error: ValidationError) -> tuple[list[str], list[str]]:
    unsaid: dict[str, list[str]] = {"zh": [], "en": []}
    missing: list[str] = []
    wrong: list[str] = []
    for one in real_errors(error):
        place, last = one["loc"][:-1], one["loc"][-1] if one["loc"] else ""
        if one["type"] in ("missing", "string_too_short") and last in LANGUAGES:
            unsaid[str(last)].append(part_name(place))
        elif one["type"] == "missing":
            missing.append(part_name(one["loc"]))
        else:
            where = part_name(one["loc"])
            wrong.append(f"{where}: {in_words(one)}" if where else in_words(one))
    for language, parts in unsaid.items():
        name = _("Chinese") if language == "zh" else _("English")
        if len(parts) > 2:
            missing.insert(0, name)
        else:
            missing += [
                _("%(part)s in %(language)s") % {"part": p, "language": name} for p in parts
            ]
    return missing, wrong


def part_name(location: tuple[Any, ...]) -> str:
    """A place in an exercise as its author calls it: "feedback of answer 2"."""
    names = {
        "prompt": _("the question"),
        "explanation": _("the explanation"),
        "misconception": _("the common belief"),
        "scene": _("the situation"),
        "text": _("the words"),
        "feedback": _("what is said to it"),
        "how": _("how one gets there"),
        "label": _("what is to be found"),
        "options": _("the answers"),
        "answer": _("whether it is true"),
    }
    groups = {
        "options": _("answer %(n)d"),
        "pairs": _("pair %(n)d"),
        "extra": _("extra %(n)d"),
        "quantities": _("number %(n)d"),
        "questions": _("question %(n)d"),
    }
    match location:
        case (group, int(n), *rest) if group in groups:
            what = groups[str(group)] % {"n": n + 1}
            name = str(rest[0]) if rest else ""
            if not name:
                return what
            return _("%(what)s: %(part)s") % {"what": what, "part": names.get(name, name)}
        case (name,) if name in names:
            return names[str(name)]
    return ".".join(str(one) for one in location)
