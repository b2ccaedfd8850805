"""A question as a page shows it: with the key only where feedback is released."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.safestring import SafeString

from mot_course.web import Json
from quizzes import prose
from quizzes.kinds import Grade, Kind, Mask
from quizzes.models import Answer, Confidence, Revision

_specs: dict[tuple[int, str], Any] = {}
_MOST_SPECS = 5_000  # a few dozen MB; a whole company's courses fit


def spec_of(revision: Revision) -> Any:
    """The revision's parsed content; parsed once a process, because revisions are immutable."""
    key = (revision.pk, revision.digest)
    spec = _specs.get(key)
    if spec is None:
        if len(_specs) >= _MOST_SPECS:
            _specs.clear()
        spec = _specs[key] = revision.rules.parse(revision.content)
    return spec


def mark_of(response: Json | None, confidence: str | None) -> str:
    """Eight characters that stand for a response and its confidence; empty for none."""
    if response is None:
        return ""
    text = json.dumps([response, confidence], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


@dataclass
class Question:
    """What a template needs of one question."""

    revision: Revision
    slug: str  # of the exercise
    position: int = 0
    response: Any = None
    confidence: str | None = None
    flagged: bool = False
    reveal: bool = False
    seed: str = ""
    errors: Any = None
    attempt_id: int | None = None
    answer_id: int | None = None
    # What the database adds to the feedback (`quizzes.afterwards`): where others saw moments,
    # how others put it, an instructor's marks.
    afterwards: Any = None

    @classmethod
    def of(cls, answer: Answer, slug: str, *, reveal: bool) -> "Question":
        """The question behind an answer row."""
        return cls(
            revision=answer.revision,
            slug=slug,
            position=answer.position,
            response=answer.response,
            confidence=answer.confidence,
            flagged=answer.flagged,
            reveal=reveal,
            seed=str(answer.attempt_id),
            attempt_id=answer.attempt_id,
            answer_id=answer.pk,
        )

    @property
    def rules(self) -> Kind[Any]:
        return self.revision.rules

    @cached_property
    def prefix(self) -> str:
        """What the names of this question's fields begin with on a page of several."""
        return f"a{self.position}" if self.position else "a"

    @cached_property
    def spec(self) -> Any:
        return spec_of(self.revision)

    @cached_property
    def mask(self) -> Mask:
        return Mask(self.slug, self.seed)

    @cached_property
    def shown(self) -> Mapping[str, Any]:
        """What the kind's template loops over."""
        return self.rules.present(self.spec, self.response, self.mask, reveal=self.reveal)

    @cached_property
    def grade(self) -> Grade | None:
        """The grade of the response, once it may be shown."""
        if not self.reveal or self.response is None:
            return None
        return self.rules.grade(self.spec, self.response)

    @cached_property
    def is_answered(self) -> bool:
        """Whether nothing is left to fill in, the confidence included."""
        if self.response is None or not self.rules.is_complete(self.spec, self.response):
            return False
        return bool(self.confidence) or not self.asks_confidence

    @cached_property
    def asks_confidence(self) -> bool:
        return self.rules.asks_confidence(self.spec)

    @property
    def confidences(self) -> list[tuple[str, Any]]:
        return list(Confidence.choices)

    @property
    def mark(self) -> str:
        """Short for the response as the page shows it; tells whether a plain form was touched."""
        return mark_of(self.response, self.confidence)

    @property
    def scene_html(self) -> SafeString:
        """The situation above the question, as clean HTML."""
        return prose.rendered(self.spec.scene.said) if self.spec.scene else SafeString("")

    @property
    def template(self) -> str:
        return self.rules.template
