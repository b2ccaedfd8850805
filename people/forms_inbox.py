"""Forms of the inbox: what people want to be told, and announcements."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from people.announcing import names_in
from people.models import Cohort, Preference
from people.preferences import Cell, Line


class PreferencesForm(forms.Form):
    """One choice per kind and channel; what may not be silenced has none."""

    def __init__(self, data: Any = None, *, lines: list[Line]) -> None:
        super().__init__(data)
        self.cells = {cell.name: cell for line in lines for cell in line.cells}
        for name, cell in self.cells.items():
            self.fields[name] = forms.ChoiceField(
                choices=Preference.Cadence.choices, initial=cell.chosen
            )

    @property
    def chosen(self) -> dict[Cell, str]:
        """The cadence of each cell, once the form is valid."""
        return {cell: self.cleaned_data[name] for name, cell in self.cells.items()}


class SeenForm(forms.Form):
    """The newest notice that the person has seen."""

    up_to = forms.IntegerField(min_value=0, max_value=2**63 - 1)


class AnnounceForm(forms.Form):
    """A text in both languages for a cohort's group; holds names until they are confirmed."""

    subject_zh = forms.CharField(max_length=60, label=_("Title in Chinese"))
    text_zh = forms.CharField(
        max_length=400, widget=forms.Textarea(attrs={"rows": 5}), label=_("Text in Chinese")
    )
    subject_en = forms.CharField(max_length=80, label=_("Title in English"))
    text_en = forms.CharField(
        max_length=500, widget=forms.Textarea(attrs={"rows": 5}), label=_("Text in English")
    )
    may_name = forms.BooleanField(
        required=False, label=_("They are meant to be named, and not for being late.")
    )
    once = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, cohort: Cohort) -> None:
        super().__init__(data, initial={"once": uuid4()}, label_suffix="")
        self.cohort = cohort
        self.names: list[str] = []
        for name in ("subject_zh", "text_zh"):
            self.fields[name].widget.attrs["lang"] = "zh-Hans"
        for name in ("subject_en", "text_en"):
            self.fields[name].widget.attrs["lang"] = "en"

    def clean(self) -> dict[str, Any] | None:
        """Look for names of the cohort's people, and hold the text where there are some."""
        cleaned = super().clean()
        texts = [str(self.cleaned_data.get(name, "")) for name in self.fields]
        self.names = names_in("\n".join(texts), self.cohort)
        if self.names and not self.cleaned_data.get("may_name"):
            self.add_error("may_name", _("Take the names out, or say that they may stand there."))
        return cleaned
