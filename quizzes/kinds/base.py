"""The contract every kind of exercise keeps."""

import hmac
from abc import ABC, abstractmethod
from base64 import b32encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Generic, Literal, TypeVar

from django import forms
from django.conf import settings
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from mot_course.steps import STEP_SLUGS
from mot_course.web import Json, Text

if TYPE_CHECKING:
    from quizzes.kinds.rubrics import Criterion

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")]


class BadContent(ValueError):
    """An author's exercise content does not make sense; the message says why."""


class Part(BaseModel):
    """A piece of content: unknown keys are refused, values cannot be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Content(Part):
    """What every kind's content has; `covers` names items of the curriculum's inventory."""

    steps: tuple[Literal[STEP_SLUGS], ...] = ()  # type: ignore[valid-type]
    covers: tuple[Id, ...] = ()
    scene: Text | None = None
    prompt: Text
    explanation: Text
    misconception: Text | None = None
    recalls: Id | None = Field(None, description="slug of the earlier unit this practises again")


Spec = TypeVar("Spec", bound=Content)


@dataclass(frozen=True)
class Grade:
    """Points, and where it helps, how many of the parts were right ("5 of 6").

    `possible` 0: nothing was to be earned, or an instructor has still to mark it (`needs_mark`).
    `beyond`: what was marked without need.
    """

    earned: int
    possible: int
    right: int | None = None
    of: int | None = None
    beyond: int = 0
    needs_mark: bool = False

    @property
    def verdict(self) -> str:
        """`right`, `partly`, `wrong`, or `noted` where there is nothing to judge."""
        if self.possible == 0:
            return "noted"
        if self.earned == self.possible:
            return "right"
        return "partly" if self.earned else "wrong"


class Mask:
    """Stands in for the ids of options on a page, because an author's `a` is often the key.

    Also shuffles: the same options in the same order for the same `seed`.
    """

    def __init__(self, exercise: str, seed: str = "") -> None:
        self.exercise = exercise
        self.seed = seed

    def token(self, option: str) -> str:
        """Seven letters and digits; nobody without our secret can tell which option it is."""
        return b32encode(self._digest(f"token:{self.exercise}:{option}")[:5]).decode()[:7].lower()

    def back(self, tokens: Iterable[str], options: Iterable[str]) -> list[str]:
        """The options behind the tokens, in the tokens' order; unknown tokens are left out."""
        by_token = {self.token(option): option for option in options}
        return [by_token[token] for token in tokens if token in by_token]

    def shuffled(self, options: Iterable[str]) -> list[str]:
        """The options in an order that the seed decides and the key does not."""
        return sorted(
            options, key=lambda option: self._digest(f"{self.seed}:{self.exercise}:{option}")
        )

    @staticmethod
    def _digest(text: str) -> bytes:
        return hmac.new(settings.SECRET_KEY.encode(), text.encode(), sha256).digest()


@dataclass(frozen=True)
class Choice:
    """One option as a page shows it. `correct` and `feedback` are None until revealed."""

    token: str
    text: Any  # a text, or one still to be translated
    chosen: bool = False
    correct: bool | None = None
    feedback: str = ""
    extra: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Peer:
    """How somebody else put it. No name, on purpose."""

    text: str
    about: str = ""  # the line they had in mind


class Kind(ABC, Generic[Spec]):
    """One kind of exercise. `tests/quizzes/test_kinds.py` holds every kind to this."""

    slug: ClassVar[str]
    label: ClassVar[Any]
    content_model: ClassVar[type[Content]]

    # Style sheets and scripts that a page with such an exercise needs, below static/.
    styles: ClassVar[tuple[str, ...]] = ()
    scripts: ClassVar[tuple[str, ...]] = ()
    # Each choice is sent and stored by itself (`quizzes.turns`), not the answer as a whole.
    takes_turns: ClassVar[bool] = False
    # Fields save themselves, part by part (`quizzes.parts`).
    saves_parts: ClassVar[bool] = False
    # With the feedback: where others saw moments; how two others put it.
    shows_tally: ClassVar[bool] = False
    shows_peers: ClassVar[bool] = False
    # The kind's template shows the verdict itself, where it helps more than at the end.
    places_verdict: ClassVar[bool] = False
    # Answered in twenty seconds and without a text beside it: fit to be asked again in recall.
    is_quick: ClassVar[bool] = False
    # Nothing can be right or wrong here.
    is_graded: ClassVar[bool] = True

    # A right answer to `sample_content`; authors start from it, the tests use it.
    sample_content: ClassVar[Json]
    sample_response: ClassVar[Json]
    sample_wrong: ClassVar[Json]

    def parse(self, content: Json) -> Spec:
        """Read stored content; raises pydantic's ValidationError where it makes no sense."""
        return self.content_model.model_validate(content)  # type: ignore[return-value]

    @abstractmethod
    def form(self, spec: Spec, data: Any, mask: Mask, prefix: str | None = None) -> forms.Form:
        """A form whose cleaned_data is the response we store."""

    @abstractmethod
    def post_data(self, spec: Spec, response: Json, mask: Mask) -> dict[str, Any]:
        """The fields (without prefix) that a browser posts to give this response."""

    def typed(self, form: Any) -> Json | None:
        """What a refused form holds, as a response, so that the page can show it again."""
        return None

    @abstractmethod
    def grade(self, spec: Spec, response: Json) -> Grade:
        """Grade a stored response. Pure: no database, no clock, no request."""

    @abstractmethod
    def present(
        self, spec: Spec, response: Json | None, mask: Mask, *, reveal: bool
    ) -> Mapping[str, Any]:
        """What the template shows; nothing that tells the key unless `reveal`."""

    def is_complete(self, spec: Spec, response: Json) -> bool:
        """Whether nothing is left to fill in; an unfinished response is stored all the same."""
        return True

    def unanswered(self, spec: Spec) -> Grade:
        """What an exercise without a response gets."""
        return Grade(earned=0, possible=1 if self.is_graded else 0)

    def blind(self, spec: Spec, language: str) -> dict[str, Json]:
        """Answers of somebody who reads no content, by strategy (`quizzes.guessing.STRATEGIES`).

        A strategy that makes no sense for the kind is left out.
        """
        return {}

    def chance(self, spec: Spec) -> float:
        """What a blind guess gets on average where an answer is right or wrong; else 0.

        Where there is partial credit, `quizzes.guessing` holds strategies to a quarter instead.
        """
        return 0.0

    def rubric(self, spec: Spec) -> tuple["Criterion", ...]:
        """By what an instructor marks it; empty where a machine grades, or nobody."""
        return ()

    def tally(self, spec: Spec, response: Json) -> list[tuple[str, str, str]]:
        """(line, polarity, step) of each mark, where `shows_tally`."""
        return []

    def peer(self, spec: Spec, response: Json) -> "Peer | None":
        """What others may read of a response, where `shows_peers`."""
        return None

    def asks_confidence(self, spec: Spec) -> bool:
        """Whether sure / fairly sure / guess is asked after the answer."""
        return False

    @property
    def template(self) -> str:
        return f"quizzes/kinds/{self.slug}.html"


def fits(value: bool, message: str) -> None:  # noqa: FBT001 -- reads as an assertion
    """Refuse content with a sentence for its author."""
    if not value:
        raise BadContent(message)


def all_different(ids: Iterable[str], what: str) -> None:
    """Refuse an id that stands twice."""
    seen: set[str] = set()
    for one in ids:
        fits(one not in seen, f"the id {one!r} stands twice among the {what}")
        seen.add(one)
