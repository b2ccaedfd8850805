"""Forms of the case editor. The page's script reads and fills the same fields."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.drafting import LONGEST_NOTE
from cases.editing import (
    LONGEST_TEXTS,
    Loose,
    LooseLine,
    LooseQuestion,
    LooseRole,
    Operation,
    PutLine,
    PutScene,
    SetAnalysis,
    SetIndustry,
    SetRoles,
    SetSteps,
    SetText,
)
from cases.finding import INDUSTRIES
from cases.proofreading import SIDES
from mot_course.steps import ACTIONS, STEPS
from mot_course.web import Json, content_language

LANGUAGES = ("zh", "en")
SHORT, MIDDLE = 200, 4_000
POLARITIES = [("good", _("Wins trust")), ("bad", _("Costs trust")), ("neutral", _("Neither"))]
STEP_CHOICES = [(step.slug, step.short) for step in STEPS]
ACTION_CHOICES = [(action.slug, action.name) for action in ACTIONS]
VERSIONS = [("", _("One telling")), ("bad", _("Goes wrong")), ("good", _("Goes well"))]


def _text(label: Any, most: int, rows: int = 0) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(label=label, max_length=most, required=False, widget=widget)


class TextsForm(forms.Form):
    """What stands above the conversation; every field may still be empty."""

    title_zh = _text(_("Title"), LONGEST_TEXTS["title"])
    title_en = _text(_("Title"), LONGEST_TEXTS["title"])
    summary_zh = _text(_("Summary"), LONGEST_TEXTS["summary"], 3)
    summary_en = _text(_("Summary"), LONGEST_TEXTS["summary"], 3)
    situation_zh = _text(_("Situation"), LONGEST_TEXTS["situation"], 7)
    situation_en = _text(_("Situation"), LONGEST_TEXTS["situation"], 7)
    source_zh = _text(_("Source"), LONGEST_TEXTS["source"], 2)
    source_en = _text(_("Source"), LONGEST_TEXTS["source"], 2)
    industry = forms.ChoiceField(
        label=_("Trade"), choices=[("", _("Choose one")), *INDUSTRIES.items()], required=False
    )
    steps = forms.MultipleChoiceField(
        label=_("Steps it is about"),
        choices=STEP_CHOICES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    @staticmethod
    def filled(content: Json) -> Json:
        """The document's texts as initial values."""
        found: Json = {
            f"{name}_{language}": (content.get(name) or {}).get(language, "")
            for name in LONGEST_TEXTS
            for language in LANGUAGES
        }
        return found | {
            "industry": content.get("industry", ""),
            "steps": content.get("steps", []),
        }

    def operations(self) -> list[Operation]:
        """What was filled in, as changes of the document."""
        data = self.cleaned_data
        texts: list[Operation] = [
            SetText(op="text", field=name, language=language, value=data[f"{name}_{language}"])  # type: ignore[arg-type]
            for name in LONGEST_TEXTS
            for language in LANGUAGES
            if f"{name}_{language}" in self.changed_data
        ]
        if "industry" in self.changed_data:
            texts.append(SetIndustry(op="industry", value=data["industry"]))
        if "steps" in self.changed_data:
            texts.append(SetSteps(op="steps", value=tuple(data["steps"])))
        return texts


class RoleForm(forms.Form):
    """Somebody who speaks."""

    id = forms.RegexField(r"^[a-z0-9][a-z0-9-]{0,79}$", required=False, widget=forms.HiddenInput)
    name_zh = _text(_("Name"), SHORT)
    name_en = _text(_("Name"), SHORT)
    part_zh = _text(_("Part they play"), SHORT)
    part_en = _text(_("Part they play"), SHORT)
    side = forms.ChoiceField(label=_("Side"), choices=SIDES.items(), initial="staff")


class QuestionForm(forms.Form):
    """Something to think over, and what the experts say."""

    question_zh = _text(_("Question"), MIDDLE, 2)
    question_en = _text(_("Question"), MIDDLE, 2)
    answer_zh = _text(_("Answer"), MIDDLE, 4)
    answer_en = _text(_("Answer"), MIDDLE, 4)


class SceneForm(forms.Form):
    """What a scene is called, and which telling of the story it is."""

    id = forms.RegexField(r"^[a-z0-9][a-z0-9-]{0,79}$", widget=forms.HiddenInput)
    title_zh = _text(_("Title of the scene"), SHORT)
    title_en = _text(_("Title of the scene"), SHORT)
    version = forms.ChoiceField(label=_("Version"), choices=VERSIONS, required=False)


RoleSet = forms.formset_factory(RoleForm, extra=1, max_num=60, absolute_max=61)
QuestionSet = forms.formset_factory(QuestionForm, extra=1, max_num=40, absolute_max=41)
SceneSet = forms.formset_factory(SceneForm, extra=0, max_num=200, absolute_max=200)


def _flat(part: Json, *names: str) -> Json:
    return {
        f"{name}_{language}": (part.get(name) or {}).get(language, "")
        for name in names
        for language in LANGUAGES
    }


def _loose(data: Json, name: str) -> Loose:
    return Loose(zh=data.get(f"{name}_zh", ""), en=data.get(f"{name}_en", ""))


class PageForms:
    """Everything but the lines: texts, people, scenes, questions."""

    def __init__(self, content: Json, data: Any = None) -> None:
        self.content = content
        roles, questions = content.get("roles", []), content.get("analysis", [])
        self.texts = TextsForm(data, initial=TextsForm.filled(content))
        self.roles = RoleSet(
            data,
            prefix="roles",
            initial=[
                {"id": role["id"], "side": role.get("side", "staff")} | _flat(role, "name", "part")
                for role in roles
            ],
        )
        self.questions = QuestionSet(
            data,
            prefix="questions",
            initial=[_flat(one, "question", "answer") for one in questions],
        )
        self.scenes = SceneSet(
            data,
            prefix="scenes",
            initial=[
                {"id": scene["id"], "version": scene.get("version") or ""} | _flat(scene, "title")
                for scene in content.get("scenes", [])
            ],
        )

    def is_valid(self) -> bool:
        """Whether all that was posted can be stored."""
        parts = (self.texts, self.roles, self.questions, self.scenes)
        valid = [part.is_valid() for part in parts]  # each of them, so that all errors show
        return all(valid)

    @property
    def errors(self) -> list[str]:
        """What is wrong, a sentence each."""
        found = [
            f"{self.texts[name].label}: {one}" for name, x in self.texts.errors.items() for one in x
        ]
        for part in (self.roles, self.questions, self.scenes):
            found += [str(one) for form in part.forms for x in form.errors.values() for one in x]
        return found

    def operations(self, new_id: Any) -> list[Operation]:
        """The changes of the document; `new_id(word)` makes ids for new people."""
        done = self.texts.operations()
        if self.roles.has_changed():
            roles = [
                LooseRole(
                    id=data.get("id") or new_id("r"),
                    name=_loose(data, "name"),
                    part=_loose(data, "part"),
                    side=data["side"],
                )
                for data in self.roles.cleaned_data
                if any(data.get(f"{name}_{x}") for name in ("name", "part") for x in LANGUAGES)
            ]
            done.append(SetRoles(op="roles", value=tuple(roles)))
        if self.questions.has_changed():
            questions = [
                LooseQuestion(question=_loose(data, "question"), answer=_loose(data, "answer"))
                for data in self.questions.cleaned_data
                if any(data.values())
            ]
            done.append(SetAnalysis(op="analysis", value=tuple(questions)))
        done += [
            PutScene(
                op="scene",
                id=form.cleaned_data["id"],
                title=_loose(form.cleaned_data, "title"),
                version=form.cleaned_data["version"] or None,
            )
            for form in self.scenes
            if form.has_changed()
        ]
        return done


class LineForm(forms.Form):
    """One line with its moment."""

    who = forms.ChoiceField(label=_("Speaker"), required=False)
    zh = _text(_("Chinese"), MIDDLE, 2)
    en = _text(_("English"), MIDDLE, 2)
    polarity = forms.ChoiceField(
        label=_("Moment"), choices=[("", _("No moment")), *POLARITIES], required=False
    )
    required = forms.BooleanField(label=_("Has to be found"), required=False)
    step = forms.ChoiceField(
        label=_("Step"), choices=[("", _("None")), *STEP_CHOICES], required=False
    )
    action = forms.ChoiceField(
        label=_("Action"), choices=[("", _("None")), *ACTION_CHOICES], required=False
    )
    effect = forms.ChoiceField(
        label=_("What it does to the customer's trust"),
        choices=[("", _("Nothing")), ("up", _("Goes up")), ("down", _("Goes down"))],
        required=False,
    )
    why_zh = _text(_("Why"), MIDDLE, 2)
    why_en = _text(_("Why"), MIDDLE, 2)
    accept_polarity = forms.MultipleChoiceField(
        label=_("Other judgements"),
        choices=POLARITIES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    accept_five = forms.MultipleChoiceField(
        label=_("Other steps"),
        choices=STEP_CHOICES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    accept_eoac = forms.MultipleChoiceField(
        label=_("Other actions"),
        choices=ACTION_CHOICES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    accept_at = forms.CharField(
        label=_("Or marked on these lines (numbers)"), max_length=SHORT, required=False
    )

    def __init__(self, content: Json, order: list[str], line: Json, data: Any = None) -> None:
        self.line, self.order = line, order
        moment = line.get("moment") or {}
        numbers = {one: n for n, one in enumerate(order, start=1)}
        initial: Json = {"who": line.get("who", ""), "polarity": moment.get("polarity", "")}
        for name in ("required", "step", "action", "effect"):
            initial[name] = moment.get(name) or ""
        for name in ("accept_polarity", "accept_five", "accept_eoac"):
            initial[name] = moment.get(name, [])
        initial["accept_at"] = ", ".join(
            str(numbers.get(one, one)) for one in moment.get("accept_at", [])
        )
        for language in LANGUAGES:
            initial[language] = (line.get("text") or {}).get(language, "")
            initial[f"why_{language}"] = (moment.get("why") or {}).get(language, "")
        super().__init__(data, initial=initial)
        mine = content_language()
        names = []
        for role in content.get("roles", []):
            name = role.get("name", {})
            names.append((role["id"], name.get(mine) or name.get("zh") or name.get("en") or "?"))
        self.fields["who"].choices = [("", _("Who says it?")), *names]  # type: ignore[attr-defined]

    def clean_accept_at(self) -> list[str]:
        """The lines' ids behind their numbers."""
        found = []
        for word in self.cleaned_data["accept_at"].replace("，", ",").replace(",", " ").split():
            if word.isdecimal() and 1 <= int(word) <= len(self.order):
                found.append(self.order[int(word) - 1])
            elif word in (self.line.get("moment") or {}).get("accept_at", []):
                found.append(word)
            else:
                raise forms.ValidationError(_("There is no line %(n)s.") % {"n": word})
        return found

    def as_line(self) -> LooseLine:
        """The line with what was filled in; what has no field here stays."""
        data = self.cleaned_data
        line: Json = {**self.line, "who": data["who"]}
        if not line.get("phrases"):
            line["text"] = {language: data[language] for language in LANGUAGES}
            line.pop("moment", None)
            if data["polarity"]:
                line["moment"] = {
                    "polarity": data["polarity"],
                    "required": data["required"],
                    "step": data["step"] or None,
                    "action": data["action"] or None,
                    "effect": data["effect"] or None,
                    "why": {x: data[f"why_{x}"] for x in LANGUAGES},
                    **{
                        name: data[name]
                        for name in ("accept_polarity", "accept_five", "accept_eoac", "accept_at")
                    },
                }
        return LooseLine.model_validate(line)

    def operation(self, scene: str) -> PutLine:
        """The change of the document."""
        return PutLine(op="line", line=self.as_line(), scene=scene)


class NoteForm(forms.Form):
    """A note with a step on a case's way."""

    note = forms.CharField(
        label=pgettext_lazy("with a version", "Note"), max_length=LONGEST_NOTE, required=False
    )
    seen = forms.RegexField(r"^\d{1,9}\.\d{1,9}$", widget=forms.HiddenInput)
    knowingly = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
    act = forms.ChoiceField(
        choices=[(one, one) for one in ("review", "draft", "publish", "archive", "back", "discard")]
    )
