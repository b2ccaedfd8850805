"""Forms of taking in people: the file, and what is chosen beside it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from people.importing.plans import Options
from people.importing.reading import MOST_BYTES
from people.models import Cohort, User
from people.teaming import cohorts_taught_by


class OptionsForm(forms.Form):
    """What holds for all rows of a table."""

    cohort: "forms.ModelChoiceField[Cohort]" = forms.ModelChoiceField(
        queryset=Cohort.objects.none(),
        required=False,
        label=_("Cohort for rows without one"),
        empty_label=_("None: each row names its own"),
    )
    absent = forms.ChoiceField(
        label=_("Trainees of this cohort who are not in the file"),
        choices=[("keep", _("stay as they are")), ("leave", _("leave the cohort"))],
        initial="keep",
    )
    make_cohorts = forms.BooleanField(required=False, label=_("Make cohorts that are missing"))
    ignore_unknown = forms.BooleanField(required=False, label=_("Ignore these columns"))

    def __init__(self, *args: Any, importer: User, **kwargs: Any) -> None:
        kwargs["label_suffix"] = ""
        super().__init__(*args, **kwargs)
        reached = cohorts_taught_by(importer).order_by("name", "pk")
        self.fields["cohort"].queryset = reached  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("absent") == "leave" and not data.get("cohort"):
            self.add_error("cohort", _("Say which cohort they leave."))
        return data

    @property
    def options(self) -> Options:
        """What was chosen."""
        data = self.cleaned_data
        return Options(
            cohort_id=data["cohort"].pk if data["cohort"] else None,
            absent=data["absent"],
            make_cohorts=data["make_cohorts"],
            ignore_unknown=data["ignore_unknown"],
        )


class StartForm(OptionsForm):
    """A file, or the text of one."""

    file = forms.FileField(required=False, allow_empty_file=True, label=_("The file"))
    text = forms.CharField(required=False, strip=False, label=_("or paste a table"))

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("file") and data["file"].size > MOST_BYTES:
            self.add_error("file", _("The file is larger than 2 MB. Split it."))
        elif not data.get("file") and not (data.get("text") or "").strip():
            self.add_error("file", _("Choose a file, or paste a table."))
        return data
