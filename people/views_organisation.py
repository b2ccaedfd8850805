"""The tree of cohorts, their settings, who teaches them and who is in them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mot_course.web import Request
from people import organising
from people.access import admins_only, instructors_only
from people.forms_organisation import (
    CohortForm,
    DutyForm,
    MemberForm,
    NewCohortForm,
    SearchForm,
    number,
)
from people.models import Cohort, CohortStaff, User
from people.teaming import cohorts_taught_by

MOST_FOUND = 20
ON_A_PAGE = 50
FOLDED_FROM = 40  # a tree of so many cohorts opens with only its first level


@require_http_methods(["GET", "HEAD"])
@login_required
def organisation(request: Request) -> HttpResponse:
    """The tree of cohorts that the viewer's duties reach; admins see all and change it."""
    tree = organising.tree_for(request.user)
    if not tree and not request.user.is_instructor:
        raise Http404
    context: dict[str, Any] = {"tree": tree, "open_to": 1 if len(tree) >= FOLDED_FROM else 99}
    if request.user.is_admin:
        context["ended"] = Cohort.objects.exclude(archived_at=None).order_by("name")
    return render(request, "people/organisation.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def new_cohort(request: Request) -> HttpResponse:
    """A form for a new cohort; below which one may stand in the address. POST makes it."""
    initial = {"parent": number(request.GET.get("below")) or None}
    form = NewCohortForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        form.instance.slug = form.cleaned_data["slug"]
        made = organising.save_cohort(form.save(commit=False), by=request.user)
        messages.success(request, _("%(name)s is made.") % {"name": made.name})
        return redirect("organisation:settings", made.slug)
    status = 422 if form.is_bound else 200
    return render(request, "people/cohort_new.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def cohort_settings(request: Request, slug: str) -> HttpResponse:
    """A cohort's settings, and who teaches and manages it. POST changes the settings."""
    cohort = get_object_or_404(Cohort, slug=slug)
    form = CohortForm(request.POST if request.method == "POST" else None, instance=cohort)
    if form.is_valid():
        try:
            organising.save_cohort(form.save(commit=False), by=request.user, before=form.values())
        except ValidationError as error:  # somebody else moved a cohort a moment ago
            form.add_error(None, error)
        else:
            messages.success(request, _("The settings are saved."))
            return redirect("organisation:settings", slug)
    return _settings_page(request, slug, form, status=422 if form.is_bound else 200)


@require_POST
@admins_only
def change_cohort(request: Request, slug: str) -> HttpResponse:
    """End the cohort or take it up again; give or take a duty in it; by `act`."""
    cohort = get_object_or_404(Cohort, slug=slug)
    act = request.POST.get("act", "")
    if act == "archive":
        try:
            organising.archive_cohort(cohort, by=request.user)
        except organising.HasCohortsBelow:
            messages.error(request, _("First end the cohorts below this one."))
            return _settings_page(request, slug, CohortForm(instance=cohort), status=422)
    elif act == "revive":
        organising.revive_cohort(cohort, by=request.user)
    elif act == "give":
        return _give(request, cohort)
    elif act == "take":
        given = get_object_or_404(cohort.staff, pk=number(request.POST.get("given")))
        organising.take_duty(given, by=request.user)
    else:
        raise Http404
    return redirect("organisation:settings", slug)


def _give(request: Request, cohort: Cohort) -> HttpResponse:
    form = DutyForm(request.POST)
    if not form.is_valid():
        raise Http404
    person, duty = form.cleaned_data["person"], form.cleaned_data["duty"]
    try:
        organising.give_duty(cohort=cohort, person=person, duty=duty, by=request.user)
    except organising.CannotTeach:
        words = _("%(name)s has the role Trainee. Only instructors and admins can teach a cohort.")
        messages.error(request, words % {"name": person})
        return _settings_page(request, cohort.slug, CohortForm(instance=cohort), status=422)
    messages.success(request, _("%(name)s has the duty now.") % {"name": person})
    return redirect("organisation:settings", cohort.slug)


def _settings_page(
    request: Request, slug: str, form: CohortForm, *, status: int = 200
) -> HttpResponse:
    cohort = get_object_or_404(Cohort.objects.select_related("parent"), slug=slug)
    staff = CohortStaff.objects.filter(cohort=cohort).select_related("person")
    context = {
        "cohort": cohort,
        "form": form,
        "staff": staff.order_by("duty", "person__name", "pk"),
        **_found(request, User.objects.present()),
    }
    return render(request, "people/cohort_settings.html", context, status=status)


@require_http_methods(["GET", "HEAD"])
@instructors_only
def members(request: Request, slug: str) -> HttpResponse:
    """Who is in the cohort; somebody to put in is found by name."""
    cohort = _taught(request, slug)
    return _members_page(request, cohort)


@require_POST
@instructors_only
def change_members(request: Request, slug: str) -> HttpResponse:
    """Put somebody in, or end a membership; by `act`."""
    cohort = _taught(request, slug)
    act = request.POST.get("act", "")
    if act == "put_in":
        inside = organising.may_be_put_in_by(request.user)
        form = MemberForm(request.POST, people=inside)
        if not form.is_valid():
            messages.error(request, _("This person cannot be put in from here."))
            return _members_page(request, cohort, status=422)
        person = form.cleaned_data["person"]
        organising.put_into(cohort=cohort, person=person, by=request.user)
        words = _("%(name)s is in %(cohort)s now.")
        messages.success(request, words % {"name": person, "cohort": cohort.name})
    elif act == "take_out":
        wanted = number(request.POST.get("membership"))
        membership = get_object_or_404(cohort.memberships.select_related("person"), pk=wanted)
        if organising.leave(membership, by=request.user):
            words = _("%(name)s has left %(cohort)s. What was done there stays.")
            messages.success(request, words % {"name": membership.person, "cohort": cohort.name})
    else:
        raise Http404
    return redirect("organisation:members", slug)


def _taught(request: Request, slug: str) -> Cohort:
    return get_object_or_404(cohorts_taught_by(request.user), slug=slug)


def _members_page(request: Request, cohort: Cohort, *, status: int = 200) -> HttpResponse:
    inside = cohort.memberships.filter(left_at=None).select_related("person")
    gone = cohort.memberships.exclude(left_at=None).select_related("person")
    candidates = organising.may_be_put_in_by(request.user).exclude(pk__in=inside.values("person"))
    page = Paginator(inside.order_by("person__name", "pk"), ON_A_PAGE)
    context = {
        "cohort": cohort,
        "page": page.get_page(request.GET.get("page")),
        "gone": gone.order_by("-left_at")[:ON_A_PAGE],
        **_found(request, candidates),
    }
    return render(request, "people/members.html", context, status=status)


def _found(request: Request, people: Any) -> dict[str, Any]:
    """What a search among these people finds; nothing is listed before anything is typed."""
    form = SearchForm(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    found = organising.found_by(people, text, by=request.user) if text else people.none()
    listed = list(found.order_by("name", "pk")[: MOST_FOUND + 1])
    return {"q": text, "found": listed[:MOST_FOUND], "more_found": len(listed) > MOST_FOUND}
