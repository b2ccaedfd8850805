"""A structured text: named parts with lengths to aim at, marked part by part."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from pydantic import Field, model_validator

from mot_course.web import Json, Text
from quizzes.kinds.base import Content, Grade, Id, Kind, Mask, Part, all_different, fits
from quizzes.kinds.lengths import length_of
from quizzes.kinds.rubrics import Criterion

HARDEST = 20_000  # characters; a slip of the clipboard, not a text


class WrittenPart(Part):
    """One named part. Lengths in Chinese characters and words; targets are shown, not walls."""

    id: Id
    title: Text
    hint: Text
    aim_from: int = Field(0, ge=0)
    aim_to: int = Field(ge=1)
    at_most: int = Field(ge=1, description="the wall: longer is refused")
    rung: Id | None = Field(None, description="the rung of a ladder this part belongs to")
    needed: bool = False

    @model_validator(mode="after")
    def _lengths_rise(self) -> "WrittenPart":
        fits(
            self.aim_from <= self.aim_to <= self.at_most,
            f"part {self.id!r}: aim_from, aim_to and at_most have to rise",
        )
        return self


class WritingContent(Content):
    """Parts to write, and criteria an instructor marks them by."""

    parts: tuple[WrittenPart, ...] = Field(min_length=1, max_length=12)
    criteria: tuple[Criterion, ...] = Field(min_length=1, max_length=12)

    @model_validator(mode="after")
    def _criteria_fit(self) -> "WritingContent":
        all_different((part.id for part in self.parts), "parts")
        all_different((one.id for one in self.criteria), "criteria")
        for one in self.criteria:
            fits(
                one.part is None or one.part in self.part,
                f"criterion {one.id!r} is about {one.part!r}, which is no part",
            )
        return self

    @cached_property
    def part(self) -> dict[str, WrittenPart]:
        return {part.id: part for part in self.parts}


def too_long(part: WrittenPart, text: str) -> str:
    """Why the text is refused, in the reader's language; empty where it is not."""
    if len(text) > HARDEST:
        return _("This is %(n)s characters long; more than %(most)s cannot be kept.") % {
            "n": len(text),
            "most": HARDEST,
        }
    length = length_of(text)
    if length > part.at_most:
        return _("%(title)s: %(n)s is too long, at most %(most)s.") % {
            "title": part.title.said,
            "n": length,
            "most": part.at_most,
        }
    return ""


class WritingForm(forms.Form):
    """A text for each part; lengths are counted as people count them."""

    def __init__(self, data: Any, *, spec: WritingContent, prefix: str | None) -> None:
        super().__init__(data, prefix=prefix)
        self.spec = spec
        for part in spec.parts:
            self.fields[f"part-{part.id}"] = forms.CharField(required=False, strip=False)

    def typed(self) -> Json:
        """What is filled in so far, as a response."""
        texts = {
            part.id: text
            for part in self.spec.parts
            if (text := self.cleaned_data.get(f"part-{part.id}"))
        }
        return {"texts": texts}

    def clean(self) -> Json:
        response = self.typed()
        for name, text in response["texts"].items():
            if why := too_long(self.spec.part[name], text):
                self.add_error(f"part-{name}", why)
        if not any(text.strip() for text in response["texts"].values()) and not self.errors:
            raise forms.ValidationError(_("Nothing is written yet."), code="required")
        return response


class Writing(Kind[WritingContent]):
    slug = "writing"
    label = _("Write")
    content_model = WritingContent
    styles = ("css/writing.css",)
    scripts = ("js/lengths.js", "js/writing.js")
    saves_parts = True
    sample_content = {
        "prompt": {"zh": "写一个您亲历的案例。", "en": "Write up a case of your own."},
        "parts": [
            {
                "id": name,
                "title": {"zh": name, "en": name},
                "hint": {"zh": "谁，何时，哪里", "en": "Who, when, where"},
                "aim_from": 2,
                "aim_to": 20,
                "at_most": 40,
                "needed": name == "event",
            }
            for name in ("event", "insight")
        ],
        "criteria": [
            {
                "id": name,
                "part": name,
                "title": {"zh": name, "en": name},
                "levels": [{"zh": f"{n}", "en": f"{n}"} for n in range(1, 5)],
            }
            for name in ("event", "insight")
        ],
        "explanation": {"zh": "先写事，再写理。", "en": "First the event, then the reason."},
    }
    sample_response = {"texts": {"event": "客人来了。", "insight": "要先听。"}}
    sample_wrong = {"texts": {"event": "没什么。"}}

    def form(
        self, spec: WritingContent, data: Any, mask: Mask, prefix: str | None = None
    ) -> WritingForm:
        return WritingForm(data, spec=spec, prefix=prefix)

    def post_data(self, spec: WritingContent, response: Json, mask: Mask) -> dict[str, Any]:
        return {f"part-{name}": text for name, text in response["texts"].items()}

    def typed(self, form: WritingForm) -> Json:
        return form.typed()

    def is_complete(self, spec: WritingContent, response: Json) -> bool:
        return all(response["texts"].get(part.id, "").strip() for part in spec.parts if part.needed)

    def rubric(self, spec: WritingContent) -> tuple[Criterion, ...]:
        return spec.criteria

    def grade(self, spec: WritingContent, response: Json) -> Grade:
        """Nothing yet: an instructor marks it."""
        return Grade(0, 0, needs_mark=True)

    def present(
        self, spec: WritingContent, response: Json | None, mask: Mask, *, reveal: bool
    ) -> Mapping[str, Any]:
        texts = response["texts"] if response else {}
        versions = response.get("versions", {}) if response else {}
        return {
            "parts": [
                {
                    "id": part.id,
                    "title": part.title.said,
                    "hint": part.hint.said,
                    "rung": part.rung or "",
                    "text": texts.get(part.id, ""),
                    "version": versions.get(part.id, 0),
                    "length": length_of(texts.get(part.id, "")),
                    "aim_from": part.aim_from,
                    "aim_to": part.aim_to,
                    "at_most": part.at_most,
                    "needed": part.needed,
                }
                for part in spec.parts
            ]
        }
