"""Rehearse a conversation: choose what to say, see where it leads, go back to a moment."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mot_course.steps import ACTION_BY_SLUG, STEP_BY_SLUG
from mot_course.web import Json
from quizzes.kinds.base import Grade, Kind, Mask
from quizzes.kinds.dialogue_paths import (
    DialogueContent,
    State,
    best_from,
    gained,
    is_over,
    offered,
    walk,
)

MOST_RUNS = 12
MOODS = {
    "calm": _("calm"),
    "pleased": _("pleased"),
    "unsure": _("unsure"),
    "hurried": _("in a hurry"),
    "annoyed": _("annoyed"),
    "angry": _("angry"),
}


class NotOffered(Exception):
    """This reply cannot be chosen here (any more): another page has gone on, or a forged form."""


class DialogueForm(forms.Form):
    """The runs played so far, as one field: replies joined by dots, runs by bars."""

    runs = forms.CharField(max_length=8000, error_messages={"required": _("Say something first.")})

    def __init__(
        self, data: Any, *, spec: DialogueContent, tokens: dict[str, str], prefix: str | None
    ) -> None:
        super().__init__(data, prefix=prefix)
        self.spec, self.tokens = spec, tokens

    def clean_runs(self) -> list[list[str]]:
        runs = []
        try:
            for run in self.cleaned_data["runs"].split("|")[:MOST_RUNS]:
                path = [self.tokens[token] for token in run.split(".")]
                walk(self.spec, path)
                runs.append(path)
        except (KeyError, ValueError) as error:
            raise forms.ValidationError(_("This reply is not offered here.")) from error
        return runs


def take_turn(spec: DialogueContent, response: Json | None, *, at: int, reply: str) -> Json:
    """The response with one more reply; `at` is how many the page showed in the last run.

    The same turn sent twice is one turn. Raises NotOffered.
    """
    runs = [list(run) for run in response["runs"]] if response else [[]]
    last = runs[-1]
    if at < len(last) and last[at] == reply:
        return {"runs": runs}
    if at != len(last):
        raise NotOffered
    try:
        walk(spec, [*last, reply])
    except ValueError as error:
        raise NotOffered from error
    last.append(reply)
    return {"runs": runs}


def go_back(spec: DialogueContent, response: Json, *, run: int, to: int) -> Json:
    """The response with a new run that begins with the first `to` replies of that run.

    The runs before are kept. Raises NotOffered.
    """
    runs = [list(one) for one in response["runs"]]
    if not 0 <= run < len(runs) or not 0 <= to < len(runs[run]) or len(runs) >= MOST_RUNS:
        raise NotOffered
    if not is_over(spec, runs[-1]):
        raise NotOffered
    return {"runs": [*runs, runs[run][:to]]}


def deciding_turn(spec: DialogueContent, path: Sequence[str]) -> int:
    """Index of the reply that decided a finished run.

    The one after which the best that could still be reached fell the most; in a run without a
    loss, the one with the most to lose: whose worst alternative would have cost the most.
    """
    best = [best_from(spec, tuple(path[:n])) for n in range(len(path) + 1)]
    losses = [before - after for before, after in pairwise(best)]
    if max(losses) > 0:
        return losses.index(max(losses))
    states = walk(spec, path)
    at_stake = [
        best[n]
        - min(
            best_from(spec, (*path[:n], other.id)) for other in offered(spec, states[n], path[:n])
        )
        for n in range(len(path))
    ]
    return at_stake.index(max(at_stake))


def _reply(id: str, zh: str, en: str, trust: int, to: str, step: str) -> Json:
    return {
        "id": id,
        "text": {"zh": zh, "en": en},
        "step": step,
        "trust": trust,
        "why": {"zh": f"结果{id}", "en": f"Effect {id}"},
        "to": to,
    }


class Dialogue(Kind[DialogueContent]):
    slug = "dialogue"
    label = _("Rehearse a conversation")
    content_model = DialogueContent
    styles = ("css/dialogue.css",)
    scripts = ("js/dialogue.js",)
    takes_turns = True
    sample_content = {
        "prompt": {"zh": "您在前台，请接待这位客人。", "en": "You are at reception."},
        "channel": "counter",
        "customer": {"zh": "方女士", "en": "Ms Fang"},
        "you": {"zh": "前台小林", "en": "Lin at reception"},
        "start": "n1",
        "nodes": [
            {
                "id": "n1",
                "says": {"zh": "房间太吵了！", "en": "The room is far too loud."},
                "mood": "annoyed",
                "replies": [
                    _reply("k3", "我这就看看。", "Let me look at once.", 2, "n2", "set-the-tone"),
                    _reply("a9", "满房了。", "We are full.", -2, "lost", "set-the-tone"),
                ],
            },
            {
                "id": "n2",
                "says": {"zh": "那怎么办？", "en": "So what can you do?"},
                "mood": "unsure",
                "replies": [
                    _reply("m2", "朝院子的房还有一间。", "There is a room", 2, "won", "solve"),
                    _reply("f5", "您忍一晚吧。", "Just for one night?", -3, "lost", "solve"),
                ],
            },
        ],
        "endings": [
            {
                "id": "won",
                "says": {"zh": "谢谢你。", "en": "Thank you."},
                "mood": "pleased",
                "outcome": "won",
                "summary": {"zh": "她会再来。", "en": "She will come again."},
            },
            {
                "id": "lost",
                "says": {"zh": "算了。", "en": "Forget it."},
                "mood": "angry",
                "outcome": "lost",
                "summary": {"zh": "她不会再来。", "en": "She will not come again."},
            },
        ],
        "explanation": {"zh": "先接住，再想办法。", "en": "Receive first, then look for a way."},
    }
    sample_response = {"runs": [["k3", "m2"]]}
    sample_wrong = {"runs": [["a9"]]}

    def form(
        self, spec: DialogueContent, data: Any, mask: Mask, prefix: str | None = None
    ) -> DialogueForm:
        tokens = {mask.token(one): one for one in spec.reply}
        return DialogueForm(data, spec=spec, tokens=tokens, prefix=prefix)

    def post_data(self, spec: DialogueContent, response: Json, mask: Mask) -> dict[str, Any]:
        return {"runs": "|".join(".".join(map(mask.token, run)) for run in response["runs"])}

    def is_complete(self, spec: DialogueContent, response: Json) -> bool:
        return is_over(spec, response["runs"][0])

    def grade(self, spec: DialogueContent, response: Json) -> Grade:
        """Trust gained in the first run, out of the most that can be gained; never below 0.

        Replies of a node add up to no gain (the content is held to it), so choosing blindly
        earns nothing on average. Later runs are practice.
        """
        first = response["runs"][0]
        if not is_over(spec, first):
            return Grade(earned=0, possible=spec.best)
        return Grade(
            earned=min(spec.best, max(0, gained(spec, first))),
            possible=spec.best,
            right=sum(spec.reply[one].trust > 0 for one in first),
            of=len(first),
        )

    def present(
        self, spec: DialogueContent, response: Json | None, mask: Mask, *, reveal: bool
    ) -> Mapping[str, Any]:
        runs = response["runs"] if response else [[]]
        played = runs[-1]
        over = is_over(spec, played)
        states = walk(spec, played)
        choices = mask.shuffled(one.id for one in offered(spec, states[-1], played))
        return {
            "run": len(runs) - 1,
            "at": len(played),
            "runs_field": self.post_data(spec, response, mask)["runs"] if response else "",
            "turns": self._turns(spec, played, states, reveal=False),
            "now": self._place(spec, states[-1]),
            "over": over,
            "choices": [
                {"token": mask.token(one), "text": spec.reply[one].text.said} for one in choices
            ],
            "runs": [
                self._debrief(spec, run, n) for n, run in enumerate(runs) if is_over(spec, run)
            ]
            if reveal
            else [],
            "may_go_back": over and len(runs) < MOST_RUNS,
        }

    def _place(self, spec: DialogueContent, state: State) -> Json:
        place = spec.node.get(state.place) or spec.ending[state.place]
        return {
            "says": place.says.said,
            "mood": place.mood,
            "mood_word": MOODS[place.mood],
            "scene": place.scene.said if getattr(place, "scene", None) else "",
            "outcome": getattr(place, "outcome", ""),
            "summary": place.summary.said if state.place in spec.ending else "",
        }

    def _turns(
        self, spec: DialogueContent, path: Sequence[str], states: list[State], *, reveal: bool
    ) -> list[Json]:
        turns = []
        for n, one in enumerate(path):
            reply = spec.reply[one]
            turn: Json = {**self._place(spec, states[n]), "n": n, "said": reply.text.said}
            if reveal:
                others = [other for other in offered(spec, states[n], path[:n]) if other.id != one]
                turn |= {
                    "trust": reply.trust,
                    "trust_after": states[n + 1].trust,
                    "step": STEP_BY_SLUG.get(reply.step or ""),
                    "action": ACTION_BY_SLUG.get(reply.action or ""),
                    "why": reply.why.said,
                    "others": [
                        {"text": o.text.said, "trust": o.trust, "why": o.why.said} for o in others
                    ],
                }
            turns.append(turn)
        return turns

    def _debrief(self, spec: DialogueContent, run: Sequence[str], number: int) -> Json:
        states = walk(spec, run)
        return {
            "number": number,
            "turns": self._turns(spec, run, states, reveal=True),
            "end": self._place(spec, states[-1]),
            "decided": deciding_turn(spec, run),
            "trust_from": spec.trust,
            "trust_to": states[-1].trust,
            "gained": gained(spec, run),
        }
