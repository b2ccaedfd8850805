"""Which items of a bank an attempt gets. Pure: the same items and seed, the same draw."""

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Item:
    """An item to draw from: what it tests, what its key looks like, how often it was seen."""

    exercise_id: int
    objective: str
    key: str
    seen: int = 0


def draw(items: Sequence[Item], count: int | None, *, seed: str, shuffle: bool) -> list[Item]:
    """`count` of the items (all, where it is None), spread evenly over objectives and keys.

    From each objective in turn comes the item seen least often; among those the one whose
    key stands least often in the draw so far, so that "always true" does not pay.
    """
    chance = random.Random(seed)  # noqa: S311 -- a fair draw, no secret
    if count is None or count >= len(items):
        drawn = list(items)
        if shuffle:
            chance.shuffle(drawn)
        return drawn
    by_objective: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        by_objective[item.objective].append(item)
    objectives = sorted(by_objective)
    chance.shuffle(objectives)
    keys: Counter[str] = Counter()
    drawn = []
    while len(drawn) < count:
        for objective in objectives:
            rest = by_objective[objective]
            if not rest or len(drawn) == count:
                continue
            chance.shuffle(rest)
            best = min(rest, key=lambda item: (item.seen, keys[item.key]))
            rest.remove(best)
            keys[best.key] += 1
            drawn.append(best)
    chance.shuffle(drawn)
    return drawn
