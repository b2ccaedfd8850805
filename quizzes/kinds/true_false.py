"""A statement: true or false?"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mot_course.web import Json
from quizzes.kinds.base import Choice, Content, Grade, Kind, Mask


class TrueFalseContent(Content):
    """`prompt` is the statement."""

    answer: bool
    confidence: bool = False


class TrueFalseForm(forms.Form):
    answer = forms.ChoiceField(
        choices=[("true", _("True")), ("false", _("False"))],
        error_messages={"required": _("Choose true or false.")},
    )

    def clean_answer(self) -> bool:
        return self.cleaned_data["answer"] == "true"


class TrueFalse(Kind[TrueFalseContent]):
    slug = "true_false"
    label = _("True or false")
    is_quick = True
    content_model = TrueFalseContent
    sample_content = {
        "prompt": {
            "zh": "服务好不好，由客人说了算。",
            "en": "The guest is the judge of a service.",
        },
        "answer": True,
        "explanation": {"zh": "感受在客人那里。", "en": "The feeling is the guest's."},
    }
    sample_response = {"answer": True}
    sample_wrong = {"answer": False}

    def form(
        self, spec: TrueFalseContent, data: Any, mask: Mask, prefix: str | None = None
    ) -> TrueFalseForm:
        return TrueFalseForm(data, prefix=prefix)

    def post_data(self, spec: TrueFalseContent, response: Json, mask: Mask) -> dict[str, Any]:
        return {"answer": "true" if response["answer"] else "false"}

    def grade(self, spec: TrueFalseContent, response: Json) -> Grade:
        return Grade(earned=int(response["answer"] == spec.answer), possible=1)

    def present(
        self, spec: TrueFalseContent, response: Json | None, mask: Mask, *, reveal: bool
    ) -> Mapping[str, Any]:
        given = response["answer"] if response else None
        return {
            "options": [
                Choice(
                    token="true" if value else "false",
                    text=_("True") if value else _("False"),
                    chosen=given is value,
                    correct=(value == spec.answer) if reveal else None,
                    extra={"key": "T" if value else "F"},
                )
                for value in (True, False)
            ]
        }

    def blind(self, spec: TrueFalseContent, language: str) -> dict[str, Json]:
        return {"always true": {"answer": True}, "always false": {"answer": False}}

    def chance(self, spec: TrueFalseContent) -> float:
        return 0.5

    def asks_confidence(self, spec: TrueFalseContent) -> bool:
        return spec.confidence
