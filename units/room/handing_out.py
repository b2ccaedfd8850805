"""A unit's exercises on paper: first as they are asked, then the key with the reasons."""

from dataclasses import dataclass

from quizzes.questions import Question
from units.models import Lesson
from units.room.gathering import TaughtLesson
from units.room.pieces import Sheet
from units.room.printing import sheet_of


@dataclass(frozen=True)
class Printed:
    """An exercise with its number on the paper."""

    number: int
    question: Question
    sheet: Sheet

    @property
    def is_long(self) -> bool:
        """A conversation may go over a page; everything else stays together."""
        return any(one.shape == "talk" for one in self.sheet.asked)


@dataclass(frozen=True)
class Printout:
    """The exercises of a lesson."""

    lesson: Lesson
    exercises: list[Printed]


def handout_of(lessons: list[TaughtLesson]) -> list[Printout]:
    """The unit's exercises, numbered through; lessons without any are left out."""
    printouts, number = [], 0
    for one in lessons:
        exercises = []
        for question in one.exercises:
            number += 1
            exercises.append(Printed(number, question, sheet_of(question)))
        if exercises:
            printouts.append(Printout(one.lesson, exercises))
    return printouts
