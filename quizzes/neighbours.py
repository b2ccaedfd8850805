"""What the apps above this one do and say when an attempt is submitted.

`units` knows which lesson teaches an objective and what comes next; this app may not import
it. So each app above registers one neighbour in its ready(), by name and in the open.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from quizzes.models import Attempt, Mark, Quiz


@dataclass(frozen=True)
class Link:
    """Somewhere to go."""

    title: str
    url: str


@dataclass
class Around:
    """Where a quiz stands: the page it belongs to, what to reread, what to do next."""

    home: Link | None = None
    reread: list[Link] = field(default_factory=list)
    following: Link | None = None
    comparison: Link | None = None


class Neighbour(Protocol):
    def submitted(self, attempt: Attempt, now: datetime) -> None:
        """Write what follows from a submission; called inside its transaction."""

    def marked(self, mark: Mark) -> None:
        """Write what follows from an instructor's mark; called inside its transaction."""

    def around(self, quiz: Quiz, missed: list[str], around: Around) -> None:
        """Fill in what this app knows; `missed` are the objectives answered wrongly."""


_neighbours: list[Neighbour] = []
_grants: list[Callable[[Quiz, int], int]] = []


def register(neighbour: Neighbour) -> None:
    """Called once by each app above, when it is ready."""
    _neighbours.append(neighbour)


def grant_by(function: Callable[[Quiz, int], int]) -> None:
    """Let an app above say how many attempts a person has beyond those the quiz allows."""
    _grants.append(function)


def granted(quiz: Quiz, trainee_id: int) -> int:
    """How many attempts the apps above add for this person, as for renewing a certificate."""
    return sum(function(quiz, trainee_id) for function in _grants)


def tell_submitted(attempt: Attempt, now: datetime) -> None:
    """Let every neighbour write its rows."""
    for neighbour in _neighbours:
        neighbour.submitted(attempt, now)


def tell_marked(mark: Mark) -> None:
    """Let every neighbour write its rows; `mark.answer.attempt` is loaded."""
    for neighbour in _neighbours:
        neighbour.marked(mark)


def around(quiz: Quiz, missed: list[str] | None = None) -> Around:
    """Everything the neighbours know about the quiz's surroundings."""
    found = Around()
    for neighbour in _neighbours:
        neighbour.around(quiz, missed or [], found)
    return found
