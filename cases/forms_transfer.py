"""Forms for new cases, for what comes in and goes out, and for exercises of a case."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from cases.transfer import MOST_BYTES
from mot_course.web import Json, content_language
from quizzes.kinds import kind_choices

RESERVED = ("attempts", "mine", "new", "edit", "check", "practice", "comparison")
LONGEST_PASTE = 400_000
SEEN = r"^\d{1,9}\.\d{1,9}$"


class NewCaseForm(forms.Form):
    """What a case needs to begin with."""

    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=120, required=False)
    title_en = forms.CharField(label=_("Title in English"), max_length=120, required=False)
    slug = forms.SlugField(
        label=_("Address"),
        max_length=78,
        help_text=_("a-z, 0-9 and -; it stays for good: /cases/…/"),
    )
    names_author = forms.BooleanField(
        label=_("Name the author: they want to be named"), required=False
    )

    def clean_slug(self) -> str:
        """An address nothing else has."""
        slug = str(self.cleaned_data["slug"]).lower()
        if slug in RESERVED or "_" in slug:
            raise forms.ValidationError(_("Choose another address: this one is used by the site."))
        if Case.objects.filter(slug=slug).exists():
            raise forms.ValidationError(_("Another case has this address."))
        return slug

    def clean(self) -> Json:
        data: Json = super().clean() or {}
        if not (data.get("title_zh") or data.get("title_en")):
            self.add_error("title_zh", _("Give it a title in one of the languages."))
        return data


class ImportForm(forms.Form):
    """One of three ways in: a YAML file or text, a table, or a pasted conversation."""

    WAYS = ("yaml", "csv", "paste")
    way = forms.ChoiceField(choices=[(one, one) for one in WAYS])
    seen = forms.RegexField(SEEN)
    file = forms.FileField(label=_("File"), required=False)
    text = forms.CharField(max_length=MOST_BYTES, required=False, strip=False)
    zh = forms.CharField(label=_("Chinese"), max_length=LONGEST_PASTE, required=False)
    en = forms.CharField(label=_("English"), max_length=LONGEST_PASTE, required=False)
    to = forms.ChoiceField(
        label=_("Where to"),
        choices=[
            ("end", _("One more scene at the end")),
            ("replace", _("In place of the conversation")),
            ("fill", _("The missing language of the conversation there is")),
        ],
        required=False,
    )
    act = forms.ChoiceField(choices=[("check", "check"), ("apply", "apply")])

    def clean_file(self) -> Any:
        """A file that is not too large."""
        file = self.cleaned_data["file"]
        if file and file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 1 MB."))
        return file


class ExerciseForm(forms.Form):
    """An exercise as YAML."""

    seen = forms.RegexField(SEEN)
    text = forms.CharField(label=_("Exercise"), max_length=200_000, strip=False)


class KindForm(forms.Form):
    """Which kind of exercise to begin."""

    kind = forms.ChoiceField(label=_("Kind"), choices=kind_choices)


class MomentsForm(forms.Form):
    """What a moments exercise over scenes of the case asks."""

    ask = forms.ChoiceField(
        label=_("What is asked"),
        choices=[
            ("polarity", _("Which lines win or cost trust")),
            ("step", _("… and at which step")),
            ("action", _("… and whether they explore, offer, act or confirm")),
        ],
        initial="step",
    )
    scenes = forms.MultipleChoiceField(label=_("Scenes"), widget=forms.CheckboxSelectMultiple)
    prompt_zh = forms.CharField(label=_("Task in Chinese"), max_length=600)
    prompt_en = forms.CharField(label=_("Task in English"), max_length=600)
    explanation_zh = forms.CharField(
        label=_("Explanation in Chinese"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    explanation_en = forms.CharField(
        label=_("Explanation in English"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    seen = forms.RegexField(SEEN, widget=forms.HiddenInput)

    def __init__(self, content: Json, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = content_language()
        choices = []
        for n, scene in enumerate(content.get("scenes", []), start=1):
            if scene.get("lines"):
                title = (scene.get("title") or {}).get(mine) or _("Scene %(n)s") % {"n": n}
                choices.append((scene["id"], title))
        field: Any = self.fields["scenes"]
        field.choices = choices

    @property
    def texts(self) -> Json:
        """Prompt and explanation in both languages."""
        data = self.cleaned_data
        return {
            name: {language: data[f"{name}_{language}"] for language in ("zh", "en")}
            for name in ("prompt", "explanation")
        }
