"""Every kind of exercise. To add one: write its module and list it here."""

from typing import Any

from quizzes.kinds.allocate import Allocate
from quizzes.kinds.base import BadContent, Content, Grade, Kind, Mask, Peer
from quizzes.kinds.choice import MultipleChoice, SingleChoice
from quizzes.kinds.counting import Counting
from quizzes.kinds.dialogue import Dialogue
from quizzes.kinds.gap import Gap
from quizzes.kinds.grid import Grid
from quizzes.kinds.matching import Matching
from quizzes.kinds.moments import Moments
from quizzes.kinds.ordering import Ordering
from quizzes.kinds.rating import Rating
from quizzes.kinds.reflection import Reflection
from quizzes.kinds.rewrite import Rewrite
from quizzes.kinds.sorting import Sorting
from quizzes.kinds.true_false import TrueFalse
from quizzes.kinds.voice import Voice
from quizzes.kinds.writing import Writing

__all__ = ["KINDS", "BadContent", "Content", "Grade", "Kind", "Mask", "Peer", "kind_choices"]

KINDS: dict[str, Kind[Any]] = {
    kind.slug: kind
    for kind in (
        TrueFalse(),
        SingleChoice(),
        MultipleChoice(),
        Allocate(),
        Ordering(),
        Matching(),
        Sorting(),
        Counting(),
        Gap(),
        Grid(),
        Rating(),
        Reflection(),
        Moments(),
        Rewrite(),
        Dialogue(),
        Voice(),
        Writing(),
    )
}


def kind_choices() -> list[tuple[str, Any]]:
    """Slug and label of every kind, for model fields; a function, so that no migration follows."""
    return [(kind.slug, kind.label) for kind in KINDS.values()]
