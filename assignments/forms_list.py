"""Forms of the list of assignments: what is shown, and changes to several at once."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from assignments.keeping_plans import plans_for
from assignments.listing import ENDED, RUNNING, UPCOMING, assignments_reached_by
from assignments.models import WHAT, Assignment, Plan
from people.models import Cohort, User
from people.teaming import cohorts_taught_by

STATES = [(RUNNING, _l("Running")), (UPCOMING, _l("Upcoming")), (ENDED, _l("Ended"))]
KINDS = {"course": _l("Course"), "unit": _l("Unit"), "quiz": _l("Quiz"), "case": _l("Case")}


class FilterForm(forms.Form):
    """Which of the assignments are listed; what makes no sense is left out."""

    state = forms.ChoiceField(choices=STATES, required=False)
    q = forms.CharField(required=False, max_length=80, label=_l("Title"))
    cohort: "forms.ModelChoiceField[Cohort]" = forms.ModelChoiceField(
        queryset=Cohort.objects.none(), required=False, to_field_name="slug", label=_l("Cohort")
    )
    kind = forms.ChoiceField(
        choices=[("", _l("Everything")), *KINDS.items()], required=False, label=_l("Kind")
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cohort: Any = self.fields["cohort"]
        cohort.queryset = cohorts_taught_by(person).order_by("name")
        cohort.empty_label = _("All cohorts")

    def wanted(self) -> dict[str, Any]:
        """The filter; `state` is running where nothing else is asked for."""
        self.is_valid()
        data = self.cleaned_data
        return {
            "state": data.get("state") or RUNNING,
            "q": data.get("q") or "",
            "cohort": data.get("cohort"),
            "kind": data.get("kind") if data.get("kind") in WHAT else "",
        }


class BulkForm(forms.Form):
    """What happens to the ticked assignments."""

    picked: "forms.ModelMultipleChoiceField[Assignment]" = forms.ModelMultipleChoiceField(
        queryset=Assignment.objects.none(),
        error_messages={"required": _l("Tick at least one assignment.")},
    )
    act = forms.ChoiceField(
        choices=[("shift", ""), ("plan", ""), ("cancel", "")],
        error_messages={"required": _l("Choose what is to happen.")},
    )
    days = forms.IntegerField(required=False, min_value=-365, max_value=365)
    plan: "forms.ModelChoiceField[Plan]" = forms.ModelChoiceField(
        queryset=Plan.objects.none(), required=False
    )
    sure = forms.BooleanField(required=False)

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        picked: Any = self.fields["picked"]
        picked.queryset = assignments_reached_by(person).filter(cancelled_at=None)
        plan: Any = self.fields["plan"]
        plan.queryset = plans_for(person)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        act = data.get("act")
        if act == "shift" and not data.get("days") and "days" not in self.errors:
            self.add_error("days", _("Say by how many days, such as 7 or −3."))
        if act == "cancel" and not data.get("sure"):
            self.add_error("sure", _("Tick that you are sure: nobody is reminded any more."))
        return data
