"""Distribute 100 % over the options, then see the figure."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from pydantic import Field, model_validator

from mot_course.web import Json, Text
from quizzes.kinds.base import Choice, Content, Grade, Id, Kind, Mask, Part, all_different, fits

WHOLE = 100


class Share(Part):
    """An option and its percentage in the figure."""

    id: Id
    text: Text
    percent: int = Field(ge=0, le=WHOLE)


class AllocateContent(Content):
    """Options whose percentages add up to 100, with the figure's source."""

    options: tuple[Share, ...] = Field(min_length=2, max_length=9)
    source: Text
    evidence: Text

    @model_validator(mode="after")
    def _adds_up(self) -> "AllocateContent":
        all_different((option.id for option in self.options), "options")
        total = sum(option.percent for option in self.options)
        fits(total == WHOLE, f"the percentages have to add up to 100, not {total}")
        fits(
            len({option.percent for option in self.options}) > 1,
            "where all percentages are equal there is nothing to guess",
        )
        return self


class AllocateForm(forms.Form):
    def __init__(self, data: Any, *, tokens: dict[str, str], prefix: str | None) -> None:
        super().__init__(data, prefix=prefix)
        self.tokens = tokens
        for token in tokens:
            self.fields[f"percent-{token}"] = forms.IntegerField(
                min_value=0, max_value=WHOLE, required=False
            )

    def typed(self) -> Json:
        percents = {
            option: self.cleaned_data.get(f"percent-{token}") or 0
            for token, option in self.tokens.items()
        }
        return {"percents": percents}

    def clean(self) -> Json:
        response = self.typed()
        total = sum(response["percents"].values())
        if total == 0:
            raise forms.ValidationError(_("Distribute 100% over the options."), code="required")
        if total > WHOLE:
            raise forms.ValidationError(
                _("That adds up to %(total)s%%; take something away."), params={"total": total}
            )
        return response


class Allocate(Kind[AllocateContent]):
    slug = "allocate"
    label = _("Distribute 100%")
    content_model = AllocateContent
    sample_content = {
        "prompt": {"zh": "客人为什么不再来？", "en": "Why do customers stay away?"},
        "options": [
            {"id": "k3", "text": {"zh": "没人在意他", "en": "Nobody cared"}, "percent": 68},
            {"id": "a9", "text": {"zh": "产品不满意", "en": "The product"}, "percent": 20},
            {"id": "f5", "text": {"zh": "搬家", "en": "They moved"}, "percent": 12},
        ],
        "source": {"zh": "示例", "en": "A sample"},
        "evidence": {"zh": "只是示例", "en": "Only a sample"},
        "explanation": {"zh": "多数与人有关。", "en": "Most has to do with people."},
    }
    sample_response = {"percents": {"k3": 68, "a9": 20, "f5": 12}}
    sample_wrong = {"percents": {"k3": 0, "a9": 0, "f5": 100}}

    def form(
        self, spec: AllocateContent, data: Any, mask: Mask, prefix: str | None = None
    ) -> AllocateForm:
        tokens = {mask.token(option.id): option.id for option in spec.options}
        return AllocateForm(data, tokens=tokens, prefix=prefix)

    def post_data(self, spec: AllocateContent, response: Json, mask: Mask) -> dict[str, Any]:
        return {
            f"percent-{mask.token(one)}": percent for one, percent in response["percents"].items()
        }

    def typed(self, form: AllocateForm) -> Json:
        return form.typed()

    def is_complete(self, spec: AllocateContent, response: Json) -> bool:
        return sum(response["percents"].values()) == WHOLE

    def grade(self, spec: AllocateContent, response: Json) -> Grade:
        """What lies where the figure has it, above what an even spread would get by itself.

        Overlap of two distributions, Σ min(guess, figure); scaled by the number of
        options so that it stays whole.
        """
        count = len(spec.options)
        guess = response["percents"]
        overlap = count * sum(min(guess.get(o.id, 0), o.percent) for o in spec.options)
        even = sum(min(WHOLE, count * option.percent) for option in spec.options)
        return Grade(earned=max(0, overlap - even), possible=count * WHOLE - even)

    def blind(self, spec: AllocateContent, language: str) -> dict[str, Json]:
        even = WHOLE // len(spec.options)
        return {
            "first": {"percents": {spec.options[0].id: WHOLE}},
            "all": {"percents": {option.id: even for option in spec.options}},
        }

    def present(
        self, spec: AllocateContent, response: Json | None, mask: Mask, *, reveal: bool
    ) -> Mapping[str, Any]:
        guess = response["percents"] if response else {}
        by_id = {option.id: option for option in spec.options}
        by_size = sorted(by_id, key=lambda one: -by_id[one].percent)
        order = by_size if reveal else mask.shuffled(by_id)
        return {
            "options": [
                Choice(
                    token=mask.token(one),
                    text=by_id[one].text.said,
                    extra={
                        "guess": guess.get(one, 0),
                        "percent": by_id[one].percent if reveal else None,
                    },
                )
                for one in order
            ],
            "left": WHOLE - sum(guess.values()),
        }
