"""Slides made of a lesson's own blocks: what the class sees, and what the trainer reads."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mot_course.web import Json
from quizzes.questions import Question
from units.models import Unit
from units.room.cutting import Cut, cut, joined
from units.room.dialogue_script import best_turns, in_order, signed
from units.room.gathering import TaughtLesson
from units.room.paging import NOTHING, ROOM, prose_pages, rows_in
from units.room.pieces import (
    LETTERS,
    Answers,
    Choices,
    Item,
    Lines,
    Piece,
    Table,
    Talk,
    Words,
    ems,
    height,
    pages_of,
    rows_of,
)
from units.room.printing import sheet_of

# Up to 。 or a full stop before a space that does not end Mr, Dr …; closing quotes belong to it.
_SENTENCE = re.compile(
    r".+?(?:[。！？]+[”’」』）]*|(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bDr)[.!?][\"'”’)]*(?=\s|$))"
)


@dataclass(frozen=True)
class Slide:
    """What stands on the wall. `kind` picks the template's look: title, text, figure, keep …"""

    kind: str
    title: str = ""
    kicker: str = ""
    html: SafeString = NOTHING
    pieces: tuple[Piece, ...] = ()
    notes: SafeString = NOTHING
    is_stepped: bool = False  # what it holds appears line by line
    page: int = 0
    pages: int = 0
    step: str = ""
    points: tuple[str, ...] = field(default=())
    url: str = ""
    lead: SafeString = NOTHING  # a sentence for the wall, should nothing else stand there

    @property
    def is_long(self) -> bool:
        """A title that needs smaller letters."""
        return ems(self.title) > (26 if self.kind == "question" else 16)

    @property
    def is_empty(self) -> bool:
        return not (self.html or self.pieces or self.points)

    @property
    def is_heading_alone(self) -> bool:
        """A heading whose text is all for the trainer to say."""
        return self.kind == "text" and self.is_empty and bool(self.title)

    @property
    def is_talk_alone(self) -> bool:
        """Nothing to look at, not even a heading."""
        return self.kind == "text" and self.is_empty and not self.title


def unit_slides(unit: Unit, lessons: list[TaughtLesson], language: str) -> list[Slide]:
    """The unit's title and aims, its lessons (those on the way through it), its field task."""
    content = unit.content
    aims = tuple(one[language] for one in content["objectives"])
    slides = [
        Slide("title", unit.title, notes=_paragraph(content["summary"][language])),
        Slide("list", _("Afterwards you can"), points=aims, kicker=unit.title),
    ]
    for one in lessons:
        if not one.lesson.more:
            slides += lesson_slides(one, kicker=unit.title)
    if line := content.get("if_then"):
        slides.append(Slide("keep", kicker=_("When … then …"), html=_paragraph(line[language])))
    if task := content.get("field_task"):
        text = _paragraph(task[language])
        slides.append(Slide("tomorrow", kicker=_("One thing at your counter"), html=text))
    return slides


def lesson_slides(taught: TaughtLesson, *, kicker: str) -> list[Slide]:
    """The slides of one lesson."""
    lesson, text = taught.lesson, taught.text
    notes = _labelled(_("Afterwards"), text.afterwards) + _labelled(
        _("Where this comes from"), text.sources
    )
    slides = [Slide("title", lesson.title, kicker, notes=notes, step=lesson.step)]
    for block in text.blocks:
        if "html" in block:
            made = list(_of_html(cut(block["html"]), lesson.title))
        elif question := taught.questions.get(block.get("exercise", "")):
            made = question_slides(question)
        elif door := _door(block, taught):
            made = [door]
        else:
            continue
        slides += _after(slides, made)
    return [*slides[:-1], _standing(slides[-1])]


def _door(block: Json, taught: TaughtLesson) -> Slide | None:
    """The way to a case or a worksheet that the text embeds."""
    found = next((taught.doors.get(f"{what}/{slug}") for what, slug in block.items()), None)
    if found is None:
        return None
    words = {"case": _("A case"), "worksheet": _("Worksheet")}
    return Slide("door", found.title, words[found.what], url=found.url)


def _after(slides: list[Slide], made: list[Slide]) -> list[Slide]:
    """What to add: a heading alone becomes the line above what follows, talk alone its notes.

    What has a heading of its own leaves no place for one: then the heading stands alone.
    """
    if not made:
        return []
    last, first = slides[-1], made[0]
    if first.is_talk_alone:
        slides[-1] = replace(last, notes=_together(last.notes, first.notes))
        return made[1:]
    if not last.is_heading_alone:
        return made
    if first.kind in ("text", "keep", "tomorrow"):
        slides[-1] = _standing(last)
        return made
    slides.pop()
    over = replace(first, kicker=last.title, notes=_together(last.notes, first.notes))
    return [over, *made[1:]]


def _standing(slide: Slide) -> Slide:
    """A slide that nothing is merged into: a heading alone gets the first sentence below it."""
    return replace(slide, html=slide.lead) if slide.is_heading_alone else slide


def _together(first: SafeString, second: SafeString) -> SafeString:
    return first + second


def _of_html(cuts: list[Cut], kicker: str) -> Iterator[Slide]:
    """The slides of a block of text; its paragraphs are what the trainer says."""
    if not cuts:
        return
    first = cuts[0]
    if first.classes == "figure":
        yield _figure(first, kicker)
    elif first.classes == "keep":
        yield Slide("keep", kicker=_label(first), html=_without_label(first))
    elif first.classes == "tomorrow":
        yield _tomorrow(first)
    elif first.classes == "classroom":
        summary, *rest = cut(first.inner)
        yield Slide("activity", summary.text, kicker, notes=joined(rest))
    else:
        yield from _of_prose(cuts, kicker)


def _of_prose(cuts: list[Cut], kicker: str) -> Iterator[Slide]:
    title = _heading(cuts[0]) if cuts[0].tag in ("h2", "h3") else ""
    body = cuts[1:] if title else cuts
    shown = [one for one in body if one.tag in ("blockquote", "ul", "ol", "div", "table")]
    sentence = NOTHING
    if title and not shown and (lead := next((one for one in body if one.tag == "p"), None)):
        # Nothing to look at: the first paragraph, if it is short enough to be read at a glance.
        if rows_of(lead.text, 30) <= 3:
            shown = [lead]
        else:
            sentence = _paragraph(first_sentence(_heading(lead)))
    pages = prose_pages(shown)
    said = [one for one in body if one not in shown]
    for number, page in enumerate(pages or [NOTHING], start=1):
        yield Slide(
            "text", title, kicker, page,
            notes=joined(said) if number == 1 else NOTHING,
            page=number, pages=len(pages), lead=sentence,
        )  # fmt: skip


def first_sentence(text: str) -> str:
    """The text up to the end of its first sentence, in either language."""
    found = _SENTENCE.match(" ".join(text.split()))
    return found[0] if found else text


def _heading(element: Cut) -> str:
    """The heading without the sign that says it is our own."""
    own = "".join(one.text for one in cut(element.inner) if one.classes == "own")
    return element.text.removesuffix(own).strip()


def _figure(figure: Cut, kicker: str) -> Slide:
    parts = cut(figure.inner)
    title = next((one.text for one in parts if one.tag == "figcaption"), "")
    notes = [one for one in parts if one.tag == "details" or one.classes.startswith("evidence")]
    drawing = [one for one in parts if one.tag != "figcaption" and one not in notes]
    return Slide("figure", title, kicker, joined(drawing), notes=joined(notes))


def _tomorrow(block: Cut) -> Slide:
    parts = cut(block.inner)
    big = [one for one in parts if one.tag == "blockquote"]
    rest = [one for one in parts if one.classes != "label" and one not in big]
    shown, notes = (big, rest) if big else (rest[:1], rest[1:])
    return Slide("tomorrow", kicker=_label(block), html=joined(shown), notes=joined(notes))


def _label(block: Cut) -> str:
    parts = cut(block.inner)
    return parts[0].text if parts and parts[0].classes == "label" else ""


def _without_label(block: Cut) -> SafeString:
    return joined([one for one in cut(block.inner) if one.classes != "label"])


def question_slides(question: Question) -> list[Slide]:
    """The exercise, then its key: the next key press shows what is right, and why."""
    spec = question.spec
    kicker = str(question.rules.label)
    prompt = spec.prompt.said
    if question.revision.kind == "dialogue":
        return _played(question, kicker)
    sheet = sheet_of(question)
    over = rows_of(prompt, 28) - 1  # rows of the prompt beyond the first
    room = ROOM - 1.26 * over
    scene = cut(question.scene_html)
    pages = pages_of(_asked_on_the_wall(sheet.asked), room)
    rows = sum(rows_in(one, is_said=False) for one in scene)
    rows += sum(height(piece) for page in pages for piece in page)
    if scene and len(pages) == 1 and rows <= room:
        slides = [Slide("question", prompt, kicker, joined(scene), pages[0])]
    else:
        before = prose_pages(scene, room)
        slides = [Slide("question", prompt, kicker, html=page) for page in before]
        slides += [Slide("question", prompt, kicker, pieces=page) for page in pages]
    slides = slides or [Slide("question", prompt, kicker)]
    notes = _labelled(_("Why"), spec.explanation.said)
    if spec.misconception:
        notes = _together(notes, _labelled(_("A common belief"), spec.misconception.said))
    sources = [one for one in sheet.key if isinstance(one, Words) and one.is_source]
    for one in sources:
        notes = _together(notes, _labelled(str(one.label), one.text))
    shown = [_on_the_wall(one) for one in sheet.key if one not in sources]
    key = pages_of([*shown, Words(spec.explanation.said)], ROOM - min(over, 1))
    slides += [Slide("answer", prompt, kicker, pieces=page) for page in key]
    first, *others = _numbered(slides)
    return [replace(first, notes=notes), *others]


def _asked_on_the_wall(pieces: tuple[Piece, ...]) -> list[Piece]:
    """Nobody writes on a wall: cards are numbered to be called out, lines are left out."""
    if all(isinstance(piece, Lines) for piece in pieces):
        named = (one for one in pieces if isinstance(one, Lines) and one.label)
        items = tuple(Item(one.label, str(n), note=one.hint) for n, one in enumerate(named, 1))
        return [Choices(items, "list")] if items else []
    shown: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, Lines):
            continue
        if isinstance(piece, Table) and len(piece.rows[0]) - len(piece.narrow) == 1:
            texts = [
                next(cell for n, cell in enumerate(row) if n not in piece.narrow)
                for row in piece.rows
                if None in row
            ]
            if texts and len(piece.narrow) < 3:
                cards = (Item(text, str(n)) for n, text in enumerate(texts, start=1))
                piece = Choices(tuple(cards), "none")
        shown.append(piece)
    return shown


def _on_the_wall(piece: Piece) -> Piece:
    """Of several options the right ones alone; the rest stands in the trainer's handout."""
    if isinstance(piece, Answers) and any(one.is_right for one in piece.items):
        if any(one.note for one in piece.items):
            return piece
        return replace(piece, items=tuple(one for one in piece.items if one.is_right))
    return piece


def _played(question: Question, kicker: str) -> list[Slide]:
    """A role play the class plays together: each turn as a question, along the best way."""
    spec = question.spec
    slides = [
        Slide(
            "question",
            spec.prompt.said,
            kicker,
            pieces=(Words(spec.you.said, _("You are"), is_said=True),),
        )
    ]
    for number, (node, chosen) in enumerate(best_turns(spec), start=1):
        replies = in_order(node, question.mask)
        says = Words(node.says.said, spec.customer.said, is_said=True)
        scene = (Words(node.scene.said),) if node.scene else ()
        options = tuple(Item(one.text.said, LETTERS[n]) for n, one in enumerate(replies))
        turn = _("Turn %(n)s") % {"n": number}
        for page in pages_of([*scene, says, Choices(options, "circle")], ROOM + 1):
            slides.append(Slide("question", "", f"{kicker} · {turn}", pieces=page))
        answers = tuple(
            Item(one.text.said, LETTERS[n], one is chosen, one.why.said, signed(one.trust))
            for n, one in enumerate(replies)
        )
        for page in pages_of([Answers(answers)], ROOM):
            slides.append(Slide("answer", "", f"{kicker} · {turn}", pieces=page))
    slides.append(Slide("answer", "", kicker, pieces=(Words(spec.explanation.said),)))
    return slides


def _numbered(slides: list[Slide]) -> list[Slide]:
    """Several slides of one question say which of how many they are."""
    made: list[Slide] = []
    for kind in ("question", "answer"):
        same = [one for one in slides if one.kind == kind]
        made += [replace(one, page=n, pages=len(same)) for n, one in enumerate(same, start=1)]
    return made


def talk_slides(talks: list[Talk], kicker: str) -> list[Slide]:
    """A case's conversation, line by line."""
    slides = []
    for talk in talks:
        pages = pages_of([replace(talk, title="")], ROOM)
        slides += [
            Slide(
                "talk", talk.title, kicker,
                pieces=page, is_stepped=True, page=n, pages=len(pages),
            )
            for n, page in enumerate(pages, start=1)
        ]  # fmt: skip
    return slides


def _paragraph(text: str) -> SafeString:
    return format_html("<p>{}</p>", text)


def _labelled(label: str, text: str) -> SafeString:
    return format_html("<p><b>{}</b> {}</p>", label, text) if text else NOTHING
