"""What marks on a conversation are worth against the experts'. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quizzes.kinds.transcript import Moment

if TYPE_CHECKING:
    from quizzes.kinds.moments import MomentsContent


@dataclass(frozen=True)
class Found:
    """How marks compare with the experts'. Customers' lines are in none of these."""

    points: int  # out of `spec.whole`
    at: dict[str, str]  # required moment → the line or phrase where it was found
    bonus: frozenset[str]  # found without need
    opposite: frozenset[str]  # moments marked the other way round
    beyond: frozenset[str]  # lines the experts leave open
    near: frozenset[str] = field(default=frozenset())  # marks that stand for a neighbouring moment


def agrees(moment: Moment, polarity: str) -> bool:
    """Whether the experts accept that judgement."""
    return polarity == moment.polarity or polarity in moment.accept_polarity


def find(spec: "MomentsContent", marked: Mapping[str, str]) -> Found:
    """Compare marks (line or phrase → polarity) with the experts'.

    Points are the share of the required moments found minus the share of the open lines marked
    (Youden's index, as for several answers), as a whole number. A bonus moment found makes up
    for one mark too many. A mark beside a moment, where the experts accept that, is never one
    too many, so a further right mark can never cost anything.
    """
    marks = {spot: polarity for spot, polarity in marked.items() if spot in spec.by_spot}
    places = {
        one: [spot for spot in places_of(spec, one) if agrees(moment, marks.get(spot, ""))]
        for one, moment in spec.required.items()
    }
    at = _matched(places)
    bonus = {one for one, moment in spec.bonus.items() if agrees(moment, marks.get(one, ""))}
    near = {spot for spots in places.values() for spot in spots}
    rest = [spot for spot in marks if spot not in near and spot not in bonus]
    opposite, beyond = set(), set()
    for spot in rest:
        moment = spec.by_spot[spot].moment
        if spot in spec.required or spot in spec.bonus:
            opposite.add(spot)
        elif moment is None or not agrees(moment, marks[spot]):
            beyond.add(spot)
    too_many = max(0, len(opposite) + len(beyond) - len(bonus))
    points = len(at) * spec.open_lines - too_many * len(spec.required)
    return Found(
        points=max(0, points),
        at=at,
        bonus=frozenset(bonus),
        opposite=frozenset(opposite),
        beyond=frozenset(beyond),
        near=frozenset(near - set(spec.required) - bonus),
    )


def places_of(spec: "MomentsContent", one: str) -> Iterator[str]:
    """Where the required moment may be marked: on itself, and beside it where that is accepted."""
    yield one
    for spot in spec.required[one].accept_at:
        if spot in spec.by_spot and spot != one:
            yield spot


def _matched(places: Mapping[str, list[str]]) -> dict[str, str]:
    """As many moments as possible, each with a mark of its own; its own line goes first."""
    taken: dict[str, str] = {spots[0]: one for one, spots in places.items() if one in spots}

    def place(one: str, tried: set[str]) -> bool:
        for spot in places[one]:
            if spot in tried:
                continue
            tried.add(spot)
            if spot not in taken or place(taken[spot], tried):
                taken[spot] = one
                return True
        return False

    for one in places:
        if one not in taken.values():
            place(one, set())
    return {one: spot for one in places for spot, owner in taken.items() if owner == one}


@dataclass(frozen=True)
class Named:
    """How many of the steps (or actions) are named rightly: of all, and of those found."""

    right: int
    of: int
    of_found: int


def named(
    spec: "MomentsContent", found: Found, marks: Mapping[str, Mapping[str, str]], what: str
) -> Named:
    """`what` is step or action. Any mark that counts for a moment may name it."""
    right = of = of_found = 0
    for one, moment in spec.required.items():
        wanted = accepted_names(moment, what)
        if not wanted:
            continue
        of += 1
        if one in found.at:
            of_found += 1
            right += any(marks[spot].get(what) in wanted for spot in _counting(spec, one, marks))
    return Named(right, of, of_found)


def accepted_names(moment: Moment, what: str) -> tuple[str, ...]:
    """The steps or actions that can be defended, the experts' own first; empty where none is."""
    own: str | None = getattr(moment, what)
    others: Iterable[str] = moment.accept_five if what == "step" else moment.accept_eoac
    return (own, *others) if own else ()


def _counting(
    spec: "MomentsContent", one: str, marks: Mapping[str, Mapping[str, str]]
) -> Iterator[str]:
    for spot in places_of(spec, one):
        if spot in marks and agrees(spec.required[one], marks[spot]["polarity"]):
            yield spot
