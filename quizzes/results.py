"""What an attempt's result page shows, as far as the quiz releases it."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from people.models import User
from quizzes import neighbours
from quizzes.afterwards import add_afterwards
from quizzes.models import Attempt, BankItem, Quiz
from quizzes.questions import Question
from quizzes.starting import NoAttemptLeft, TooEarly, last_attempt, why_not


def result_of(attempt: Attempt, person: User) -> dict[str, Any]:
    """The template's context for a submitted attempt."""
    quiz = attempt.quiz
    reveal = is_released(quiz)
    answers = list(attempt.answers.select_related("revision", "exercise"))
    questions = [Question.of(answer, answer.exercise.slug, reveal=reveal) for answer in answers]
    add_afterwards(questions, person)
    missed = _missed_objectives(quiz, answers) if reveal else []
    last = last_attempt(quiz, person)
    refusal = why_not(quiz, last, timezone.now())
    # The others have no points, or a mark: that is no matter of right and wrong.
    judged = [
        answer
        for answer, question in zip(answers, questions, strict=True)
        if answer.possible and (answer.response is None or not question.rules.rubric(question.spec))
    ]
    right = sum(answer.earned == answer.possible for answer in judged)
    return {
        "attempt": attempt,
        "quiz": quiz,
        "outcomes": [_outcome(question) for question in questions] if reveal else [],
        "questions": questions,
        "reveal": reveal,
        "right": right,
        "count": len(judged),
        "waiting": sum(answer.needs_mark for answer in answers),
        "bars": _bars([answer.earned == answer.possible for answer in judged]),
        "answered": sum(answer.response is not None for answer in answers),
        "around": neighbours.around(quiz, missed),
        "may_try_again": refusal is None and last is not None and last.is_submitted,
        "again_at": refusal.again_at if isinstance(refusal, TooEarly) else None,
        "is_last": isinstance(refusal, NoAttemptLeft),
    }


@dataclass(frozen=True)
class Outcome:
    """A question of the result with its verdict as colour, symbol and word."""

    question: Question
    verdict: str  # right | partly | wrong | none | noted | marked
    tone: str
    icon: str
    word: str


def _outcome(question: Question) -> Outcome:
    verdict = question.grade.verdict if question.grade else "none"
    if question.afterwards and question.afterwards.marks:
        verdict = "marked"
    tone, icon, word = {
        "right": ("good", "tick", gettext("right")),
        "partly": ("warn", "partly", gettext("partly right")),
        "wrong": ("bad", "cross", gettext("wrong")),
        "none": ("", "dash", gettext("not answered")),
        "noted": ("note", "saved", gettext("noted")),
        "marked": ("note", "edit", gettext("marked")),
    }[verdict]
    return Outcome(question, verdict, tone, icon, word)


def is_released(quiz: Quiz) -> bool:
    """Whether a submitted attempt may show key, reasons and score."""
    return quiz.feedback in (Quiz.Feedback.SUBMIT, Quiz.Feedback.EACH)


def _missed_objectives(quiz: Quiz, answers: list[Any]) -> list[str]:
    """Objectives of the questions that lost points, the most lost first."""
    lost = {
        answer.exercise_id: 1 - (answer.earned or 0) / (answer.possible or 1)
        for answer in answers
        if answer.earned != answer.possible
    }
    if not lost:
        return []
    by_objective: dict[str, float] = {}
    places = BankItem.objects.filter(bank=quiz.bank_id, exercise__in=lost)
    for exercise_id, objective in places.values_list("exercise", "objective"):
        by_objective[objective] = by_objective.get(objective, 0) + lost[exercise_id]
    return sorted(by_objective, key=lambda objective: -by_objective[objective])


_WIDTH, _GAP = 350, 4


def _bars(rights: list[bool]) -> list[dict[str, Any]]:
    """The little squares of the score figure, the right ones first."""
    width = (_WIDTH - _GAP * (len(rights) - 1)) / max(len(rights), 1)
    return [
        {"ok": ok, "x": f"{n * (width + _GAP):.1f}", "width": f"{width:.1f}"}
        for n, ok in enumerate(sorted(rights, reverse=True))
    ]
