"""Tables to download, as CSV and XLSX: the template, and the people of a cohort. Pure."""

import csv
import io
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from mot_course.web import content_language
from people.importing.columns import COLUMNS
from people.importing.freeing import guarded

TEXT = "@"  # the format that keeps zeros in front and long numbers whole
_WIDTHS = {"staff": 14, "name": 14, "phone": 18, "email": 26, "cohort": 30, "tz": 18}
_EXAMPLES = {
    "zh": (
        {"staff": "#00123", "name": "李晓彤", "phone": "13800000000", "email": "li@company.cn",
         "language": "中文", "tz": "Asia/Shanghai", "role": "学员",
         "cohort": "集团/华东/上海店/前厅", "joined": "2026-09-01", "shift": "08:30",
         "wecom": "LiXiaoTong"},
        {"staff": "#00124", "name": "王志远", "role": "学员", "joined": "2026-09-15"},
    ),
    "en": (
        {"staff": "#00123", "name": "Emma Clarke", "phone": "+442079460000",
         "email": "emma@company.com", "language": "English", "tz": "Europe/London",
         "role": "Trainee", "cohort": "Group/Europe/London/Front desk", "joined": "2026-09-01",
         "shift": "08:30", "wecom": "EmmaClarke"},
        {"staff": "#00124", "name": "Daniel Okoye", "role": "Trainee", "joined": "2026-09-15"},
    ),
}  # fmt: skip


def template_rows() -> list[dict[str, str]]:
    """What each column takes and two examples; rows that begin with # are not read."""
    hints = {column.slug: str(column.hint) for column in COLUMNS}
    hints["staff"] = "# " + hints["staff"]
    return [hints, *_EXAMPLES[content_language()]]


def as_csv(rows: Iterable[Mapping[str, str]]) -> bytes:
    """The table with a BOM, so that a spreadsheet opens it as it is."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([str(column.label) for column in COLUMNS])
    for row in rows:
        writer.writerow([guarded(row.get(column.slug, "")) for column in COLUMNS])
    return out.getvalue().encode("utf-8-sig")


def as_workbook(rows: Iterable[Mapping[str, str]], *, spare: int = 0) -> bytes:
    """The table as XLSX: every cell is text, each header says what its column takes."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = _("People")
    for position, column in enumerate(COLUMNS, start=1):
        cell = sheet.cell(1, position, str(column.label))
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="F2EBDD")
        cell.comment = Comment(str(column.hint), "MOT Course", height=70, width=260)
        sheet.column_dimensions[get_column_letter(position)].width = _WIDTHS.get(column.slug, 16)
    last = 1
    for last, row in enumerate(rows, start=2):
        for position, column in enumerate(COLUMNS, start=1):
            text = row.get(column.slug, "")
            field = sheet.cell(last, position)
            field.number_format = TEXT
            if text:
                # `value` would take "=1" for a formula; a text stays one.
                field.value, field.data_type = guarded(text), "s"
            if row.get("staff", "").startswith("#"):
                field.font = Font(italic=True, color="857968")
                field.alignment = Alignment(wrap_text=last == 2, vertical="top")
    for number in range(last + 1, last + 1 + spare):
        for position in range(1, len(COLUMNS) + 1):
            sheet.cell(number, position).number_format = TEXT
    sheet.freeze_panes = "B2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
