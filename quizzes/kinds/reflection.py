"""Think it over in writing: for oneself, or marked by criteria."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from pydantic import Field, model_validator

from mot_course.web import Json, Text
from quizzes.kinds.base import Content, Grade, Id, Kind, Mask, Part, all_different
from quizzes.kinds.lengths import length_of
from quizzes.kinds.rubrics import Criterion

LONGEST = 2000


class Question(Part):
    id: Id
    text: Text


class ReflectionContent(Content):
    """Questions to answer in one's own words; with `criteria` an instructor marks them."""

    questions: tuple[Question, ...] = Field(min_length=1, max_length=6)
    criteria: tuple[Criterion, ...] = Field((), max_length=6)
    model: Text | None = Field(None, description="an example answer, shown afterwards")

    @model_validator(mode="after")
    def _differ(self) -> "ReflectionContent":
        all_different((one.id for one in self.questions), "questions")
        all_different((one.id for one in self.criteria), "criteria")
        return self


class ReflectionForm(forms.Form):
    def __init__(self, data: Any, *, ids: list[str], prefix: str | None) -> None:
        super().__init__(data, prefix=prefix)
        self.ids = ids
        for n in range(len(ids)):
            self.fields[f"text-{n}"] = forms.CharField(required=False, max_length=LONGEST)

    def typed(self) -> Json:
        """What is filled in so far, as a response."""
        return {
            "texts": {
                one: text
                for n, one in enumerate(self.ids)
                if (text := self.cleaned_data.get(f"text-{n}"))
            }
        }

    def clean(self) -> Json:
        response = self.typed()
        if not response["texts"] and not self.errors:
            raise forms.ValidationError(_("Nothing is written yet."), code="required")
        return response


class Reflection(Kind[ReflectionContent]):
    slug = "reflection"
    label = _("Think it over")
    styles = ("css/tables.css",)
    content_model = ReflectionContent
    scripts = ("js/lengths.js",)
    is_graded = False
    sample_content = {
        "prompt": {"zh": "想一想您最近的一次。", "en": "Think of your last time."},
        "questions": [
            {"id": "k3", "text": {"zh": "卡在哪里？", "en": "Where did it get stuck?"}},
            {"id": "a9", "text": {"zh": "谁能挪开？", "en": "Who could remove it?"}},
        ],
        "explanation": {"zh": "先动最省力的。", "en": "Begin with what takes least."},
    }
    sample_response = {"texts": {"k3": "卡在审批。", "a9": "值班经理。"}}
    sample_wrong = {"texts": {"k3": "没有。"}}

    def form(
        self, spec: ReflectionContent, data: Any, mask: Mask, prefix: str | None = None
    ) -> ReflectionForm:
        return ReflectionForm(data, ids=[one.id for one in spec.questions], prefix=prefix)

    def post_data(self, spec: ReflectionContent, response: Json, mask: Mask) -> dict[str, Any]:
        return {
            f"text-{n}": response["texts"][one.id]
            for n, one in enumerate(spec.questions)
            if one.id in response["texts"]
        }

    def typed(self, form: ReflectionForm) -> Json:
        return form.typed()

    def is_complete(self, spec: ReflectionContent, response: Json) -> bool:
        return len(response["texts"]) == len(spec.questions)

    def rubric(self, spec: ReflectionContent) -> tuple[Criterion, ...]:
        return spec.criteria

    def grade(self, spec: ReflectionContent, response: Json) -> Grade:
        """No points by machine; where there are criteria an instructor marks it."""
        return Grade(0, 0, needs_mark=bool(spec.criteria))

    def present(
        self, spec: ReflectionContent, response: Json | None, mask: Mask, *, reveal: bool
    ) -> Mapping[str, Any]:
        texts = response["texts"] if response else {}
        return {
            "questions": [
                {
                    "n": n,
                    "text": one.text.said,
                    "given": texts.get(one.id, ""),
                    "length": length_of(texts.get(one.id, "")),
                }
                for n, one in enumerate(spec.questions)
            ],
            "longest": LONGEST,
            "is_marked": bool(spec.criteria),
            "model": spec.model.said if reveal and spec.model else "",
        }
