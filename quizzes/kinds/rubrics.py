"""By what an instructor marks written work: criteria of four levels."""

from collections.abc import Iterable, Mapping

from pydantic import Field

from mot_course.web import Text
from quizzes.kinds.base import Id, Part

LEVELS = 4


class Criterion(Part):
    """One thing that is looked at, and what its four levels mean, the lowest first."""

    id: Id
    title: Text
    levels: tuple[Text, Text, Text, Text]
    part: Id | None = Field(None, description="the part of a structured text it is about")


def points(criteria: Iterable[Criterion], levels: Mapping[str, int]) -> tuple[int, int]:
    """(earned, possible) of a mark; level 1 earns nothing, level 4 everything."""
    ids = [criterion.id for criterion in criteria]
    earned = sum(min(max(levels.get(one, 1), 1), LEVELS) - 1 for one in ids)
    return earned, len(ids) * (LEVELS - 1)
