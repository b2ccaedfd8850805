"""Forms of calendars: the week, days that differ from it, days on which nobody is reminded."""

import re
from datetime import date, timedelta
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.models import Blackout, Calendar
from people.working_days import days_from

LONGEST_BLACKOUT = timedelta(days=366)
MOST_DAYS = 400  # in one paste
DATE = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})日?")
JOINED = re.compile(r"^\s*(?:[-–—~～至到]|to|until|\.\.)+\s*$")
LONGEST_WHY = 80


class DateInput(forms.DateInput):
    """The browser's own picker of days."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class CalendarForm(forms.ModelForm):
    """What the calendar is called, and the week."""

    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("People work on"),
        choices=[(number + 1, name) for number, name in WEEKDAYS.items()],
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one day.")},
    )

    class Meta:
        model = Calendar
        fields: ClassVar = ["name", "weekdays"]
        labels: ClassVar = {"name": gettext_lazy("Name of the calendar")}

    def clean_weekdays(self) -> list[int]:
        return sorted(set(self.cleaned_data["weekdays"]))


class SpecialDaysForm(forms.Form):
    """A list of days, one day or range a line, that are free or worked against the week."""

    days = forms.CharField(
        label=gettext_lazy("Days"),
        help_text=gettext_lazy(
            "One day or range a line, a reason after it if you like: 2027-05-01 – 2027-05-05 "
            "Labour Day"
        ),
        max_length=12_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    working = forms.TypedChoiceField(
        label=gettext_lazy("On these days"),
        choices=[
            ("no", gettext_lazy("everybody is off (holiday)")),
            ("yes", gettext_lazy("people work (make-up day)")),
        ],
        coerce=lambda value: value == "yes",
        initial="no",
        widget=forms.RadioSelect,
    )

    def clean_days(self) -> dict[date, str]:
        """Each day with its reason; a day that stands twice keeps what stands last."""
        found: dict[date, str] = {}
        for number, line in enumerate(self.cleaned_data["days"].splitlines(), start=1):
            if line.strip():
                try:
                    found |= read_line(line)
                except ValueError:
                    raise ValidationError(
                        _("Line %(number)s is no day and no range of days: %(line)s"),
                        params={"number": number, "line": line.strip()[:60]},
                    ) from None
            if len(found) > MOST_DAYS:
                raise ValidationError(
                    _("Take in at most %(number)s days at once."), params={"number": MOST_DAYS}
                )
        return found


def read_line(line: str) -> dict[date, str]:
    """The days that a line names, with the reason after them. Raises ValueError."""
    dates = list(DATE.finditer(line))
    if not dates or line[: dates[0].start()].strip():
        raise ValueError(line)
    first = _date(dates[0])
    last, end = first, dates[0].end()
    if len(dates) > 1 and JOINED.match(line[end : dates[1].start()]):
        last, end = _date(dates[1]), dates[1].end()
    if not first <= last <= first + LONGEST_BLACKOUT:
        raise ValueError(line)
    why = line[end:].strip(" \t,;:，；：")[:LONGEST_WHY]
    return dict.fromkeys(days_from(first, last), why)


def _date(found: re.Match[str]) -> date:
    return date(*(int(part) for part in found.groups()))


class BlackoutForm(forms.ModelForm):
    """Days on which nobody is reminded."""

    class Meta:
        model = Blackout
        fields: ClassVar = ["first_on", "last_on", "why"]
        labels: ClassVar = {
            "first_on": gettext_lazy("First day"),
            "last_on": gettext_lazy("Last day"),
            "why": gettext_lazy("Reason"),
        }
        widgets: ClassVar = {"first_on": DateInput(), "last_on": DateInput()}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first_on"), cleaned.get("last_on")
        if first and last and last < first:
            self.add_error("last_on", _("The last day comes before the first."))
        elif first and last and last - first > LONGEST_BLACKOUT:
            self.add_error("last_on", _("A blackout lasts a year at most."))
        return cleaned


class YearForm(forms.Form):
    """Which year the page shows."""

    year = forms.IntegerField(min_value=2000, max_value=2100)
