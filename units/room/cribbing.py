"""The page to print at the end of a unit, and the card for five minutes before a shift."""

from dataclasses import dataclass

from django.utils.safestring import SafeString

from units.lesson_blocks import LessonText
from units.models import Lesson, Unit
from units.pack.schema import Briefing, UnitFile
from units.room.cutting import cut, joined
from units.room.gathering import texts_of
from units.room.pieces import ems, rows_of

# Sizes of type (room.css) and their pixels on paper, the largest first.
SIZES = (("large", 16.0), ("roomy", 13.9), ("normal", 12.5), ("close", 11.1), ("tight", 9.6))
COLUMN, PAGE = 292, 1013  # pixels: a column's text is so wide, the page so high
FULL = 0.88  # the estimate below is up to a tenth too low


@dataclass(frozen=True)
class Crib:
    """A unit on one page."""

    unit: Unit
    file: UnitFile
    keeps: list[SafeString]  # the sentences to keep of the lessons on the way through it
    size: str  # one of SIZES: the largest that keeps it on one page


def crib_of(unit: Unit) -> Crib | None:
    """The unit's page, or None where it has no boxes. One query."""
    if not unit.content.get("crib"):
        return None
    file = UnitFile.model_validate(unit.content)
    keeps = keeps_of(texts_of(unit))
    size = next(
        (name for name, pixels in SIZES if _filled(file, keeps, pixels) <= FULL), SIZES[-1][0]
    )
    return Crib(unit, file, [html for _text, html in keeps], size)


def _filled(file: UnitFile, keeps: list[tuple[str, SafeString]], pixels: float) -> float:
    """About how much of the page is filled at this size of type; measured on eleven units."""
    width = COLUMN / pixels / 0.93
    small = [one.said for one in file.objectives]
    small += [point.said for box in file.crib for point in box.points]
    small += [file.field_task.said] if file.field_task else []
    rows = sum(rows_of(one, width) + 0.15 for one in small)
    rows += sum(1.25 * rows_of(text, width / 1.08) + 0.5 for text, _html in keeps)
    rows += 1.35 * (len(file.crib) + 3) + 1.5 * len(file.crib)  # titles and frames
    top = 60.0
    if file.if_then:
        top += pixels * (1.9 * rows_of(file.if_then.said, 620 / pixels / 1.3) + 1.6)
    return (rows * 1.5 * pixels / 2 + top) / PAGE


def keeps_of(texts: list[tuple[Lesson, LessonText]]) -> list[tuple[str, SafeString]]:
    """Text and HTML of each sentence to keep, of the lessons on the way through the unit."""
    found = []
    for lesson, text in texts:
        if lesson.more:
            continue
        for block in text.blocks:
            for one in cut(block["html"]) if "html" in block else ():
                if one.classes == "keep":
                    parts = [part for part in cut(one.inner) if part.classes != "label"]
                    found.append((" ".join(part.text for part in parts), joined(parts)))
    return found


def briefing_of(unit: Unit) -> Briefing | None:
    """The unit's card, or None where it has none."""
    card = unit.content.get("briefing")
    return Briefing.model_validate(card) if card else None


def briefing_size(card: Briefing) -> str:
    """roomy, close or tight: the type that keeps the card on one side of A5."""
    texts = (card.scene, card.question, *card.listen_for, card.act, card.collect)
    much = sum(ems(one.said) for one in texts)
    return "roomy" if much <= 420 else "close" if much <= 560 else "tight"
