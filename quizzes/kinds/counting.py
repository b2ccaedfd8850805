"""Work out a figure, or count what you see: numbers, each with how one gets there."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from pydantic import Field, model_validator

from mot_course.web import Json, Text
from quizzes.kinds.base import Choice, Content, Grade, Id, Kind, Mask, Part, all_different, fits

RIGHT, NEAR = 2, 1  # points of a number within its margin, and of one nearly so
FURTHEST = Decimal(10) ** 12


class Quantity(Part):
    """A number to find: within `within` of `answer` it is right, within `near` half right."""

    id: Id
    label: Text
    unit: Text | None = None
    answer: Decimal
    within: Decimal = Field(Decimal(0), ge=0)
    near: Decimal | None = Field(None, ge=0)
    how: Text = Field(description="how one gets there, shown afterwards")

    @model_validator(mode="after")
    def _near_is_wider(self) -> "Quantity":
        fits(
            self.near is None or self.near > self.within,
            f"quantity {self.id!r}: `near` has to be wider than `within`",
        )
        return self


class CountingContent(Content):
    quantities: tuple[Quantity, ...] = Field(min_length=1, max_length=8)

    @model_validator(mode="after")
    def _differ(self) -> "CountingContent":
        all_different((one.id for one in self.quantities), "quantities")
        return self


class CountingForm(forms.Form):
    """A number field for each quantity; what is left empty is not answered yet."""

    def __init__(self, data: Any, *, tokens: dict[str, str], prefix: str | None) -> None:
        super().__init__(data, prefix=prefix)
        self.tokens = tokens
        for token in tokens:
            self.fields[f"number-{token}"] = forms.DecimalField(
                required=False, min_value=-FURTHEST, max_value=FURTHEST, decimal_places=4
            )

    def typed(self) -> Json:
        """What is filled in so far, as a response; numbers as texts, so that none is rounded."""
        numbers = {
            one: format(value.normalize(), "f")
            for token, one in self.tokens.items()
            if (value := self.cleaned_data.get(f"number-{token}")) is not None
        }
        return {"numbers": numbers}

    def clean(self) -> Json:
        response = self.typed()
        if not response["numbers"] and not self.errors:
            raise forms.ValidationError(_("Put in a number."), code="required")
        return response


class Counting(Kind[CountingContent]):
    slug = "counting"
    label = _("Work it out")
    styles = ("css/tables.css",)
    content_model = CountingContent
    sample_content = {
        "prompt": {"zh": "上个月有8位客人投诉。", "en": "Eight guests complained last month."},
        "quantities": [
            {
                "id": "k3",
                "label": {"zh": "不满意的客人", "en": "Unhappy guests"},
                "answer": "200",
                "near": "20",
                "how": {"zh": "8×25", "en": "8 times 25"},
            },
            {
                "id": "a9",
                "label": {"zh": "没有说的", "en": "Who said nothing"},
                "answer": "192",
                "how": {"zh": "200−8", "en": "200 minus 8"},
            },
        ],
        "explanation": {"zh": "说出来的是少数。", "en": "Those who speak are few."},
    }
    sample_response = {"numbers": {"k3": "200", "a9": "192"}}
    sample_wrong = {"numbers": {"k3": "8", "a9": "0"}}

    def form(
        self, spec: CountingContent, data: Any, mask: Mask, prefix: str | None = None
    ) -> CountingForm:
        tokens = {mask.token(one.id): one.id for one in spec.quantities}
        return CountingForm(data, tokens=tokens, prefix=prefix)

    def post_data(self, spec: CountingContent, response: Json, mask: Mask) -> dict[str, Any]:
        return {f"number-{mask.token(one)}": value for one, value in response["numbers"].items()}

    def typed(self, form: CountingForm) -> Json:
        return form.typed()

    def is_complete(self, spec: CountingContent, response: Json) -> bool:
        return len(response["numbers"]) == len(spec.quantities)

    def grade(self, spec: CountingContent, response: Json) -> Grade:
        """Two points for each number within its margin, one for a near one."""
        points = [self._points(one, response["numbers"].get(one.id)) for one in spec.quantities]
        return Grade(
            earned=sum(points),
            possible=RIGHT * len(points),
            right=points.count(RIGHT) if len(points) > 1 else None,
            of=len(points) if len(points) > 1 else None,
        )

    @staticmethod
    def _points(quantity: Quantity, given: str | None) -> int:
        if given is None:
            return 0
        off = abs(Decimal(given) - quantity.answer)
        if off <= quantity.within:
            return RIGHT
        return NEAR if quantity.near is not None and off <= quantity.near else 0

    def present(
        self, spec: CountingContent, response: Json | None, mask: Mask, *, reveal: bool
    ) -> Mapping[str, Any]:
        given = response["numbers"] if response else {}
        return {
            "quantities": [
                Choice(
                    token=mask.token(one.id),
                    text=one.label.said,
                    correct=self._points(one, given.get(one.id)) == RIGHT if reveal else None,
                    feedback=one.how.said if reveal else "",
                    extra={
                        "unit": one.unit.said if one.unit else "",
                        "given": given.get(one.id, ""),
                        "answer": format(one.answer.normalize(), "f") if reveal else "",
                        "is_near": reveal and self._points(one, given.get(one.id)) == NEAR,
                    },
                )
                for one in spec.quantities
            ]
        }
