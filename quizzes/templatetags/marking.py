"""Marks as `quizzes/_marks.html` shows them."""

from collections.abc import Iterable, Sequence

from django import template

from quizzes.kinds.rubrics import Criterion
from quizzes.marking_shown import Piece, ShownMark, pieces_of, shown_marks
from quizzes.models import Mark
from quizzes.questions import Question

register = template.Library()


@register.simple_tag
def marks_shown(
    marks: Iterable[Mark],
    criteria: Sequence[Criterion] = (),
    question: Question | str = "",
    pieces: Sequence[Piece] = (),
) -> list[ShownMark]:
    """The marks of one answer, the newest first; asks the database nothing.

    With the question, the criteria and the text the comments stand in are taken from it.
    """
    if isinstance(question, Question):
        criteria = criteria or question.rules.rubric(question.spec)
        pieces = pieces or pieces_of(question)
    return shown_marks(marks or (), criteria or (), pieces or ())
