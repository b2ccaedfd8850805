"""Mark the moments of a conversation: which line wins trust, which loses it, and in what step."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal

from django import forms
from django.utils.translation import gettext_lazy as _
from pydantic import Field, model_validator

from mot_course.steps import ACTIONS, STEPS
from mot_course.web import Json
from quizzes.kinds.base import Content, Grade, Kind, Mask, fits
from quizzes.kinds.moments_found import find, named
from quizzes.kinds.moments_shown import judged_spot, shown_spot, summary
from quizzes.kinds.transcript import (
    Moment,
    Role,
    Scene,
    Spot,
    all_spots,
    check_conversation,
    spots_of,
)

LONGEST_WHY = 200
FINDING, NAMING = 7, 3  # finding and polarity weigh 70 %, the step 30 %
NAMES: dict[str, tuple[str, ...]] = {
    "polarity": (),
    "step": ("step",),
    "action": ("step", "action"),
}


class MomentsContent(Content):
    """A conversation with the experts' moments. `ask` says how much is asked of the trainee."""

    ask: Literal["polarity", "step", "action"] = Field(
        "polarity", description="good or bad; and the step; and explore, offer, act or confirm"
    )
    roles: tuple[Role, ...] = Field(min_length=1)
    scenes: tuple[Scene, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _can_be_found(self) -> "MomentsContent":
        check_conversation(self.roles, self.scenes)
        fits(bool(self.required), "at least one line of the staff has to be a required moment")
        fits(
            self.lazy < self.whole,
            "whoever marks every line alike finds everything: leave some lines of the staff"
            " unmarked, or let good and bad moments stand side by side",
        )
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """What is to be named of each moment."""
        return NAMES[self.ask]

    @cached_property
    def staff_spots(self) -> tuple[Spot, ...]:
        return tuple(spot for spot in all_spots(self.roles, self.scenes) if spot.is_staff)

    @cached_property
    def required(self) -> dict[str, Moment]:
        """What has to be found. Where "neutral" is accepted, leaving it unmarked is no loss."""
        return {
            spot.id: spot.moment
            for spot in self.staff_spots
            if spot.moment and spot.moment.required and "neutral" not in spot.moment.accept_polarity
        }

    @cached_property
    def bonus(self) -> dict[str, Moment]:
        """Moments that may be found."""
        return {
            spot.id: spot.moment
            for spot in self.staff_spots
            if spot.moment and spot.moment.polarity != "neutral" and spot.id not in self.required
        }

    @cached_property
    def by_spot(self) -> dict[str, Spot]:
        """The staff's lines and phrases by id."""
        return {spot.id: spot for spot in self.staff_spots}

    @cached_property
    def open_lines(self) -> int:
        """How many of them need not be marked; at least 1, so that it can be divided by."""
        return max(1, len(self.staff_spots) - len(self.required))

    @cached_property
    def whole(self) -> int:
        """The most points that finding can give."""
        return len(self.required) * self.open_lines

    @cached_property
    def lazy(self) -> int:
        """What marking every line good, or every line bad, would give: it earns nothing."""
        return max(
            find(self, {spot.id: polarity for spot in self.staff_spots}).points
            for polarity in ("good", "bad")
        )


class MomentsForm(forms.Form):
    """For each line: nothing, good or bad; a step and an action where asked; and why."""

    def __init__(
        self, data: Any, *, spec: MomentsContent, tokens: dict[str, str], prefix: str | None
    ) -> None:
        super().__init__(data, prefix=prefix)
        self.tokens, self.ask = tokens, spec.ask
        polarities = [("", ""), ("good", "good"), ("bad", "bad")]
        for token in tokens:
            self.fields[f"mark-{token}"] = forms.ChoiceField(choices=polarities, required=False)
            if spec.ask != "polarity":
                self.fields[f"step-{token}"] = forms.ChoiceField(
                    choices=[("", ""), *((step.slug, step.name) for step in STEPS)], required=False
                )
            if spec.ask == "action":
                self.fields[f"action-{token}"] = forms.ChoiceField(
                    choices=[("", ""), *((one.slug, one.name) for one in ACTIONS)], required=False
                )
            self.fields[f"why-{token}"] = forms.CharField(max_length=LONGEST_WHY, required=False)

    def typed(self) -> Json:
        """What is filled in so far, as a response."""
        marks = {}
        for token, spot in self.tokens.items():
            if polarity := self.cleaned_data.get(f"mark-{token}"):
                mark = {"polarity": polarity}
                for name in ("step", "action", "why"):
                    if value := self.cleaned_data.get(f"{name}-{token}"):
                        mark[name] = value
                marks[spot] = mark
        return {"marks": marks}

    def clean(self) -> Json:
        response = self.typed()
        if not response["marks"] and not self.errors:
            raise forms.ValidationError(_("No line is marked yet."), code="required")
        return response


class Moments(Kind[MomentsContent]):
    slug = "moments"
    label = _("Mark the moments")
    content_model = MomentsContent
    styles = ("css/moments.css",)
    scripts = ("js/moments.js",)
    shows_tally = True
    places_verdict = True
    sample_content = {
        "prompt": {"zh": "哪句得分，哪句失分？", "en": "Which lines win trust, which lose it?"},
        "ask": "step",
        "roles": [
            {
                "id": "guest",
                "name": {"zh": "周先生", "en": "Mr Zhou"},
                "part": {"zh": "客人", "en": "guest"},
                "side": "customer",
            },
            {
                "id": "lin",
                "name": {"zh": "小林", "en": "Lin"},
                "part": {"zh": "前台", "en": "reception"},
                "side": "staff",
            },
        ],
        "scenes": [
            {
                "id": "s1",
                "lines": [
                    {"id": "k3", "who": "guest", "text": {"zh": "没有房？", "en": "No room?"}},
                    {
                        "id": "a9",
                        "who": "lin",
                        "text": {"zh": "系统里没有您。", "en": "You are not in the system."},
                        "moment": {
                            "polarity": "bad",
                            "step": "diagnose",
                            "required": True,
                            "accept_five": ["set-the-tone"],
                            "why": {"zh": "查都没查。", "en": "Nobody looked."},
                        },
                    },
                    {"id": "f5", "who": "lin", "text": {"zh": "请稍等。", "en": "One moment."}},
                    {
                        "id": "m2",
                        "who": "lin",
                        "text": {"zh": "我现在就给您找。", "en": "I'll find you one now."},
                        "moment": {
                            "polarity": "good",
                            "step": "solve",
                            "required": True,
                            "why": {"zh": "接过来了。", "en": "He takes it on."},
                        },
                    },
                ],
            }
        ],
        "explanation": {"zh": "先找人，再看系统。", "en": "First the person, then the system."},
    }
    sample_response = {
        "marks": {
            "a9": {"polarity": "bad", "step": "diagnose"},
            "m2": {"polarity": "good", "step": "solve"},
        }
    }
    sample_wrong = {"marks": {"f5": {"polarity": "bad"}}}

    def form(
        self, spec: MomentsContent, data: Any, mask: Mask, prefix: str | None = None
    ) -> MomentsForm:
        tokens = {mask.token(spot.id): spot.id for spot in all_spots(spec.roles, spec.scenes)}
        return MomentsForm(data, spec=spec, tokens=tokens, prefix=prefix)

    def post_data(self, spec: MomentsContent, response: Json, mask: Mask) -> dict[str, Any]:
        return {
            f"{'mark' if name == 'polarity' else name}-{mask.token(spot)}": value
            for spot, mark in response["marks"].items()
            for name, value in mark.items()
        }

    def typed(self, form: MomentsForm) -> Json:
        return form.typed()

    def grade(self, spec: MomentsContent, response: Json) -> Grade:
        """Finding × (7 + 3 × naming) / 10, corrected for marking everything alike.

        Finding is what lies above the better of "every line good" and "every line bad"; naming
        is the share of the required moments that were found with their step (and action).
        """
        marks = response["marks"]
        found = find(spec, {spot: mark["polarity"] for spot, mark in marks.items()})
        finding, most = max(0, found.points - spec.lazy), spec.whole - spec.lazy
        names = [named(spec, found, marks, what) for what in spec.names]
        right, to_name = sum(one.right for one in names), sum(one.of for one in names)
        if not to_name:
            earned, possible = finding, most
        else:
            earned = finding * (FINDING * to_name + NAMING * right)
            possible = most * (FINDING + NAMING) * to_name
        return Grade(
            earned=earned,
            possible=possible,
            right=len(found.at),
            of=len(spec.required),
            beyond=len(found.beyond),
        )

    def tally(self, spec: MomentsContent, response: Json) -> list[tuple[str, str, str]]:
        """(line or phrase, polarity, step or '') of each mark, for the class's heat map."""
        return [
            (spot, mark["polarity"], mark.get("step", ""))
            for spot, mark in sorted(response["marks"].items())
        ]

    def present(
        self, spec: MomentsContent, response: Json | None, mask: Mask, *, reveal: bool
    ) -> Mapping[str, Any]:
        marks = response["marks"] if response else {}
        found = find(spec, {spot: one["polarity"] for spot, one in marks.items()})
        roles = {role.id: role for role in spec.roles}
        scenes = []
        for scene in spec.scenes:
            lines, met = [], set()
            for line in scene.lines:
                role = roles[line.who]
                spots = [
                    judged_spot(spec, spot, marks.get(spot.id), found, mask)
                    if reveal
                    else shown_spot(spot, marks.get(spot.id), mask)
                    for spot in spots_of(line, is_staff=role.side == "staff")
                ]
                lines.append(
                    {
                        "name": role.name.said,
                        "part": "" if line.who in met else role.part.said,
                        "is_staff": role.side == "staff",
                        "spots": spots,
                        "is_missed": any(
                            spot.get("outcome") in ("missed", "opposite") for spot in spots
                        ),
                    }
                )
                met.add(line.who)
            scenes.append({"title": scene.title.said if scene.title else "", "lines": lines})
        shown: Json = {
            "ask": spec.ask,
            "asks_step": spec.ask != "polarity",
            "asks_action": spec.ask == "action",
            "steps": STEPS,
            "actions": ACTIONS,
            "scenes": scenes,
            "marked": len(marks),
            "longest_why": LONGEST_WHY,
        }
        if reveal:
            shown["summary"] = summary(spec, found, marks)
        return shown
