"""Importance minus performance: how wide is each gap, and where would you begin?"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from pydantic import Field, model_validator

from mot_course.web import Json, Text
from quizzes.kinds.base import Choice, Content, Grade, Id, Kind, Mask, Part, all_different, fits

WIDEST = 1000


class GapRow(Part):
    """A service with what customers value it and what they get."""

    id: Id
    label: Text
    importance: int = Field(ge=0, le=WIDEST)
    performance: int = Field(ge=0, le=WIDEST)


class GapContent(Content):
    """Rows of a survey. `first` names the rows where one would begin, with the reason."""

    rows: tuple[GapRow, ...] = Field(min_length=3, max_length=8)
    first: tuple[Id, ...] = Field(min_length=1, description="defensible priorities")
    source: Text | None = None
    evidence: Text | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> "GapContent":
        ids = [row.id for row in self.rows]
        all_different(ids, "rows")
        for one in self.first:
            fits(one in ids, f"the priority {one!r} is no row")
        fits(len(self.first) < len(ids), "where every row may come first there is no priority")
        return self


class GapForm(forms.Form):
    """A whole number for each row, and which comes first."""

    first = forms.ChoiceField(required=False)

    def __init__(self, data: Any, *, tokens: dict[str, str], prefix: str | None) -> None:
        super().__init__(data, prefix=prefix)
        self.tokens = tokens
        first = self.fields["first"]
        first.choices = [("", ""), *tokens.items()]  # type: ignore[attr-defined]
        for token in tokens:
            self.fields[f"gap-{token}"] = forms.IntegerField(
                required=False, min_value=-WIDEST, max_value=WIDEST
            )

    def typed(self) -> Json:
        """What is filled in so far, as a response."""
        gaps = {
            row: value
            for token, row in self.tokens.items()
            if (value := self.cleaned_data.get(f"gap-{token}")) is not None
        }
        return {"gaps": gaps, "first": self.tokens.get(self.cleaned_data.get("first") or "", "")}

    def clean(self) -> Json:
        response = self.typed()
        if not response["gaps"] and not response["first"] and not self.errors:
            raise forms.ValidationError(_("Put in a number."), code="required")
        return response


class Gap(Kind[GapContent]):
    slug = "gap"
    label = _("Find the gap")
    styles = ("css/tables.css",)
    content_model = GapContent
    sample_content = {
        "prompt": {"zh": "重要性减表现，差多少？先改哪项？", "en": "How wide, and what first?"},
        "rows": [
            {
                "id": "k3",
                "label": {"zh": "准时", "en": "Time"},
                "importance": 89,
                "performance": 39,
            },
            {
                "id": "a9",
                "label": {"zh": "餐饮", "en": "Food"},
                "importance": 31,
                "performance": 21,
            },
            {
                "id": "f5",
                "label": {"zh": "行李", "en": "Bags"},
                "importance": 75,
                "performance": 31,
            },
        ],
        "first": ["k3"],
        "explanation": {"zh": "先补重要又差得多的。", "en": "Begin with what matters and lags."},
    }
    sample_response = {"gaps": {"k3": 50, "a9": 10, "f5": 44}, "first": "k3"}
    sample_wrong = {"gaps": {"k3": 39, "a9": 31, "f5": 75}, "first": "a9"}

    def form(self, spec: GapContent, data: Any, mask: Mask, prefix: str | None = None) -> GapForm:
        tokens = {mask.token(row.id): row.id for row in spec.rows}
        return GapForm(data, tokens=tokens, prefix=prefix)

    def post_data(self, spec: GapContent, response: Json, mask: Mask) -> dict[str, Any]:
        gaps = {f"gap-{mask.token(row)}": value for row, value in response["gaps"].items()}
        return gaps | {"first": mask.token(response["first"]) if response["first"] else ""}

    def typed(self, form: GapForm) -> Json:
        return form.typed()

    def is_complete(self, spec: GapContent, response: Json) -> bool:
        return len(response["gaps"]) == len(spec.rows) and bool(response["first"])

    def grade(self, spec: GapContent, response: Json) -> Grade:
        """Half for the gaps (a minus sign forgiven), half for where one would begin.

        The priority counts only as far as the gaps are right, so that a guess alone is nothing.
        """
        count = len(spec.rows)
        right = sum(self._is_right(row, response["gaps"].get(row.id)) for row in spec.rows)
        begins = response["first"] in spec.first
        return Grade(
            earned=right + (right if begins else 0), possible=2 * count, right=right, of=count
        )

    @staticmethod
    def _is_right(row: GapRow, given: int | None) -> bool:
        return given is not None and abs(given) == abs(row.importance - row.performance)

    def present(
        self, spec: GapContent, response: Json | None, mask: Mask, *, reveal: bool
    ) -> Mapping[str, Any]:
        gaps = response["gaps"] if response else {}
        first = response["first"] if response else ""
        return {
            "rows": [
                Choice(
                    token=mask.token(row.id),
                    text=row.label.said,
                    chosen=row.id == first,
                    correct=self._is_right(row, gaps.get(row.id)) if reveal else None,
                    extra={
                        "importance": row.importance,
                        "performance": row.performance,
                        "given": gaps.get(row.id, ""),
                        "gap": row.importance - row.performance if reveal else None,
                        "is_first": row.id in spec.first if reveal else None,
                    },
                )
                for row in spec.rows
            ]
        }
