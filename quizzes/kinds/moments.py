"""Mark the moments of a conversation: which line wins trust, which loses it, and in what step."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Literal

from django import forms
from django.utils.translation import gettext_lazy as _
from pydantic import Field, model_validator

from mot_course.steps import ACTION_BY_SLUG, ACTIONS, STEP_BY_SLUG, STEPS
from mot_course.web import Json
from quizzes.kinds.base import Content, Grade, Kind, Mask, fits
from quizzes.kinds.transcript import (
    Moment,
    Role,
    Scene,
    Spot,
    all_spots,
    check_conversation,
)

LONGEST_WHY = 200
FINDING, NAMING = 7, 3  # finding and polarity weigh 70 %, the step 30 %


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
        everything = max(
            _finding(self, {spot.id: polarity for spot in self.staff_spots})[0]
            for polarity in ("good", "bad")
        )
        fits(
            everything < self.whole,
            "whoever marks every line alike finds everything: leave some lines of the staff"
            " unmarked, or let good and bad moments stand side by side",
        )
        return self

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
    def whole(self) -> int:
        """The most that `_finding` can give."""
        return len(self.required) * max(1, len(self.staff_spots) - len(self.required))


def _agrees(moment: Moment, polarity: str) -> bool:
    return polarity == moment.polarity or polarity in moment.accept_polarity


def _finding(
    spec: MomentsContent, marked: Mapping[str, str]
) -> tuple[int, dict[str, str], list[str]]:
    """(points out of `spec.whole`, required moment → spot where it was found, marks beyond).

    Share of the required moments found minus share of the open lines marked (Youden's index,
    as for several answers). A bonus moment found makes up for one mark too many; a mark on a
    customer's line counts nothing.
    """
    found: dict[str, str] = {}
    used: set[str] = set()
    for one, moment in spec.required.items():
        for spot in (one, *moment.accept_at):
            if spot in marked and spot not in used and _agrees(moment, marked[spot]):
                found[one] = spot
                used.add(spot)
                break
    bonus = {
        one
        for one, moment in spec.bonus.items()
        if one in marked and one not in used and _agrees(moment, marked[one])
    }
    staff = {spot.id for spot in spec.staff_spots}
    beyond = [one for one in marked if one in staff and one not in used and one not in bonus]
    too_many = max(0, len(beyond) - len(bonus))
    open_lines = max(1, len(staff) - len(spec.required))
    points = len(found) * open_lines - too_many * len(spec.required)
    return max(0, points), found, beyond


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
        points, found, beyond = _finding(
            spec, {spot: mark["polarity"] for spot, mark in marks.items()}
        )
        lazy = max(
            _finding(spec, {spot.id: polarity for spot in spec.staff_spots})[0]
            for polarity in ("good", "bad")
        )
        finding, most = max(0, points - lazy), spec.whole - lazy
        named, to_name = self._naming(spec, found, marks)
        if not to_name:
            earned, possible = finding, most
        else:
            earned = finding * (FINDING * to_name + NAMING * named)
            possible = most * (FINDING + NAMING) * to_name
        return Grade(
            earned=earned,
            possible=possible,
            right=len(found),
            of=len(spec.required),
            beyond=len(beyond),
        )

    def _naming(self, spec: MomentsContent, found: dict[str, str], marks: Json) -> tuple[int, int]:
        """How many steps and actions are named rightly, and how many there are to name."""
        named = to_name = 0
        for one, moment in spec.required.items():
            mark = marks[found[one]] if one in found else {}
            asked: list[tuple[str, str | None, Iterable[str]]] = []
            if spec.ask != "polarity":
                asked.append(("step", moment.step, moment.accept_five))
            if spec.ask == "action":
                asked.append(("action", moment.action, moment.accept_eoac))
            for name, right, accepted in asked:
                if right is not None:
                    to_name += 1
                    named += mark.get(name) in (right, *accepted)
        return named, to_name

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
        found = (
            _finding(spec, {spot: one["polarity"] for spot, one in marks.items()})[1]
            if reveal
            else {}
        )
        roles = {role.id: role for role in spec.roles}
        scenes = []
        for scene in spec.scenes:
            lines, met = [], set()
            for line in scene.lines:
                role = roles[line.who]
                spots = [
                    self._spot(spec, spot, marks, found, mask, reveal=reveal)
                    for spot in all_spots(spec.roles, [Scene(id="x", lines=(line,))])
                ]
                lines.append(
                    {
                        "id": line.id,
                        "name": role.name.said,
                        "part": "" if line.who in met else role.part.said,
                        "is_staff": role.side == "staff",
                        "spots": spots,
                    }
                )
                met.add(line.who)
            scenes.append({"title": scene.title.said if scene.title else "", "lines": lines})
        return {
            "ask": spec.ask,
            "scenes": scenes,
            "marked": len(marks),
            "steps": STEPS,
            "actions": ACTIONS,
        }

    def _spot(
        self,
        spec: MomentsContent,
        spot: Spot,
        marks: Json,
        found: dict[str, str],
        mask: Mask,
        *,
        reveal: bool,
    ) -> Json:
        mine = marks.get(spot.id)
        shown: Json = {
            "id": spot.id if reveal else "",
            "token": mask.token(spot.id),
            "text": spot.text.said,
            "mine": mine
            and {
                "polarity": mine["polarity"],
                "step": STEP_BY_SLUG.get(mine.get("step", "")),
                "action": ACTION_BY_SLUG.get(mine.get("action", "")),
                "why": mine.get("why", ""),
            },
        }
        if not reveal:
            return shown
        moment = spot.moment
        shown["outcome"] = self._outcome(spec, spot, mine, found)
        shown["expert"] = moment and {
            "polarity": moment.polarity,
            "effect": moment.effect or "",
            "step": STEP_BY_SLUG.get(moment.step or ""),
            "action": ACTION_BY_SLUG.get(moment.action or ""),
            "why": moment.why.said if moment.why else "",
            "is_required": moment.required,
        }
        return shown

    @staticmethod
    def _outcome(spec: MomentsContent, spot: Spot, mine: Json | None, found: dict[str, str]) -> str:
        """found | missed | beyond | bonus | reading | '' (nothing to say)."""
        if not spot.is_staff:
            return "reading" if spot.moment else ""
        if spot.id in found.values():
            return "found"
        if spot.id in spec.required:
            return "missed" if spot.id not in found else ("beyond" if mine else "found")
        if mine is None:
            return ""
        if spot.id in spec.bonus and _agrees(spec.bonus[spot.id], mine["polarity"]):
            return "bonus"
        return "beyond"
