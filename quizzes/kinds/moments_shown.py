"""What a page shows of marks on a conversation: one's own, and later the experts'. Pure."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mot_course.steps import ACTION_BY_SLUG, STEP_BY_SLUG
from mot_course.web import Json
from quizzes.kinds.base import Mask
from quizzes.kinds.moments_found import Found, accepted_names, agrees, named
from quizzes.kinds.transcript import Moment, Spot

if TYPE_CHECKING:
    from quizzes.kinds.moments import MomentsContent

QUOTED = 24  # characters of a neighbouring line are enough to know it by


def shown_spot(spot: Spot, mine: Json | None, mask: Mask) -> Json:
    """A line or phrase as it is asked: nothing that tells whether it is a moment."""
    return {
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


def judged_spot(
    spec: "MomentsContent", spot: Spot, mine: Json | None, found: Found, mask: Mask
) -> Json:
    """The same with what became of it and what the experts say. For the feedback alone."""
    shown = shown_spot(spot, mine, mask)
    shown["id"] = spot.id
    shown["outcome"] = outcome(spec, spot, mine, found)
    shown["expert"] = spot.moment and _expert(spec, spot.moment, is_staff=spot.is_staff)
    if mine and spot.moment and spot.is_staff and agrees(spot.moment, mine["polarity"]):
        for what in ("step", "action"):
            wanted = accepted_names(spot.moment, what)
            if wanted and mine.get(what):
                shown["mine"][f"{what}_fits"] = mine[what] in wanted
    return shown


def outcome(spec: "MomentsContent", spot: Spot, mine: Json | None, found: Found) -> str:
    """found | nearby | missed | opposite | near | beyond | bonus | extra | reading | ''.

    nearby: a moment found by a mark beside it; near: the mark beside it; extra: a bonus moment
    that was not marked; '': nothing to say.
    """
    if not spot.is_staff:
        return "reading" if spot.moment else ""
    if spot.id in found.opposite:
        return "opposite"
    if spot.id in spec.required:
        if spot.id not in found.at:
            return "missed"
        own = mine is not None and agrees(spec.required[spot.id], mine["polarity"])
        return "found" if own else "nearby"
    if spot.id in found.bonus:
        return "bonus"
    if spot.id in found.near:
        return "near"
    if spot.id in found.beyond:
        return "beyond"
    return "extra" if spot.id in spec.bonus else ""


def _expert(spec: "MomentsContent", moment: Moment, *, is_staff: bool) -> Json:
    return {
        "polarity": moment.polarity,
        "effect": moment.effect or "",
        "step": STEP_BY_SLUG.get(moment.step or ""),
        "action": ACTION_BY_SLUG.get(moment.action or ""),
        "why": moment.why.said if moment.why else "",
        "is_trap": is_staff and moment.polarity == "neutral",
        "or_steps": [STEP_BY_SLUG[one] for one in moment.accept_five],
        "or_actions": [ACTION_BY_SLUG[one] for one in moment.accept_eoac],
        "or_at": [
            _short(spec.by_spot[one].text.said) for one in moment.accept_at if one in spec.by_spot
        ],
        "may_stay_open": "neutral" in moment.accept_polarity,
    }


def _short(text: str) -> str:
    return text if len(text) <= QUOTED else f"{text[:QUOTED].rstrip()}…"


def summary(spec: "MomentsContent", found: Found, marks: Mapping[str, Mapping[str, str]]) -> Json:
    """How many moments were seen, how many marks were too many, how many steps named."""
    names = {what: named(spec, found, marks, what) for what in spec.names}
    return {
        "found": len(found.at),
        "of": len(spec.required),
        "missed": len(spec.required) - len(found.at),
        "beyond": len(found.beyond),
        "opposite": len(found.opposite),
        "bonus": len(found.bonus),
        "steps": names.get("step"),
        "actions": names.get("action"),
    }
