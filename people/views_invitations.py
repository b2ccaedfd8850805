"""Invitations: made, listed and revoked by those who teach; and the door they open."""

from typing import Any

from allauth.account.utils import perform_login
from allauth.core.ratelimit import respond_429
from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from mot_course.web import Request
from people import inviting
from people.access import instructors_only
from people.forms_invitations import InviteForm, JoinForm
from people.models import Cohort, Invitation
from people.qr import qr_image
from people.teaming import cohorts_taught_by
from people.throttling import take_try


@require_http_methods(["GET", "HEAD", "POST"])
@instructors_only
def invite(request: Request, slug: str) -> HttpResponse:
    """The cohort's invitations and a form for a new one. POST makes it, and shows it this once."""
    cohort = _taught(request, slug)
    form = InviteForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = inviting.invite(cohort=cohort, by=request.user, **form.cleaned_data)
        except inviting.MayNotInvite:
            raise Http404 from None
        context = {"cohort": cohort, "made": made, "qr": qr_image(made.link)}
        return render(request, "people/invitation_made.html", context)
    now = timezone.now()
    listed = [
        {"invitation": one, "is_open": inviting.is_open(one, now)}
        for one in inviting.invitations_of(cohort)[:100]
    ]
    context = {"cohort": cohort, "form": form, "listed": listed}
    return render(request, "people/invite.html", context, status=422 if form.is_bound else 200)


@require_POST
@instructors_only
def revoke_invitation(request: Request, slug: str, invitation: int) -> HttpResponse:
    """Let nobody else in by an invitation of this cohort."""
    cohort = _taught(request, slug)
    inviting.revoke(get_object_or_404(cohort.invitations, pk=invitation), by=request.user)
    messages.success(request, _("The invitation is revoked. Who has come stays."))
    return redirect("organisation:invite", slug)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """GET says where the invitation leads, and changes nothing; POST brings the person in."""
    counted = None
    if request.method == "POST":
        counted = take_try(request, "join")
        if counted is None:
            return respond_429(request)
    invitation = inviting.open_invitation(token)
    if invitation is None:
        return _shown(request, "people/join_over.html", {}, status=410)
    if request.user.is_authenticated:
        answer = _join_as_known(request, token, invitation)
    else:
        answer = _join_as_newcomer(request, token, invitation)
    if counted is not None and answer.status_code == 302:
        counted.give_back()
    return answer


def _join_as_known(request: Any, token: str, invitation: Invitation) -> HttpResponse:
    if request.method == "POST":
        try:
            cohort = inviting.join_as_known(token, request.user)
        except inviting.NoLongerOpen:
            return _shown(request, "people/join_over.html", {}, status=410)
        except inviting.NotForYou:
            pass
        else:
            messages.success(request, _("You are in %(cohort)s now.") % {"cohort": cohort.name})
            return redirect("/")
    context = {
        "invitation": invitation,
        "fits": inviting.fits(invitation, request.user),
        "is_in": inviting.is_in(invitation, request.user),
    }
    return _shown(
        request, "people/join_known.html", context, status=422 if request.method == "POST" else 200
    )


def _join_as_newcomer(request: HttpRequest, token: str, invitation: Invitation) -> HttpResponse:
    form = JoinForm(request.POST if request.method == "POST" else None, invitation=invitation)
    if form.is_valid():
        try:
            person = inviting.join_as_newcomer(token, form.instance, form.cleaned_data["password"])
        except (inviting.NoLongerOpen, inviting.NotForYou):
            return _shown(request, "people/join_over.html", {}, status=410)
        except IntegrityError:  # somebody else took the number a moment ago
            form.add_error("username", _("Somebody already has this staff number."))
        else:
            words = _("Welcome. You are in %(cohort)s now.")
            messages.success(request, words % {"cohort": invitation.cohort.name})
            return perform_login(request, person, redirect_url="/")
    context = {"invitation": invitation, "form": form, "token": token}
    status = 422 if form.is_bound else 200
    return _shown(request, "people/join.html", context, status=status)


def _shown(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int
) -> HttpResponse:
    response = render(request, template, context, status=status)
    response._has_been_logged = True  # type: ignore[attr-defined]  # the address is a secret
    return response


def _taught(request: Request, slug: str) -> Cohort:
    return get_object_or_404(cohorts_taught_by(request.user), slug=slug)
