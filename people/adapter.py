"""Where allauth asks us: who gets in, where to, with which words."""

import base64
import secrets
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.auth import authenticate as django_authenticate
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from people import auditing
from people.devices import remember_device
from people.models import User
from people.qr import qr_svg
from people.sessions import end_sessions
from people.throttling import take_sign_in_try


class AccountAdapter(DefaultAccountAdapter):
    """Closed sign-up, our limits, redirects within this site only."""

    error_messages: ClassVar = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _(
            "This name and this password do not belong together. Check both and try again."
        ),
        "too_many_login_attempts": _(
            "Too many wrong tries. Wait a few minutes, or ask your instructor for a sign-in link."
        ),
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your present password."),
        "incorrect_code": _("This code is not right. Take the newest one from your app."),
        "rate_limited": _("Too many tries. Wait a few minutes, then go on."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: people are added by admins and invited by instructors."""
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """Never: no page of ours asks allauth for JSON."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Only an address on this site, written as a path."""
        return bool(url and url.startswith("/")) and url_has_allowed_host_and_scheme(
            url, allowed_hosts=None
        )

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The person if name and password fit and tries are left; a wrong try is counted."""
        name = credentials.get("username", "")
        counted = take_sign_in_try(request, name)
        if counted is None:
            auditing.log("sign_in_throttled", address=self.get_client_ip(request))
            raise self.validation_error("too_many_login_attempts")
        person = django_authenticate(request, **credentials)
        if person is None:
            auditing.log("sign_in_refused", address=self.get_client_ip(request))
            return None
        counted.give_back()
        return person

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign in: a new session key, a remembered device, a line in the log."""
        super().login(request, user)
        remember_device(request, user.pk)
        auditing.record(user, "signed_in", user)

    def logout(self, request: HttpRequest) -> None:
        """Sign out on the server, not only in the browser."""
        auditing.log("signed_out", actor=request.user.pk)
        super().logout(request)

    def set_password(self, user: User, password: str) -> None:
        """Store the new password; every other sign-in and open link of the person ends."""
        user.set_password(password)
        user.save(update_fields=["password"])
        is_own = self.request.user.pk == user.pk
        end_sessions(user, keep=self.request.session.session_key if is_own else None)
        user.sign_in_links.filter(used_at=None).delete()
        remember_device(self.request, user.pk)
        auditing.record(user, "password_changed", user)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return "/me/"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Nothing leaves but through the outbox."""
        raise NotImplementedError(f"allauth wanted to send {template_prefix}")

    def render_mail(self, *args: Any, **kwargs: Any) -> EmailMessage:
        raise NotImplementedError("mails are rendered by message kinds")


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets encrypted at rest, QR codes by segno."""

    error_messages: ClassVar = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
    }

    def get_totp_label(self, user: User) -> str:
        return user.username

    def build_totp_svg(self, url: str) -> str:
        """The QR code of the key as an SVG document."""
        return qr_svg(url)

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret; after an unannounced change of SECRET_KEY something no code can fit."""
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            auditing.log("second_factor_unreadable")
            return base64.b32encode(secrets.token_bytes(20)).decode()


def _cipher() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_fernet_key(key)) for key in keys])


def _fernet_key(secret: str | bytes) -> bytes:
    digest = salted_hmac("people.second_factor", "key", secret=secret, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest)
