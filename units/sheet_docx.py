"""The handbook as a Word document: real headings and tables, Chinese in a Chinese font."""

from io import BytesIO
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from units.sheet_export import Chapter, Handbook, Part

MIME = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SERIF, SANS = "Songti SC", "Microsoft YaHei"
LATIN_SERIF, LATIN = "Georgia", "Calibri"
ACCENT = RGBColor(0xB3, 0x31, 0x1D)
SOFT = RGBColor(0x5D, 0x55, 0x4A)
CELL, CELL_HEAD = "Sheet cell", "Sheet cell head"
RULE, SHADE = "C9C2B4", "F2EBDD"


def docx_of(handbook: Handbook) -> bytes:
    """The document as the bytes of a .docx file."""
    document = Document()
    _set_up(document, handbook)
    _title_page(document, handbook)
    for chapter in handbook.chapters:
        _chapter(document, chapter, names_owner=handbook.names_owners)
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def _set_up(document: Any, handbook: Handbook) -> None:
    document.core_properties.title = storable(handbook.title)
    document.core_properties.author = storable(handbook.owner)
    document.core_properties.comments = ""
    document.core_properties.language = "en-GB" if handbook.language == "en" else "zh-CN"
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.2)
    page.top_margin = page.bottom_margin = Cm(2.2)
    language = document.styles.element.find(f".//{qn('w:lang')}")
    if language is not None:
        language.set(qn("w:eastAsia"), "zh-CN")
    _style(document, "Normal", size=10.5, latin=LATIN, east=SANS)
    document.styles["Normal"].paragraph_format.space_after = Pt(6)
    document.styles["Normal"].paragraph_format.line_spacing = 1.25
    _style(document, "Title", size=30, latin=LATIN_SERIF, east=SERIF)
    _style(document, "Heading 1", size=20, latin=LATIN_SERIF, east=SERIF)
    _style(document, "Heading 2", size=14, latin=LATIN_SERIF, east=SERIF)
    _style(document, "Heading 3", size=11, latin=LATIN, east=SANS)
    for name, is_bold in ((CELL, False), (CELL_HEAD, True)):
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Normal"]
        style.font.size, style.font.bold = Pt(9.5), is_bold
        style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(2)
    footer = page.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    page.different_first_page_header_footer = True
    _field(footer, "PAGE", "1")


def _style(document: Any, name: str, *, size: float, latin: str, east: str) -> None:
    style = document.styles[name]
    style.font.name, style.font.size = latin, Pt(size)
    style.font.color.rgb = RGBColor(0x1F, 0x1B, 0x16)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    # Themes name fonts that have no Chinese; Word would take any that it finds.
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), east)
    fonts.set(qn("w:hAnsi"), latin)
    if name == "Title":
        borders = style.element.get_or_add_pPr().find(qn("w:pBdr"))
        if borders is not None:
            borders.getparent().remove(borders)


def _title_page(document: Any, handbook: Handbook) -> None:
    title = document.add_paragraph(storable(handbook.title), style="Title")
    title.paragraph_format.space_before = Pt(170)
    owner = document.add_paragraph()
    _run(owner, handbook.owner, size=14)
    made = document.add_paragraph()
    _run(made, date_format(handbook.made_on, "DATE_FORMAT"), size=10.5, colour=SOFT)
    if len(handbook.chapters) > 1:
        head = document.add_paragraph()
        head.paragraph_format.space_before = Pt(60)
        _run(head, _("Contents"), size=11, colour=ACCENT, is_bold=True)
        _contents(document, handbook)


def _contents(document: Any, handbook: Handbook) -> None:
    """A table of contents that Word can renew (F9); until then it names the chapters."""
    lines = [
        f"{one.number}  {one.title}" + (f" · {one.owner}" if handbook.names_owners else "")
        for one in handbook.chapters
    ]
    for number, line in enumerate(lines):
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(2)
        if number == 0:
            _mark(paragraph, "begin")
            _instruct(paragraph, r'TOC \o "1-1" \h \z \u')
            _mark(paragraph, "separate")
        paragraph.add_run(storable(line))
        if number == len(lines) - 1:
            _mark(paragraph, "end")


def _chapter(document: Any, chapter: Chapter, *, names_owner: bool) -> None:
    heading = document.add_heading(storable(chapter.title), level=1)
    heading.paragraph_format.page_break_before = True
    if names_owner:
        _run(document.add_paragraph(), chapter.owner, size=10.5, colour=ACCENT, is_bold=True)
    _run(document.add_paragraph(), chapter.summary, size=10.5, colour=SOFT)
    for part in chapter.parts:
        document.add_heading(part.title, level=2)
        if part.is_questions:
            _questions(document, part)
        else:
            _table(document, part)
    if chapter.unwritten:
        words = _("Not written yet: %(titles)s") % {"titles": " · ".join(chapter.unwritten)}
        _run(document.add_paragraph(), words, size=9, colour=SOFT)


def _questions(document: Any, part: Part) -> None:
    for row in part.rows:
        document.add_heading(row.label, level=3)
        _text(document.add_paragraph(), row.cells[0] or "—")


def _table(document: Any, part: Part) -> None:
    count = len(part.columns) + part.has_labels
    table = document.add_table(rows=0, cols=count)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    _frame(table)
    plain, bold = (document.styles[name].style_id for name in (CELL, CELL_HEAD))
    head = table.add_row()
    _repeat(head)
    titles = ([""] if part.has_labels else []) + part.columns
    for cell, title in zip(head.cells, titles, strict=True):
        _shade(cell)
        _cell(cell, title, bold)
    for row in part.rows:
        made = table.add_row()
        _keep(made)
        texts = ([row.label] if part.has_labels else []) + row.cells
        for number, (cell, text) in enumerate(zip(made.cells, texts, strict=True)):
            _cell(cell, text, bold if part.has_labels and number == 0 else plain)
    document.add_paragraph()


def _cell(cell: Any, text: str, style: str) -> None:
    paragraph = cell.paragraphs[0]
    paragraph._p.style = style  # by its id: looking it up each time takes longer than the rest
    if text:
        _text(paragraph, text)


def _text(paragraph: Any, text: str) -> None:
    for number, line in enumerate(text.split("\n")):
        run = paragraph.add_run()
        if number:
            run.add_break(WD_BREAK.LINE)
        run.add_text(storable(line))


def _run(
    paragraph: Any,
    text: str,
    *,
    size: float,
    colour: RGBColor | None = None,
    is_bold: bool = False,
) -> None:
    run = paragraph.add_run(storable(text))
    run.font.size = Pt(size)
    run.bold = is_bold or None
    if colour is not None:
        run.font.color.rgb = colour


def storable(text: str) -> str:
    """The text without the control characters that no XML may hold."""
    return "".join(
        one
        for one in text
        if one in "\t\n"
        or (one >= " " and not "\x7f" <= one <= "\x9f" and one not in "\ufffe\uffff")
    )


# What the library has no words for


def _mark(paragraph: Any, kind: str) -> None:
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    paragraph.add_run()._r.append(mark)


def _instruct(paragraph: Any, words: str) -> None:
    instruction = OxmlElement("w:instrText")
    instruction.set(qn("xml:space"), "preserve")
    instruction.text = words
    paragraph.add_run()._r.append(instruction)


def _field(paragraph: Any, words: str, shown: str) -> None:
    _mark(paragraph, "begin")
    _instruct(paragraph, words)
    _mark(paragraph, "separate")
    paragraph.add_run(shown)
    _mark(paragraph, "end")


def _frame(table: Any) -> None:
    borders = OxmlElement("w:tblBorders")
    for edge in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{edge}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", RULE)):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    after = ("w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")  # Word minds the order
    table._tbl.tblPr.insert_element_before(borders, *after)


def _shade(cell: Any) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", SHADE)):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _repeat(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _keep(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
