"""What is assigned: for those who teach all they have to do with, for trainees their own."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import F, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from assignments.assigning import cancel, change_dates, change_plan
from assignments.dating import dates_of
from assignments.forms_list import STATES, BulkForm, FilterForm
from assignments.keeping_plans import listed_plans
from assignments.listing import (
    assignments_reached_by,
    in_state,
    may_change,
    own_assignments,
    rows_of,
)
from assignments.models import Assignment
from assignments.standing import Mine, mine_of
from mot_course.web import Request, content_language
from outbox.clock import database_now
from people.models import User

PER_PAGE = 20


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def assignments(request: Request) -> HttpResponse:
    """The list. POST changes the ticked ones: 422 where it cannot. Trainees see what is theirs."""
    if not request.user.is_instructor:
        return _own(request)
    if request.method == "POST":
        form = BulkForm(request.POST, person=request.user)
        if form.is_valid() and _do(request, form):
            return redirect(request.get_full_path())
        return _list(request, bulk=form, status=422)
    return _list(request)


def _own(request: Request) -> HttpResponse:
    if request.method == "POST":
        return redirect("assignments:assignments")
    now = database_now()
    mine = [mine_of(one, now) for one in own_assignments(request.user)]
    for one in mine:
        one.calendar_url = _calendar_url(one) if one.assignee.due.due_on else ""
    context = {
        "to_do": [one for one in mine if not one.is_over],
        "over": [one for one in mine if one.is_over],
        "feed_url": _address("feed:mine"),
    }
    return render(request, "assignments/mine.html", context)


def _calendar_url(mine: Mine) -> str:
    return _address("feed:item", mine.assignee.assignment_id)


def _address(name: str, *arguments: object) -> str:
    """The address, or nothing where that page is not there."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""


def _list(request: Request, *, bulk: BulkForm | None = None, status: int = 200) -> HttpResponse:
    person = request.user
    form = FilterForm(request.GET, person=person)
    wanted = form.wanted()
    every = assignments_reached_by(person).filter(part_of=None)
    found = _ordered(_filtered(in_state(every, wanted["state"]), wanted), wanted["state"])
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = rows_of(page.object_list, person)
    is_filtered = bool(wanted["q"] or wanted["cohort"] or wanted["kind"])
    context: dict[str, Any] = {
        "form": form,
        "wanted": wanted,
        "states": STATES,
        "is_filtered": is_filtered,
        "page": page,
        "rows": rows,
        "is_empty": not rows and not is_filtered and not every.exists(),
        "plans": listed_plans(person) if rows else [],
        "bulk": bulk,
        "picked": set(request.POST.getlist("picked")) if bulk else set(),
    }
    return render(request, "assignments/list.html", context, status=status)


def _filtered(found: Any, wanted: dict[str, Any]) -> Any:
    if wanted["kind"]:
        found = found.filter(**{f"{wanted['kind']}__isnull": False})
    if wanted["cohort"]:
        found = found.filter(targets__cohort=wanted["cohort"])
    if wanted["q"]:
        title = f"title_{content_language()}__icontains"
        about = Q()
        for kind in ("course", "unit", "quiz", "case"):
            about |= Q(**{f"{kind}__{title}": wanted["q"]})
        found = found.filter(about)
    return found


def _ordered(found: Any, state: str) -> Any:
    if state == "ended":
        return found.order_by(F("due_on").desc(nulls_last=True), "-pk")
    return found.order_by(F("due_on").asc(nulls_last=True), "-pk")


def _do(request: Request, form: BulkForm) -> bool:
    """Change the ticked ones; False, with an error in the form, where one is not the person's."""
    picked = list(form.cleaned_data["picked"])
    if not all(may_change(request.user, one) for one in picked):
        form.add_error(
            "picked",
            _(
                "One of these reaches beyond the people you teach;"
                " only its author or an admin changes it."
            ),
        )
        return False
    act = form.cleaned_data["act"]
    with transaction.atomic():
        if act == "shift":
            count = sum(_shift(one, form.cleaned_data["days"], request.user) for one in picked)
            if count < len(picked):
                messages.info(
                    request,
                    _("Those without a fixed date stay as they are: they go by each person."),
                )
        elif act == "plan":
            for one in _with_parts(picked):
                change_plan(one, form.cleaned_data["plan"], by=request.user)
            count = len(picked)
        else:
            count = cancel(_with_parts(picked), by=request.user) and len(picked)
    messages.success(
        request,
        ngettext("%(n)s assignment is changed.", "%(n)s assignments are changed.", count)
        % {"n": count},
    )
    return True


def _with_parts(picked: list[Assignment]) -> list[Assignment]:
    return [*picked, *Assignment.objects.filter(part_of__in=[one.pk for one in picked])]


def _shift(assignment: Assignment, days: int, by: User) -> bool:
    """Move a fixed due date; whether there was one."""
    if assignment.due_on is None:
        return False
    dates = dates_of(assignment)
    change_dates(assignment, replace(dates, due_on=assignment.due_on + timedelta(days)), by=by)
    return True
