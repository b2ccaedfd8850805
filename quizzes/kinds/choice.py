"""One right option, or several."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from pydantic import Field, model_validator

from mot_course.web import Json, Text
from quizzes.kinds.base import Choice, Content, Grade, Id, Kind, Mask, Part, all_different, fits


class Option(Part):
    """An option, whether it is right, and what to say to whoever chose it."""

    id: Id
    text: Text
    correct: bool = False
    feedback: Text


class SingleChoiceContent(Content):
    """Exactly one option is correct."""

    options: tuple[Option, ...] = Field(min_length=3, max_length=6)

    @model_validator(mode="after")
    def _one_is_right(self) -> "SingleChoiceContent":
        all_different((option.id for option in self.options), "options")
        fits(
            sum(option.correct for option in self.options) == 1,
            "exactly one option has to be correct",
        )
        return self


class MultipleChoiceContent(Content):
    """At least one option is correct and at least one is not."""

    options: tuple[Option, ...] = Field(min_length=4, max_length=9)

    @model_validator(mode="after")
    def _some_are_right(self) -> "MultipleChoiceContent":
        all_different((option.id for option in self.options), "options")
        right = sum(option.correct for option in self.options)
        fits(0 < right < len(self.options), "some options have to be correct and some not")
        return self


def by_length(options: tuple[Option, ...], language: str) -> list[str]:
    """The options' ids, the shortest text first."""
    return [one.id for one in sorted(options, key=lambda one: len(getattr(one.text, language)))]


class SingleChoiceForm(forms.Form):
    choice = forms.ChoiceField(error_messages={"required": _("Choose one answer.")})

    def __init__(self, data: Any, *, tokens: dict[str, str], prefix: str | None) -> None:
        super().__init__(data, prefix=prefix)
        self.tokens = tokens
        field = self.fields["choice"]
        field.choices = list(tokens.items())  # type: ignore[attr-defined]

    def clean_choice(self) -> str:
        return self.tokens[self.cleaned_data["choice"]]


class MultipleChoiceForm(forms.Form):
    choices = forms.MultipleChoiceField(
        error_messages={"required": _("Choose at least one answer.")}
    )

    def __init__(self, data: Any, *, tokens: dict[str, str], prefix: str | None) -> None:
        super().__init__(data, prefix=prefix)
        self.tokens = tokens
        field = self.fields["choices"]
        field.choices = list(tokens.items())  # type: ignore[attr-defined]

    def clean_choices(self) -> list[str]:
        return sorted({self.tokens[token] for token in self.cleaned_data["choices"]})


def _shown(
    options: tuple[Option, ...], chosen: set[str], mask: Mask, *, reveal: bool
) -> list[Choice]:
    by_id = {option.id: option for option in options}
    return [
        Choice(
            token=mask.token(one),
            text=by_id[one].text.said,
            chosen=one in chosen,
            correct=by_id[one].correct if reveal else None,
            feedback=by_id[one].feedback.said if reveal else "",
        )
        for one in mask.shuffled(by_id)
    ]


_OPTIONS = [
    {
        "id": "k3",
        "text": {"zh": "您想要安静些，还是想看景？", "en": "Is it quiet you'd like, or the view?"},
        "correct": True,
        "feedback": {"zh": "给两个选项，客人好答。", "en": "Two possibilities are easy to answer."},
    },
    {
        "id": "a9",
        "text": {"zh": "高楼层满了。", "en": "The high floors are full."},
        "feedback": {"zh": "话说完了，事情没完。", "en": "That ends the talk, not the matter."},
    },
    {
        "id": "f5",
        "text": {"zh": "为什么非要高楼层？", "en": "Why does it have to be a high floor?"},
        "feedback": {
            "zh": "像在要他交代理由。",
            "en": "It sounds as if he had to explain himself.",
        },
    },
]


class SingleChoice(Kind[SingleChoiceContent]):
    slug = "single_choice"
    label = _("One answer")
    is_quick = True
    content_model = SingleChoiceContent
    sample_content = {
        "prompt": {"zh": "您怎么接？", "en": "What do you say?"},
        "options": _OPTIONS,
        "explanation": {"zh": "先问半句，再去查。", "en": "Half a question first."},
    }
    sample_response = {"choice": "k3"}
    sample_wrong = {"choice": "a9"}

    def form(
        self, spec: SingleChoiceContent, data: Any, mask: Mask, prefix: str | None = None
    ) -> SingleChoiceForm:
        tokens = {mask.token(option.id): option.id for option in spec.options}
        return SingleChoiceForm(data, tokens=tokens, prefix=prefix)

    def post_data(self, spec: SingleChoiceContent, response: Json, mask: Mask) -> dict[str, Any]:
        return {"choice": mask.token(response["choice"])}

    def grade(self, spec: SingleChoiceContent, response: Json) -> Grade:
        right = next(option.id for option in spec.options if option.correct)
        return Grade(earned=int(response["choice"] == right), possible=1)

    def present(
        self, spec: SingleChoiceContent, response: Json | None, mask: Mask, *, reveal: bool
    ) -> Mapping[str, Any]:
        chosen = {response["choice"]} if response else set()
        return {"options": _shown(spec.options, chosen, mask, reveal=reveal)}

    def blind(self, spec: SingleChoiceContent, language: str) -> dict[str, Json]:
        shortest, *_others, longest = by_length(spec.options, language)
        first = spec.options[0].id
        return {
            "first": {"choice": first},
            "longest": {"choice": longest},
            "shortest": {"choice": shortest},
        }

    def chance(self, spec: SingleChoiceContent) -> float:
        return 1 / len(spec.options)


class MultipleChoice(Kind[MultipleChoiceContent]):
    slug = "multiple_choice"
    label = _("Several answers")
    is_quick = True
    content_model = MultipleChoiceContent
    sample_content = {
        "prompt": {"zh": "哪些话接住了客人？", "en": "Which lines receive the guest?"},
        "options": [
            *_OPTIONS,
            {
                "id": "m2",
                "text": {"zh": "那真够受的。", "en": "That's a hard night."},
                "correct": True,
                "feedback": {"zh": "先认情绪。", "en": "The feeling comes first."},
            },
        ],
        "explanation": {"zh": "先接住，再问。", "en": "Receive first, then ask."},
    }
    sample_response = {"choices": ["k3", "m2"]}
    sample_wrong = {"choices": ["a9", "f5"]}

    def form(
        self, spec: MultipleChoiceContent, data: Any, mask: Mask, prefix: str | None = None
    ) -> MultipleChoiceForm:
        tokens = {mask.token(option.id): option.id for option in spec.options}
        return MultipleChoiceForm(data, tokens=tokens, prefix=prefix)

    def post_data(self, spec: MultipleChoiceContent, response: Json, mask: Mask) -> dict[str, Any]:
        return {"choices": [mask.token(one) for one in response["choices"]]}

    def grade(self, spec: MultipleChoiceContent, response: Json) -> Grade:
        """Share of the right ones ticked minus share of the wrong ones ticked, never below 0.

        Youden's index: ticking all, none, or at random earns nothing on average.
        """
        right = {option.id for option in spec.options if option.correct}
        wrong = {option.id for option in spec.options} - right
        ticked = set(response["choices"])
        hits, slips = len(ticked & right), len(ticked & wrong)
        earned = max(0, hits * len(wrong) - slips * len(right))
        return Grade(
            earned=earned,
            possible=len(right) * len(wrong),
            right=hits + len(wrong) - slips,
            of=len(spec.options),
        )

    def present(
        self, spec: MultipleChoiceContent, response: Json | None, mask: Mask, *, reveal: bool
    ) -> Mapping[str, Any]:
        chosen = set(response["choices"]) if response else set()
        return {"options": _shown(spec.options, chosen, mask, reveal=reveal)}

    def blind(self, spec: MultipleChoiceContent, language: str) -> dict[str, Json]:
        shortest, *_others, longest = by_length(spec.options, language)
        return {
            "all": {"choices": [option.id for option in spec.options]},
            "first": {"choices": [spec.options[0].id]},
            "longest": {"choices": [longest]},
            "shortest": {"choices": [shortest]},
        }
