"""The first sheet of a spreadsheet as texts: looked at before it is opened, values only."""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from people.importing.freeing import freed
from people.importing.reading import MOST_COLUMNS, MOST_ROWS, Table, Unreadable, make_table

MOST_ENTRIES = 200
MOST_UNPACKED = 20_000_000
MOST_RATIO = 200
_SMALL = 100_000  # an entry this small may be packed as tightly as it likes
_NEEDED = {"[Content_Types].xml", "xl/workbook.xml"}
_MOST_READ = MOST_ROWS + 2_100


def read_workbook(data: bytes, *, file_name: str = "") -> Table:
    """The table on the first sheet. Raises Unreadable."""
    look_at(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            try:
                sheets = book.worksheets
                if not sheets:
                    raise Unreadable(_("There is no sheet in this file."))
                table = make_table(_records(sheets[0]), encoding="XLSX", file_name=file_name)
            finally:
                book.close()
    except Unreadable:
        raise
    except Exception:  # whatever a damaged file makes the library stumble over
        raise Unreadable(_("The spreadsheet is damaged. Save it anew as XLSX or CSV.")) from None
    if len(sheets) > 1:
        said = _("Only the first sheet, “%(name)s”, is read.")
        table.notes.append(said % {"name": str(sheets[0].title)[:40]})
    return table


def look_at(data: bytes) -> None:
    """Refuse what is no spreadsheet, or would unpack to more than it should."""
    odd = Unreadable(_("This is no XLSX file. Save it as XLSX or CSV."))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _look_at_entries(entries)
            for entry in entries:
                if entry.filename.endswith((".xml", ".rels", ".vml")):
                    _refuse_entities(archive.read(entry))
    except Unreadable:
        raise
    except Exception:  # BadZipFile, zlib.error, NotImplementedError, RuntimeError …
        raise odd from None
    if not {entry.filename for entry in entries} >= _NEEDED:
        raise odd


def _look_at_entries(entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.filename for entry in entries]
    too_large = Unreadable(_("The spreadsheet is far larger inside than it looks; it is refused."))
    if len(entries) > MOST_ENTRIES or sum(one.file_size for one in entries) > MOST_UNPACKED:
        raise too_large
    for entry in entries:
        name = entry.filename
        if (
            name.startswith("/") or "\\" in name or ".." in name.split("/") or ":" in name
            or "\x00" in name or entry.flag_bits & 0x1
        ):  # fmt: skip
            raise Unreadable(_("The spreadsheet holds a file with a strange name; it is refused."))
        if entry.file_size > _SMALL and entry.file_size > MOST_RATIO * entry.compress_size:
            raise too_large
    if len(set(names)) < len(names):
        raise Unreadable(_("The spreadsheet holds a file with a strange name; it is refused."))


def _refuse_entities(xml: bytes) -> None:
    """No document type: that is where entities that swell are declared."""
    if re.search(rb"<!\s*(DOCTYPE|ENTITY)", xml.replace(b"\x00", b""), re.IGNORECASE):
        raise Unreadable(_("The spreadsheet declares entities; it is refused."))


def _records(sheet: Any) -> Iterator[list[str]]:
    sheet.reset_dimensions()  # what the file says of its size need not be true
    for count, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS + 1), start=1):
        if count > _MOST_READ:
            return
        yield [freed(_text(cell)) for cell in cells]


def _text(cell: Any) -> str:
    """What the cell shows, as text: 00123 keeps its zeros, a date is written year first."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return _padded(str(value), cell)
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e15:
            return _padded(str(int(value)), cell)
        return repr(value)
    if isinstance(value, datetime):
        if (value.hour, value.minute) == (0, 0):
            return value.date().isoformat()
        if value.year < 1901:
            return f"{value:%H:%M}"
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return str(value)[:200]


def _padded(digits: str, cell: Any) -> str:
    """A number whose format is zeros alone (00000) shows that many digits."""
    shape = str(getattr(cell, "number_format", "") or "")
    return digits.zfill(len(shape)) if re.fullmatch(r"0{2,20}", shape) else digits
