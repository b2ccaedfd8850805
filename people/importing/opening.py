"""A file as it came: which kind it is by what it holds, never by its name. Pure."""

from django.utils.translation import gettext as _

from people.importing.reading import MOST_BYTES, Table, Unreadable, decoded, read_text
from people.importing.workbooks import read_workbook

_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"


def read_file(data: bytes, *, file_name: str = "") -> Table:
    """The table in a file: XLSX, or text of any encoding that is met. Raises Unreadable."""
    if len(data) > MOST_BYTES:
        raise Unreadable(_("The file is larger than 2 MB. Split it."))
    if data.startswith(_ZIP):
        return read_workbook(data, file_name=file_name)
    if data.startswith(_OLD_OFFICE):
        raise Unreadable(_("This is the old XLS format. Save it as XLSX or CSV."))
    text, encoding = decoded(data)
    return read_text(text, encoding=encoding, file_name=file_name)
