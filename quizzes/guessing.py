"""What somebody gets who answers without reading: exactly, over all items of a bank.

A bank is fair when no such strategy pays: each stays within ten points of guessing, and where
there is partial credit, it earns at most a quarter.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from quizzes.kinds import KINDS
from quizzes.kinds.base import Content

STRATEGIES = ("always true", "always false", "first", "longest", "shortest", "all")
CLOSE = 10.0  # points of a hundred that a strategy may lie above or below guessing
PARTIAL = 25.0  # points that a strategy may earn in kinds with partial credit

Item = tuple[str, Content]  # kind, content


@dataclass(frozen=True)
class Blind:
    """What a strategy gets in one language, in points of a hundred."""

    strategy: str
    language: str
    score: float  # over all items; where the strategy says nothing, what guessing gets
    guessing: float
    partial: float | None  # over the items with partial credit alone; None: there are none

    @property
    def is_fair(self) -> bool:
        return abs(self.score - self.guessing) <= CLOSE and (self.partial or 0.0) <= PARTIAL


def blind_scores(items: Iterable[Item]) -> list[Blind]:
    """Every strategy in both languages over these items; kinds a person marks are left out."""
    graded = [item for item in items if not KINDS[item[0]].rubric(item[1])]
    return [
        _blind(graded, strategy, language)
        for strategy in STRATEGIES
        for language in ("zh", "en")
        if graded
    ]


def _blind(items: list[Item], strategy: str, language: str) -> Blind:
    total = chances = 0.0
    partial: list[float] = []
    for kind, content in items:
        rules = KINDS[kind]
        chance = rules.chance(content)
        chances += chance
        response = rules.blind(content, language).get(strategy)
        share = chance  # where the strategy says nothing, one guesses
        if response is not None:
            grade = rules.grade(content, response)
            share = grade.earned / grade.possible if grade.possible else 0.0
        total += share
        if not chance:
            partial.append(share)
    count = len(items)
    return Blind(
        strategy,
        language,
        100 * total / count,
        100 * chances / count,
        100 * sum(partial) / len(partial) if partial else None,
    )
