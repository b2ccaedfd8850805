"""Addresses of worksheets; `handbook` and `cohorts` are reserved slugs.

`whose` is `mine`, `team-3` or `person-7`; a handbook may be a cohort's, too.
"""

from django.urls import path, register_converter

from units import views_sheet_export as export
from units import views_sheets as views


class WhoseConverter:
    regex = r"mine|(?:team|person)-[1-9][0-9]{0,8}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class HandbookConverter(WhoseConverter):
    regex = WhoseConverter.regex + r"|cohort-[1-9][0-9]{0,8}"


class FileConverter(WhoseConverter):
    regex = "docx|markdown"


register_converter(WhoseConverter, "whose")
register_converter(FileConverter, "file")
register_converter(HandbookConverter, "handbook")

sheet_patterns = [
    path("worksheets/", views.worksheets, name="worksheets"),
    path("worksheets/handbook/", export.handbook, name="handbook"),
    path("worksheets/handbook/<handbook:whose>/", export.handbook, name="handbook_of"),
    path(
        "worksheets/handbook/<handbook:whose>/<file:form>/",
        export.handbook_file,
        name="handbook_file",
    ),
    path("worksheets/cohorts/<slug:slug>/", views.cohort_sheets, name="cohort_sheets"),
    path("worksheets/<slug:slug>/", views.worksheet, name="worksheet"),
    path("worksheets/<slug:slug>/print/", export.printed, name="print_worksheet"),
    path("worksheets/<slug:slug>/<whose:whose>/", views.sheet, name="sheet"),
    path("worksheets/<slug:slug>/<whose:whose>/cell/", views.save_cell, name="save_cell"),
    path("worksheets/<slug:slug>/<whose:whose>/news/", views.news, name="sheet_news"),
    path("worksheets/<slug:slug>/<whose:whose>/share/", views.share, name="share_sheet"),
    path("worksheets/<slug:slug>/<whose:whose>/comment/", views.comment, name="comment_sheet"),
    path("worksheets/<slug:slug>/<whose:whose>/print/", export.printed, name="print_sheet"),
    path("worksheets/<slug:slug>/<whose:whose>/<file:form>/", export.sheet_file, name="sheet_file"),
]
