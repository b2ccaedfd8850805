"""The five steps of the behaviour model and the four actions, in both languages."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


@dataclass(frozen=True)
class Step:
    """One of the five steps; `number` also names its hue and shape in the style sheets."""

    slug: str
    number: int
    name: "StrPromise"
    short: "StrPromise"

    @property
    def icon(self) -> str:
        """The id of the step's symbol in static/icons.svg."""
        return f"step-{self.number}"


@dataclass(frozen=True)
class Action:
    """One of explore, offer, act, confirm."""

    slug: str
    name: "StrPromise"


STEPS: tuple[Step, ...] = (
    Step("set-the-tone", 1, _("Set the tone"), pgettext_lazy("short step", "Tone")),
    Step("diagnose", 2, _("Diagnose"), pgettext_lazy("short step", "Diagnose")),
    Step("solve", 3, _("Solve"), pgettext_lazy("short step", "Solve")),
    Step("summarise", 4, _("Summarise"), pgettext_lazy("short step", "Summarise")),
    Step("follow-up", 5, _("Follow up"), pgettext_lazy("short step", "Follow up")),
)
ACTIONS: tuple[Action, ...] = (
    Action("explore", _("Explore")),
    Action("offer", _("Offer")),
    Action("act", _("Act")),
    Action("confirm", _("Confirm")),
)
STEP_BY_SLUG: dict[str, Step] = {step.slug: step for step in STEPS}
ACTION_BY_SLUG: dict[str, Action] = {action.slug: action for action in ACTIONS}
STEP_SLUGS: tuple[str, ...] = tuple(STEP_BY_SLUG)
ACTION_SLUGS: tuple[str, ...] = tuple(ACTION_BY_SLUG)
