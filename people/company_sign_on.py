"""Signing on with the company's own accounts: OpenID Connect, WeCom, DingTalk, Feishu.

allauth speaks the protocol and keeps the state. Who somebody is here is decided here: the account
of a messenger by MessengerAccount, an OpenID claim by the staff number. Nobody is made, nothing
is connected or stored: whoever is taken off the list cannot come in any more.
"""

from typing import Any

import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError
from django.conf import settings
from django.db.models import Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from outbox.channels.http import CONNECT_SECONDS, READ_SECONDS, CallFailed, check_address
from people import auditing
from people.models import MessengerAccount, User
from people.signing_in import may_sign_in


def sign_ons() -> dict[str, str]:
    """What the sign-in page offers: the slugs in addresses, and how people call them."""
    return {app["provider_id"]: app["name"] for app in settings.COMPANY_SIGN_ON}


def person_behind(provider: str, uid: str, claims: dict[str, Any]) -> User | None:
    """The one person to whom this account belongs here; None if there is none."""
    if provider in MessengerAccount.Channel.values:
        accounts = MessengerAccount.objects.filter(channel=provider, account=uid)
        owned = accounts.select_related("person").first()
        return owned.person if owned else None
    number = str(claims.get(settings.OIDC_CLAIM) or "").strip()
    field = "email" if settings.OIDC_CLAIM == "email" else "username"
    if field == "email" and claims.get("email_verified") not in (True, "true"):
        return None
    if not number:
        return None
    same = Exact(Lower(field), Lower(Value(number)))
    found = User.objects.filter(same).first()
    # Large and small letters are the same in ASCII alone: elsewhere ı is I, and K a k.
    is_plain = found is not None and (number + getattr(found, field)).isascii()
    return found if is_plain or (found and getattr(found, field) == number) else None


class CompanyAdapter(DefaultSocialAccountAdapter):
    """Lets in people we know, and nobody else; asks the database for no settings."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """The sign-ons of the settings; rows in allauth's table count for nothing."""
        return [
            SocialApp(**app)
            for app in settings.COMPANY_SIGN_ON
            if provider in (None, app["provider"], app["provider_id"])
            and client_id in (None, app["client_id"])
        ]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Never: people are added by admins and invited by instructors."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Put the person behind the account into the sign-in, or end it with a page."""
        account = sociallogin.account
        data = account.extra_data
        claims = data.get("userinfo") or data.get("id_token") or data
        person = person_behind(account.provider, account.uid, claims)
        if person is None or not may_sign_in(person):
            auditing.log("sign_on_refused", provider=account.provider)
            # The same words for somebody unknown and for somebody who has left.
            why = _("Your company account is not known here.")
            raise ImmediateHttpResponse(refusal(request, why, status=403))
        sociallogin.user = person

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: Any = None,
    ) -> None:
        """A page of ours instead of allauth's. What went wrong goes into the log, by kind."""
        if error == AuthError.CANCELLED:
            raise ImmediateHttpResponse(refusal(request, _("You have not signed in."), status=200))
        auditing.log("sign_on_failed", provider=provider.id, why=type(exception).__name__)
        why = _("The sign-in with your company account did not work.")
        raise ImmediateHttpResponse(refusal(request, why, status=401))

    def get_requests_session(self) -> requests.Session:
        return _CarefulSession()


def refusal(request: HttpRequest, why: str, *, status: int) -> HttpResponse:
    """The page that says why nobody was let in, and what else there is."""
    return render(request, "account/company_refused.html", {"why": why}, status=status)


class _CarefulSession(requests.Session):
    """Speaks to allowed hosts only, follows no redirect, waits not for ever."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        try:
            check_address(str(url))
        except CallFailed as refused:
            raise requests.RequestException(str(refused)) from None
        kwargs |= {"allow_redirects": False, "timeout": (CONNECT_SECONDS, READ_SECONDS)}
        return super().request(method, url, *args, **kwargs)
