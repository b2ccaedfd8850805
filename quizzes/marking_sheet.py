"""Everything the marking page shows of one piece of work."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from people.models import User
from quizzes.kinds.rubrics import Criterion
from quizzes.marking import markable_by, marks_of
from quizzes.marking_shown import Piece, ShownMark, pieces_of, shown_marks
from quizzes.models import Answer, Mark
from quizzes.questions import Question
from quizzes.resubmitting import earlier_versions, later_versions

EARLIER = 20  # so many earlier versions are shown


@dataclass(frozen=True)
class Version:
    """An earlier version of a text, with its marks."""

    number: int
    answer: Answer
    pieces: list[Piece]
    marks: list[ShownMark]


class Sheet:
    """A piece of work, its rubric, its marks and its earlier versions."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.question = Question.of(answer, answer.exercise.slug, reveal=True)
        self.earlier_answers: list[Any] = list(
            earlier_versions(answer).select_related("attempt", "exercise", "revision")[:EARLIER]
        )
        self._marks = marks_of([answer.pk, *(one.pk for one in self.earlier_answers)])
        self.later_id = later_versions(answer).values_list("pk", flat=True).first()

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        return self.question.rules.rubric(self.question.spec)

    @cached_property
    def pieces(self) -> list[Piece]:
        return pieces_of(self.question)

    @property
    def number(self) -> int:
        """The how-manieth version of the text this is."""
        return len(self.earlier_answers) + 1

    @property
    def last(self) -> Mark | None:
        """The newest mark of this version."""
        return next(iter(self._marks.get(self.answer.pk, [])), None)

    @property
    def marks(self) -> list[ShownMark]:
        """The marks of this version, the newest first."""
        return shown_marks(self._marks.get(self.answer.pk, []), self.criteria, self.pieces)

    @cached_property
    def versions(self) -> list[Version]:
        """What was handed in before, the latest first."""
        found = []
        for n, answer in enumerate(self.earlier_answers):
            question = Question.of(answer, answer.exercise.slug, reveal=True)
            pieces = pieces_of(question)
            criteria = question.rules.rubric(question.spec)
            marks = shown_marks(self._marks.get(answer.pk, []), criteria, pieces)
            found.append(Version(self.number - n - 1, answer, pieces, marks))
        return found


def sheet_for(person: User, answer_id: int) -> Sheet:
    """The sheet of a piece the person may mark; raises Answer.DoesNotExist."""
    answers = markable_by(person).select_related(
        "attempt__trainee", "attempt__quiz", "exercise", "revision"
    )
    return Sheet(answers.get(pk=answer_id))
