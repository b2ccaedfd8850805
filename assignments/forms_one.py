"""Forms of one assignment: extending and excusing people, changing dates and plan, copying."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from assignments.keeping_plans import plans_for
from assignments.models import Assignee, Assignment, Plan
from people.models import Cohort, User
from people.teaming import cohorts_taught_by


class PeopleForm(forms.Form):
    """What happens to the ticked people: more time, excused, or either taken back."""

    picked: "forms.ModelMultipleChoiceField[Assignee]" = forms.ModelMultipleChoiceField(
        queryset=Assignee.objects.none(),
        error_messages={"required": _l("Tick at least one person.")},
    )
    act = forms.ChoiceField(
        choices=[("extend", ""), ("waive", ""), ("unextend", ""), ("unwaive", "")],
        error_messages={"required": _l("Choose what is to happen.")},
    )
    to = forms.DateField(
        required=False,
        label=_l("Until"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    days = forms.IntegerField(
        required=False,
        label=_l("or by so many days"),
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        widget=forms.NumberInput({"min": 1, "max": 365, "inputmode": "numeric"}),
    )
    why = forms.CharField(required=False, max_length=200, label=_l("Reason"))

    def __init__(self, *args: Any, assignees: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        picked: Any = self.fields["picked"]
        picked.queryset = assignees

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        act = data.get("act")
        if act == "extend":
            if not data.get("to") and not data.get("days"):
                if not {"to", "days"} & set(self.errors):
                    self.add_error("to", _("Say until when, or by how many days."))
            elif data.get("to") and data["to"] < self.today:
                self.add_error("to", _("This day is past."))
        if act in ("extend", "waive") and not data.get("why") and "why" not in self.errors:
            self.add_error("why", _("Give the reason: it is shown beside the name."))
        return data


class PlanChoiceForm(forms.Form):
    """Another reminder plan, or none."""

    plan: "forms.ModelChoiceField[Plan]" = forms.ModelChoiceField(
        queryset=Plan.objects.none(), required=False, label=_l("Reminder plan")
    )

    def __init__(self, *args: Any, person: User, assignment: Assignment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plan: Any = self.fields["plan"]
        # The plan it has stays choosable, whoever made it.
        usable = Q(pk__in=set(plans_for(person).values_list("pk", flat=True)))
        if assignment.plan_id:
            usable |= Q(pk=assignment.plan_id)
        plan.queryset = Plan.objects.filter(usable).order_by("pk")
        plan.empty_label = _("Nobody is reminded")
        plan.label_from_instance = lambda one: one.title  # in the reader's language
        self.initial.setdefault("plan", assignment.plan_id)


class CopyForm(forms.Form):
    """The cohort that is to get the same."""

    cohort: "forms.ModelChoiceField[Cohort]" = forms.ModelChoiceField(
        queryset=Cohort.objects.none(), label=_l("Copy to")
    )

    def __init__(self, *args: Any, person: User, assignment: Assignment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cohort: Any = self.fields["cohort"]
        has = assignment.targets.exclude(cohort=None).values("cohort")
        cohort.queryset = cohorts_taught_by(person).exclude(pk__in=has).order_by("name")
        cohort.empty_label = "—"
