"""A plan drawn small: one line of days with a mark for each reminder. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from assignments.models import Rule

WIDTH, EDGE, NARROWEST = 280, 22, 26


@dataclass(frozen=True)
class Mark:
    """A reminder on the line."""

    x: int
    label: str  # −3, 0, +2
    audience: str
    is_due: bool = False


@dataclass(frozen=True)
class Line:
    """The marks from left to right, and where the due day stands."""

    marks: list[Mark]
    due_x: int
    width: int = WIDTH


def line_of(rules: Sequence[Rule]) -> Line:
    """The rules as marks: days before the due day to the left of it, days after to the right.

    The days are not to scale, because seven quiet ones would squeeze the three that matter.
    """
    opening = sorted({r.days for r in rules if r.anchor == Rule.Anchor.OPENS})
    around = {r.days for r in rules if r.anchor == Rule.Anchor.DUE} | {0}
    after = sorted({r.days for r in rules if r.anchor == Rule.Anchor.FINISHED})
    places: list[tuple[str, int]] = [(Rule.Anchor.OPENS, days) for days in opening]
    places += [(Rule.Anchor.DUE, days) for days in sorted(around)]
    places += [(Rule.Anchor.FINISHED, days) for days in after]
    gap = (WIDTH - 2 * EDGE) / max(len(places) - 1, 1)
    at = {place: round(EDGE + gap * n) for n, place in enumerate(places)}
    if len(places) == 1:
        at[places[0]] = WIDTH // 2
    told: dict[tuple[str, int], set[str]] = {}
    for rule in rules:
        told.setdefault((rule.anchor, rule.days), set()).add(rule.audience)
    marks = [
        Mark(
            at[place],
            _label(*place),
            _audience(told.get(place, set())),
            place == (Rule.Anchor.DUE, 0),
        )
        for place in places
        if place in told or place == (Rule.Anchor.DUE, 0)
    ]
    return Line(marks, at[(Rule.Anchor.DUE, 0)])


def _label(anchor: str, days: int) -> str:
    if anchor == Rule.Anchor.DUE:
        return _("due") if days == 0 else f"{'−' if days < 0 else '+'}{abs(days)}"
    if anchor == Rule.Anchor.OPENS:
        return _("opens") if days == 0 else _("opens %(n)s") % {"n": f"{days:+d}".replace("-", "−")}
    return _("done") if days == 0 else _("done %(n)s") % {"n": f"{days:+d}"}


def _audience(told: set[str]) -> str:
    """trainee, staff where only those above are told, both, or nobody."""
    if not told:
        return "nobody"
    if Rule.Audience.TRAINEE not in told:
        return "staff"
    return "both" if len(told) > 1 else "trainee"
