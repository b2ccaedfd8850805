"""Assigning: one form in five short steps, with a preview of what each person will receive."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assignments.assigning import Draft
from assignments.choosing import groups_of_things, people_assignable_by, people_found, tree_of
from assignments.dating import dates_in
from assignments.forms_new import NewForm, new_key
from assignments.keeping_plans import listed_plans
from assignments.listing import earlier_of
from assignments.plan_lines import line_of
from assignments.previewing import Preview, preview_of, rhythm_dates, said_targets, said_when
from assignments.rhythm import assign_once
from mot_course.web import Request
from outbox.clock import database_now
from people.access import instructors_only


@require_http_methods(["GET", "HEAD", "POST"])
@instructors_only
def new(request: Request) -> HttpResponse:
    """The form. POST by `act`: find somebody, preview, or assign; 422 keeps all that was typed."""
    today = database_now().astimezone().date()
    earlier = earlier_of(request.user)
    if request.method != "POST":
        start = {"key": new_key(), "what": request.GET.get("what", "")}
        form = NewForm(person=request.user, earlier=earlier, today=today, initial=start)
        return _page(request, form, ticked=request.GET.getlist("cohort"))
    form = NewForm(request.POST, person=request.user, earlier=earlier, today=today)
    act = request.POST.get("act", "assign")
    is_fine = form.is_valid()
    if act == "find":
        return _page(request, form, is_finding=True)
    if act == "assign" and is_fine and not request.htmx:
        made = assign_once(
            key=form.cleaned_data["key"],
            draft=draft_of(form),
            in_rhythm=form.goes_unit_by_unit,
            by=request.user,
        )
        messages.success(request, _("Assigned. Reminders follow by themselves."))
        return redirect("assignments:assignment", made.pk)
    preview = None
    if is_fine:
        preview = preview_of(
            draft_of(form),
            in_rhythm=form.goes_unit_by_unit,
            by=request.user,
            who=request.POST.get("who", ""),
        )
    if request.htmx:
        context = {"form": form, "preview": preview, "said": _said(form), "is_part": True}
        return render(request, "assignments/_preview.html", context)
    return _page(request, form, preview=preview, status=200 if is_fine else 422)


def draft_of(form: NewForm) -> Draft:
    """What a valid form asks for."""
    data = form.cleaned_data
    dates = rhythm_dates(data) if form.goes_unit_by_unit else dates_in(data)
    return Draft(
        what=data["what"],
        cohorts=tuple(data["cohorts"]),
        people=tuple(data["people"]),
        plan=data["plan"],
        dates=dates,
        mandatory=data["mandatory"],
        note=data["note"],
    )


def _said(form: NewForm) -> dict[str, str]:
    """Each step in a few words, for its folded head."""
    data = getattr(form, "cleaned_data", {})
    what, plan = data.get("what"), data.get("plan")
    targets = [*data.get("cohorts", []), *data.get("people", [])]
    return {
        "what": str(what.title) if what else "",
        "who": said_targets(targets),
        "when": said_when(form),
        "reminders": str(plan.title) if plan else _("Nobody is reminded"),
    }


def _page(
    request: Request,
    form: NewForm,
    *,
    preview: Preview | None = None,
    ticked: list[str] | None = None,
    is_finding: bool = False,
    status: int = 200,
) -> HttpResponse:
    person = request.user
    data: Any = form.data
    words = data.get("find_case", "").replace("\x00", "")[:80]  # PostgreSQL takes no NUL
    chosen = str(form["what"].value() or "")
    chosen_people = _numbers(data.getlist("people") if form.is_bound else [])
    find = data.get("find_people", "")[:80]
    found = people_found(person, find) if is_finding or request.method == "POST" else []
    kept = list(people_assignable_by(person).filter(pk__in=chosen_people).order_by("name", "pk"))
    plans = [(plan, line_of(list(plan.rules.all()))) for plan in listed_plans(person)]
    standard = next((str(one.pk) for one, _line in plans if one.preset == "standard"), "")
    context: dict[str, Any] = {
        "form": form,
        "groups": groups_of_things(words, chosen),
        "chosen": chosen,
        "tree": tree_of(person),
        "ticked": set(data.getlist("cohorts") if form.is_bound else ticked or []),
        "kept": kept,
        "found": [one for one in found if one.pk not in set(chosen_people)],
        "find": find,
        "is_finding": is_finding,
        "plans": plans,
        "plan": str(data.get("plan", "")) if form.is_bound else standard,
        "preview": preview,
        "said": _said(form) if form.is_bound else {},
        "show_errors": status == 422,
    }
    return render(request, "assignments/new.html", context, status=status)


def _numbers(texts: list[str]) -> list[int]:
    return [int(one) for one in texts if one.isascii() and one.isdigit() and len(one) < 10]


@require_http_methods(["GET", "HEAD"])
@instructors_only
def find_people(request: Request) -> HttpResponse:
    """Some people by name or number, as ticks for the form."""
    found = people_found(request.user, request.GET.get("find_people", "")[:80])
    taken = set(_numbers(request.GET.getlist("people")))
    context = {
        "found": [one for one in found if one.pk not in taken],
        "find": request.GET.get("find_people", ""),
        "is_finding": True,
    }
    return render(request, "assignments/_found.html", context)
