"""How near an instructor's levels are to the experts': marked blind, then compared."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from mot_course.web import Json
from people.models import User
from quizzes.kinds.rubrics import LEVELS
from quizzes.models import Bank, Calibration

Pair = tuple[int, int]  # (one's own level, the experts' level)

ROUNDS = 2_000
SEED = 1968  # the same pairs get the same interval each time the page is opened


def weighted_kappa(pairs: Sequence[Pair], levels: int = LEVELS) -> float | None:
    """Quadratically weighted kappa of two raters; None where chance alone agrees fully.

    κw = 1 − Σ w·observed ÷ Σ w·expected with w = (i − j)² ÷ (k − 1)²; expected from the two
    raters' own frequencies. Jacob Cohen (1968): Weighted kappa: nominal scale agreement with
    provision for scaled disagreement or partial credit. Psychological Bulletin 70(4), 213–220.
    """
    count = len(pairs)
    if not count:
        return None
    mine, theirs = [0] * (levels + 1), [0] * (levels + 1)
    for own, reference in pairs:
        mine[own] += 1
        theirs[reference] += 1
    # (k − 1)² stands in numerator and denominator alike.
    observed = sum((own - reference) ** 2 for own, reference in pairs) / count
    numbers = range(1, levels + 1)
    by_chance = sum((i - j) ** 2 * mine[i] * theirs[j] for i in numbers for j in numbers)
    expected = by_chance / count**2
    return 1 - observed / expected if expected else None


def interval(pairs: Sequence[Pair], *, rounds: int = ROUNDS) -> tuple[float, float] | None:
    """The middle 95 % of kappa over resampled pairs (percentile bootstrap, seeded).

    Bradley Efron, Robert Tibshirani (1993): An Introduction to the Bootstrap, chapter 13. It
    takes the ratings as independent; those of one text are not quite, so the truth is wider.
    None where fewer than half of the samples have a kappa.
    """
    dice = random.Random(SEED)  # noqa: S311 -- chance for statistics, not for secrets
    drawn = (dice.choices(pairs, k=len(pairs)) for _ in range(rounds)) if pairs else ()
    found = sorted(kappa for one in drawn if (kappa := weighted_kappa(one)) is not None)
    if len(found) * 2 < rounds:
        return None
    return found[int(len(found) * 0.025)], found[min(int(len(found) * 0.975), len(found) - 1)]


@dataclass(frozen=True)
class Agreement:
    """How two sets of levels compare."""

    count: int
    same: int
    near: int  # one level apart
    far: int  # two or three apart
    lean: float  # own minus reference, on average: below 0 is stricter
    kappa: float | None
    low: float | None
    high: float | None

    @property
    def band(self) -> str:
        """`close`, `fair`, `loose`, `apart`; `unknown` without a kappa. Our own cuts."""
        if self.kappa is None:
            return "unknown"
        for least, name in ((0.8, "close"), (0.6, "fair"), (0.4, "loose")):
            if self.kappa >= least:
                return name
        return "apart"

    @property
    def leans(self) -> str:
        """`strict`, `mild`, or empty where the difference is below a quarter of a level."""
        if abs(self.lean) < 0.25:
            return ""
        return "mild" if self.lean > 0 else "strict"

    @property
    def by(self) -> float:
        """How far one leans, without its direction."""
        return abs(self.lean)


def agreement(pairs: Sequence[Pair]) -> Agreement:
    """Everything there is to say about the pairs."""
    apart = [abs(own - reference) for own, reference in pairs]
    spread = interval(pairs)
    return Agreement(
        count=len(pairs),
        same=apart.count(0),
        near=apart.count(1),
        far=sum(one > 1 for one in apart),
        lean=sum(own - reference for own, reference in pairs) / len(pairs) if pairs else 0.0,
        kappa=weighted_kappa(pairs),
        low=spread[0] if spread else None,
        high=spread[1] if spread else None,
    )


def levels_given(marker: User, bank: Bank) -> dict[str, Json]:
    """The levels the person has given to the bank's anchors, by anchor."""
    rows = Calibration.objects.filter(marker=marker, bank=bank)
    return dict(rows.values_list("anchor", "levels"))


def save_calibration(*, marker: User, bank: Bank, anchor: str, levels: dict[str, int]) -> bool:
    """Keep the levels given to an anchor; False where there were some already, which stay."""
    try:
        with transaction.atomic():
            Calibration.objects.create(marker=marker, bank=bank, anchor=anchor, levels=levels)
    except IntegrityError:
        return False
    return True


def banks_to_calibrate(person: User) -> list[Bank]:
    """The banks with examples of which the person has not marked all yet; in two queries."""
    banks: list[Any] = list(Bank.objects.exclude(anchors=[]).order_by("slug"))
    if not banks:
        return []
    done = set(
        Calibration.objects.filter(marker=person, bank__in=banks).values_list("bank", "anchor")
    )
    return [bank for bank in banks if any((bank.pk, one["id"]) not in done for one in bank.anchors)]
