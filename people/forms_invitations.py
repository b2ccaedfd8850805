"""Forms of invitations: making one, and coming in by one."""

from typing import Any, ClassVar

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from people.forms import LONGEST_PASSWORD
from people.forms_people import NamedTwiceMixin, staff_number
from people.inviting import MOST_DAYS, MOST_USES, ROLES
from people.models import Invitation, User


class InviteForm(forms.Form):
    """What an invitation gives, to how many, and for how long."""

    role = forms.ChoiceField(
        label=gettext_lazy("They come in as"),
        choices=[(role.value, role.label) for role in ROLES],
        initial=User.Role.TRAINEE,
        widget=forms.RadioSelect,
    )
    days = forms.IntegerField(
        label=gettext_lazy("Open for how many days"),
        min_value=1,
        max_value=MOST_DAYS,
        initial=14,
    )
    uses = forms.IntegerField(
        label=gettext_lazy("For how many people"), min_value=1, max_value=MOST_USES, initial=40
    )
    email = forms.EmailField(
        label=gettext_lazy("Only for this e-mail address"),
        help_text=gettext_lazy("Left empty: for everybody who has the link."),
        required=False,
    )


class JoinForm(NamedTwiceMixin, forms.ModelForm):
    """Who comes in. What the role is stands in the invitation, not here."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        help_text=gettext_lazy("At least 8 characters. Several words you can remember are best."),
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("Password once more"),
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = User
        fields: ClassVar = ["name", "username", "email", "phone"]
        labels: ClassVar = {"username": gettext_lazy("Staff number")}
        help_texts: ClassVar = {
            "username": gettext_lazy("It is on your staff card. You sign in with it."),
            "phone": gettext_lazy("Digits only. You can sign in with it as well."),
        }
        widgets: ClassVar = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "username": forms.TextInput(
                attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
            ),
            "phone": forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
        }

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitation = invitation
        self.instance.role = invitation.role
        self.instance.language = get_language() or ""
        self.instance.tz = invitation.cohort.tz
        if invitation.email:
            self.fields["email"].required = True

    def clean_username(self) -> str:
        return staff_number(self.cleaned_data["username"], self.instance)

    def clean_email(self) -> str | None:
        """The address; where the invitation names one, that one."""
        email = (self.cleaned_data["email"] or "").strip().lower()
        if self.invitation.email and email != self.invitation.email:
            raise ValidationError(_("This invitation is for another e-mail address."))
        return email or None

    def _post_clean(self) -> None:
        super()._post_clean()
        password = self.cleaned_data.get("password")
        if password:
            try:
                validate_password(password, self.instance)
            except ValidationError as error:
                self.add_error("password", error)
        if password and self.cleaned_data.get("again") not in (None, password):
            self.add_error("again", _("The two passwords are not the same."))
