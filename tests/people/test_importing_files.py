"""Files as they come: encodings, spreadsheets, bombs; and out again without a change."""

import io
import zipfile
from datetime import date, datetime, time
from itertools import product

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from people.importing.cells import email, joined, phone, shift, staff
from people.importing.checking import parsed, plan_for
from people.importing.columns import COLUMNS, column_of
from people.importing.exporting import rows_of
from people.importing.freeing import freed, guarded
from people.importing.opening import read_file
from people.importing.plans import Options
from people.importing.reading import Unreadable, read_text
from people.importing.template_files import as_csv, as_workbook, template_rows
from people.importing.wrong import Wrong
from people.models import MessengerAccount
from tests.factories import make_cohort, make_instructor, make_trainee
from tests.people.import_tables import csv_of, signed_in, upload

TEXT = "工号,姓名\n00123,李晓彤\n"


def book_of(*rows, formats=()):
    book = Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    for place, shape in formats:
        sheet[place].number_format = shape
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


XML = {"[Content_Types].xml": "<x/>", "xl/workbook.xml": "<x/>"}


def zip_of(entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("gb18030", "gb18030")],
)
def test_each_encoding_is_found_and_named(encoding, said):
    table = read_file(TEXT.encode(encoding))

    assert (table.rows, table.encoding) == ([(2, ["00123", "李晓彤"])], said)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_each_delimiter_is_found(delimiter):
    table = read_text(csv_of(("A1", 'says "hi", twice; so'), delimiter=delimiter))

    assert table.rows == [(2, ["A1", 'says "hi", twice; so'])]


def test_the_row_number_is_that_of_the_file():
    table = read_text("# a comment\n\nStaff number,Name\n\nA1,X\n# another\nA2,Y\n")

    assert [number for number, _cells in table.rows] == [5, 7]


@pytest.mark.parametrize(
    "text",
    [
        "", "\n\n", "Name\nX\n", "工号,姓名\n", "工号,Staff number\n1,2\n",
        "工号,姓名,姓名\n1,2,3\n",
        "工号\n1,2\n", '工号\n"never closed\n', "工号\n1\x00\n", "工号" + ",x" * 30 + "\n1\n",
        "工号\n" + "1\n" * 5_001, "x" * 70 + "\nA\n",
    ],
)  # fmt: skip
def test_a_file_that_is_no_table_is_refused_with_a_sentence(text):
    with pytest.raises(Unreadable, match=r"\w{3}"):
        read_text(text)


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe\x00",
        b"\xff\xfe\xff\xff\x80\x00",
        b"\x80\xff\xff",
        b"\xd0\xcf\x11\xe0xls",
        b"a" * 2_000_001,
    ],
)
def test_a_file_of_another_kind_is_refused_with_a_sentence(data):
    with pytest.raises(Unreadable, match=r"\w{3}"):
        read_file(data)


def test_a_spreadsheet_keeps_zeros_days_and_times():
    data = book_of(
        ("工号", "姓名", "手机", "入职", "班次"),
        ("00123", "李", 13812345678, date(2026, 9, 1), time(8, 30)),
        (124, "王", 13812345679.0, datetime(2026, 9, 2), 0.354166666666667),
        formats=[("A3", "00000")],
    )
    table = read_file(data)
    values = [row.values for row in parsed(table)]

    assert table.encoding == "XLSX"
    assert [one["staff"] for one in values] == ["00123", "00124"]
    assert [one["phone"] for one in values] == ["13812345678", "13812345679"]
    assert [one["joined"] for one in values] == [date(2026, 9, 1), date(2026, 9, 2)]
    assert [one["shift"] for one in values] == [time(8, 30), time(8, 30)]


def test_a_formula_is_not_worked_out():
    table = read_file(book_of(("工号", "姓名"), ("A1", "=1+1"), ("A2", "X")))

    assert [cells for _number, cells in table.rows] == [["A1", ""], ["A2", "X"]]


@pytest.mark.parametrize(
    "data",
    [
        zip_of({"a.txt": "x"}),
        zip_of(XML | {"xl/workbook.xml": b"\x00" * 30_000_000}),
        zip_of(XML | {"xl/workbook.xml": b" " * 5_000_000}),
        zip_of(XML | {"../evil": "x"}),
        zip_of(XML | {"/etc/x": "x"}),
        zip_of(XML | {"xl/workbook.xml": '<!DOCTYPE a [<!ENTITY b "c">]>'}),
        zip_of(XML),
        zip_of({f"n{n}": "x" for n in range(300)}),
        b"PK\x03\x04 and nothing more",
    ],
)  # fmt: skip
def test_a_bomb_or_a_damaged_spreadsheet_is_refused_before_it_is_opened(data):
    with pytest.raises(Unreadable, match=r"\w{3}"):
        read_file(data)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-09-01", (2026, 9, 1)), ("2026/9/1", (2026, 9, 1)), ("2026.09.01", (2026, 9, 1)),
        ("20260901", (2026, 9, 1)), ("2026年9月1日", (2026, 9, 1)), ("1 Sep 2026", (2026, 9, 1)),
        ("September 1, 2026", (2026, 9, 1)), ("25/12/2026", (2026, 12, 25)),
        ("12/25/2026", (2026, 12, 25)), ("46266", (2026, 9, 1)),
        ("2026-09-01 00:00:00", (2026, 9, 1)),
        ("２０２６－０９－０１", (2026, 9, 1)),
    ],
)  # fmt: skip
def test_days_are_read_as_people_write_them(text, day):
    assert joined(text) == date(*day)


@pytest.mark.parametrize("text", ["1/2/2026", "2026-02-30", "tomorrow", "1026-01-01", "26-1-1", ""])
def test_a_day_that_could_be_two_or_none_is_refused(text):
    with pytest.raises(Wrong):
        joined(text)


@pytest.mark.parametrize(
    "text", ["8:30", "08:30", "0830", "8：30", "8点30分", "8:30am", "0.3541666667"]
)
def test_times_are_read_as_people_write_them(text):
    assert shift(text) == time(8, 30)


def test_a_phone_that_a_spreadsheet_has_shortened_is_refused_or_repaired():
    assert phone("1.3812345678E+10") == "13812345678"
    assert phone("+86 138-1234-5678") == "+8613812345678"
    assert phone("１３８１２３４５６７８") == "13812345678"
    for text in ("1.38E+10", "1.381234568E+10", "12", "abc", "138 0000 0000 ext 5"):
        with pytest.raises(Wrong):
            phone(text)


@pytest.mark.parametrize(
    ("read", "text"), list(product((email, staff), ("a@b.cn\r\nBcc: c@d.cn", "a\x07b")))
)
def test_line_breaks_and_control_characters_are_refused(read, text):
    with pytest.raises(Wrong):
        read(text)


@given(st.text(max_size=30))
def test_no_text_is_a_formula_once_it_is_guarded(text):
    safe = guarded(text)

    begins_like_one = safe.strip().lstrip("'\" ")[:1] in {"=", "+", "-", "@"}
    assert not begins_like_one or safe[0] == "'"
    assert freed(safe) == text


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("write", [as_csv, as_workbook])
def test_the_template_is_understood_by_the_import_and_holds_no_people(language, write):
    with translation.override(language):
        header = [column_of(str(column.label)) for column in COLUMNS]
        with pytest.raises(Unreadable, match="#"):
            read_file(write(template_rows()))

    assert header == [column.slug for column in COLUMNS]


def test_what_looks_like_a_formula_is_a_text_in_the_spreadsheet():
    data = as_workbook(
        [{"staff": "A1", "name": '=HYPERLINK("http://evil")', "phone": "+8613800000000"}]
    )
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]

    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert sheet["B2"].value.startswith("'=")
    assert read_file(data).rows[0][1][1] == '=HYPERLINK("http://evil")'


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_was_taken_out_changes_nothing_when_it_is_taken_in(kind, language):
    above = make_cohort(name="Group / East")
    cohort = make_cohort(name="前厅", parent=above)
    teacher = make_instructor(cohort=above, language=language)
    for n, name in enumerate(["=1+1", "'quoted", " -dash", "@at", '李，晓"彤']):
        person = make_trainee(cohort=cohort, name=name, phone=f"+8613800{n:05}", email=f"x{n}@a.cn")
        MessengerAccount.objects.create(person=person, channel="feishu", account=f"-f{n}")
    make_trainee(cohort=cohort, shift_at=time(7, 15), language="en", tz="Europe/London")
    client = signed_in(teacher)
    data = client.get(f"/people/import/cohorts/{cohort.slug}/people.{kind}").content
    plan = plan_for(teacher, read_file(data), Options(cohort_id=cohort.pk, absent="leave"))

    assert [row.faults or row.changes for row in plan.rows] == [[]] * 6
    assert plan.counts["same"] == 6


@pytest.mark.django_db
def test_export_costs_as_many_statements_for_one_as_for_many(django_assert_num_queries):
    cohort = make_cohort()
    teacher = make_instructor(cohort=cohort)
    for count in (1, 12):
        for _n in range(count):
            make_trainee(cohort=cohort)
        with django_assert_num_queries(4):
            rows_of(cohort, teacher)


@pytest.mark.django_db
def test_a_file_that_cannot_be_read_is_answered_with_422_and_the_choices_are_kept():
    cohort = make_cohort()
    client = signed_in(make_instructor(cohort=cohort, language="en"))
    answer = upload(client, b"Name\nX\n", cohort=cohort.pk)

    assert answer.status_code == 422
    assert "There is no column “Staff number”." in answer.content.decode()
    assert f'<option value="{cohort.pk}" selected>' in answer.content.decode()
    assert client.post("/people/import/", {"absent": "keep"}).status_code == 422
    assert upload(client, b"x" * 2_500_000).status_code == 413
