"""The teams of a cohort: made, named, filled and archived by whoever teaches it."""

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mot_course.web import Request
from people import teaming
from people.access import instructors_only
from people.forms_teams import PeopleForm, TeamNameForm
from people.models import Cohort, Team, TeamMember


def _cohort(request: Request, slug: str) -> Cohort:
    return get_object_or_404(teaming.cohorts_taught_by(request.user), slug=slug)


@require_http_methods(["GET", "HEAD", "POST"])
@instructors_only
def teams(request: Request, slug: str) -> HttpResponse:
    """The cohort's teams and a form for a new one. POST makes it: 422 where it cannot be."""
    cohort = _cohort(request, slug)
    data = request.POST if request.method == "POST" else None
    form, people = TeamNameForm(data), PeopleForm(data, cohort=cohort)
    if data is not None and form.is_valid() and people.is_valid():
        try:
            made = teaming.make_team(
                cohort=cohort,
                name=form.cleaned_data["name"],
                people=list(people.cleaned_data["people"]),
                by=request.user,
            )
        except teaming.NameIsTaken:
            form.add_error("name", _("There is a team of this name already."))
        except teaming.InAnotherTeam:
            people.add_error("people", _("Somebody of these is in another team by now."))
        else:
            messages.success(request, _("The team %(name)s is made.") % {"name": made.name})
            return redirect("teams:teams", cohort.slug)
    return _page(request, cohort, form=form, people=people, status=422 if data is not None else 200)


@require_POST
@instructors_only
def change(request: Request, slug: str, team: int) -> HttpResponse:
    """Rename a team, put people in, take one out, archive it or take it up again; by `act`."""
    cohort = _cohort(request, slug)
    found = get_object_or_404(cohort.teams.select_related("cohort"), pk=team)
    act = request.POST.get("act", "")
    if act == "rename":
        return _rename(request, cohort, found)
    if act == "put_in":
        return _put_in(request, cohort, found)
    if act == "take_out":
        for number in _numbers(request.POST.getlist("person")):
            teaming.take_out(team=found, person_id=number, by=request.user)
    elif act == "archive":
        teaming.archive_team(team=found, by=request.user)
    elif act == "revive":
        if gone := teaming.revive_team(team=found, by=request.user):
            names = ", ".join(map(str, gone))
            messages.info(request, _("In another team by now: %(names)s.") % {"names": names})
    else:
        raise Http404
    return redirect("teams:teams", cohort.slug)


def _rename(request: Request, cohort: Cohort, team: Team) -> HttpResponse:
    form = TeamNameForm(request.POST)
    if form.is_valid():
        try:
            teaming.rename_team(team=team, name=form.cleaned_data["name"])
        except teaming.NameIsTaken:
            form.add_error("name", _("There is a team of this name already."))
        else:
            return redirect("teams:teams", cohort.slug)
    return _page(request, cohort, renamed=(team.pk, form), status=422)


def _put_in(request: Request, cohort: Cohort, team: Team) -> HttpResponse:
    form = PeopleForm(request.POST, cohort=cohort)
    try:
        if form.is_valid() and team.archived_at is None:
            teaming.put_in(team=team, people=list(form.cleaned_data["people"]), by=request.user)
            return redirect("teams:teams", cohort.slug)
    except teaming.InAnotherTeam:
        pass
    messages.error(request, _("Somebody of these is in another team by now."))
    return _page(request, cohort, status=422)


def _numbers(texts: list[str]) -> list[int]:
    return [int(one) for one in texts if one.isascii() and one.isdigit() and len(one) < 10]


def _page(
    request: Request,
    cohort: Cohort,
    *,
    form: TeamNameForm | None = None,
    people: PeopleForm | None = None,
    renamed: tuple[int, TeamNameForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    inside = TeamMember.objects.select_related("person").order_by("person__name", "pk")
    every = list(cohort.teams.prefetch_related(Prefetch("members", inside)).order_by("name"))
    context: dict[str, Any] = {
        "cohort": cohort,
        "live": [one for one in every if one.archived_at is None],
        "archived": [one for one in every if one.archived_at is not None],
        "free": list(teaming.without_a_team(cohort)),
        "form": form or TeamNameForm(),
        "people": people,
        "chosen": _numbers(request.POST.getlist("people")) if people is not None else [],
        "renamed": renamed,
    }
    return render(request, "people/teams.html", context, status=status)
