"""Watches over every sign-in: ends what has lasted too long, leads admins to a second factor."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from people.auditing import log
from people.devices import set_cookie
from people.models import User
from people.sessions import is_over

# What an admin without a second factor may still reach.
OPEN_WITHOUT = {
    "mfa_activate_totp",
    "account_reauthenticate",
    "account_logout",
    "people:set_language",
    "healthz",
    "readyz",
}


class SignInGuard:
    """The innermost middleware of ours: it sees the person and the view that is asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and is_over(request.session, request.user):
            log("session_over", actor=request.user.pk)
            logout(request)
        response = self.get_response(request)
        set_cookie(request, response)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], *args: Any
    ) -> HttpResponse | None:
        """Lead an admin without a second factor to setting one up, before anything else."""
        if not request.user.is_authenticated or not needs_second_factor(request.user):
            return None
        if request.resolver_match and request.resolver_match.view_name in OPEN_WITHOUT:
            return None
        messages.info(request, _("Admins sign in with a second factor. Set it up to go on."))
        address = reverse("mfa_activate_totp")
        if getattr(request, "htmx", False):
            return HttpResponseClientRedirect(address)
        return redirect(address)


def needs_second_factor(person: User) -> bool:
    """Whether the person is an admin who has none; demo installations do without."""
    if settings.DEMO or not person.is_admin:
        return False
    return not is_mfa_enabled(person, [Authenticator.Type.TOTP])
