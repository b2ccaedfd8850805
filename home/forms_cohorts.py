"""Telling people of a class something, and giving them more time."""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MOST_PEOPLE = 1000
LONGEST_TEXT = 1000
MOST_DAYS = 60


class WhoField(forms.Field):
    """Ids of people, from the class alone; whoever left it meanwhile is left out."""

    widget = forms.MultipleHiddenInput

    def __init__(self, reached: Iterable[int], **options: Any) -> None:
        super().__init__(**options)
        self.reached = set(reached)

    def to_python(self, value: Any) -> list[int]:
        texts = [one for one in value or [] if one.isascii() and one.isdigit() and len(one) < 10]
        return [one for one in dict.fromkeys(map(int, texts)) if one in self.reached]

    def validate(self, value: list[int]) -> None:
        if not value:
            raise forms.ValidationError(_("Choose at least one person of this class."))
        if len(value) > MOST_PEOPLE:
            raise forms.ValidationError(
                _("At most %(n)s people at once.") % {"n": f"{MOST_PEOPLE:,}"}
            )


class MessageForm(forms.Form):
    """A few words to some people. `once` makes a second click on the same page harmless."""

    text = forms.CharField(
        max_length=LONGEST_TEXT,
        label=gettext_lazy("Your words"),
        help_text=gettext_lazy("They go out under your name, as each person chose to be told."),
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("Write a word or two first.")},
    )
    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, data: Any = None, *, reached: Iterable[int]) -> None:
        super().__init__(data, label_suffix="")
        self.fields["who"] = WhoField(reached, required=False)


class ExtendForm(forms.Form):
    """So many days more for some people, and why."""

    days = forms.IntegerField(
        min_value=1,
        max_value=MOST_DAYS,
        initial=3,
        label=gettext_lazy("Days more"),
        help_text=gettext_lazy("Counted from the day it is due; where that is past, from today."),
    )
    why = forms.CharField(
        max_length=200,
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("They and your colleagues can read it."),
        error_messages={"required": gettext_lazy("Say why in a few words.")},
    )

    def __init__(self, data: Any = None, *, reached: Iterable[int]) -> None:
        super().__init__(data, label_suffix="")
        self.fields["who"] = WhoField(reached, required=False)
