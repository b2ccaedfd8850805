"""The forms of follow-ups, field notes and observations."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assignments.checklist import ENCOUNTERS, WORDS, Item
from assignments.observing import Seen
from mot_course.steps import STEPS

LONGEST = 2000
TOO_LONG = _("That is more than 2,000 characters: shorten it a little.")


class IntentionForm(forms.Form):
    """What became of the if–then line."""

    class Kept:
        """The answers, with their words."""

        choices = (
            ("yes", _("I did it")),
            ("no_moment", _("The moment has not come")),
            ("not_yet", _("Not yet")),
        )

    kept = forms.ChoiceField(
        choices=Kept.choices, error_messages={"required": _("Choose one of the three.")}
    )


class NoteForm(forms.Form):
    """A minute about a moment at the counter."""

    met = forms.TypedChoiceField(
        label=_("Did you meet such a moment?"),
        choices=(("yes", pgettext_lazy("field note", "Yes")), ("no", _("Not yet"))),
        coerce=lambda value: value == "yes",
        error_messages={"required": _("Say first whether the moment came.")},
    )
    steps = forms.MultipleChoiceField(
        label=_("Which steps did you use?"),
        required=False,
        choices=[(step.slug, step.name) for step in STEPS],
    )
    text = forms.CharField(
        label=_("What did you do?"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={
            "max_length": _("That is more than 2,000 characters: shorten it a little.")
        },
    )

    def clean(self) -> dict[str, Any]:
        """Whoever met the moment says a few words about it."""
        cleaned = super().clean() or {}
        if cleaned.get("met") and "text" not in self.errors and not cleaned.get("text"):
            self.add_error("text", _("A sentence is enough: what did you say or do?"))
        return cleaned


class ReplyForm(forms.Form):
    """An instructor's answer to a note."""

    text = forms.CharField(
        label=_("Your answer"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": _("Write a sentence first."),
            "max_length": TOO_LONG,
        },
    )


class ObservationForm(forms.Form):
    """A sheet: per item a word for each of two encounters, a note, the version of its page."""

    note = forms.CharField(required=False, max_length=1000)
    version = forms.IntegerField(min_value=0)

    def __init__(self, items: Sequence[Item], data: Any) -> None:
        super().__init__(data)
        self.items = items
        for item in items:
            for encounter in ENCOUNTERS:
                self.fields[f"{item.id}-{encounter}"] = forms.ChoiceField(
                    required=False, choices=[("", ""), *WORDS.items()]
                )

    @property
    def seen(self) -> Seen:
        """The words that are chosen; an item nobody has touched is left out."""
        found = {
            item.id: [self.cleaned_data.get(f"{item.id}-{n}", "") for n in ENCOUNTERS]
            for item in self.items
        }
        return {name: words for name, words in found.items() if any(words)}

    @property
    def open_items(self) -> list[Item]:
        """The items without a word for each encounter."""
        return [
            item
            for item in self.items
            if not all(self.cleaned_data.get(f"{item.id}-{n}") for n in ENCOUNTERS)
        ]
