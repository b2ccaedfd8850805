"""A structured text: named parts with lengths to aim at, marked part by part."""

from collections.abc import Mapping
from functools import cached_property
from hashlib import sha256
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pydantic import Field, model_validator

from mot_course.web import Json, Text, content_language
from quizzes.kinds.base import Content, Grade, Id, Kind, Mask, Part, all_different, fits
from quizzes.kinds.lengths import in_words, is_in_words, length_of
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


def one_way_of_lines(text: str) -> str:
    """The text with every line end as \\n: forms post \\r\\n, scripts \\n, comments count."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def aims(part: WrittenPart, text: str) -> tuple[int, int]:
    """From and to, in what the text is counted in: English says in two words what takes three
    characters."""
    if is_in_words(text, otherwise=content_language() == "en"):
        return in_words(part.aim_from), in_words(part.aim_to)
    return part.aim_from, part.aim_to


def is_written(response: Json | None) -> bool:
    """Whether any part has a text."""
    return any(text.strip() for text in (response or {}).get("texts", {}).values())


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
            # Which save of the part the page has seen; none where parts do not save themselves.
            self.fields[f"part-{part.id}-version"] = forms.IntegerField(required=False, min_value=0)

    def typed(self) -> Json:
        """What is filled in so far, as a response."""
        texts = {
            part.id: one_way_of_lines(text)
            for part in self.spec.parts
            if (text := self.cleaned_data.get(f"part-{part.id}"))
        }
        versions = {
            part.id: version
            for part in self.spec.parts
            if (version := self.cleaned_data.get(f"part-{part.id}-version")) is not None
        }
        return {"texts": texts, "versions": versions} if versions else {"texts": texts}

    def clean(self) -> Json:
        response = self.typed()
        for name, text in response["texts"].items():
            if why := too_long(self.spec.part[name], text):
                self.add_error(f"part-{name}", why)
        if not is_written(response) and not self.errors:
            raise forms.ValidationError(_("Nothing is written yet."), code="required")
        return response


class Writing(Kind[WritingContent]):
    slug = "writing"
    label = _("Write")
    content_model = WritingContent
    styles = ("css/writing.css",)
    scripts = ("js/writing.js",)
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
        texts = {f"part-{name}": text for name, text in response["texts"].items()}
        versions = response.get("versions", {})
        return texts | {f"part-{name}-version": number for name, number in versions.items()}

    def typed(self, form: WritingForm) -> Json:
        return form.typed()

    def is_complete(self, spec: WritingContent, response: Json) -> bool:
        return all(response["texts"].get(part.id, "").strip() for part in spec.parts if part.needed)

    def rubric(self, spec: WritingContent) -> tuple[Criterion, ...]:
        return spec.criteria

    def grade(self, spec: WritingContent, response: Json) -> Grade:
        """Nothing yet: an instructor marks it. Where all was taken out again nobody has to."""
        return Grade(0, 0, needs_mark=True) if is_written(response) else self.unanswered(spec)

    def present(
        self, spec: WritingContent, response: Json | None, mask: Mask, *, reveal: bool
    ) -> Mapping[str, Any]:
        return {"parts": [shown_part(part, response or {"texts": {}}) for part in spec.parts]}


def shown_part(part: WrittenPart, response: Json) -> Json:
    """What a template shows of one part."""
    text = response["texts"].get(part.id, "")
    aim_from, aim_to = aims(part, text)
    length = length_of(text)
    return {
        "id": part.id,
        "title": part.title.said,
        "hint": part.hint.said,
        "rung": part.rung or "",
        "text": text,
        "version": response.get("versions", {}).get(part.id, 0),
        # Set where another device wrote something else meanwhile: both are shown.
        "other": response.get("others", {}).get(part.id),
        "why": response.get("whys", {}).get(part.id, ""),
        "was": text_mark(text),
        "length": length,
        "aim": aim_from or aim_to,
        "aim_from": aim_from,
        "aim_to": aim_to,
        "words": length_words(length, aim_from, aim_to),
        "characters_from": part.aim_from,
        "characters_to": part.aim_to,
        # Within a fifth nothing is said; where there is only "about so many", within half.
        "is_short": 0 < length < (aim_from * 0.8 or aim_to * 0.5),
        "is_long": length > aim_to * 1.2,
        "at_most": part.at_most,
        "needed": part.needed,
    }


def length_words(length: int, aim_from: int, aim_to: int) -> str:
    """How long it is beside what to aim at; `writing.js` says the same while somebody types."""
    if length < aim_from or (not aim_from and length <= aim_to):
        words = gettext("{n} of about {aim}")
    elif length <= aim_to:
        words = gettext("{n}: right, between {from} and {to}")
    else:
        words = gettext("{n}, about {to} would do")
    values = {"n": length, "aim": aim_from or aim_to, "from": aim_from, "to": aim_to}
    for name, value in values.items():
        words = words.replace(f"{{{name}}}", str(value))
    return words


def text_mark(text: str) -> str:
    """Twelve characters that stand for a text: tells whether a plain form was touched."""
    return sha256(text.encode()).hexdigest()[:12]
