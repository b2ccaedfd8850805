"""People: the list, a person's page, adding and editing them, shutting them out."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import DateTimeField, Exists, OuterRef, Prefetch, QuerySet, Subquery
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mot_course.web import Request
from outbox.models import Message
from people import auditing, deactivating, inviting, organising
from people.access import admins_only, instructors_only
from people.duties import cohorts_reached_by
from people.forms_organisation import number
from people.forms_people import CohortPickForm, FilterForm, NewPersonForm, PersonForm
from people.models import AuditEntry, Cohort, CohortStaff, Membership, User
from people.person_parts import parts_for
from people.sessions import sessions_of
from people.sign_in_links import may_issue_link
from people.teaming import cohorts_taught_by

ON_A_PAGE = 50


@require_http_methods(["GET", "HEAD"])
@login_required
def people(request: Request) -> HttpResponse:
    """The people whom the viewer's duties reach, by name, sought and filtered; admins see all."""
    viewer = request.user
    if not viewer.is_instructor and not viewer.duties.exists():
        raise Http404
    cohorts = cohorts_reached_by(viewer)
    form = FilterForm(request.GET, cohorts=cohorts)
    form.is_valid()  # what is no value of a filter filters nothing
    found = _filtered(organising.people_seen_by(viewer), form.cleaned_data, viewer)
    present = Membership.objects.filter(left_at=None).select_related("cohort").order_by("joined_on")
    listed = found.annotate(signed_in_at=_signed_in_at()).prefetch_related(
        Prefetch("memberships", present, to_attr="present_in")
    )
    page = Paginator(listed.order_by("name", "pk"), ON_A_PAGE).get_page(request.GET.get("page"))
    kept = request.GET.copy()
    kept.pop("page", None)
    context = {
        "form": form,
        "page": page,
        "kept": kept.urlencode(),
        "is_filtered": any(kept.values()),
    }
    return render(request, "people/people.html", context)


def _filtered(found: QuerySet[User], asked: dict[str, Any], viewer: User) -> QuerySet[User]:
    if asked.get("cohort"):
        below = organising.with_all_below(asked["cohort"].pk)
        inside = Membership.objects.filter(person=OuterRef("pk"), left_at=None, cohort__in=below)
        found = found.filter(Exists(inside))
    if asked.get("role"):
        found = found.filter(role=asked["role"])
    if asked.get("state") != "all":
        found = found.filter(is_active=asked.get("state") != "inactive")
    return organising.found_by(found, asked.get("q") or "", by=viewer)


def _signed_in_at() -> Subquery:
    entries = AuditEntry.objects.filter(actor=OuterRef("pk"), action="signed_in")
    return Subquery(entries.order_by("-at").values("at")[:1], output_field=DateTimeField())


def _gives_rights(request: Request) -> bool:
    """Whether the form sent would change a role, or a name or address to sign in with."""
    if request.method != "POST" or not request.user.is_authenticated or not request.user.is_admin:
        return False
    username = request.resolver_match.kwargs.get("username") if request.resolver_match else None
    if username is None:
        return request.POST.get("role") in (User.Role.INSTRUCTOR, User.Role.ADMIN)
    shown = organising.people_seen_by(request.user).filter(username=username).first()
    if shown is None:
        return False
    form = PersonForm(request.POST, instance=shown, editor=request.user)
    return form.is_valid() and bool(organising.SIGN_IN.intersection(form.changed_data))


# Whoever finds an admin's page open makes nobody an admin, and takes nobody's account.
@require_http_methods(["GET", "HEAD", "POST"])
@instructors_only
@reauthentication_required(enabled=_gives_rights)
def new_person(request: Request) -> HttpResponse:
    """A form for somebody new: admins anybody, instructors trainees in cohorts they teach."""
    form = NewPersonForm(
        request.POST if request.method == "POST" else None,
        editor=request.user,
        cohorts=cohorts_taught_by(request.user),
        initial={"cohort": number(request.GET.get("cohort")) or None},
    )
    if form.is_valid():
        person = _add(form, request.user)
        words = _("%(name)s is added. A sign-in link lets them in for the first time.")
        messages.success(request, words % {"name": person})
        return redirect("organisation:person", person.username)
    status = 422 if form.is_bound else 200
    return render(request, "people/person_new.html", {"form": form}, status=status)


@transaction.atomic
def _add(form: NewPersonForm, by: User) -> User:
    person: User = form.save(commit=False)
    person.set_password(None)
    person.save()
    auditing.record(by, "person_added", person, after=form.changes()[1])
    if cohort := form.cleaned_data.get("cohort"):
        organising.put_into(cohort=cohort, person=person, by=by)
    return person


@require_http_methods(["GET", "HEAD"])
@login_required
def person(request: Request, username: str) -> HttpResponse:
    """A person: facts, cohorts, duties, and what other apps know of them."""
    return _page(request, _seen(request, username))


@require_http_methods(["GET", "HEAD", "POST"])
@instructors_only
@reauthentication_required(enabled=_gives_rights)
def edit_person(request: Request, username: str) -> HttpResponse:
    """Change what the editor may change of the person; a role or sign-in name only by admins."""
    shown = _edited(request, username)
    data = request.POST if request.method == "POST" else None
    form = PersonForm(data, instance=shown, editor=request.user)
    if form.is_valid():
        changed: User = form.save(commit=False)
        before, after = form.changes()
        keep = request.session.session_key if changed == request.user else None
        organising.save_person(changed, by=request.user, before=before, after=after, keep=keep)
        messages.success(request, _("The changes are saved."))
        return redirect("organisation:person", changed.username)
    status = 422 if form.is_bound else 200
    named = User.objects.get(pk=shown.pk)  # the form has written into the other one
    return render(
        request, "people/person_edit.html", {"form": form, "person": named}, status=status
    )


@require_POST
@instructors_only
def change_cohorts(request: Request, username: str) -> HttpResponse:
    """Put the person into a cohort, out of one, or from one into another; by `act`."""
    act = request.POST.get("act", "")
    shown = _seen(request, username)
    taught = cohorts_taught_by(request.user)
    if act in {"move", "leave"}:
        there = shown.memberships.filter(left_at=None, cohort__in=taught)
        membership = get_object_or_404(there, pk=number(request.POST.get("membership")))
        if act == "leave":
            organising.leave(membership, by=request.user)
            return _back_to(request, shown)
    elif act != "join" or not organising.may_be_put_in_by(request.user).filter(pk=shown.pk):
        raise Http404
    form = CohortPickForm(request.POST, cohorts=taught)
    if not form.is_valid():
        return _page(request, shown, status=422, pick=form)
    cohort = form.cleaned_data["cohort"]
    if act == "move":
        organising.move(membership, to=cohort, by=request.user)
    else:
        organising.put_into(cohort=cohort, person=shown, by=request.user)
    words = _("%(name)s is in %(cohort)s now.")
    messages.success(request, words % {"name": shown, "cohort": cohort.name})
    return _back_to(request, shown)


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def deactivate(request: Request, username: str) -> HttpResponse:
    """GET says what will happen; POST shuts the person out."""
    shown = _seen(request, username)
    if shown == request.user:
        raise Http404
    if request.method == "POST":
        if deactivating.deactivate(shown, by=request.user):
            messages.success(request, _("%(name)s is shut out from now on.") % {"name": shown})
        return redirect("organisation:person", username)
    live = shown.messages.filter(state=Message.State.QUEUED)
    context = {
        "person": shown,
        "sign_ins": sessions_of(shown).count(),
        "invitations": inviting.live_ones_of(shown).count(),
        "waiting": live.count(),
    }
    return render(request, "people/person_deactivate.html", context)


@require_POST
@admins_only
def reactivate(request: Request, username: str) -> HttpResponse:
    """Let somebody in again who was shut out."""
    shown = _seen(request, username)
    if deactivating.reactivate(shown, by=request.user):
        messages.success(request, _("%(name)s can sign in again.") % {"name": shown})
    return redirect("organisation:person", username)


def _seen(request: Request, username: str) -> User:
    return get_object_or_404(organising.people_seen_by(request.user), username=username)


def _edited(request: Request, username: str) -> User:
    shown = _seen(request, username)
    if not organising.may_edit(request.user, shown):
        raise Http404
    return shown


def _back_to(request: Request, shown: User) -> HttpResponse:
    """The person's page, or the list where they have left all cohorts that the viewer reaches."""
    if organising.people_seen_by(request.user).filter(pk=shown.pk).exists():
        return redirect("organisation:person", shown.username)
    return redirect("organisation:people")


def _page(
    request: Request, shown: User, *, status: int = 200, pick: CohortPickForm | None = None
) -> HttpResponse:
    viewer = request.user
    memberships = list(
        shown.memberships.select_related("cohort__parent").order_by("left_at", "-joined_on", "-pk")
    )
    taught = set(cohorts_taught_by(viewer).values_list("pk", flat=True))
    reached = taught if viewer.is_admin else {
        *cohorts_reached_by(viewer).values_list("pk", flat=True)
    }  # fmt: skip
    duties = CohortStaff.objects.filter(person=shown).select_related("cohort")
    form = pick or CohortPickForm(cohorts=Cohort.objects.filter(pk__in=taught))
    picked: Any = form.fields["cohort"]
    context = {
        "person": shown,
        "present": [one for one in memberships if one.left_at is None],
        "past": [one for one in memberships if one.left_at and one.cohort_id in reached],
        "taught": taught,
        "reached": reached,
        "duties": duties.order_by("cohort__name", "duty"),
        "messengers": shown.messengers.order_by("channel"),
        "signed_in_at": User.objects.filter(pk=shown.pk).values_list(_signed_in_at(), flat=True)[0],
        "sees_contacts": organising.sees_contacts(viewer, shown),
        "may_edit": viewer.is_instructor and organising.may_edit(viewer, shown),
        "may_link": may_issue_link(viewer, shown),
        "may_join": bool(taught)
        and organising.may_be_put_in_by(viewer).filter(pk=shown.pk).exists(),
        "pick": form,
        "choices": list(picked.choices),  # once, however often the page shows it
        "parts": parts_for(request, shown),
    }
    return render(request, "people/person.html", context, status=status)
