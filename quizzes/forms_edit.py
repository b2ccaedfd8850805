"""Forms of the pages where banks, items and imports are edited."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from mot_course.web import Json
from quizzes.editing import Place
from quizzes.importing.items import MOST_CHARACTERS
from quizzes.item_fields import FORM_KINDS, LONGEST
from quizzes.kinds import KINDS
from quizzes.models import FORMS, BankItem

RESERVED = ("new",)
MOST_IN_A_BANK = 1_000


class Slug(forms.CharField):
    """The id of something new."""

    def __init__(self, **kwargs: Any) -> None:
        message = _("An id has only a-z, 0-9 and -, and begins with no -.")
        super().__init__(
            max_length=80,
            validators=[RegexValidator(r"^[a-z0-9][a-z0-9-]*\Z", message)],
            error_messages={"required": _("Give it an id.")},
            **kwargs,
        )

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        if found in RESERVED:
            raise forms.ValidationError(_("This word is taken; choose another id."))
        return found


class NewBankForm(forms.Form):
    slug = Slug(label=_("Id"), help_text=_("For good: letters a-z, digits and -."))
    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=120)
    title_en = forms.CharField(label=_("Title in English"), max_length=120)


class NewExerciseForm(forms.Form):
    slug = Slug(label=_("Id"), help_text=_("For good: letters a-z, digits and -."))
    kind = forms.ChoiceField(label=_("Kind"))
    bank = forms.SlugField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        simple = [slug for slug in KINDS if slug in FORM_KINDS]
        others = [slug for slug in KINDS if slug not in FORM_KINDS]
        field = self.fields["kind"]
        field.choices = [  # type: ignore[attr-defined]
            (_("With a form"), [(slug, KINDS[slug].label) for slug in simple]),
            (_("Written as YAML"), [(slug, KINDS[slug].label) for slug in others]),
        ]


class AddItemForm(forms.Form):
    exercise = forms.CharField(
        max_length=120, error_messages={"required": _("Which exercise? Give its id.")}
    )


class PublishForm(forms.Form):
    """`seen`: the state the page shows; `knowingly`: the newer revision that is published over."""

    seen = forms.CharField(max_length=40)
    act = forms.ChoiceField(choices=[("publish", ""), ("discard", "")])
    knowingly = forms.IntegerField(required=False, min_value=1, max_value=2_000_000_000)


class ImportForm(forms.Form):
    """A file or pasted text, its language, and the same questions in the other language."""

    way = forms.ChoiceField(choices=[("gift", _("GIFT (Moodle)")), ("csv", _("Table (CSV)"))])
    language = forms.ChoiceField(
        choices=[("zh", _("Chinese")), ("en", _("English"))], required=False
    )
    text = forms.CharField(required=False, strip=False, max_length=MOST_CHARACTERS + 1)
    twin = forms.CharField(required=False, strip=False, max_length=MOST_CHARACTERS + 1)
    text_file = forms.FileField(required=False, allow_empty_file=True)
    twin_file = forms.FileField(required=False, allow_empty_file=True)
    checked = forms.CharField(required=False, max_length=64)
    act = forms.ChoiceField(choices=[("check", ""), ("take", "")])

    def clean(self) -> Json:
        data: Json = super().clean() or {}
        if not data.get("text", "").strip() and not data.get("text_file"):
            self.add_error("text", _("Choose a file, or paste its text."))
        data["language"] = data.get("language") or "zh"
        return data


class BankForm(forms.Form):
    """A bank's title and its items in order; each row names its exercise."""

    seen = forms.CharField(max_length=40)
    title_zh = forms.CharField(
        max_length=120, error_messages={"required": _("The Chinese title is missing.")}
    )
    title_en = forms.CharField(
        max_length=120, error_messages={"required": _("The English title is missing.")}
    )

    def __init__(self, items: list[BankItem], data: Any = None) -> None:
        self.items = {item.exercise_id: item for item in items}
        first = items[0].bank if items else None
        super().__init__(data, initial={"title_zh": first.title_zh} if first else None)
        self.places: list[Place] = []

    def rows(self) -> list[Place]:
        """The items as posted, or as they are stored."""
        if self.is_bound:
            return self.places
        return [
            Place(one.exercise_id, one.objective, one.form, one.weight)
            for one in self.items.values()
        ]

    def clean(self) -> Json:
        data: Json = super().clean() or {}
        getlist = self.data.getlist  # type: ignore[attr-defined]
        move = self.data.get("move", "")
        for key in getlist("item")[:MOST_IN_A_BANK]:
            if not (key.isascii() and key.isdigit() and int(key[:18]) in self.items):
                self.add_error(None, _("An item of this page is not in the bank any more."))
                continue
            place = self._place(int(key))
            if self.data.get(f"out-{key}") != "1":
                self.places.append(place)
        self._move(move)
        return data

    def _place(self, key: int) -> Place:
        objective = self.data.get(f"objective-{key}", "").strip()
        form = self.data.get(f"form-{key}", "")
        weight = self.data.get(f"weight-{key}", "1").strip()
        slug = self.items[key].exercise.slug
        if not is_objective(objective):
            message = _("%(slug)s: an objective has only a-z, 0-9 and -.")
            self.add_error(None, forms.ValidationError(message, params={"slug": slug}))
        if form not in ("", *FORMS):
            message = _("%(slug)s: a form is A, B, C or empty.")
            self.add_error(None, forms.ValidationError(message, params={"slug": slug}))
            form = ""
        is_number = weight.isascii() and weight.isdigit() and len(weight) < 3
        if not is_number or not 1 <= int(weight) <= 10:
            message = _("%(slug)s: a weight is a whole number from 1 to 10.")
            self.add_error(None, forms.ValidationError(message, params={"slug": slug}))
            return Place(key, objective[:80], form, self.items[key].weight)
        return Place(key, objective[:80], form, int(weight))

    def _move(self, move: str) -> None:
        """Without a script: up:12 and down:12 change places with the neighbour."""
        way, _colon, key = move.partition(":")
        ids = [str(one.exercise_id) for one in self.places]
        if key not in ids or way not in ("up", "down"):
            return
        at = ids.index(key)
        to = at - 1 if way == "up" else at + 1
        if 0 <= to < len(ids):
            self.places[at], self.places[to] = self.places[to], self.places[at]


def is_objective(text: str) -> bool:
    """Whether the text may be an objective; none is fine, too."""
    allowed = set("abcdefghijklmnopqrstuvwxyz0123456789-")
    return len(text) <= 80 and set(text) <= allowed and not text.startswith("-")


def posted_fields(data: Any, names: Any) -> dict[str, str]:
    """The editor's fields out of a form without a script; ticks that are off are empty."""
    found = {}
    for name in names:
        values = data.getlist(name)
        found[name] = (
            " ".join(values)[:LONGEST] if name == "steps" else "".join(values[-1:])[:LONGEST]
        )
    return found
