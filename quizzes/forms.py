"""Forms of the quizzes app that are not exercises."""

from django import forms
from django.utils.translation import gettext_lazy as _


class MistakeForm(forms.Form):
    text = forms.CharField(
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Say in a few words what is wrong.")},
    )
