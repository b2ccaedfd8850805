"""Forms of teams."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from people.models import Cohort, Team, User
from people.teaming import without_a_team


class TeamNameForm(forms.ModelForm):
    """What a team is called."""

    class Meta:
        model = Team
        fields = ["name"]
        labels = {"name": _("Name of the team")}


class PeopleForm(forms.Form):
    """Some people of the cohort who are in no team yet."""

    people: "forms.ModelMultipleChoiceField[User]" = forms.ModelMultipleChoiceField(
        queryset=User.objects.none(),
        required=False,
        label=_("Who is in it"),
        error_messages={"invalid_choice": _("Somebody of these is in another team by now.")},
    )

    def __init__(self, *args: Any, cohort: Cohort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = without_a_team(cohort)  # type: ignore[attr-defined]
