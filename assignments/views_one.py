"""One assignment: its people, who got what and why, and what can be changed about it."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assignments.assigning import (
    cancel,
    change_dates,
    change_plan,
    copy_to,
    extend,
    unwaive,
    waive,
)
from assignments.dating import dates_in, in_form
from assignments.forms_new import WhenForm
from assignments.forms_one import CopyForm, PeopleForm, PlanChoiceForm
from assignments.listing import (
    Tally,
    assignees_reached_by,
    assignments_reached_by,
    earlier_of,
    may_change,
    tallies,
)
from assignments.models import Assignee, Assignment
from assignments.people_table import PER_PAGE, SHOWN, lines_of, people_of
from assignments.plan_lines import line_of
from assignments.previewing import what_was_told
from assignments.saying import said_due
from mot_course.web import Request
from outbox.clock import database_now
from people.access import instructors_only


def _assignment(request: Request, pk: int) -> Assignment:
    return get_object_or_404(assignments_reached_by(request.user), pk=pk)


def _today() -> date:
    """The reader's own day."""
    return database_now().astimezone().date()


@require_http_methods(["GET", "HEAD", "POST"])
@instructors_only
def assignment(request: Request, pk: int) -> HttpResponse:
    """The assignment and its people. POST changes the ticked ones: 422 where it cannot."""
    found = _assignment(request, pk)
    if request.method != "POST":
        return _page(request, found)
    people = assignees_reached_by(request.user).filter(assignment=found)
    form = PeopleForm(request.POST, assignees=people.select_related("due"), today=_today())
    if not form.is_valid():
        return _page(request, found, form=form, status=422)
    count = change_people(form, list(form.cleaned_data["picked"]), request)
    text = ngettext("%(n)s person: saved.", "%(n)s people: saved.", count) % {"n": count}
    messages.success(request, text)
    return redirect(request.get_full_path())


def change_people(form: PeopleForm, picked: list[Assignee], request: Request) -> int:
    """Do what a valid form says with these people; how many it was."""
    data, by = form.cleaned_data, request.user
    act = data["act"]
    if act == "waive":
        return waive(picked, why=data["why"], by=by)
    if act == "unwaive":
        return unwaive(picked, by=by)
    if act == "unextend":
        return extend(picked, None, by=by)
    if data["to"]:
        return extend(picked, data["to"], why=data["why"], by=by)
    # By days: from each person's own due day, and not into the past.
    by_day: dict[date, list[Assignee]] = {}
    for one in picked:
        start = max(one.due.due_on or _today(), _today())
        by_day.setdefault(start + timedelta(days=data["days"]), []).append(one)
    with transaction.atomic():
        return sum(
            extend(some, day, why=data["why"], by=by) for day, some in sorted(by_day.items())
        )


def _page(
    request: Request, found: Assignment, *, form: PeopleForm | None = None, status: int = 200
) -> HttpResponse:
    show = request.GET.get("show", "")
    show = show if show in SHOWN else ""
    people = people_of(found, request.user, show=show)
    page = Paginator(people, PER_PAGE).get_page(request.GET.get("page"))
    parts = list(assignments_reached_by(request.user).filter(part_of=found).order_by("pk"))
    counted = tallies([found.pk, *(one.pk for one in parts)], request.user)
    context = _facts(request, found) | {
        "tab": "people",
        "tally": counted.get(found.pk, Tally()),
        "parts": [(one, counted.get(one.pk, Tally())) for one in parts],
        "page": page,
        "lines": lines_of(found, list(page.object_list), database_now()),
        "show": show,
        "form": form or PeopleForm(assignees=people.none(), today=_today()),
        "picked": set(request.POST.getlist("picked")) if form else set(),
        "refused": form,
    }
    return render(request, "assignments/one.html", context, status=status)


def _facts(request: Request, found: Assignment) -> dict[str, Any]:
    """What the head of each tab needs."""
    return {
        "assignment": found,
        "targets": list(found.targets.select_related("cohort", "person").order_by("pk")[:12]),
        "due": said_due(found),
        "may_change": may_change(request.user, found),
        "whole": found.part_of,
    }


@require_safe
@instructors_only
def told(request: Request, pk: int) -> HttpResponse:
    """Who got what, and why somebody did not."""
    found = _assignment(request, pk)
    entries = Paginator(what_was_told(found, request.user), PER_PAGE)
    page = entries.get_page(request.GET.get("page"))
    counted = tallies([found.pk], request.user)
    context = _facts(request, found) | {
        "tab": "told",
        "tally": counted.get(found.pk, Tally()),
        "page": page,
    }
    return render(request, "assignments/told.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@instructors_only
def change(request: Request, pk: int) -> HttpResponse:
    """Other dates or another plan, for everybody. POST by `act`: 422 where it cannot."""
    found = _assignment(request, pk)
    if not may_change(request.user, found) or found.cancelled_at:
        raise Http404
    act = request.POST.get("act", "")
    earlier = [one for one in earlier_of(request.user) if one.pk != found.pk]
    when = WhenForm(
        request.POST if act == "dates" else None,
        earlier=earlier,
        today=_today(),
        initial=in_form(found),
    )
    plan = PlanChoiceForm(
        request.POST if act == "plan" else None, person=request.user, assignment=found
    )
    if act == "dates" and when.is_valid():
        change_dates(found, dates_in(when.cleaned_data), by=request.user)
        messages.success(
            request,
            _("The dates are changed. What had not been told yet is planned by the new ones."),
        )
        return redirect("assignments:assignment", found.pk)
    if act == "plan" and plan.is_valid():
        with transaction.atomic():
            for one in [found, *Assignment.objects.filter(part_of=found)]:
                change_plan(one, plan.cleaned_data["plan"], by=request.user)
        messages.success(
            request, _("The plan is changed. What has been told already stays as it was.")
        )
        return redirect("assignments:assignment", found.pk)
    context = _facts(request, found) | {
        "tab": "change",
        "when": when,
        "plan_form": plan,
        "copy_form": CopyForm(person=request.user, assignment=found),
        "tally": tallies([found.pk], request.user).get(found.pk, Tally()),
        "extended": found.assignees.exclude(extended_to=None).count(),
        "line": line_of(list(found.plan.rules.all())) if found.plan else None,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "assignments/change.html", context, status=status)


@require_POST
@instructors_only
def copy(request: Request, pk: int) -> HttpResponse:
    """The same for another cohort that the person teaches; leads to the copy."""
    found = _assignment(request, pk)
    form = CopyForm(request.POST, person=request.user, assignment=found)
    if not form.is_valid():
        messages.error(request, _("Choose the cohort that is to get it."))
        return redirect("assignments:change", found.pk)
    made = copy_to(found, form.cleaned_data["cohort"], by=request.user)
    messages.success(
        request,
        _("Copied for %(cohort)s. Look at the dates, and change them if need be.")
        % {"cohort": form.cleaned_data["cohort"]},
    )
    return redirect("assignments:assignment", made.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@instructors_only
def end(request: Request, pk: int) -> HttpResponse:
    """Asks whether to cancel it; POST does."""
    found = _assignment(request, pk)
    if not may_change(request.user, found):
        raise Http404
    if request.method == "POST":
        cancel([found, *Assignment.objects.filter(part_of=found)], by=request.user)
        messages.success(request, _("It is cancelled. Nobody is reminded of it any more."))
        return redirect("assignments:assignments")
    counted = tallies([found.pk], request.user).get(found.pk, Tally())
    context = _facts(request, found) | {"tally": counted}
    return render(request, "assignments/end.html", context)
