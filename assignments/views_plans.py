"""Reminder plans: the three presets to read and copy, and a person's own ones to change."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from assignments.forms_plans import ExampleForm, PlanForm, RuleRows, remarks
from assignments.keeping_plans import archive_plan, keep_plan, listed_plans, may_change, plans_for
from assignments.models import Plan
from assignments.plan_lines import line_of
from assignments.previewing import example_of_plan
from mot_course.web import Request
from outbox.clock import database_now
from people.access import instructors_only
from people.teaming import cohorts_taught_by

# What a reminder says where nobody has written a line: see the message kind `reminder`.
USUAL = {
    "zh": "您有一项任务快到截止时间了。",
    "en": "Something of yours is due soon.",
}


@require_safe
@instructors_only
def plans(request: Request) -> HttpResponse:
    """All plans the person may use."""
    found = [(plan, line_of(list(plan.rules.all()))) for plan in listed_plans(request.user)]
    context = {
        "presets": [one for one in found if one[0].preset],
        "own": [one for one in found if not one[0].preset],
    }
    return render(request, "assignments/plans.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@instructors_only
def new_plan(request: Request) -> HttpResponse:
    """An empty plan to fill, or a copy of one (`?from=3`). POST keeps it: 422 where it cannot."""
    source = request.GET.get("from", "") or request.POST.get("from", "")
    model = None
    if source.isascii() and source.isdigit() and len(source) < 10:
        model = get_object_or_404(plans_for(request.user), pk=int(source))
    if request.method == "POST":
        return _change(request, Plan(), source=model)
    plan = Plan()
    if model is not None:
        plan = Plan(
            title_zh=f"{model.title_zh}（副本）",
            title_en=f"{model.title_en} (copy)",
            quiet_from=model.quiet_from,
            quiet_to=model.quiet_to,
            max_count=model.max_count,
        )
    rows = RuleRows(list(model.rules.all()) if model else [], copied=True)
    if model is None:
        rows.add()
    return _editor(request, plan, PlanForm(instance=plan), rows, source=model)


@require_http_methods(["GET", "HEAD", "POST"])
@instructors_only
def plan(request: Request, pk: int) -> HttpResponse:
    """A plan: to read, or to change where it is the person's own. POST by `act`."""
    found = get_object_or_404(plans_for(request.user).select_related("made_by"), pk=pk)
    if request.method == "POST":
        if not may_change(request.user, found):
            raise Http404
        if request.POST.get("act") == "archive":
            return _archive(request, found)
        return _change(request, found)
    rules = list(found.rules.all())
    if may_change(request.user, found):
        return _editor(request, found, PlanForm(instance=found), RuleRows(rules))
    example = _example_form(request)
    context = {
        "plan": found,
        "rules": rules,
        "line": line_of(rules),
        "remarks": remarks(found, rules),
        **_example(request, found, rules, example),
    }
    return render(request, "assignments/plan.html", context)


def _archive(request: Request, found: Plan) -> HttpResponse:
    if archive_plan(plan=found, by=request.user):
        messages.success(request, _("The plan is put away."))
        return redirect("assignments:plans")
    messages.error(request, _("A running assignment still uses this plan. Give it another first."))
    return redirect("assignments:plan", found.pk)


def _change(request: Request, found: Plan, *, source: Plan | None = None) -> HttpResponse:
    """Do what the pressed button says with what was typed: save, show, add, move, remove."""
    known = list(found.rules.all()) if found.pk else []
    rows = RuleRows(known, request.POST)
    form = PlanForm(request.POST, instance=found)
    act, _colon, key = request.POST.get("act", "save").partition(":")
    focus = ""
    if act == "add" and not rows.is_full:
        focus = rows.add()
    elif act == "remove":
        rows.remove(key)
        focus = "rows"
    elif act in ("up", "down"):
        rows.move(key, -1 if act == "up" else 1)
        focus = key
    fine = all([form.is_valid(), rows.is_valid()])
    if act == "preview" or (act == "save" and request.htmx):
        return _editor(request, found, form, rows, source=source, part="preview")
    if act != "save":
        _forget_errors(form, rows)
        return _editor(request, found, form, rows, source=source, focus=focus, part="form")
    if not fine:
        return _editor(request, found, form, rows, source=source, status=422)
    kept = keep_plan(plan=form.save(commit=False), rules=rows.rules(), by=request.user)
    messages.success(
        request, _("The plan is saved. Reminders that have been told already stay as they were.")
    )
    return redirect("assignments:plan", kept.pk)


def _forget_errors(form: PlanForm, rows: RuleRows) -> None:
    """While rows are added and moved nobody is told that others are not filled yet."""
    form.errors.clear()
    for _key, row in rows:
        if row.is_bound:
            row.errors.clear()


def _example_form(request: Request) -> ExampleForm:
    day = database_now().astimezone().date() + timedelta(days=16)
    day += timedelta(days=(4 - day.weekday()) % 7)  # a Friday
    data = request.POST or request.GET
    typed = data if "example_due" in data else None
    return ExampleForm(typed, cohorts=cohorts_taught_by(request.user), day=day)


def _example(request: Request, found: Plan, rules: list[Any], form: ExampleForm) -> dict[str, Any]:
    day, cohort = form.fields["example_due"].initial, None
    if form.is_bound and form.is_valid():
        day = form.cleaned_data["example_due"] or day
        cohort = form.cleaned_data["example_cohort"]
    return {
        "example_form": form,
        "example": example_of_plan(found, rules, due_on=day, cohort=cohort, person=request.user),
    }


def _editor(
    request: Request,
    found: Plan,
    form: PlanForm,
    rows: RuleRows,
    *,
    source: Plan | None = None,
    focus: str = "",
    part: str = "",
    status: int = 200,
) -> HttpResponse:
    rules = rows.rules()
    used = found.assignments.filter(cancelled_at=None).count() if found.pk else 0
    context = {
        "plan": found,
        "form": form,
        "rows": rows,
        "source": source,
        "focus": focus,
        "line": line_of(rules),
        "remarks": remarks(found, rules),
        "used": used,
        "shown_rules": rules[:4],
        "usual": USUAL,
        "used_words": ngettext(
            "%(n)s assignment uses this plan."
            " A change holds for reminders that have not been told yet.",
            "%(n)s assignments use this plan."
            " A change holds for reminders that have not been told yet.",
            used,
        )
        % {"n": used},
        **_example(request, found, rules, _example_form(request)),
    }
    name = "assignments/plan_edit.html"
    if request.htmx and part == "preview":
        name = "assignments/_plan_preview.html"
    elif request.htmx and part == "form":
        name = "assignments/_plan_form.html"
    return render(request, name, context, status=status)
