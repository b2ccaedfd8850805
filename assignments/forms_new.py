"""The form that assigns: what, to whom, by when, with which reminders."""

from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from assignments.choosing import Thing, people_assignable_by, thing_of
from assignments.keeping_plans import plans_for
from assignments.models import Assignment, Plan
from people.models import Cohort, User
from people.teaming import cohorts_taught_by

FIXED, RELATIVE, NEVER = "fixed", "relative", "none"


def new_key() -> str:
    """A key that a form carries: sent twice, it assigns once."""
    return get_random_string(32)


def _number(label: Any, least: int, most: int, first: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        initial=first,
        validators=[MinValueValidator(least), MaxValueValidator(most)],
        widget=forms.NumberInput({"min": least, "max": most, "inputmode": "numeric"}),
    )


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )


class WhenForm(forms.Form):
    """When it opens and is due; also used to change the dates of what is assigned already."""

    when = forms.ChoiceField(
        choices=[
            (FIXED, _l("On a date")),
            (RELATIVE, _l("Days after something")),
            (NEVER, _l("No due date")),
        ],
        label=_l("Due"),
        initial=FIXED,
    )
    opens_on = _day(_l("Opens on"))
    due_on = _day(_l("Due on"))
    due_time = forms.TimeField(
        label=_l("Time of day"),
        required=False,
        initial=time(18),
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
    )
    grace_days = _number(_l("Days of grace"), 0, 60, 0)
    due_days = _number(_l("How many days"), 1, 365, 7)
    working = forms.TypedChoiceField(
        choices=[("1", _l("working days")), ("", _l("days"))],
        coerce=bool,
        required=False,
        initial="1",
        label=_l("Which days count"),
    )
    anchor = forms.ChoiceField(
        choices=[
            ("joined", _l("joining the cohort")),
            ("assigned", _l("being assigned")),
            ("after", _l("finishing another assignment")),
        ],
        required=False,
        initial="assigned",
        label=_l("Counted from"),
    )
    after: "forms.ModelChoiceField[Assignment]" = forms.ModelChoiceField(
        queryset=Assignment.objects.none(), required=False, label=_l("Which one"), empty_label="—"
    )

    def __init__(self, *args: Any, earlier: list[Assignment], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        # They stand in a sentence, without a label beside each.
        for name in {"due_days", "working", "anchor", "rhythm_days", "rhythm_working"} & {
            *self.fields
        }:
            self.fields[name].widget.attrs["aria-label"] = self.fields[name].label
        after: Any = self.fields["after"]
        after.queryset = Assignment.objects.filter(pk__in=[one.pk for one in earlier])
        after.choices = [("", "—"), *((one.pk, one.title) for one in earlier)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        when = data.get("when")
        data["due_time"] = data.get("due_time") or time(23, 59)
        data["grace_days"] = data.get("grace_days") or 0
        if when == FIXED:
            self._clean_fixed(data)
        else:
            data["due_on"] = None
        if when == RELATIVE:
            self._clean_relative(data)
        else:
            data |= {"due_days": None, "anchor": "assigned", "after": None, "working": False}
        return data

    def _clean_fixed(self, data: dict[str, Any]) -> None:
        due_on, opens_on = data.get("due_on"), data.get("opens_on")
        if due_on is None:
            if "due_on" not in self.errors:
                self.add_error("due_on", _("Say on which day it is due."))
        elif due_on < self.today:
            self.add_error("due_on", _("This day is past."))
        elif opens_on and opens_on > due_on:
            self.add_error("opens_on", _("It would open after it is due."))

    def _clean_relative(self, data: dict[str, Any]) -> None:
        if not data.get("due_days") and "due_days" not in self.errors:
            self.add_error("due_days", _("Say after how many days, from 1."))
        data["anchor"] = data.get("anchor") or "assigned"
        if data["anchor"] == "after" and not data.get("after"):
            self.add_error("after", _("Say after which assignment."))
        elif data["anchor"] != "after":
            data["after"] = None


class NewForm(WhenForm):
    """All of a new assignment."""

    key = forms.RegexField(r"^[A-Za-z0-9]{32}$", widget=forms.HiddenInput)
    what = forms.CharField(label=_l("What"), required=False, max_length=20)
    rhythm = forms.ChoiceField(
        choices=[("", _l("The whole course by one date")), ("units", _l("Unit by unit"))],
        required=False,
        label=_l("How"),
    )
    rhythm_days = _number(_l("For each unit"), 1, 60, 5)
    rhythm_working = forms.TypedChoiceField(
        choices=[("1", _l("working days")), ("", _l("days"))],
        coerce=bool,
        required=False,
        initial="1",
        label=_l("Which days count"),
    )
    cohorts: "forms.ModelMultipleChoiceField[Cohort]" = forms.ModelMultipleChoiceField(
        queryset=Cohort.objects.none(), required=False, label=_l("Cohorts")
    )
    people: "forms.ModelMultipleChoiceField[User]" = forms.ModelMultipleChoiceField(
        queryset=User.objects.none(), required=False, label=_l("Single people")
    )
    plan: "forms.ModelChoiceField[Plan]" = forms.ModelChoiceField(
        queryset=Plan.objects.none(), required=False, label=_l("Reminder plan")
    )
    mandatory = forms.TypedChoiceField(
        choices=[("1", _l("Mandatory")), ("", _l("Voluntary"))],
        coerce=bool,
        required=False,
        initial="1",
        label=_l("Mandatory or voluntary"),
    )
    note = forms.CharField(
        label=_l("A word to go with it"),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["cohorts"].queryset = cohorts_taught_by(person)
        fields["people"].queryset = people_assignable_by(person)
        fields["plan"].queryset = plans_for(person)

    def clean_what(self) -> Thing | None:
        value = self.cleaned_data["what"]
        found = thing_of(value) if value else None
        if found is None:
            self.add_error("what", _("Choose what is to be done."))
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if (
            not data.get("cohorts")
            and not data.get("people")
            and not ({"cohorts", "people"} & set(self.errors))
        ):
            self.add_error("cohorts", _("Choose a cohort or a person."))
        if not self.goes_unit_by_unit:
            return data
        if not data.get("rhythm_days") and "rhythm_days" not in self.errors:
            self.add_error("rhythm_days", _("Say how many days each unit has, from 1."))
        # The rhythm says when; what was typed for a single date does not count.
        for name in ("when", "due_on", "due_days", "anchor", "after"):
            self.errors.pop(name, None)
        return data

    @property
    def goes_unit_by_unit(self) -> bool:
        """Whether a course is assigned in a rhythm."""
        data = self.cleaned_data
        kind = self.data.get("what", "").partition(":")[0]
        return kind == "course" and data.get("rhythm") == "units"


@dataclass(frozen=True)
class Step:
    """One of the five short steps, and which fields stand in it."""

    slug: str
    fields: tuple[str, ...]


STEPS = (
    Step("what", ("what", "rhythm", "rhythm_days")),
    Step("who", ("cohorts", "people")),
    Step("when", ("when", "opens_on", "due_on", "due_time", "grace_days", "due_days", "after")),
    Step("reminders", ("plan", "mandatory", "note")),
)
