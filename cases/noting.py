"""The forms of a trainee's own case that are no text with parts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.write_ups import LONGEST_NOTE, LONGEST_TITLE
from quizzes.kinds.writing import one_way_of_lines
from quizzes.parts import PartForm

_LINE = 190  # three lines and their ends make a note


def _line(label: Any, hint: Any, *, required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=_LINE,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto", "autocomplete": "off"}),
        error_messages={"required": _("A few words are enough.")},
    )


class NoteForm(forms.Form):
    """Three lines, written on a phone between two customers."""

    what = _line(
        _("What happened?"), _("One sentence, as you would tell a colleague."), required=True
    )
    who = _line(_("Who was it?"), _("No real names: a guest, a colleague at the desk."))
    why = _line(_("Why did it stick?"), _("What you would do again, or never again."))

    @property
    def lines(self) -> list[str]:
        """What was written, one line each."""
        return [" ".join(self.cleaned_data[name].split()) for name in ("what", "who", "why")]


class NoteTextForm(PartForm):
    """The note as its page sends it, by a script or by a button."""

    def clean_text(self) -> str:
        text = one_way_of_lines(self.cleaned_data["text"])
        if len(text) > LONGEST_NOTE:
            raise forms.ValidationError(
                _("A note has at most %(most)s characters; go on in the short case."),
                params={"most": LONGEST_NOTE},
            )
        return text


class TitleForm(forms.Form):
    """What the case is called."""

    title = forms.CharField(
        label=_("Title"),
        max_length=LONGEST_TITLE,
        error_messages={"required": _("A case needs a title.")},
    )


class ComparedForm(forms.Form):
    """Which two versions are laid side by side; the last two unless others are named."""

    before = forms.IntegerField(required=False, min_value=1)
    after = forms.IntegerField(required=False, min_value=1)
