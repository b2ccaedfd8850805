"""Rate on a scale, once or in two views (expected and met). Nothing here is right or wrong."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from pydantic import Field, model_validator

from mot_course.web import Json, Text
from quizzes.kinds.base import Choice, Content, Grade, Id, Kind, Mask, Part, all_different


class RatedThing(Part):
    id: Id
    text: Text


class View(Part):
    """One view of the things: as one expected it, as it was."""

    id: Id
    title: Text


class RatingContent(Content):
    things: tuple[RatedThing, ...] = Field(min_length=1, max_length=10)
    views: tuple[View, ...] = Field((), max_length=2, description="none: rate once")
    most: int = Field(5, ge=3, le=10, description="the scale goes from 1 to this")
    low: Text = Field(description="what 1 means")
    high: Text = Field(description="what the highest number means")

    @model_validator(mode="after")
    def _differ(self) -> "RatingContent":
        all_different((one.id for one in self.things), "things")
        all_different((one.id for one in self.views), "views")
        return self

    def asked(self) -> list[str]:
        """Everything to rate: `thing`, or `thing.view` where there are views."""
        if not self.views:
            return [thing.id for thing in self.things]
        return [f"{thing.id}.{view.id}" for thing in self.things for view in self.views]


class RatingForm(forms.Form):
    def __init__(self, data: Any, *, tokens: dict[str, str], most: int, prefix: str | None) -> None:
        super().__init__(data, prefix=prefix)
        self.tokens = tokens
        for token in tokens:
            self.fields[f"rate-{token}"] = forms.TypedChoiceField(
                choices=[("", ""), *((str(n), n) for n in range(1, most + 1))],
                coerce=int,
                empty_value=None,
                required=False,
            )

    def typed(self) -> Json:
        """What is filled in so far, as a response."""
        return {
            "ratings": {
                key: value
                for token, key in self.tokens.items()
                if (value := self.cleaned_data.get(f"rate-{token}"))
            }
        }

    def clean(self) -> Json:
        response = self.typed()
        if not response["ratings"] and not self.errors:
            raise forms.ValidationError(_("Nothing is rated yet."), code="required")
        return response


class Rating(Kind[RatingContent]):
    slug = "rating"
    label = _("Rate")
    styles = ("css/tables.css",)
    content_model = RatingContent
    is_graded = False
    sample_content = {
        "prompt": {"zh": "您原来期待什么，实际怎样？", "en": "What did you expect, and get?"},
        "things": [
            {"id": "k3", "text": {"zh": "等候", "en": "Waiting"}},
            {"id": "a9", "text": {"zh": "招呼", "en": "The welcome"}},
        ],
        "views": [
            {"id": "before", "title": {"zh": "期待", "en": "Expected"}},
            {"id": "after", "title": {"zh": "实际", "en": "Met"}},
        ],
        "low": {"zh": "很差", "en": "poor"},
        "high": {"zh": "很好", "en": "very good"},
        "explanation": {"zh": "差得最多的先改。", "en": "Begin where the gap is widest."},
    }
    sample_response = {"ratings": {"k3.before": 4, "k3.after": 2, "a9.before": 3, "a9.after": 3}}
    sample_wrong = {"ratings": {"k3.before": 1}}

    def form(
        self, spec: RatingContent, data: Any, mask: Mask, prefix: str | None = None
    ) -> RatingForm:
        tokens = {mask.token(key): key for key in spec.asked()}
        return RatingForm(data, tokens=tokens, most=spec.most, prefix=prefix)

    def post_data(self, spec: RatingContent, response: Json, mask: Mask) -> dict[str, Any]:
        return {f"rate-{mask.token(key)}": str(n) for key, n in response["ratings"].items()}

    def typed(self, form: RatingForm) -> Json:
        return form.typed()

    def is_complete(self, spec: RatingContent, response: Json) -> bool:
        return len(response["ratings"]) == len(spec.asked())

    def grade(self, spec: RatingContent, response: Json) -> Grade:
        """A view of one's own has no points."""
        return Grade(0, 0)

    def present(
        self, spec: RatingContent, response: Json | None, mask: Mask, *, reveal: bool
    ) -> Mapping[str, Any]:
        given = response["ratings"] if response else {}
        things = []
        for thing in spec.things:
            views = [(f"{thing.id}.{view.id}", view.title.said) for view in spec.views]
            views = views or [(thing.id, "")]
            rated = [given[key] for key, _title in views if key in given]
            things.append(
                Choice(
                    token=mask.token(thing.id),
                    text=thing.text.said,
                    extra={
                        "views": [
                            {"token": mask.token(key), "title": title, "given": given.get(key)}
                            for key, title in views
                        ],
                        # How far what was met lies from what was expected.
                        "gap": rated[1] - rated[0] if len(rated) > 1 else None,
                    },
                )
            )
        return {
            "things": things,
            "scale": range(1, spec.most + 1),
            "most": spec.most,
            "low": spec.low.said,
            "high": spec.high.said,
        }
