"""Pick the worst line of a conversation and write what you would say instead."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from pydantic import Field, model_validator

from mot_course.web import Json, Text
from quizzes.kinds.base import Content, Grade, Id, Kind, Mask, Peer, fits
from quizzes.kinds.lengths import length_of
from quizzes.kinds.rubrics import Criterion
from quizzes.kinds.transcript import Line, Role, Scene, check_conversation

LONGEST = 400  # characters a person can say in one breath, and some


class RewriteContent(Content):
    """A conversation, its worst line, and how an expert would put it. Marked by three criteria."""

    roles: tuple[Role, ...] = Field(min_length=1)
    scenes: tuple[Scene, ...] = Field(min_length=1)
    worst: tuple[Id, ...] = Field(min_length=1, description="the lines experts would pick")
    expert: Text = Field(description="what an expert says instead")
    criteria: tuple[Criterion, ...] = Field(min_length=3, max_length=3)

    @model_validator(mode="after")
    def _can_be_picked(self) -> "RewriteContent":
        check_conversation(self.roles, self.scenes)
        staff = self.staff_lines()
        for line in self.worst:
            fits(line in staff, f"the worst line {line!r} is no line of the staff")
        fits(len(staff) > len(self.worst), "every line of the staff is the worst: nothing to pick")
        return self

    def lines(self) -> list[Line]:
        """What is said, in order."""
        return [line for scene in self.scenes for line in scene.lines]

    def staff_lines(self) -> list[str]:
        """Ids of what the staff says, in order."""
        staff = {role.id for role in self.roles if role.side == "staff"}
        return [line.id for line in self.lines() if line.who in staff]


class RewriteForm(forms.Form):
    line = forms.ChoiceField(required=False)
    text = forms.CharField(max_length=LONGEST, required=False)

    def __init__(self, data: Any, *, tokens: dict[str, str], prefix: str | None) -> None:
        super().__init__(data, prefix=prefix)
        self.tokens = tokens
        field = self.fields["line"]
        field.choices = [("", ""), *tokens.items()]  # type: ignore[attr-defined]

    def typed(self) -> Json:
        """What is filled in so far, as a response."""
        line = self.tokens.get(self.cleaned_data.get("line") or "", "")
        return {"line": line, "text": self.cleaned_data.get("text") or ""}

    def clean(self) -> Json:
        response = self.typed()
        if not response["line"] and not response["text"] and not self.errors:
            raise forms.ValidationError(
                _("Pick a line and write what you would say."), code="required"
            )
        return response


class Rewrite(Kind[RewriteContent]):
    slug = "rewrite"
    label = _("Say it better")
    content_model = RewriteContent
    styles = ("css/moments.css",)
    scripts = ("js/lengths.js",)
    shows_peers = True
    places_verdict = True
    sample_content = {
        "prompt": {"zh": "挑出最差的一句，换个说法。", "en": "Pick the worst line; say it better."},
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
                        "text": {"zh": "规定不行。", "en": "It's the rule."},
                    },
                    {"id": "f5", "who": "lin", "text": {"zh": "请稍等。", "en": "One moment."}},
                ],
            }
        ],
        "worst": ["a9"],
        "expert": {"zh": "我来看看还能怎么办。", "en": "Let me see what else we can do."},
        "criteria": [
            {
                "id": name,
                "title": {"zh": name, "en": name},
                "levels": [{"zh": f"{n}", "en": f"{n}"} for n in range(1, 5)],
            }
            for name in ("hears", "offers", "natural")
        ],
        "explanation": {"zh": "规定挡在前面，人就不见了。", "en": "The rule hides the person."},
    }
    sample_response = {"line": "a9", "text": "我来看看。"}
    sample_wrong = {"line": "f5", "text": "不行。"}

    def form(
        self, spec: RewriteContent, data: Any, mask: Mask, prefix: str | None = None
    ) -> RewriteForm:
        tokens = {mask.token(one): one for one in spec.staff_lines()}
        return RewriteForm(data, tokens=tokens, prefix=prefix)

    def post_data(self, spec: RewriteContent, response: Json, mask: Mask) -> dict[str, Any]:
        line = response["line"]
        return {"line": mask.token(line) if line else "", "text": response["text"]}

    def typed(self, form: RewriteForm) -> Json:
        return form.typed()

    def is_complete(self, spec: RewriteContent, response: Json) -> bool:
        return bool(response["line"] and response["text"].strip())

    def rubric(self, spec: RewriteContent) -> tuple[Criterion, ...]:
        return spec.criteria

    def grade(self, spec: RewriteContent, response: Json) -> Grade:
        """Nothing yet: an instructor marks it. `right` says whether an expert picks that line."""
        return Grade(0, 0, right=int(response["line"] in spec.worst), of=1, needs_mark=True)

    def peer(self, spec: RewriteContent, response: Json) -> Peer | None:
        """The sentence, and the line they had in mind if it is still there."""
        text = response["text"].strip()
        picked = next((one for one in spec.lines() if one.id == response["line"]), None)
        return Peer(text, picked.said if picked else "") if text else None

    def present(
        self, spec: RewriteContent, response: Json | None, mask: Mask, *, reveal: bool
    ) -> Mapping[str, Any]:
        picked = response["line"] if response else ""
        text = response["text"] if response else ""
        shown: Json = {
            "scenes": self._scenes(spec, picked, mask, reveal=reveal),
            "text": text,
            "length": length_of(text),
            "longest": LONGEST,
        }
        if reveal:
            lines = {line.id: line for line in spec.lines()}
            shown |= {
                "picked": lines[picked].said if picked in lines else "",
                "picked_worst": picked in spec.worst,
                "worst": [lines[one].said for one in spec.worst],
                "expert": spec.expert.said,
                "criteria": [
                    {"title": one.title.said, "best": one.levels[-1].said} for one in spec.criteria
                ],
            }
        return shown

    def _scenes(self, spec: RewriteContent, picked: str, mask: Mask, *, reveal: bool) -> list[Json]:
        roles = {role.id: role for role in spec.roles}
        scenes = []
        for scene in spec.scenes:
            lines, met = [], set()
            for line in scene.lines:
                role = roles[line.who]
                lines.append(
                    {
                        "token": mask.token(line.id),
                        "name": role.name.said,
                        "part": "" if line.who in met else role.part.said,
                        "is_staff": role.side == "staff",
                        "text": line.said,
                        "picked": line.id == picked,
                        "is_worst": reveal and line.id in spec.worst,
                    }
                )
                met.add(line.who)
            scenes.append({"title": scene.title.said if scene.title else "", "lines": lines})
        return scenes
