"""Points to scores. Pure."""

from collections.abc import Iterable

WHOLE = 10_000


def score(parts: Iterable[tuple[int, int, int]]) -> int:
    """0…10,000 for (earned, possible, weight) of each item: every item counts once × its weight.

    10,000 × Σ w·earned/possible ÷ Σ w, rounded down; 0 where nothing could be earned.
    """
    total = 0.0
    weights = 0
    for earned, possible, weight in parts:
        if possible:
            total += weight * earned / possible
            weights += weight
    # A share such as 7/10 must not become 6,999 in binary fractions.
    return int(WHOLE * total / weights + 1e-6) if weights else 0
