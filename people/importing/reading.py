"""A file of people into a table of texts: whatever encoding, delimiter or spreadsheet. Pure."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from people.importing.cells import plain
from people.importing.columns import BY_SLUG, column_of, header_key
from people.importing.freeing import freed

MOST_BYTES = 2_000_000
MOST_ROWS = 5_000
MOST_COLUMNS = 30
LONGEST_HEADER = 60
DELIMITERS = ",;\t"
_BLANK_ROWS = 2_000  # as many empty rows are passed over before a file is called odd
_ERRORS = ("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
ENCODINGS = {"utf-8-sig": "UTF-8 (BOM)", "utf-16": "UTF-16", "utf-8": "UTF-8", "gb18030": "GB18030"}


class Unreadable(ValueError):
    """The file as a whole cannot be read; its text says why and what helps."""


@dataclass
class Table:
    """A table as it was read. `rows` are (row number as in the file, cells)."""

    header: list[str]
    rows: list[tuple[int, list[str]]]
    encoding: str = ""
    file_name: str = ""
    notes: list[str] = field(default_factory=list)

    @property
    def columns(self) -> list[str]:
        """The slug of each column; empty where nobody knows what it is."""
        return [column_of(name) for name in self.header]

    @property
    def unknown(self) -> list[str]:
        """Headers that mean nothing here, with something below them."""
        found = []
        for position, name in enumerate(self.header):
            if not column_of(name) and any(cells[position].strip() for _n, cells in self.rows):
                found.append(name)
        return found

    def write(self, number: int, slug: str, text: str) -> None:
        """Put another text into a cell; a column that is not there yet is added."""
        if slug not in self.columns:
            self.header.append(str(BY_SLUG[slug].label))
            for _number, cells in self.rows:
                cells.append("")
        position = self.columns.index(slug)
        for row, cells in self.rows:
            if row == number:
                cells[position] = text


def decoded(data: bytes) -> tuple[str, str]:
    """The text and what it was written in: by its mark, else strict UTF-8, else GB18030."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(name), name
            except UnicodeDecodeError:
                raise Unreadable(_("The file is damaged: its text cannot be read.")) from None
    for name in ("utf-8", "gb18030"):
        try:
            return data.decode(name), name
        except UnicodeDecodeError:
            continue
    raise Unreadable(
        _("The file is neither UTF-8 nor GB18030 text. Save it as CSV (UTF-8) or XLSX.")
    )


def read_text(text: str, *, encoding: str = "", file_name: str = "") -> Table:
    """The table in a text with commas, semicolons or tabs. Raises Unreadable."""
    if "\x00" in text:
        raise Unreadable(_("The file holds a NUL character; it is no table of text."))
    text = text.removeprefix("\ufeff")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    return make_table(_records(reader), encoding=encoding, file_name=file_name)


def _records(reader: Iterable[list[str]]) -> Iterator[list[str]]:
    try:
        for cells in reader:
            yield [freed(cell) for cell in cells]
    except csv.Error as error:
        what = _("This is no table: a quotation mark is not closed, or a cell is too long.")
        raise Unreadable(f"{what} ({error})") from None


def _delimiter(text: str) -> str:
    """The one that stands most often in the first line that holds anything, outside quotes."""
    for line in io.StringIO(text[:20_000]):
        if line.strip().strip(DELIMITERS) and not line.lstrip().startswith("#"):
            bare = re.sub(r'"[^"]*"', "", line)
            return max(DELIMITERS, key=bare.count)
    return ","


def make_table(records: Iterable[list[str]], *, encoding: str = "", file_name: str = "") -> Table:
    """A header and its rows out of records; comments and empty rows are left out."""
    header: list[str] | None = None
    rows: list[tuple[int, list[str]]] = []
    blank = 0
    for number, cells in enumerate(records, start=1):
        if not any(cell.strip() for cell in cells):
            blank += 1
            if blank > _BLANK_ROWS:
                break
            continue
        first = next((cell.strip() for cell in cells if cell.strip()), "")
        if first.startswith("#") and first not in _ERRORS:
            continue
        while cells and not cells[-1].strip():
            cells = cells[:-1]
        if header is None:
            header = [one_line(cell) for cell in cells]
            _check_header(header)
            continue
        if len(cells) > len(header):
            what = _("Row %(row)d has more cells than there are columns. Look for a stray comma.")
            raise Unreadable(what % {"row": number})
        if len(rows) == MOST_ROWS:
            what = _("The file has more than %(count)d rows. Split it.")
            raise Unreadable(what % {"count": MOST_ROWS})
        rows.append((number, cells + [""] * (len(header) - len(cells))))
    if header is None:
        raise Unreadable(_("The file is empty."))
    if not rows:
        raise Unreadable(
            _("There are no people below the header. Rows that begin with # are not read.")
        )
    return Table(header, rows, encoding, file_name)


def one_line(cell: str) -> str:
    """A header's words on one line."""
    return " ".join(plain(cell).split())


def _check_header(header: list[str]) -> None:
    if len(header) > MOST_COLUMNS:
        what = _("The file has more than %(count)d columns. Take out those that are not needed.")
        raise Unreadable(what % {"count": MOST_COLUMNS})
    seen: dict[str, str] = {}
    for name in header:
        if len(name) > LONGEST_HEADER:
            raise Unreadable(
                _("The first row has to hold the names of the columns. See the template.")
            )
        if not name:
            continue
        key = column_of(name) or header_key(name)
        if key in seen:
            what = _("Two columns mean the same: “%(one)s” and “%(two)s”. Take one out.")
            raise Unreadable(what % {"one": seen[key], "two": name})
        seen[key] = name
    if "staff" not in seen:
        what = _("There is no column “%(name)s”. The first row has to name the columns.")
        raise Unreadable(what % {"name": BY_SLUG["staff"].label})
