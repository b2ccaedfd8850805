"""When a reader may see the experts' view of a case: not before having tried oneself."""

from dataclasses import dataclass

from cases.models import Case
from mot_course.web import Json
from people.models import User
from quizzes.kinds import KINDS
from quizzes.models import Attempt

# What these ask is what the experts' marks, the better version and the analysis tell.
TELLING = ("moments", "rewrite", "dialogue")


@dataclass(frozen=True)
class Standing:
    """How far a reader is with a case's exercises."""

    is_released: bool
    is_open: bool  # an attempt is going on
    is_done: bool

    @property
    def is_locked(self) -> bool:
        return not self.is_released


def standing_of(case: Case, content: Json, person: User) -> Standing:
    """The reader's standing, in one query at most.

    Released: nothing in the case asks for it, they have submitted an attempt, or they teach.
    """
    asks = any(entry["kind"] in TELLING for entry in content.get("exercises", []))
    if case.quiz_id is None:
        return Standing(is_released=True, is_open=False, is_done=False)
    ends = list(
        Attempt.objects.of(person).filter(quiz=case.quiz_id).values_list("submitted_at", flat=True)
    )
    is_done = any(end is not None for end in ends)
    return Standing(
        is_released=not asks or is_done or person.is_instructor,
        is_open=any(end is None for end in ends),
        is_done=is_done,
    )


def offered_exercises(content: Json, language: str) -> list[dict[str, object]]:
    """What one can practise with a case: the kind's name and the task, in order."""
    return [
        {"label": KINDS[entry["kind"]].label, "prompt": entry["prompt"][language]}
        for entry in content.get("exercises", [])
    ]
