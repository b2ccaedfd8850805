"""What WeCom, DingTalk and Feishu have in common for allauth: each says a user id for a code.

allauth's own providers for the latter two give ids that no message can be sent to, and it has
none for WeCom; so the two calls of each are ours, and the rest (state, session, second factor)
is allauth's.
"""

from abc import ABC, abstractmethod
from typing import Any

from allauth.socialaccount.models import SocialLogin, SocialToken
from allauth.socialaccount.providers.base import ProviderAccount
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter, OAuth2CallbackView
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import urlencode

from outbox.channels.http import Answer, CallFailed, Web


class CompanyClient(OAuth2Client):
    """Makes the address at which people sign in with the company."""

    adapter: "CompanyOAuth2Adapter"

    def get_redirect_url(self, authorization_url: str, scope: Any, extra_params: Any) -> str:
        values = self.adapter.query(self.consumer_key, self.callback_url, str(self.state))
        return f"{authorization_url}?{urlencode(values)}{self.adapter.fragment}"


class CompanyOAuth2Adapter(OAuth2Adapter, ABC):
    """One company: where to sign in, and who it was."""

    authorize_url = ""
    fragment = ""

    @abstractmethod
    def query(self, client_id: str, callback: str, state: str) -> dict[str, str]:
        """What the address at which people sign in carries."""

    @abstractmethod
    def user_id(self, web: Web, code: str) -> str:
        """The id for which messages and MessengerAccount know the person; "" if there is none."""

    def get_client(self, request: HttpRequest, app: Any) -> OAuth2Client:
        callback = self.get_callback_url(request, app)
        client = CompanyClient(request, app.client_id, app.secret, "POST", "", callback)
        client.adapter = self
        return client

    def get_access_token_data(
        self, request: HttpRequest, app: Any, client: Any, pkce_code_verifier: Any = None
    ) -> dict[str, str]:
        """The user id in the place of a token: nothing else is wanted of the company."""
        web = Web()
        code = request.GET.get("authCode") or request.GET.get("code", "")
        try:
            found = self.user_id(web, code)
        except CallFailed as error:
            raise OAuth2Error(str(error)) from None
        finally:
            web.close()
        if not found:
            raise OAuth2Error("the account is nobody's in this company")
        return {"access_token": "-", "user_id": found}

    def complete_login(
        self, request: HttpRequest, app: Any, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        return self.get_provider().sociallogin_from_response(request, kwargs["response"])


class CompanyProvider(OAuth2Provider):
    """The base of the three; each names its id and adapter."""

    account_class = ProviderAccount

    def extract_uid(self, data: dict[str, str]) -> str:
        return data["user_id"]

    def extract_common_fields(self, data: dict[str, str]) -> dict[str, str]:
        return {}

    def extract_extra_data(self, data: dict[str, str]) -> dict[str, str]:
        return {}


def callback_of(adapter: type[OAuth2Adapter]) -> Any:
    """The view to which the company sends people back; nothing where it is off."""
    view = OAuth2CallbackView.adapter_view(adapter)

    def callback(request: HttpRequest) -> HttpResponse:
        if "authCode" in request.GET and "code" not in request.GET:  # DingTalk's word for it
            query = request.GET.copy()
            query["code"] = request.GET.get("authCode", "")
            request.GET = query  # type: ignore[assignment]
        try:
            return view(request)
        except ObjectDoesNotExist:
            raise Http404 from None

    return callback


def said(answer: Answer, code: str = "errcode") -> dict[str, Any]:
    """What the company answered, unless it answered with an error."""
    if answer.status >= 400 or answer.json.get(code):
        raise OAuth2Error(f"the company answered {answer.status} {answer.json.get(code)}")
    return answer.json
