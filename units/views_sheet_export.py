"""Sheets and handbooks to print or to take along."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from mot_course.web import Request
from people import teaming
from people.models import Team
from units.models import Sheet
from units.sheet_docx import MIME, docx_of
from units.sheet_export import (
    Handbook,
    filename_of,
    handbook_of,
    markdown_of,
    single,
    with_cells,
)
from units.sheets import MINE, open_desk, sheets_of_cohort


@require_safe
@login_required
def handbook(request: Request, whose: str = MINE) -> HttpResponse:
    """All sheets of a person, a team or a cohort as one document to print."""
    made = _handbook(request, whose)
    context = {"handbook": made, "whose": whose, "is_handbook": True}
    return render(request, "units/sheet_print.html", context)


@require_safe
@login_required
def handbook_file(request: Request, whose: str, form: str) -> HttpResponse:
    """The same as a Word document or as Markdown."""
    return _file(_handbook(request, whose), form)


@require_safe
@login_required
def printed(request: Request, slug: str, whose: str = MINE) -> HttpResponse:
    """One sheet to print."""
    made = _single(request, slug, whose)
    context = {"handbook": made, "slug": slug, "whose": whose, "is_handbook": False}
    return render(request, "units/sheet_print.html", context)


@require_safe
@login_required
def sheet_file(request: Request, slug: str, whose: str, form: str) -> HttpResponse:
    """One sheet as a Word document or as Markdown."""
    return _file(_single(request, slug, whose), form)


def _single(request: Request, slug: str, whose: str) -> Handbook:
    return single(open_desk(request.user, slug, whose))


def _handbook(request: Request, whose: str) -> Handbook:
    """What the person may read of that; Http404 where it is not theirs to read."""
    kind, _dash, number = whose.partition("-")
    person = request.user
    if kind == "cohort":
        cohort = get_object_or_404(teaming.cohorts_taught_by(person), pk=int(number))
        return handbook_of(with_cells(sheets_of_cohort(cohort)), owner=cohort.name)
    sheets = Sheet.objects.order_by("worksheet__position", "worksheet__slug")
    if kind == MINE or (kind == "person" and int(number) == person.pk):
        return handbook_of(with_cells(sheets.filter(person=person)), owner=str(person))
    if kind == "person":
        owner = get_object_or_404(teaming.people_taught_by(person), pk=int(number))
        shown = sheets.filter(person=owner, shared_at__isnull=False)
        return handbook_of(with_cells(shown), owner=str(owner))
    team = teaming.teams_of(person).filter(pk=int(number)).first()
    if team is None:
        taught = Team.objects.filter(cohort__in=teaming.cohorts_taught_by(person))
        team = get_object_or_404(taught, pk=int(number))
    return handbook_of(with_cells(sheets.filter(team=team)), owner=team.name)


def _file(made: Handbook, form: str) -> HttpResponse:
    if form == "docx":
        response = HttpResponse(docx_of(made), content_type=MIME)
    else:
        response = HttpResponse(markdown_of(made), content_type="text/markdown; charset=utf-8")
    ending = {"docx": "docx", "markdown": "md"}[form]
    disposition = content_disposition_header(
        as_attachment=True, filename=f"{filename_of(made)}.{ending}"
    )
    assert disposition is not None
    response["Content-Disposition"] = disposition
    return response
