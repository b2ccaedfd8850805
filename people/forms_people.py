"""Forms of people: who they are, where they are found, which cohort they are in."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.forms_organisation import CohortChoice, TimeInput, zone_groups
from people.models import Cohort, User
from people.organising import reserved
from people.signing_in import is_anothers_phone, sign_in_name

# By field, what the model says where somebody has the value already, in whatever case.
TAKEN = {
    "username": gettext_lazy("Somebody already has this staff number."),
    "email": gettext_lazy("Somebody already has this e-mail address."),
}
# What an instructor may change of a trainee, and what an admin may change of anybody.
BY_INSTRUCTORS = ["name", "language", "tz", "shift_at"]
BY_ADMINS = ["username", "name", "role", "email", "phone", *BY_INSTRUCTORS[1:], "time_factor"]


class NamedTwiceMixin:
    """Says at the field that somebody has this number or address, and says it once.

    The database compares in any case of letters; Django reports that for the form as a whole.
    """

    _errors: Any
    fields: dict[str, forms.Field]

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        whole = self._errors.pop(NON_FIELD_ERRORS, [])
        for error in getattr(whole, "data", []):
            name = next((field for field, words in TAKEN.items() if error.message == words), None)
            if name not in self.fields:
                self.add_error(None, error)  # type: ignore[attr-defined]
            elif name not in self._errors:
                self.add_error(name, error)  # type: ignore[attr-defined]


class PersonForm(NamedTwiceMixin, forms.ModelForm):
    """A person, with the fields that whoever edits may change; no others are even read."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=[("", gettext_lazy("As the browser")), *settings.LANGUAGES],
        required=False,
    )
    tz = forms.ChoiceField(label=gettext_lazy("Time zone"))

    class Meta:
        model = User
        fields: ClassVar = BY_ADMINS
        labels: ClassVar = {
            "role": gettext_lazy("Role"),
            "shift_at": gettext_lazy("Start of the shift"),
            "time_factor": gettext_lazy("Extra time in tests"),
        }
        help_texts: ClassVar = {
            "username": gettext_lazy("The sign-in name. Letters, digits and . + - _ only."),
            "phone": gettext_lazy("Serves as a sign-in name, too. Digits only."),
            "shift_at": gettext_lazy("Left empty: as in the cohort."),
            "time_factor": gettext_lazy("1 is the usual time, 1.5 half as much again."),
        }
        widgets: ClassVar = {
            "shift_at": TimeInput(),
            "username": forms.TextInput(
                attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
            ),
            "phone": forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
            "email": forms.EmailInput(attrs={"autocomplete": "off"}),
        }

    def __init__(self, *args: Any, editor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        allowed = self.allowed(editor)
        for name in set(fields) - set(allowed):
            del fields[name]
        if editor == self.instance:
            fields.pop("role", None)  # nobody raises or locks out themselves
        if "role" in fields:
            fields["role"].choices = [*roles_up_to(editor)]
        fields["tz"].choices = zone_groups(self.instance.tz)
        fields["tz"].initial = self.instance.tz
        if "time_factor" in fields:
            fields["time_factor"].required = False
            fields["time_factor"].widget.attrs |= {"step": "0.25", "min": "1"}

    def allowed(self, editor: User) -> list[str]:
        """The fields that the editor may change."""
        return BY_ADMINS if editor.is_admin else BY_INSTRUCTORS

    def clean_username(self) -> str:
        return staff_number(self.cleaned_data["username"], self.instance)

    def clean_time_factor(self) -> Any:
        return self.cleaned_data["time_factor"] or 1

    def changes(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """What the changed fields held before and hold now, for the security log."""
        names = self.changed_data
        return (
            {name: _plain(self.initial.get(name)) for name in names},
            {name: _plain(self.cleaned_data.get(name)) for name in names},
        )


class NewPersonForm(PersonForm):
    """Somebody new, and the cohort they begin in."""

    cohort = CohortChoice(
        label=gettext_lazy("Cohort"),
        queryset=Cohort.objects.none(),
        required=False,
        empty_label=gettext_lazy("none yet"),
    )
    field_order = ("name", "username", "cohort", "role")

    def __init__(self, *args: Any, editor: User, cohorts: QuerySet[Cohort], **kwargs: Any) -> None:
        super().__init__(*args, editor=editor, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["cohort"].queryset = cohorts.select_related("parent").order_by("name", "pk")
        if not editor.is_admin:
            fields["cohort"].required = True
            fields["cohort"].empty_label = None

    def allowed(self, editor: User) -> list[str]:
        """An instructor adds trainees, with a staff number, to a cohort of theirs."""
        return ["username", "cohort", *super().allowed(editor)]


def staff_number(typed: str, person: User) -> str:
    """The staff number as it is stored; refused where it means something, or somebody, else."""
    name = sign_in_name(typed)
    if reserved([name]):
        raise ValidationError(_("This word has another meaning in addresses. Take another."))
    if is_anothers_phone(name, person.pk):
        raise ValidationError(TAKEN["username"])
    return name


def roles_up_to(editor: User) -> list[tuple[str, Any]]:
    """The roles that the editor may give: up to their own."""
    order = list(User.Role)
    return [(role.value, role.label) for role in order[: order.index(User.Role(editor.role)) + 1]]


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int) else str(value)


class FilterForm(forms.Form):
    """Which people the list shows."""

    q = forms.CharField(required=False, max_length=80)
    cohort = CohortChoice(queryset=Cohort.objects.none(), required=False)
    role = forms.ChoiceField(choices=[("", ""), *User.Role.choices], required=False)
    state = forms.ChoiceField(
        choices=[
            ("", gettext_lazy("Active")),
            ("inactive", gettext_lazy("Deactivated")),
            ("all", gettext_lazy("All")),
        ],
        required=False,
    )

    def __init__(self, *args: Any, cohorts: QuerySet[Cohort], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["q"].label = _("Name, staff number, phone or e-mail")
        fields["cohort"].label = _("Cohort and those below")
        fields["cohort"].empty_label = _("all cohorts")
        fields["cohort"].queryset = cohorts.select_related("parent").order_by("name", "pk")
        fields["role"].label = _("Role")
        fields["role"].choices = [("", _("all roles")), *User.Role.choices]
        fields["state"].label = _("State")


class CohortPickForm(forms.Form):
    """Into which cohort somebody goes."""

    cohort = CohortChoice(label=gettext_lazy("Cohort"), queryset=Cohort.objects.none())

    def __init__(self, *args: Any, cohorts: QuerySet[Cohort], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["cohort"].queryset = cohorts.select_related("parent").order_by("name", "pk")
