"""Filling a sheet: cell by cell, several people at once, and no text is ever lost.

A save names the version its page has seen. The write happens only where that is still the latest,
and the same statement notes it in CellChange: so each version is somebody's acknowledged text.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from people.models import User
from units.models import Cell, CellChange, Sheet
from units.sheets import Desk

LONGEST = 4_000

_NOTE = """
    INSERT INTO units_cellchange (cell_id, version, text, by_id, at)
    SELECT id, version, text, edited_by_id, edited_at FROM written
"""
FIRST = f"""
    WITH written AS (
        INSERT INTO units_cell (sheet_id, key, text, version, edited_by_id, edited_at)
        VALUES (%(sheet)s, %(key)s, %(text)s, 1, %(by)s, %(at)s)
        ON CONFLICT (sheet_id, key) DO NOTHING
        RETURNING id, version, text, edited_by_id, edited_at
    ), noted AS ({_NOTE})
    SELECT version FROM written
"""  # noqa: S608 -- fixed texts
NEXT = f"""
    WITH written AS (
        UPDATE units_cell
        SET text = %(text)s, version = version + 1, edited_by_id = %(by)s, edited_at = %(at)s
        WHERE sheet_id = %(sheet)s AND key = %(key)s AND version = %(seen)s
        RETURNING id, version, text, edited_by_id, edited_at
    ), noted AS ({_NOTE})
    SELECT version FROM written
"""  # noqa: S608 -- fixed texts


class NewerCellExists(Exception):
    """Somebody has written in the cell since the page saw it; nothing was changed."""

    def __init__(self, cell: Cell) -> None:
        super().__init__(cell.key)
        self.cell = cell


class TooLong(Exception):
    """The text has more characters than a cell holds; nothing was changed."""

    def __init__(self, length: int) -> None:
        super().__init__(str(length))
        self.length = length


def cleaned(text: str) -> str:
    """The text as it is stored: plain line breaks, nothing unstorable, no space around it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return text.encode("utf-8", "ignore").decode("utf-8").strip()


def begin_sheet(desk: Desk) -> Sheet:
    """The sheet, made with the present revision where nobody has begun it."""
    if desk.sheet is None:
        owner = {"team": desk.team} if desk.team else {"person": desk.owner}
        desk.sheet, _ = Sheet.objects.get_or_create(
            worksheet=desk.worksheet, **owner, defaults={"revision": desk.revision}
        )
    return desk.sheet


@transaction.atomic
def save_cell(desk: Desk, *, key: str, text: str, seen: int, by: User) -> int:
    """Store the text of a cell; its version from now on.

    Saying again what is stored is no change, so a save whose answer got lost may be repeated.
    Raises NewerCellExists where the page has not seen the latest version, TooLong, and KeyError
    where the sheet has no such cell.
    """
    if key not in set(desk.content.keys):
        raise KeyError(key)
    text = cleaned(text)
    if len(text) > LONGEST:
        # First what others wrote: whoever shortens a text has to have seen theirs.
        present = _stored(desk.sheet, key) if desk.sheet else None
        if present is not None and present.version > seen:
            raise NewerCellExists(present)
        raise TooLong(len(text))
    if desk.sheet is None and seen:
        raise KeyError(key)  # a version of a cell that nobody has written in
    if not text and not seen and (desk.sheet is None or _stored(desk.sheet, key) is None):
        return 0  # nothing there and nothing typed: nothing is made
    sheet = begin_sheet(desk)
    values: dict[str, Any] = {
        "sheet": sheet.pk,
        "key": key,
        "text": text,
        "by": by.pk,
        "at": timezone.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(NEXT if seen else FIRST, values | {"seen": seen, "at": timezone.now()})
        row = cursor.fetchone()
    if row is not None:
        return int(row[0])
    newer = _stored(sheet, key)
    if newer is None:
        raise KeyError(key)
    if newer.text == text:
        return newer.version
    raise NewerCellExists(newer)


def _stored(sheet: Sheet, key: str) -> Cell | None:
    return Cell.objects.select_related("edited_by").filter(sheet=sheet, key=key).first()


# A whole page at once, without script


@dataclass
class Outcome:
    """What became of a page that was sent whole."""

    saved: int = 0
    newer: dict[str, Cell] = field(default_factory=dict)  # by key
    too_long: dict[str, int] = field(default_factory=dict)  # key -> characters

    @property
    def is_whole(self) -> bool:
        return not (self.newer or self.too_long)


def save_page(
    desk: Desk, *, typed: Mapping[str, str], seen: Mapping[str, int], by: User
) -> Outcome:
    """Store each cell that the page changed, one by one; what could not be stored is returned.

    A cell is changed where it differs from the version the page was made with. One that
    somebody else has changed meanwhile, and this page has not, is left alone.
    """
    outcome = Outcome()
    shown = _texts_at(desk, seen)
    for key in desk.content.keys:
        if key not in typed or cleaned(typed[key]) == shown.get(key, ""):
            continue
        try:
            save_cell(desk, key=key, text=typed[key], seen=seen.get(key, 0), by=by)
        except NewerCellExists as conflict:
            outcome.newer[key] = conflict.cell
        except TooLong as refused:
            outcome.too_long[key] = refused.length
        except KeyError:
            continue  # a version that never was: no page of ours has sent this
        else:
            outcome.saved += 1
    desk.__dict__.pop("cells", None)  # as they were before
    return outcome


def _texts_at(desk: Desk, seen: Mapping[str, int]) -> dict[str, str]:
    """What the cells said in the versions that the page has seen."""
    if desk.sheet is None or not seen:
        return {}
    present = {one.key: one for one in desk.sheet.cells.all()}
    found = {}
    older = Q()
    for key, version in seen.items():
        cell = present.get(key)
        if cell is None:
            continue
        if cell.version == version:
            found[key] = cell.text
        else:
            older |= Q(cell=cell, version=version)
    if older:
        changes = CellChange.objects.filter(older).select_related("cell")
        found |= {one.cell.key: one.text for one in changes}
    return found


def newer_than(desk: Desk, seen: Mapping[str, int]) -> list[Cell]:
    """The cells of which the page has not seen the present version."""
    return [one for key, one in desk.cells.items() if one.version > seen.get(key, 0)]


def as_chosen(
    desk: Desk, *, typed: Mapping[str, str], seen: Mapping[str, int], keep: Mapping[str, str]
) -> dict[str, str]:
    """The typed texts after somebody chose, where two differed: mine, theirs, or both joined."""
    shown = _texts_at(desk, seen) if keep else {}
    chosen = dict(typed)
    for key, whose in keep.items():
        if whose == "theirs":
            chosen.pop(key, None)
        elif whose == "both" and key in chosen:
            chosen[key] = "\n".join(filter(None, [shown.get(key, ""), cleaned(chosen[key])]))
    return chosen
