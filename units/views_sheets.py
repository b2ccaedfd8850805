"""Worksheets: the list, filling a sheet, what its script asks, comments, showing it."""

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mot_course.web import Json, Request, address, at_most, signed_in_or_401
from people import teaming
from people.access import instructors_only
from quizzes.drafting import say_here
from quizzes.prose import rendered
from units import filling, sheet_comments
from units.filling import LONGEST, NewerCellExists, Outcome, TooLong
from units.forms_sheets import CellForm, CommentForm, SeenForm, kept_choices, typed_cells
from units.models import Cell
from units.sheet_page import moment_words, sections_of
from units.sheets import MINE, Desk, choices_for, offers_to, open_desk, standings_in

MOST_BYTES = 1_500_000
MOST_CELL_BYTES = 60_000


@require_safe
@login_required
def worksheets(request: Request) -> HttpResponse:
    """Every worksheet, how far one's own and one's teams' sheets have come; cohorts one teaches."""
    offers = offers_to(request.user)
    begun = (one for offer in offers for one in offer.standings if one.is_begun)
    books = {one.whose: one.name for one in begun}
    cohorts = []
    if request.user.is_instructor:
        cohorts = list(teaming.cohorts_taught_by(request.user).order_by("name"))
    context = {"offers": offers, "books": sorted(books.items()), "cohorts": cohorts}
    return render(request, "units/sheets.html", context)


@require_safe
@instructors_only
def cohort_sheets(request: Request, slug: str) -> HttpResponse:
    """The sheets of a cohort's teams, and those that its people showed; for whoever teaches it."""
    cohort = get_object_or_404(teaming.cohorts_taught_by(request.user), slug=slug)
    context = {"cohort": cohort, "standings": standings_in(cohort)}
    return render(request, "units/sheets_of_cohort.html", context)


@require_safe
@login_required
def worksheet(request: Request, slug: str) -> HttpResponse:
    """One's own sheet; a choice of sheets for somebody who is in a team."""
    if not teaming.teams_of(request.user).exists():
        return _page(request, open_desk(request.user, slug, MINE))
    offer = choices_for(request.user, slug)
    if len(offer.standings) == 1:
        return _page(request, open_desk(request.user, slug, MINE))
    context = {"offer": offer, "guide": rendered(str(offer.content.guide))}
    return render(request, "units/sheet_choice.html", context)


@at_most(MOST_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def sheet(request: Request, slug: str, whose: str) -> HttpResponse:
    """A sheet to fill or to read. POST stores what the page changed.

    302 stored · 409 somebody wrote in the same cell: both texts are shown · 422 too long; what
    was typed stays in the page.
    """
    desk = open_desk(request.user, slug, whose)
    if request.method != "POST":
        return _page(request, desk)
    if not desk.may_write:
        raise Http404
    form = SeenForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    seen = form.cleaned_data["seen"]
    typed = filling.as_chosen(
        desk,
        typed=typed_cells(request.POST, desk.content),
        seen=seen,
        keep=kept_choices(request.POST, desk.content),
    )
    outcome = filling.save_page(desk, typed=typed, seen=seen, by=request.user)
    if outcome.is_whole:
        messages.success(request, _saved_words(outcome.saved))
        return redirect("units:sheet", slug, desk.whose)
    status = 422 if outcome.too_long else 409
    return _page(request, desk, typed=typed, outcome=outcome, status=status)


def _saved_words(count: int) -> str:
    if not count:
        return _("Everything was saved already.")
    return ngettext("%(n)d field saved.", "%(n)d fields saved.", count) % {"n": count}


def _page(
    request: Request,
    desk: Desk,
    *,
    typed: dict[str, str] | None = None,
    outcome: Outcome | None = None,
    refused: CommentForm | None = None,
    status: int = 200,
) -> HttpResponse:
    models = request.GET.get("models", "")
    sections = sections_of(desk, typed=typed, outcome=outcome, models=models)
    if request.headers.get("X-Part") == "models":
        found = next((one for one in sections if one.section.id == models), None)
        if found is None:
            raise Http404
        return render(request, "units/_sheet_models.html", {"one": found, "desk": desk})
    context: dict[str, Any] = {
        "desk": desk,
        "worksheet": desk.worksheet,
        "guide": rendered(str(desk.content.guide)),
        "sections": sections,
        "filled": sum(one.filled for one in sections),
        "total": sum(one.total for one in sections),
        "seen_json": json.dumps({key: one.version for key, one in desk.cells.items()}),
        "outcome": outcome,
        "comments": desk.comments.get("", []),
        "refused": refused,
        "longest": LONGEST,
        "asked": models,
    }
    name = "units/sheet.html" if desk.may_write else "units/sheet_read.html"
    return render(request, name, context, status=status)


@at_most(MOST_CELL_BYTES)
@require_POST
@signed_in_or_401
def save_cell(request: Request, slug: str, whose: str) -> HttpResponse:
    """Store one cell; called by the page's script.

    200 saved · 400 no such cell · 401 signed out · 404 not theirs to write · 409 somebody wrote
    there meanwhile: their text · 422 too long.
    """
    desk = open_desk(request.user, slug, whose)
    form = CellForm(request.POST)
    if not desk.may_write:
        return JsonResponse({"error": "not_yours"}, status=404)
    if not form.is_valid():
        return JsonResponse({"error": "invalid"}, status=400)
    sent = form.cleaned_data
    try:
        version = filling.save_cell(
            desk, key=sent["key"], text=sent["text"], seen=sent["seen"], by=request.user
        )
    except KeyError:
        return JsonResponse({"error": "no_such_cell"}, status=400)
    except TooLong as refused:
        return JsonResponse({"error": "too_long", "length": refused.length}, status=422)
    except NewerCellExists as conflict:
        newer = {"error": "newer", "cell": _told(conflict.cell)}
        return JsonResponse(newer, status=409)
    return JsonResponse({"saved": True, "version": version, "at": moment_words(timezone.now())})


@at_most(MOST_BYTES)
@require_POST
@signed_in_or_401
def news(request: Request, slug: str, whose: str) -> HttpResponse:
    """What others have written since, and who is here; called by the page's script.

    200 · 400 · 401 signed out · 404 not theirs. Says, too, that this person is here: in the
    cache, for a minute.
    """
    desk = open_desk(request.user, slug, whose)
    form = SeenForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"error": "invalid"}, status=400)
    here = say_here(desk.key, request.user) if desk.team and desk.may_write else []
    newer = filling.newer_than(desk, form.cleaned_data["seen"])
    return JsonResponse({
        "cells": [_told(one) for one in newer],
        "here": here,
        "may_write": desk.may_write,
        "csrf": get_token(request),
    })  # fmt: skip


def _told(cell: Cell) -> Json:
    return {
        "key": cell.key,
        "text": cell.text,
        "version": cell.version,
        "by": str(cell.edited_by),
        "at": moment_words(cell.edited_at),
    }


@require_POST
@login_required
def share(request: Request, slug: str, whose: str) -> HttpResponse:
    """Show one's own sheet to the instructor (`act=show`), or take that back."""
    desk = open_desk(request.user, slug, whose)
    if not desk.is_own or desk.sheet is None:
        raise Http404
    if request.POST.get("act") == "show":
        sheet_comments.show_to_instructor(desk.sheet)
        messages.success(request, _("Whoever teaches your class can read this sheet now."))
    else:
        sheet_comments.hide_from_instructor(desk.sheet)
        messages.success(request, _("The sheet is yours alone again."))
    return redirect("units:sheet", slug, desk.whose)


@at_most(MOST_CELL_BYTES)
@require_POST
@login_required
def comment(request: Request, slug: str, whose: str) -> HttpResponse:
    """Say something about a sheet or one cell of it; 422 where nothing or too much is said."""
    desk = open_desk(request.user, slug, whose)
    if not desk.may_comment:
        raise Http404
    form = CommentForm(request.POST, content=desk.content)
    if not form.is_valid():
        if "key" in form.errors:
            return HttpResponseBadRequest()
        return _page(request, desk, refused=form, status=422)
    key = form.cleaned_data["key"]
    sheet_comments.comment(desk, key=key, text=form.cleaned_data["text"], author=request.user)
    messages.success(request, _("Your comment stands with the sheet."))
    anchor = f"#c-{key.replace('.', '--')}" if key else "#comments"
    return redirect(address("units:sheet", slug, desk.whose) + anchor)
