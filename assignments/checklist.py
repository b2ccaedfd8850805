"""The checklist of the five steps, as the course pack has it (`observation.yaml`)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import pgettext_lazy

from mot_course.steps import STEPS, Step
from mot_course.web import Json, content_language
from units.models import Reference

SLUG = "observation"
ENCOUNTERS = (1, 2)
SEEN, NOT_SEEN, NO_OCCASION = "seen", "not_seen", "no_occasion"
# Said of somebody else, and of oneself.
WORDS = {
    SEEN: pgettext_lazy("observation", "Seen"),
    NOT_SEEN: pgettext_lazy("observation", "Not seen"),
    NO_OCCASION: pgettext_lazy("observation", "No occasion"),
}
OWN_WORDS = {
    SEEN: pgettext_lazy("observation of oneself", "Did it"),
    NOT_SEEN: pgettext_lazy("observation of oneself", "Did not"),
    NO_OCCASION: pgettext_lazy("observation of oneself", "No occasion"),
}


@dataclass(frozen=True)
class Item:
    """Something that can be seen or heard, in the reader's language."""

    id: str
    step: str
    says: str
    mine: str
    seen: str
    not_seen: str


@dataclass(frozen=True)
class StepItems:
    """A step and what is looked for in it."""

    step: Step
    items: Sequence[Item]


def checklist() -> list[Item]:
    """Every item, in the pack's order; none where the pack has no checklist. One query."""
    stored = Reference.objects.filter(slug=SLUG).first()
    language = content_language()
    return [_item(one, language) for one in stored.content["items"]] if stored else []


def _item(one: Json, language: str) -> Item:
    texts = {name: one[name][language] for name in ("says", "mine", "seen", "not_seen")}
    return Item(id=one["id"], step=one["step"], **texts)


def by_step(items: Sequence[Item]) -> list[StepItems]:
    """The items under their steps, in the steps' order; a step without items is left out."""
    found = [StepItems(step, [one for one in items if one.step == step.slug]) for step in STEPS]
    return [one for one in found if one.items]
