"""Observing two encounters on a phone, and what the observations say side by side."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assignments.checklist import ENCOUNTERS, OWN_WORDS, WORDS, Item, by_step, checklist
from assignments.following_up import is_about_another, observed_of
from assignments.forms_following import ObservationForm
from assignments.models import FollowUp, Observation
from assignments.observing import (
    IsFinished,
    NewerExists,
    Seen,
    apart,
    asked_of,
    columns_for,
    lines_of,
    observation_of,
    reader_of,
    save,
)
from mot_course.web import Request
from people.models import User
from units.models import Course


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def observe(request: Request, follow_up_id: int) -> HttpResponse:
    """The sheet of one observation, saved as it is filled.

    A script gets JSON: 200 saved · 409 newer, or finished · 422.
    """
    found = asked_of(request.user, follow_up_id)
    items = checklist()
    if not items:
        raise Http404
    if request.method == "POST":
        return _save(request, found, items)
    observation = observation_of(found)
    if observation.observed_at is not None:
        return _to_comparison(found)
    return _sheet(request, found, items, observation.seen, observation.note, observation.version)


def _to_comparison(found: FollowUp) -> HttpResponse:
    assert found.course is not None  # every observation is of a course
    return redirect("following:comparison", observed_of(found), found.course.slug)


def _save(request: Request, found: FollowUp, items: list[Item]) -> HttpResponse:
    """Store what is filled in; `finish` closes it once nothing is open."""
    by_script = request.headers.get("Accept", "").startswith("application/json")
    form = ObservationForm(items, request.POST)
    if not form.is_valid():
        if by_script:
            return JsonResponse({"error": "invalid"}, status=422)
        return _refused(request, found, items, form)
    finish = "finish" in request.POST and not form.open_items
    try:
        stored = save(
            follow_up=found,
            seen=form.seen,
            note=form.cleaned_data["note"],
            version=form.cleaned_data["version"],
            finish=finish,
        )
    except IsFinished:
        if by_script:
            return JsonResponse({"error": "finished"}, status=409)
        messages.info(request, _("This observation is finished already."))
        return _to_comparison(found)
    except NewerExists as newer:
        if by_script:
            return JsonResponse({"error": "newer"}, status=409)
        version = newer.observation.version
        return _sheet(
            request, found, items, form.seen, form.cleaned_data["note"], version,
            status=409, is_newer=True,
        )  # fmt: skip
    if by_script:
        return JsonResponse({"saved": True, "version": stored.version})
    if finish:
        messages.success(request, _("The observation is in. Thank you."))
        return _to_comparison(found)
    if "finish" in request.POST:
        return _sheet(
            request, found, items, stored.seen, stored.note, stored.version,
            status=422, open_items=form.open_items,
        )  # fmt: skip
    messages.success(request, _("Saved. You can go on later."))
    return redirect("following:observe", found.pk)


def _refused(
    request: Request, found: FollowUp, items: list[Item], form: ObservationForm
) -> HttpResponse:
    stored = observation_of(found)
    note = request.POST.get("note", "")
    why = _("The note has at most 1,000 characters.") if "note" in form.errors else ""
    return _sheet(
        request, found, items, form.seen, note, stored.version, status=422, why=why
    )  # fmt: skip


def _sheet(
    request: Request,
    found: FollowUp,
    items: list[Item],
    seen: Seen,
    note: str,
    version: int,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    other = User.objects.get(pk=observed_of(found)) if is_about_another(found) else None
    open_items = more.pop("open_items", [])
    missing = {one.id for one in open_items}
    rows = [
        {
            "step": group.step,
            "items": [
                {
                    "item": item,
                    "says": item.says if other else item.mine,
                    "is_missing": item.id in missing,
                    "encounters": [
                        (n, f"{item.id}-{n}", (seen.get(item.id) or ["", ""])[n - 1])
                        for n in ENCOUNTERS
                    ],
                }
                for item in group.items
            ],
        }
        for group in by_step(items)
    ]
    context = {
        "follow_up": found,
        "course": found.course,
        "other": other,
        "rows": rows,
        "words": list((WORDS if other else OWN_WORDS).items()),
        "note": note,
        "version": version,
        "total": len(items) * len(ENCOUNTERS),
        "filled": sum(bool(word) for words in seen.values() for word in words),
        "open_items": open_items,
        **more,
    }
    return render(request, "following/observe.html", context, status=status)


@require_safe
@login_required
def comparison(request: Request, person_id: int, course_slug: str) -> HttpResponse:
    """Oneself and the supervisor, before and after, step by step."""
    course = get_object_or_404(Course, slug=course_slug)
    reads_as = reader_of(request.user, person_id, course)
    items = checklist()
    columns = columns_for(person_id, course, reads_as)
    lines = lines_of(columns, items)
    context = {
        "course": course,
        "person": request.user if reads_as == "trainee" else User.objects.get(pk=person_id),
        "reads_as": reads_as,
        "columns": columns,
        "lines": lines,
        "halves": [(columns[:2], apart(lines, 0)), (columns[2:], apart(lines, 2))],
        "table": _table(columns, items, reads_as),
        "notes": [
            one.observation
            for one in columns
            if one.observation and one.is_shown and one.observation.note
        ],
        "is_anything": any(one.is_shown for one in columns),
    }
    return render(request, "following/comparison.html", context)


def _table(columns: list[Any], items: list[Item], reads_as: str) -> list[dict[str, Any]]:
    """Item by item what each observation that is shown says, in words."""
    shown = [one.observation for one in columns if one.is_shown]
    return [
        {
            "step": group.step,
            "rows": [
                (item.mine if reads_as == "trainee" else item.says, _words(item, shown))
                for item in group.items
            ],
        }
        for group in by_step(items)
    ]


def _words(item: Item, shown: list[Observation]) -> list[list[Any]]:
    return [
        [
            (OWN_WORDS if one.is_self else WORDS).get(word, "–")
            for word in one.seen.get(item.id, ["", ""])
        ]
        for one in shown
    ]
