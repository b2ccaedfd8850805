"""Handbooks and sheets to print, as Word documents and as Markdown."""

from io import BytesIO
from time import perf_counter
from urllib.parse import unquote

import pytest
from django.test import Client
from django.utils import timezone
from docx import Document
from docx.oxml.ns import qn
from markdown_it import MarkdownIt

from tests.payloads import PAYLOADS
from tests.units.sheet_making import Class, make_worksheet
from units.filling import save_cell
from units.models import Cell, Sheet
from units.sheet_docx import docx_of, storable
from units.sheet_export import handbook_of, markdown_of, with_cells
from units.sheets import open_desk

pytestmark = pytest.mark.django_db
KEY = "grid.r1.c1"


@pytest.fixture
def room():
    return Class()


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def put(person, text, whose="mine", key=KEY, slug="moments"):
    return save_cell(open_desk(person, slug, whose), key=key, text=text, seen=0, by=person)


def book(**which):
    return handbook_of(
        with_cells(Sheet.objects.filter(**which).order_by("worksheet__position")), owner="Us"
    )


def opened(response):
    return Document(BytesIO(response.content))


def test_a_handbook_has_a_chapter_for_each_sheet_in_which_something_stands(room):
    make_worksheet("second", title={"zh": "第二", "en": "The second"})
    make_worksheet("empty")
    put(room.anna, "mine")
    put(room.anna, "mine, too", slug="second", key="list.r3.name")
    put(room.anna, "gone", slug="empty")
    Cell.objects.filter(text="gone").update(text="")
    put(room.bo, "his")

    made = book(person=room.anna)

    assert [(one.number, one.title) for one in made.chapters] == [(1, "Moments"), (2, "The second")]
    assert not made.names_owners
    second = made.chapters[1]
    assert [part.title for part in second.parts] == ["A list"]
    assert [(row.label, row.cells) for row in second.parts[0].rows] == [("", ["mine, too", ""])]
    assert second.unwritten == ["A table", "Questions"]


def test_the_pages_to_print_have_a_title_contents_and_all_texts(room):
    client = signed_in(room.anna)
    assert "still empty" in client.get("/worksheets/handbook/").content.decode()
    put(room.anna, "Look up <b>first</b>")
    page = client.get("/worksheets/handbook/").content.decode()

    assert "Look up &lt;b&gt;first&lt;/b&gt;" in page
    assert 'href="#chapter-1"' in page
    assert "data-print" in page
    one = client.get("/worksheets/moments/print/").content.decode()
    assert "Look up" in one
    assert "Why us?" in one  # not written yet: to be filled with a pen
    assert "MODEL" not in page + one


def test_a_word_document_has_headings_tables_and_a_chinese_font(room):
    client = signed_in(room.anna)
    put(room.anna, "抬头，微笑\n先开口")
    put(room.anna, "因为快", key="ask.why.text")
    client.post("/language/", {"language": "zh-hans"})
    answer = client.get("/worksheets/handbook/mine/docx/")
    document = opened(answer)

    styles = [(one.style.name, one.text) for one in document.paragraphs if one.text]
    assert styles[0][0] == "Title"
    assert [text for name, text in styles if name == "Heading 1"] == ["中Moments"]
    assert [text for name, text in styles if name == "Heading 2"] == ["中A table", "中Questions"]
    assert ("Heading 3", "中Why us?") in styles
    [table] = document.tables
    assert [cell.text for cell in table.rows[0].cells] == ["", "中Column 1", "中Column 2"]
    assert [cell.text for cell in table.rows[1].cells] == ["中Row 1", "抬头，微笑\n先开口", ""]
    for name in ("Normal", "Heading 1", "Title"):
        fonts = document.styles[name].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) in ("Songti SC", "Microsoft YaHei")
        assert fonts.get(qn("w:eastAsiaTheme")) is None


def test_files_have_chinese_names(room):
    room.anna.name = "安 / 娜\\:\u202e"
    room.anna.save()
    put(room.anna, "x")
    client = signed_in(room.anna)
    for form, ending in (("docx", ".docx"), ("markdown", ".md")):
        answer = client.get(f"/worksheets/handbook/mine/{form}/")
        disposition = answer.headers["Content-Disposition"]
        assert disposition.startswith("attachment; filename*=utf-8''")
        name = unquote(disposition.split("''")[1])
        assert "安 娜" in name
        assert name.endswith(ending)
        assert not set(name) & set('/\\:"\u202e')
    assert client.get("/worksheets/handbook/mine/pdf/").status_code == 404


def test_what_people_type_stays_text_in_every_form(room):
    text = "\n".join(PAYLOADS[::12])[:3900] + "\n\x0b\x1f\ufffe]]>&lt;|a|b"
    put(room.anna, text)
    put(
        room.anna, "# not a heading\n1. not a list\n- nor this\n| nor | a table |", key="grid.r1.c2"
    )
    client = signed_in(room.anna)

    assert client.get("/worksheets/handbook/").status_code == 200
    table = opened(client.get("/worksheets/handbook/mine/docx/")).tables[0]
    stored = Cell.objects.get(key=KEY).text
    assert table.rows[1].cells[1].text == storable(stored)
    rendered = MarkdownIt("commonmark").enable("table").render(markdown_of(book(person=room.anna)))
    assert rendered.count("<table>") == 1
    assert rendered.count("<h1>") == 1
    assert "<script" not in rendered.lower()
    assert "<img" not in rendered.lower()
    assert "<ol>" not in rendered
    assert "# not a heading<br>1. not a list" in rendered


def test_markdown_reads_as_written(room):
    put(room.anna, "Look up\nand smile")
    put(room.anna, "Because", key="ask.why.text")
    text = signed_in(room.anna).get("/worksheets/moments/mine/markdown/").content.decode()

    assert text.startswith("# Moments\n")
    assert "|  | Column 1 | Column 2 |\n| --- | --- | --- |\n" in text
    assert "| **Row 1** | Look up<br>and smile |  |" in text
    assert "**Why us?**\n\nBecause" in text


def test_a_cohorts_handbook_says_whose_each_chapter_is(room):
    put(room.anna, "early", f"team-{room.team.pk}")
    put(room.chen, "late", f"team-{room.other_team.pk}")
    client = signed_in(room.teacher)
    url = f"/worksheets/handbook/cohort-{room.cohort.pk}/"

    page = client.get(url).content.decode()
    assert page.count("Early shift") >= 2
    words = [one.text for one in opened(client.get(f"{url}docx/")).paragraphs]
    assert "Early shift" in words
    assert room.other_team.name in words
    for person in (room.anna, room.other_teacher):
        assert signed_in(person).get(url).status_code == 404
        assert signed_in(person).get(f"{url}docx/").status_code == 404


def test_a_large_handbook_is_made_in_good_time(room):
    worksheet = make_worksheet("large", rows=20, columns=5)
    sheet = Sheet.objects.create(worksheet=worksheet, revision=worksheet.current, person=room.anna)
    Cell.objects.bulk_create(
        Cell(sheet=sheet, key=f"grid.r{row}.c{column}", text="字" * 200, edited_by=room.anna,
             edited_at=timezone.now())
        for row in range(1, 21) for column in range(1, 6)
    )  # fmt: skip
    began = perf_counter()
    made = docx_of(book(person=room.anna))
    print(f"{perf_counter() - began:.2f} s, {len(made)} bytes")

    assert perf_counter() - began < 5
