"""The forms of sign-in: allauth's, with our labels, and our own."""

from typing import Any

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm, ReauthenticateForm, ResetPasswordKeyForm
from allauth.account.forms import SetPasswordForm as AllauthSetPasswordForm
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCodeForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.conf import settings
from django.core.cache import cache
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

LONGEST_NAME = 254  # an e-mail address
LONGEST_PASSWORD = 1000
USED_CODE_SECONDS = 120  # longer than a code is taken, so nobody takes it twice


def plain(form: forms.Form, **labels: Any) -> None:
    """Give fields our labels; placeholders and links in help texts are not ours."""
    for name, field in form.fields.items():
        field.label = labels.get(name, field.label)
        field.help_text = ""
        field.label_suffix = ""
        field.widget.attrs.pop("placeholder", None)
        if isinstance(field.widget, forms.PasswordInput):
            field.validators.append(MaxLengthValidator(LONGEST_PASSWORD))
            field.widget.attrs["maxlength"] = str(LONGEST_PASSWORD)


class SignInForm(LoginForm):
    """Staff number, phone or e-mail, and the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            max_length=LONGEST_NAME,
            widget=forms.TextInput(
                attrs={
                    "autocomplete": "username",
                    "autocapitalize": "none",
                    "spellcheck": "false",
                    "autofocus": True,
                }
            ),
        )
        self.fields["remember"].initial = True
        plain(
            self,
            login=_("Staff number, phone or e-mail"),
            password=_("Password"),
            remember=_("Stay signed in on this device"),
        )
        self.order_fields(["login", "password", "remember"])


class ConfirmPasswordForm(ReauthenticateForm):
    """The password once more, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain(self, password=_("Password"))


class NewPasswordMixin:
    """Two fields for a new password, with the rules as a hint."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain(
            self,  # type: ignore[arg-type]
            oldpassword=_("Present password"),
            password1=_("New password"),
            password2=_("New password once more"),
        )
        self.fields["password1"].help_text = _(
            "At least 8 characters. Several words you can remember are best."
        )


class ChangePasswordForm(NewPasswordMixin, AllauthChangePasswordForm):
    """Whoever knows the present password may choose another."""


class ChoosePasswordForm(NewPasswordMixin, AllauthSetPasswordForm):
    """Whoever came by a sign-in link may choose a password."""


class ResetPasswordForm(NewPasswordMixin, ResetPasswordKeyForm):
    """Whoever came by the mail may choose a password."""


class AskResetForm(forms.Form):
    """Who has forgotten the password; the answer is the same whoever is named."""

    name = forms.CharField(
        label=_("Staff number, phone or e-mail"),
        label_suffix="",
        max_length=LONGEST_NAME,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


class OnceOnlyMixin:
    """A code from the app is taken once, also within the half minutes of tolerance."""

    user: Any
    authenticator: Authenticator

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label_code(self)  # type: ignore[arg-type]

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP:
            key = f"people.code-used:{self.user.pk}:{code.strip()}"
            if not cache.add(key, "y", timeout=USED_CODE_SECONDS):
                raise get_adapter().validation_error("incorrect_code")
        return code


class SecondFactorForm(OnceOnlyMixin, AuthenticateForm):
    """The second step of signing in."""


class ConfirmCodeForm(OnceOnlyMixin, ReauthenticateByCodeForm):
    """A code once more, before something that matters."""


class ActivateSecondFactorForm(ActivateTOTPForm):
    """The first code of a new app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label_code(self)


def label_code(form: forms.Form) -> None:
    """One label for every code field, and the keyboard and paste that fit it."""
    plain(form, code=_("Code"))
    form.fields["code"].widget.attrs |= {"inputmode": "numeric", "autocomplete": "one-time-code"}


class LanguageForm(forms.Form):
    """One of our two languages."""

    language = forms.ChoiceField(choices=settings.LANGUAGES)
