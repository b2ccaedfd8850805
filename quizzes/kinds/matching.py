"""Find for each left side the right side that belongs to it."""

from django.utils.translation import gettext_lazy as _
from pydantic import Field, model_validator

from mot_course.web import Json, Text
from quizzes.kinds.base import Content, Grade, Id, Mask, Part, all_different, fits
from quizzes.kinds.placing import Place, PlacingKind, Thing


class Pair(Part):
    """A left side and its right side; `accept` names pairs whose right side is good too."""

    id: Id
    left: Text
    right: Text
    accept: tuple[Id, ...] = ()
    feedback: Text | None = None


class Extra(Part):
    """A right side that belongs to nothing."""

    id: Id
    text: Text


class MatchingContent(Content):
    pairs: tuple[Pair, ...] = Field(min_length=3, max_length=9)
    extra: tuple[Extra, ...] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> "MatchingContent":
        ids = [pair.id for pair in self.pairs]
        all_different([*ids, *(one.id for one in self.extra)], "pairs")
        for pair in self.pairs:
            for other in pair.accept:
                fits(other in ids, f"pair {pair.id!r} accepts {other!r}, which is no pair")
        return self


class Matching(PlacingKind[MatchingContent]):
    slug = "matching"
    label = _("Match")
    content_model = MatchingContent
    once = True
    shape = "pairs"
    sample_content = {
        "prompt": {"zh": "谁说了什么？", "en": "Who said what?"},
        "pairs": [
            {
                "id": "k3",
                "left": {"zh": "会计", "en": "Accountant"},
                "right": {"zh": "满足需要", "en": "Meeting needs"},
            },
            {
                "id": "a9",
                "left": {"zh": "教师", "en": "Teacher"},
                "right": {"zh": "人人互为服务", "en": "Everyone serves"},
            },
            {
                "id": "f5",
                "left": {"zh": "经理", "en": "Manager"},
                "right": {"zh": "用得满意", "en": "Satisfied in use"},
            },
        ],
        "explanation": {"zh": "各抓住一面。", "en": "Each catches one side."},
    }
    sample_response = {"placed": {"k3": "k3", "a9": "a9", "f5": "f5"}}
    sample_wrong = {"placed": {"k3": "a9", "a9": "f5", "f5": "k3"}}

    def shows_places_shuffled(self) -> bool:
        return True

    def things(self, spec: MatchingContent) -> list[Thing]:
        return [
            Thing(
                pair.id,
                pair.left.said,
                (pair.id, *pair.accept),
                pair.feedback.said if pair.feedback else "",
            )
            for pair in spec.pairs
        ]

    def places(self, spec: MatchingContent) -> list[Place]:
        return [
            *(Place(pair.id, pair.right.said) for pair in spec.pairs),
            *(Place(one.id, one.text.said) for one in spec.extra),
        ]

    def _thing_order(
        self, ids: list[str], placed: dict[str, str], mask: Mask, *, reveal: bool
    ) -> list[str]:
        return ids  # the left side keeps the author's order; the right side is shuffled

    def blind(self, spec: MatchingContent, language: str) -> dict[str, Json]:
        lefts = sorted(spec.pairs, key=lambda one: len(getattr(one.left, language)))
        rights = sorted(spec.pairs, key=lambda one: len(getattr(one.right, language)))
        same = {a.id: b.id for a, b in zip(lefts, rights, strict=True)}
        return {"longest": {"placed": same}}

    def grade(self, spec: MatchingContent, response: Json) -> Grade:
        """A point for each pair."""
        right = self.right_count(spec, response)
        return Grade(earned=right, possible=len(spec.pairs), right=right, of=len(spec.pairs))
