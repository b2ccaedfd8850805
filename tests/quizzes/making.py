"""Banks, quizzes and attempts for tests."""

from itertools import count
from typing import Any

from people.models import User
from quizzes.kinds import KINDS
from quizzes.models import Answer, Attempt, Bank, BankItem, Exercise, Quiz, Revision
from quizzes.questions import Question
from quizzes.starting import start_attempt
from tests.factories import make_trainee
from units.pack.canonical import digest

numbers = count(1)


def make_exercise(kind: str = "true_false", *, content: dict[str, Any] | None = None) -> Exercise:
    """An exercise with one revision: the kind's sample, unless a content is given."""
    exercise = Exercise.objects.create(slug=f"exercise-{next(numbers)}")
    make_revision(exercise, kind, content or KINDS[kind].sample_content)
    return exercise


def make_revision(exercise: Exercise, kind: str, content: dict[str, Any]) -> Revision:
    """A next revision, made current."""
    revision = Revision.objects.create(
        exercise=exercise,
        number=exercise.revisions.count() + 1,
        kind=kind,
        content=content,
        digest=digest({"kind": kind, "content": content}),
        origin=Revision.Origin.PACK,
    )
    exercise.current = revision
    exercise.save(update_fields=["current"])
    return revision


def make_bank(*exercises: Exercise, count: int = 3) -> Bank:
    """A bank of these exercises, or of `count` statements."""
    bank = Bank.objects.create(slug=f"bank-{next(numbers)}", title_zh="题库", title_en="Bank")
    for n, exercise in enumerate(exercises or [make_exercise() for _ in range(count)], start=1):
        BankItem.objects.create(bank=bank, exercise=exercise, position=n, objective=f"o{n}")
    return bank


def make_quiz(bank: Bank | None = None, **fields: Any) -> Quiz:
    """A check over a bank of three statements, all of them asked in order."""
    defaults = {
        "slug": f"quiz-{next(numbers)}",
        "title_zh": "测验",
        "title_en": "Quiz",
        "purpose": Quiz.Purpose.CHECK,
    }
    return Quiz.objects.create(bank=bank or make_bank(), **(defaults | fields))


def make_attempt(quiz: Quiz | None = None, trainee: User | None = None) -> Attempt:
    """An open attempt."""
    return start_attempt(quiz=quiz or make_quiz(), trainee=trainee or make_trainee())


def question_of(answer: Answer) -> Question:
    """The question behind an answer."""
    return Question.of(answer, answer.exercise.slug, reveal=False)


def fields_for(answer: Answer, response: dict[str, Any]) -> dict[str, Any]:
    """What a browser posts to give this response on a quiz page."""
    question = question_of(answer)
    data = question.rules.post_data(question.spec, response, question.mask)
    return {f"{question.prefix}-{name}": value for name, value in data.items()}
