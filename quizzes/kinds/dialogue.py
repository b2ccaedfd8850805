"""Rehearse a conversation: choose what to say, see where it leads, go back to a moment."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mot_course.web import Json
from quizzes.kinds.base import Grade, Kind, Mask
from quizzes.kinds.dialogue_content import DialogueContent
from quizzes.kinds.dialogue_debrief import compared, debrief
from quizzes.kinds.dialogue_paths import State, gained, is_over, offered, walk

MOST_RUNS = 12
MOODS = {
    "calm": pgettext_lazy("mood", "calm"),
    "pleased": pgettext_lazy("mood", "pleased"),
    "unsure": pgettext_lazy("mood", "unsure"),
    "hurried": pgettext_lazy("mood", "in a hurry"),
    "annoyed": pgettext_lazy("mood", "annoyed"),
    "angry": pgettext_lazy("mood", "angry"),
}
CHANNELS = {
    "counter": ("counter", _("At the counter")),
    "phone": ("phone", _("On the phone")),
    "chat": ("cases", _("In writing, online")),
}
OUTCOMES = {
    "won": ("saved", "good", _("Won: this customer comes back")),
    "kept": ("partly", "warn", _("Kept, not won")),
    "lost": ("sign-out", "bad", _("Lost: this customer goes elsewhere")),
}


class NotOffered(Exception):
    """This cannot be chosen here (any more): another page has gone on, or a forged form."""


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
                path = [self.tokens[token] for token in run.split(".") if token]
                walk(self.spec, path)
                runs.append(path)
            if not runs[0]:
                raise ValueError("nothing is said in the first run")
        except (KeyError, ValueError) as error:
            raise forms.ValidationError(_("This reply is not offered here.")) from error
        return runs


def take_turn(
    spec: DialogueContent, response: Json | None, *, run: int, at: int, reply: str
) -> Json:
    """The response with one more reply; the page showed `at` replies in that run, the last.

    The same turn sent twice is one turn. Raises NotOffered.
    """
    runs = runs_of(response) or [[]]
    last = runs[-1]
    if run != len(runs) - 1:
        raise NotOffered
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


def go_back(spec: DialogueContent, response: Json | None, *, run: int, to: int) -> Json:
    """The response with a new run that begins with the first `to` replies of that run.

    The runs before are kept. Asked for twice, as by a double click, it is one new run. Raises
    NotOffered.
    """
    runs = runs_of(response)
    if not 0 <= run < len(runs) or not 0 <= to < len(runs[run]):
        raise NotOffered
    wanted = runs[run][:to]
    if not is_over(spec, runs[-1]):
        if run < len(runs) - 1 and runs[-1] == wanted:
            return {"runs": runs}
        raise NotOffered
    if len(runs) >= MOST_RUNS:
        raise NotOffered
    return {"runs": [*runs, wanted]}


def runs_of(response: Json | None) -> list[list[str]]:
    """A copy of the runs played so far."""
    return [list(run) for run in response["runs"]] if response else []


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

    def unanswered(self, spec: DialogueContent) -> Grade:
        return Grade(earned=0, possible=spec.best)

    def grade(self, spec: DialogueContent, response: Json) -> Grade:
        """Trust gained in the first run, out of the most that can be gained; never below 0.

        Gains count in full even where the customer's trust, which stays between 0 and 10, has no
        room left: who has done everything right is not to earn less for it. The content is
        held to it that choosing blindly earns little. Later runs are practice.
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
        runs = runs_of(response) or [[]]
        played = runs[-1]
        states = walk(spec, played)
        over = states[-1].place in spec.ending
        choices = mask.shuffled(one.id for one in offered(spec, states[-1], played))
        debriefs = [
            debrief(spec, run, number) | {"end": place(spec, walk(spec, run)[-1], outcome=True)}
            for number, run in enumerate(runs, start=1)
            if reveal and is_over(spec, run)
        ]
        icon, word = CHANNELS[spec.channel]
        return {
            "channel": spec.channel,
            "channel_icon": icon,
            "channel_word": word,
            "customer": spec.customer.said,
            "customer_name": _name(spec.customer.said),
            "your_name": _name(spec.you.said),
            "number": len(runs),
            "runs_field": self.post_data(spec, response, mask)["runs"] if response else "",
            "is_first_over": is_over(spec, runs[0]),
            "turns": [
                place(spec, state) | {"said": spec.reply[one].text.said}
                for one, state in zip(played, states, strict=False)
            ],
            "now": place(spec, states[-1], outcome=reveal),
            "is_over": over,
            "choices": [
                {
                    "value": f"{len(runs) - 1}.{len(played)}.{mask.token(one)}",
                    "text": spec.reply[one].text.said,
                }
                for one in choices
            ],
            "debriefs": debriefs[::-1],
            "compared": [
                {
                    **row,
                    **dict(zip(("icon", "tone", "word"), OUTCOMES[row["outcome"]], strict=True)),
                }
                for row in (compared(spec, runs) if reveal else [])
            ],
            "may_go_back": reveal and over and len(runs) < MOST_RUNS,
        }


def place(spec: DialogueContent, state: State, *, outcome: bool = False) -> Json:
    """What is said at a node or an ending; how it ended only where that may be told."""
    shown: Json = {}
    if node := spec.node.get(state.place):
        shown = {"says": node.says.said, "scene": node.scene.said if node.scene else ""}
        feeling: str = node.mood
    else:
        ending = spec.ending[state.place]
        shown, feeling = {"says": ending.says.said, "scene": ""}, ending.mood
        if outcome:
            shown |= _ended(ending.outcome) | {"summary": ending.summary.said}
    return shown | {"mood": feeling, "mood_word": MOODS[feeling], "face": f"mood-{feeling}"}


def _ended(outcome: str) -> Json:
    icon, tone, word = OUTCOMES[outcome]
    return {"icon": icon, "tone": tone, "word": word}


def _name(person: str) -> str:
    """The name alone, without what an author adds to it: Ms Fang, in her sixties."""
    return re.split("[,，]", person, maxsplit=1)[0]
