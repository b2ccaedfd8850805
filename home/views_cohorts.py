"""The classes somebody reaches, and one of them at a glance; words and more time for its people."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from assignments.saying import said_day, said_time
from assignments.telling_why import Line, said_state, told_in
from home.cohort_page import Wanted, chosen_of, class_page, in_focus, running_in, standings_in
from home.cohort_tree import tree_of
from home.extending import ChangedMeanwhile, extendable, give_more_time, seen_of
from home.forms_cohorts import MOST_PEOPLE, ExtendForm, MessageForm
from home.kinds import send_note
from home.next_assigned import due_of
from home.todays import has_duty
from home.told_in_class import told_counts
from mot_course.steps import STEPS
from mot_course.web import Request, zone
from people.access import instructors_only
from people.duties import cohorts_reached_by
from people.models import Cohort
from people.teaming import cohorts_taught_by

TOLD_PAGE = 50
SHOWN_NAMES = 40  # of those a form is about


@require_safe
@login_required
def cohorts(request: Request) -> HttpResponse:
    """The cohorts the person reaches, as a tree. Nothing here for whoever has no duty."""
    found = list(cohorts_reached_by(request.user))
    if not found and not has_duty(request.user):
        raise Http404
    return render(request, "cohorts/cohorts.html", {"tree": tree_of(found, timezone.now())})


def reached(request: Request, slug: str) -> Cohort:
    """The cohort, if a duty of the person reaches it; `taught` says whether they teach it."""
    taught = cohorts_taught_by(request.user).filter(pk=OuterRef("pk"))
    found = cohorts_reached_by(request.user).annotate(taught=Exists(taught))
    return get_object_or_404(found.select_related("parent"), slug=slug)


@require_safe
@login_required
def cohort(request: Request, slug: str) -> HttpResponse:
    """The class at a glance, for whoever teaches or manages it."""
    found = reached(request, slug)
    now = timezone.now()
    wanted = Wanted.from_query(request.GET)
    shown = class_page(found, wanted, request.GET.get("page", ""), now)
    context = {
        "cohort": found,
        "teaches": getattr(found, "taught", False),
        "shown": shown,
        "columns": [(step, step.slug) for step in STEPS],
        "told": told_counts(found, now) if getattr(found, "taught", False) else None,
        "first_query": _query(shown.focus, [one.standing.facts.person_id for one in shown.look]),
        "most_people": MOST_PEOPLE,
    }
    return render(request, "cohorts/cohort.html", context)


def _query(focus: Any, people: list[int]) -> str:
    of = [("of", focus.assignment.pk)] if focus else []
    return urlencode([*of, *(("who", one) for one in people)])


@require_safe
@instructors_only
def told(request: Request, slug: str) -> HttpResponse:
    """Who of the class got which reminder, and why or why not; for whoever teaches it."""
    found = get_object_or_404(cohorts_taught_by(request.user), slug=slug)
    lines = Paginator(told_in(found), TOLD_PAGE).get_page(request.GET.get("page", ""))
    rows = [
        (line, said_state(line), line.at.astimezone(zone(line.assignee.person.tz)))
        for line in lines
    ]
    return render(request, "cohorts/told.html", {"cohort": found, "rows": rows, "page": lines})


def _said_at(line: Line) -> str:
    at = line.at.astimezone(zone(line.assignee.person.tz))
    return f"{said_day(at.date())} {said_time(at.time())}"


@require_http_methods(["GET", "HEAD", "POST"])
@instructors_only
def message(request: Request, slug: str) -> HttpResponse:
    """A form for a few words to some people of the class. POST queues them: 422 without words."""
    found, _wanted, focus, standings = _class(request, slug)
    names = {one.facts.person_id: one.facts.name for one in standings}
    who = _who(request, standings)
    form = MessageForm(
        {**_plain(request), "who": who} if request.method == "POST" else None, reached=names
    )
    if form.is_valid():
        chosen = form.cleaned_data["who"]
        send_note(
            people=chosen,
            text=form.cleaned_data["text"],
            cohort=found,
            by=request.user,
            once=form.cleaned_data["once"],
        )
        said = ngettext("Your words are on their way to %(n)s person.",
                        "Your words are on their way to %(n)s people.", len(chosen))  # fmt: skip
        messages.success(request, said % {"n": len(chosen)})
        return redirect(_back(found, focus))
    return _form_page(request, "cohorts/message.html", found, focus, form, who, names)


@require_http_methods(["GET", "HEAD", "POST"])
@instructors_only
def extend(request: Request, slug: str) -> HttpResponse:
    """A form for more time in the assignment in focus. POST gives it: 422 without a reason."""
    found, _wanted, focus, standings = _class(request, slug)
    if focus is None:
        raise Http404
    names = {one.facts.person_id: one.facts.name for one in standings}
    who = _who(request, standings)
    form = ExtendForm(
        {**_plain(request), "who": who} if request.method == "POST" else None, reached=names
    )
    if form.is_valid():
        try:
            count = give_more_time(
                assignment=focus.assignment,
                people=form.cleaned_data["who"],
                days=form.cleaned_data["days"],
                why=form.cleaned_data["why"],
                seen=request.POST.get("seen", ""),
                by=request.user,
                now=timezone.now(),
            )
        except ChangedMeanwhile:
            changed = _("These dates have changed since you opened this page. Please look again.")
            form.add_error(None, changed)
        else:
            said = ngettext(
                "%(n)s person has more time now.", "%(n)s people have more time now.", count
            )
            messages.success(request, said % {"n": count})
            return redirect(_back(found, focus))
    chosen = [one for one in _ids(who) if one in names]
    open_ones = list(
        extendable(focus.assignment, chosen, request.user)
        .select_related("due", "person")
        .order_by("due__due_on", "person__name")
    )
    for one in open_ones:
        one.said_due = due_of(one, timezone.now())  # type: ignore[attr-defined]
    extra = {
        "open_ones": open_ones[:SHOWN_NAMES],
        "open_more": max(len(open_ones) - SHOWN_NAMES, 0),
        "seen": seen_of(open_ones),
    }
    return _form_page(request, "cohorts/extend.html", found, focus, form, who, names, extra)


def _class(request: Request, slug: str) -> Any:
    """The cohort they teach, what is asked for, the focus, and how everybody stands."""
    found = get_object_or_404(cohorts_taught_by(request.user), slug=slug)
    asked = request.POST if request.method == "POST" else request.GET
    wanted = Wanted.from_query(asked)
    now = timezone.now()
    focus = in_focus(running_in(found), wanted.of, now.date())
    _parts, standings = standings_in(found, focus, now)
    return found, wanted, focus, standings


def _who(request: Request, standings: list[Any]) -> list[str]:
    """The people a form is about: those ticked, or all under the filter (`all=1`)."""
    asked = request.POST if request.method == "POST" else request.GET
    if request.method != "POST" and asked.get("all") == "1":
        wanted = Wanted.from_query(asked)
        return [str(one.facts.person_id) for one in chosen_of(standings, wanted)]
    return asked.getlist("who")


def _plain(request: Request) -> dict[str, Any]:
    return {name: request.POST.get(name, "") for name in request.POST if name != "who"}


def _ids(texts: list[str]) -> list[int]:
    """The numbers among them, each once, in their order."""
    numbers = [int(one) for one in texts if one.isascii() and one.isdigit() and len(one) < 10]
    return list(dict.fromkeys(numbers))


def _back(cohort: Cohort, focus: Any) -> str:
    of = f"?of={focus.assignment.pk}" if focus else ""
    return reverse("cohorts:cohort", args=[cohort.slug]) + of


def _form_page(
    request: Request,
    template: str,
    found: Cohort,
    focus: Any,
    form: Any,
    who: list[str],
    names: dict[int, str],
    extra: dict[str, Any] | None = None,
) -> HttpResponse:
    chosen = [one for one in _ids(who) if one in names]
    context = {
        "cohort": found,
        "focus": focus,
        "form": form,
        "who": chosen,
        "names": [names[one] for one in chosen[:SHOWN_NAMES]],
        "more": max(len(chosen) - SHOWN_NAMES, 0),
        "back": _back(found, focus),
        **(extra or {}),
    }
    return render(request, template, context, status=422 if form.is_bound else 200)
