"""Forms of cohorts: what they are called, where they stand, which calendar holds."""

import re
import secrets
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, ClassVar
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outbox.models import Robot
from people.models import Calendar, Cohort, CohortStaff, User
from people.organising import reserved

AREAS = re.compile(r"(Africa|America|Asia|Atlantic|Australia|Europe|Indian|Pacific)/[^/]+$")


@lru_cache(maxsize=1)
def _zones() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    names = sorted(name for name in available_timezones() if AREAS.match(name))
    areas = sorted({name.split("/")[0] for name in names}, key=lambda area: (area != "Asia", area))
    grouped = [
        (area, tuple((name, name.split("/")[1].replace("_", " ")) for name in names
                     if name.startswith(area + "/")))
        for area in areas
    ]  # fmt: skip
    return (("UTC", (("UTC", "UTC"),)), *grouped)


def zone_groups(own: str) -> list[Any]:
    """All time zones by continent, for a select; one that is none of these stands first."""
    known = any(name == own for _area, names in _zones() for name, _label in names)
    return ([] if known or not own else [(own, own)]) + list(_zones())


class TimeInput(forms.TimeInput):
    """The browser's own picker of a time of day."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class CohortChoice(forms.ModelChoiceField):
    """Cohorts by name, each with the one above it: two hotels may both have a first class."""

    def label_from_instance(self, obj: Any) -> str:
        return named_with_parent(obj)


def named_with_parent(cohort: Cohort) -> str:
    """The cohort's name and that of the one above it."""
    return f"{cohort.name} · {cohort.parent.name}" if cohort.parent else cohort.name


class CohortForm(forms.ModelForm):
    """A cohort's settings."""

    tz = forms.ChoiceField(label=gettext_lazy("Time zone"))
    parent = CohortChoice(
        label=gettext_lazy("Stands below"),
        queryset=Cohort.objects.none(),
        required=False,
        empty_label=gettext_lazy("nothing: it is at the top"),
    )

    class Meta:
        model = Cohort
        fields: ClassVar = ["name", "parent", "tz", "calendar", "shift_at", "robot"]
        labels: ClassVar = {
            "name": gettext_lazy("Name"),
            "calendar": gettext_lazy("Calendar of working days"),
            "robot": gettext_lazy("Robot of the group chat"),
        }
        help_texts: ClassVar = {
            "shift_at": gettext_lazy("“Before the shift” in a reminder plan goes by this time."),
            "robot": gettext_lazy("For announcements. It never names who is late."),
        }
        widgets: ClassVar = {"shift_at": TimeInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["tz"].choices = zone_groups(self.instance.tz)
        fields["tz"].initial = self.instance.tz
        others = Cohort.objects.filter(archived_at=None).exclude(pk=self.instance.pk)
        fields["parent"].queryset = others.select_related("parent").order_by("name", "pk")
        fields["calendar"].queryset = Calendar.objects.order_by("name")
        fields["calendar"].empty_label = _("as in the cohort above")
        fields["robot"].queryset = Robot.objects.filter(archived_at=None).order_by("name")
        fields["robot"].empty_label = _("none")

    def values(self) -> dict[str, Any]:
        """What the fields hold, for the security log."""
        return {name: str(self.initial.get(name) or "") for name in self.changed_data}


class NewCohortForm(CohortForm):
    """A new cohort, which also gets its place in addresses."""

    slug = forms.SlugField(
        label=gettext_lazy("Short name in addresses"),
        help_text=gettext_lazy("Latin letters, digits and hyphens. Left empty, we make one."),
        required=False,
        max_length=50,
    )
    field_order = ("name", "slug", "parent", "tz", "calendar", "shift_at", "robot")

    class Meta(CohortForm.Meta):
        fields: ClassVar = [*CohortForm.Meta.fields, "slug"]

    def clean_slug(self) -> str:
        """The slug typed, or one made of the name."""
        slug = self.cleaned_data["slug"].lower()
        if reserved([slug]):
            raise ValidationError(_("This word has another meaning in addresses. Take another."))
        if not slug:
            made = slugify(self.data.get("name", ""))[:40]
            slug = f"{made or 'cohort'}-{secrets.token_hex(2)}"
        if Cohort.objects.filter(slug=slug).exists():
            raise ValidationError(_("Another cohort has this short name already."))
        return slug


class SearchForm(forms.Form):
    """Somebody's name, staff number, phone or mail, or a part of it."""

    q = forms.CharField(required=False, max_length=80, strip=True)


class DutyForm(forms.Form):
    """Which of the people found gets which duty."""

    person: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(User.objects.none())
    duty = forms.ChoiceField(choices=CohortStaff.Duty.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = User.objects.present()  # type: ignore[attr-defined]


class MemberForm(forms.Form):
    """Which of these people becomes a member."""

    person: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(User.objects.none())

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


def number(text: str | None) -> int:
    """A row's number from a form; 0, which no row has, for everything else."""
    digits = text or ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else 0


def numbers(texts: Iterable[str]) -> list[int]:
    """Several of them."""
    return [number(one) for one in texts]
