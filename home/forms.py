"""The person's own settings."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from mot_course.web import zone
from people.models import User

CITIES = {
    "Pacific/Honolulu": gettext_lazy("Honolulu"),
    "America/Los_Angeles": gettext_lazy("Los Angeles"),
    "America/Chicago": gettext_lazy("Chicago"),
    "America/New_York": gettext_lazy("New York"),
    "America/Sao_Paulo": gettext_lazy("São Paulo"),
    "UTC": gettext_lazy("World time"),
    "Europe/London": gettext_lazy("London"),
    "Europe/Paris": gettext_lazy("Paris"),
    "Africa/Johannesburg": gettext_lazy("Johannesburg"),
    "Europe/Istanbul": gettext_lazy("Istanbul"),
    "Asia/Dubai": gettext_lazy("Dubai"),
    "Asia/Kolkata": gettext_lazy("New Delhi"),
    "Asia/Bangkok": gettext_lazy("Bangkok"),
    "Asia/Jakarta": gettext_lazy("Jakarta"),
    "Asia/Shanghai": gettext_lazy("Shanghai"),
    "Asia/Hong_Kong": gettext_lazy("Hong Kong"),
    "Asia/Macau": gettext_lazy("Macau"),
    "Asia/Taipei": gettext_lazy("Taipei"),
    "Asia/Singapore": gettext_lazy("Singapore"),
    "Asia/Kuala_Lumpur": gettext_lazy("Kuala Lumpur"),
    "Asia/Urumqi": gettext_lazy("Urumqi"),
    "Australia/Perth": gettext_lazy("Perth"),
    "Asia/Seoul": gettext_lazy("Seoul"),
    "Asia/Tokyo": gettext_lazy("Tokyo"),
    "Australia/Sydney": gettext_lazy("Sydney"),
    "Pacific/Auckland": gettext_lazy("Auckland"),
}


def zone_choices(own: str, now: datetime) -> list[tuple[str, str]]:
    """Zones from west to east with their present offset; the person's own is always there."""
    names = CITIES if own in CITIES else {**CITIES, own: own}
    offsets = {name: now.astimezone(zone(name)).utcoffset() for name in names}
    return [
        (name, f"{names[name]} ({_offset(offsets[name])})")
        for name in sorted(names, key=lambda name: (offsets[name], str(names[name])))
    ]


def _offset(offset: Any) -> str:
    minutes = int(offset.total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{hours}:{rest:02}" if rest else f"UTC{sign}{hours}"


class SettingsForm(forms.Form):
    """Language, time zone, theme and e-mail. Knows the person; changes nobody before `save`."""

    language = forms.ChoiceField(choices=settings.LANGUAGES, label=gettext_lazy("Language"))
    theme = forms.ChoiceField(
        choices=User.Theme.choices, required=False, label=gettext_lazy("Light or dark")
    )
    tz = forms.ChoiceField(label=gettext_lazy("Time zone"))
    email = forms.EmailField(
        required=False,
        max_length=254,
        label=gettext_lazy("E-mail"),
        help_text=gettext_lazy("If you have one: for reminders and a forgotten password."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, data: Any = None, *, person: User) -> None:
        own = {
            "language": person.language or get_language(),
            "theme": person.theme,
            "tz": person.tz,
            "email": person.email or "",
        }
        super().__init__(data, initial=own, label_suffix="")
        self.person = person
        self.fields["tz"].choices = zone_choices(person.tz, timezone.now())  # type: ignore[attr-defined]
        self.fields["tz"].help_text = _("Reminders and due times go by it.")

    def clean_email(self) -> str | None:
        """The address in lower case, or None; nobody else may have it."""
        email = self.cleaned_data["email"].strip().lower()
        others = User.objects.exclude(pk=self.person.pk)
        if email and others.filter(email__iexact=email).exists():
            raise forms.ValidationError(_("Somebody already uses this address."))
        return email or None

    @property
    def changes_email(self) -> bool:
        return self.is_valid() and self.cleaned_data["email"] != self.person.email

    def save(self) -> None:
        """Store what was chosen, and only that."""
        for name in self.cleaned_data:
            setattr(self.person, name, self.cleaned_data[name])
        self.person.save(update_fields=list(self.cleaned_data))
