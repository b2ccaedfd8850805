"""All situations of a dialogue: what can still be gained, which turn decided, what is at fault."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from quizzes.kinds.base import fits
from quizzes.kinds.dialogue_paths import State, gained, offered, step_from, targets_of, walk

if TYPE_CHECKING:
    from quizzes.kinds.dialogue_content import DialogueContent, Reply

MOST_SITUATIONS = 20_000
MOST_BLINDLY = 0.25  # of the points: what choosing at random may earn on average


@dataclass(frozen=True)
class Situation:
    """What the rest of a way depends on: where one is, the trust there, and what was said.

    Of what was said only the replies that matter later: those that conditions name, and those
    one may come back to. So a dialogue has few situations, however many ways lead through it.
    """

    place: str
    trust: int
    said: frozenset[str]


class Map:
    """All situations of a dialogue, and what can still be gained from each."""

    def __init__(self, spec: "DialogueContent") -> None:
        self.spec = spec
        self.matters = _named_in_conditions(spec) | _in_circles(spec)
        self.start = Situation(spec.start, spec.trust, frozenset())
        # Each situation with the ways on from it, those before it first.
        self.ways_on: dict[Situation, list[tuple[Reply, Situation]]] = {}
        self.came_by: dict[Situation, tuple[Situation, Reply]] = {}
        self._explore()
        self.order = self._in_order()
        self.best: dict[Situation, int] = {}
        for one in reversed(self.order):
            ahead = [reply.trust + self.best[to] for reply, to in self.ways_on[one]]
            self.best[one] = max(ahead, default=0)

    def after(self, path: Sequence[str]) -> Situation:
        """The situation a path has led to; raises ValueError."""
        state = walk(self.spec, path)[-1]
        return Situation(state.place, state.trust, self.matters.intersection(path))

    def path_to(self, situation: Situation) -> list[str]:
        """One way that leads there."""
        path: list[str] = []
        while situation in self.came_by:
            situation, reply = self.came_by[situation]
            path.append(reply.id)
        return path[::-1]

    def blind_share(self) -> float:
        """Which part of the points somebody earns on average who chooses at random."""
        chance: dict[Situation, dict[int, float]] = {one: {} for one in self.order}
        chance[self.start] = {0: 1.0}
        mean = 0.0
        for one in self.order:
            ways = self.ways_on[one]
            if not ways:
                mean += sum(share * max(0, points) for points, share in chance[one].items())
            for reply, to in ways:
                for points, share in chance[one].items():
                    known = chance[to].get(points + reply.trust, 0.0)
                    chance[to][points + reply.trust] = known + share / len(ways)
        return mean / self.best[self.start]

    def _explore(self) -> None:
        spec, waiting = self.spec, deque([self.start])
        while waiting:
            one = waiting.popleft()  # the nearest first, so that path_to is short
            if one in self.ways_on:
                continue
            fits(
                len(self.ways_on) < MOST_SITUATIONS,
                f"one can get into more than {MOST_SITUATIONS} situations: make it smaller",
            )
            state, path = State(one.place, one.trust), tuple(one.said)
            self.ways_on[one] = []
            for reply in offered(spec, state, path):
                said = one.said | self.matters.intersection((reply.id,))
                next_one = step_from(spec, state, (*path, reply.id), reply)
                to = Situation(next_one.place, next_one.trust, said)
                self.ways_on[one].append((reply, to))
                if to not in self.ways_on and to not in self.came_by and to != self.start:
                    self.came_by[to] = (one, reply)
                    waiting.append(to)

    def _in_order(self) -> list[Situation]:
        # No circles are left here: coming back to a place, one has said something that matters.
        before = dict.fromkeys(self.ways_on, 0)
        for ways in self.ways_on.values():
            for _, to in ways:
                before[to] += 1
        order = [self.start]
        for one in order:
            for _, to in self.ways_on[one]:
                before[to] -= 1
                if before[to] == 0:
                    order.append(to)
        return order


def _named_in_conditions(spec: "DialogueContent") -> frozenset[str]:
    conditions = [
        one
        for reply in spec.reply.values()
        for one in (reply.when, *(way.when for way in reply.ways))
        if one
    ]
    return frozenset(one for when in conditions for one in (*when.chose, *when.not_chose))


def _in_circles(spec: "DialogueContent") -> frozenset[str]:
    """The replies of every node that one may come back to."""
    return frozenset(
        reply.id
        for node in spec.nodes
        if node.id in _reached_from(spec, node.id)
        for reply in node.replies
    )


def _reached_from(spec: "DialogueContent", start: str) -> set[str]:
    """Every place that replies may lead to from here; the start itself only in a circle."""
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        node = spec.node.get(waiting.pop())
        new = {to for reply in node.replies for to in targets_of(reply)} if node else set()
        waiting.extend(new - reached)
        reached |= new
    return reached


def best_from(spec: "DialogueContent", path: Sequence[str]) -> int:
    """The most trust a whole way that begins with this path gains."""
    return gained(spec, path) + spec.map.best[spec.map.after(path)]


def deciding_turn(spec: "DialogueContent", path: Sequence[str]) -> int:
    """Index of the reply that decided a finished run.

    The one after which the best that could still be reached fell the most; in a run without a
    loss, the one with the most to lose: whose worst alternative would have cost the most.
    """
    best = [best_from(spec, path[:n]) for n in range(len(path) + 1)]
    losses = [before - after for before, after in pairwise(best)]
    if max(losses) > 0:
        return losses.index(max(losses))
    at_stake = [best[n] - min(_ahead(spec, path[:n]), default=best[n]) for n in range(len(path))]
    return at_stake.index(max(at_stake))


def _ahead(spec: "DialogueContent", path: Sequence[str]) -> Iterator[int]:
    """What a whole way gains at best, for each reply one could give now."""
    ways = spec.map.ways_on[spec.map.after(path)]
    return (gained(spec, path) + reply.trust + spec.map.best[to] for reply, to in ways)


def check_ways(spec: "DialogueContent") -> None:
    """Refuse a dialogue that gets stuck, has idle parts, or in which slips or chance pay."""
    for node in spec.nodes:
        fits(
            not _reached_from(spec, node.id).isdisjoint(spec.ending),
            f"from node {node.id!r} no ending can be reached: its replies lead round in a circle",
        )
    found = spec.map
    for one, ways in found.ways_on.items():
        fits(
            bool(ways) or one.place in spec.ending,
            f"node {one.place!r} is a dead end after {' – '.join(found.path_to(one))}: no reply is "
            "left to choose there (each can be said once, and only while its `when` holds)",
        )
    reached = {one.place for one in found.ways_on}
    said = {reply.id for ways in found.ways_on.values() for reply, _ in ways}
    for place in (*spec.node, *spec.ending):
        fits(place in reached, f"{place!r} cannot be reached")
    for reply in spec.reply:
        fits(reply in said, f"reply {reply!r} is never offered")
    outcomes = {ending.outcome for ending in spec.endings}
    fits("lost" in outcomes, "one ending has to be lost, else nothing is at stake")
    _check_that_the_good_way_pays(spec)


def _check_that_the_good_way_pays(spec: "DialogueContent") -> None:
    found = spec.map
    # What can be gained to a good end, and without any slip on the way.
    won: dict[Situation, float] = {}
    clean: dict[Situation, float] = {}
    for one in reversed(found.order):
        ending = spec.ending.get(one.place)
        nothing = 0 if ending is None or ending.outcome == "won" else _NEVER
        ways = found.ways_on[one]
        won[one] = max((reply.trust + won[to] for reply, to in ways), default=nothing)
        clean[one] = max(
            (reply.trust + clean[to] for reply, to in ways if reply.trust >= 0),
            default=0 if ending else _NEVER,
        )
    fits(won[found.start] > 0, "no way leads to an ending that is won")
    fits(
        won[found.start] == spec.best,
        "the way that gains most leads to no ending that is won: look at where it ends",
    )
    fits(
        clean[found.start] == spec.best,
        f"a slip pays: {_slip_that_pays(spec)!r} loses trust, and the way through it gains more "
        "than any way without a slip; let the repair give back less than the slip has cost",
    )
    share = found.blind_share()
    fits(
        share <= MOST_BLINDLY,
        f"choosing at random earns {share:.0%} of the points on average; make wrong replies "
        f"cost more, till it is {MOST_BLINDLY:.0%} at most",
    )


_NEVER = float("-inf")


def _slip_that_pays(spec: "DialogueContent") -> str:
    """The first reply on a best way that loses trust; empty where there is none."""
    found, one = spec.map, spec.map.start
    while found.ways_on[one]:
        reply, one = max(found.ways_on[one], key=lambda way: way[0].trust + found.best[way[1]])
        if reply.trust < 0:
            return reply.id
    return ""
