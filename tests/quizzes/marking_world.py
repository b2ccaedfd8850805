"""A class with written work, for the tests of marking."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from people.models import Cohort, User
from quizzes.kinds import KINDS
from quizzes.models import Answer, Attempt, Bank, Quiz
from quizzes.starting import start_attempt
from quizzes.submitting import submit_attempt
from tests.factories import make_cohort, make_instructor, make_trainee
from tests.quizzes.making import make_bank, make_exercise, make_quiz

WRITTEN = {"texts": {"event": "客人来了。\n他说：“等很久了。”", "insight": "要先听。"}}
REWRITTEN = KINDS["rewrite"].sample_response


@dataclass
class World:
    """A cohort with its instructor and one trainee, a bank of writing and one of rewriting."""

    cohort: Cohort
    instructor: User
    trainee: User
    writing: Quiz
    rewriting: Quiz


def make_world() -> World:
    """The world, nothing handed in yet."""
    cohort = make_cohort()
    return World(
        cohort=cohort,
        instructor=make_instructor(cohort=cohort),
        trainee=make_trainee(cohort=cohort),
        writing=make_quiz(make_bank(make_exercise("writing")), purpose=Quiz.Purpose.WRITING),
        rewriting=make_quiz(make_bank(make_exercise("rewrite")), purpose=Quiz.Purpose.CASE),
    )


def hand_in(
    quiz: Quiz, trainee: User, response: dict[str, Any] | None = None, *, days_ago: float = 0
) -> Answer:
    """The first answer of a submitted attempt."""
    attempt = start_attempt(quiz=quiz, trainee=trainee)
    answer = attempt.answers.select_related("revision").first()
    assert answer is not None
    if response is None:
        response = WRITTEN if answer.revision.kind == "writing" else REWRITTEN
    Answer.objects.filter(pk=answer.pk).update(response=response)
    submit_attempt(attempt_id=attempt.pk, trainee=trainee)
    if days_ago:
        at = timezone.now() - timedelta(days=days_ago)
        Attempt.objects.filter(pk=attempt.pk).update(submitted_at=at)
    answer.refresh_from_db()
    return answer


def mark_fields(answer: Answer, *, level: int = 3, seen: int = 0, **fields: Any) -> dict[str, Any]:
    """What a browser posts for a mark of this level throughout."""
    rules = answer.revision.rules
    criteria = rules.rubric(rules.parse(answer.revision.content))
    levels = {f"level-{one.id}": str(level) for one in criteria}
    posted = {"seen": str(seen), "outcome": "marked", "why": "", "language": "zh"}
    return posted | levels | fields


def comment_fields(n: int = 0, **fields: Any) -> dict[str, Any]:
    """What a browser posts for one comment."""
    return {f"comment-{n}-{name}": value for name, value in fields.items()}


def anchor(name: str, exercise: str, levels: dict[str, int], *, why: str = "Because") -> dict:
    """An example of a bank, as the pack has it."""
    return {
        "id": name,
        "exercise": exercise,
        "language": "zh",
        "texts": {"event": f"{name} 的经过", "insight": "领悟"},
        "levels": levels,
        "why": {"zh": f"{why} 理由", "en": why},
    }


def make_anchored_bank(*levels: dict[str, int]) -> Bank:
    """A bank of one text to write, with an example for each of these levels."""
    exercise = make_exercise("writing")
    bank = make_bank(exercise)
    bank.anchors = [
        anchor(f"anchor-{n}", exercise.slug, one, why=f"Secret reason {n}")
        for n, one in enumerate(levels, start=1)
    ]
    bank.save()
    return bank
