"""Sign-in beyond allauth's own pages: reset, links, own sign-ins, language."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.utils import perform_login
from allauth.core.ratelimit import respond_429
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from mot_course.web import Request, safe_next
from people.access import instructors_only
from people.forms import AskResetForm, ChoosePasswordForm, LanguageForm
from people.models import User
from people.qr import qr_image
from people.resetting import ask_for_reset
from people.sessions import device_words, end_sessions, sessions_of
from people.sign_in_links import (
    LIFE,
    MayNotIssueLink,
    issue_link,
    may_issue_link,
    open_link,
    use_link,
)
from people.throttling import take_try

CAME_BY_LINK = "came_by_link"  # in the session: who, and when
CHOOSING_SECONDS = 30 * 60


@require_http_methods(["GET", "HEAD", "POST"])
def ask_reset(request: HttpRequest) -> HttpResponse:
    """Ask for a mail with which to choose a new password."""
    form = AskResetForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "account/password_reset.html", {"form": form}, status=status)
    name = form.cleaned_data["name"]
    if take_try(request, "reset", name.lower()) is None:
        return respond_429(request)
    ask_for_reset(name)
    return redirect("account_reset_password_done")


@require_http_methods(["GET", "HEAD", "POST"])
def use_sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows whom the link is for, and changes nothing; POST signs in, once."""
    if request.method == "POST":
        person = use_link(token)
        if person is not None:
            return _sign_in_by_link(request, person)
        if take_try(request, "link") is None:
            return respond_429(request)
    link = open_link(token)
    status = 200 if link else 410
    response = render(request, "people/use_link.html", {"link": link}, status=status)
    response._has_been_logged = True  # type: ignore[attr-defined]  # the address is a secret
    return response


def _sign_in_by_link(request: HttpRequest, person: User) -> HttpResponse:
    if request.user.is_authenticated:
        get_adapter().logout(request)
    request.session[CAME_BY_LINK] = [person.pk, int(timezone.now().timestamp())]
    return perform_login(request, person, redirect_url=reverse("account_set_password"))


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def choose_password(request: Request) -> HttpResponse:
    """Choose a password without knowing the old one: for whoever came by a link, for a while."""
    if request.user.has_usable_password() and not _came_by_link(request):
        return redirect("account_change_password")
    form = ChoosePasswordForm(request.user, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "people/choose_password.html", {"form": form}, status=status)
    form.save()
    update_session_auth_hash(request, request.user)
    UserSession.objects.create_from_request(request)
    request.session.pop(CAME_BY_LINK, None)
    messages.success(request, _("Your password is saved. Sign in with it from now on."))
    return redirect(settings.LOGIN_REDIRECT_URL)


def _came_by_link(request: Request) -> bool:
    person_id, at = request.session.get(CAME_BY_LINK, (None, 0))
    is_recent = timezone.now().timestamp() - at < CHOOSING_SECONDS
    return person_id == request.user.pk and is_recent


@require_http_methods(["GET", "HEAD", "POST"])
@instructors_only
def person_link(request: Request, username: str) -> HttpResponse:
    """Issue a sign-in link for somebody, and show it this once."""
    person = get_object_or_404(User, username=username)
    if not may_issue_link(request.user, person):
        raise Http404
    context: dict[str, Any] = {"person": person, "hours": int(LIFE.total_seconds()) // 3600}
    if request.method == "POST":
        try:
            link = issue_link(issuer=request.user, person=person)
        except MayNotIssueLink:
            raise Http404 from None
        context |= {"link": link, "qr": qr_image(link)}
    return render(request, "people/person_link.html", context)


@require_http_methods(["GET", "HEAD"])
@login_required
def sessions(request: Request) -> HttpResponse:
    """Where the person is signed in."""
    listed = [
        {
            "session": session,
            "device": device_words(session.user_agent) or _("Unknown device"),
            "is_this_one": session.session_key == request.session.session_key,
        }
        for session in sessions_of(request.user)
    ]
    return render(request, "people/sessions.html", {"listed": listed})


@require_POST
@login_required
def end_session(request: Request, session_id: int) -> HttpResponse:
    """End one of the person's own sign-ins; ending this one is signing out."""
    session = get_object_or_404(UserSession, pk=session_id, user=request.user)
    if session.session_key == request.session.session_key:
        get_adapter().logout(request)
        session.delete()
        return redirect("account_login")
    session.end()
    messages.success(request, _("That device is signed out."))
    return redirect("people:sessions")


@require_POST
@login_required
def end_other_sessions(request: Request) -> HttpResponse:
    """End all of the person's sign-ins but this one."""
    end_sessions(request.user, keep=request.session.session_key)
    messages.success(request, _("All other devices are signed out."))
    return redirect("people:sessions")


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Speak another language from now on, on the same page."""
    form = LanguageForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    language = form.cleaned_data["language"]
    if request.user.is_authenticated:
        request.user.language = language
        request.user.save(update_fields=["language"])
    response = redirect(safe_next(request, "/"))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
