"""Lay each card on the pile it belongs to."""

from django.utils.translation import gettext_lazy as _
from pydantic import Field, model_validator

from mot_course.web import Json, Text
from quizzes.kinds.base import Content, Grade, Id, Part, all_different, fits
from quizzes.kinds.placing import Place, PlacingKind, Thing


class Group(Part):
    id: Id
    label: Text
    hint: Text | None = None


class Card(Part):
    """A card and its group; `accept` names groups where it may lie as well."""

    id: Id
    text: Text
    group: Id
    accept: tuple[Id, ...] = ()
    feedback: Text


class SortingContent(Content):
    groups: tuple[Group, ...] = Field(min_length=2, max_length=5)
    cards: tuple[Card, ...] = Field(min_length=4, max_length=14)

    @model_validator(mode="after")
    def _fits_together(self) -> "SortingContent":
        groups = [group.id for group in self.groups]
        all_different(groups, "groups")
        all_different((card.id for card in self.cards), "cards")
        for card in self.cards:
            for group in (card.group, *card.accept):
                fits(group in groups, f"card {card.id!r} belongs to {group!r}, which is no group")
        for group in groups:
            fits(
                not all(group in (card.group, *card.accept) for card in self.cards),
                f"every card may lie in {group!r}: there is nothing to sort",
            )
        return self


class Sorting(PlacingKind[SortingContent]):
    slug = "sorting"
    label = _("Sort")
    content_model = SortingContent
    once = False
    shape = "groups"
    sample_content = {
        "prompt": {"zh": "立场还是利益？", "en": "Position or interest?"},
        "groups": [
            {"id": "pos", "label": {"zh": "立场", "en": "Position"}},
            {"id": "int", "label": {"zh": "利益", "en": "Interest"}},
        ],
        "cards": [
            {
                "id": "k3",
                "text": {"zh": "给我换高楼层", "en": "Give me a higher floor"},
                "group": "pos",
                "feedback": {"zh": "这是做法。", "en": "A way of getting there."},
            },
            {
                "id": "a9",
                "text": {"zh": "我想睡一个小时", "en": "I need an hour's sleep"},
                "group": "int",
                "feedback": {"zh": "办法多了。", "en": "Now there are many ways."},
            },
            {
                "id": "f5",
                "text": {"zh": "叫经理来", "en": "Get me the manager"},
                "group": "pos",
                "feedback": {"zh": "要的是能拍板的人。", "en": "Somebody who can decide."},
            },
            {
                "id": "m2",
                "text": {"zh": "怕没法交代", "en": "I couldn't justify it"},
                "group": "int",
                "feedback": {"zh": "这是信任。", "en": "That is trust."},
            },
        ],
        "explanation": {"zh": "做法和目的。", "en": "The way and the aim."},
    }
    sample_response = {"placed": {"k3": "pos", "a9": "int", "f5": "pos", "m2": "int"}}
    sample_wrong = {"placed": {"k3": "int", "a9": "pos", "f5": "int", "m2": "pos"}}

    def things(self, spec: SortingContent) -> list[Thing]:
        return [
            Thing(card.id, card.text.said, (card.group, *card.accept), card.feedback.said)
            for card in spec.cards
        ]

    def places(self, spec: SortingContent) -> list[Place]:
        return [
            Place(group.id, group.label.said, group.hint.said if group.hint else "")
            for group in spec.groups
        ]

    def blind(self, spec: SortingContent, language: str) -> dict[str, Json]:
        piles = {group.id: {card.id: group.id for card in spec.cards} for group in spec.groups}
        first, last = spec.groups[0].id, spec.groups[-1].id
        return {"first": {"placed": piles[first]}, "all": {"placed": piles[last]}}

    def grade(self, spec: SortingContent, response: Json) -> Grade:
        """Cards in their group, above what putting all of them into one group would get."""
        right = self.right_count(spec, response)
        lazy = max(
            sum(group.id in (card.group, *card.accept) for card in spec.cards)
            for group in spec.groups
        )
        count = len(spec.cards)
        return Grade(earned=max(0, right - lazy), possible=count - lazy, right=right, of=count)
