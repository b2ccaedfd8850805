"""Put things where they belong: into order, into pairs, into groups.

The three kinds share one response, {"placed": {thing: place}}, one form (a select for each
thing) and one template whose script turns the selects into "tap a card, tap its place".
"""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from pydantic import Field, model_validator

from mot_course.web import Json, Text
from quizzes.kinds.base import (
    Choice,
    Content,
    Grade,
    Id,
    Kind,
    Mask,
    Part,
    Spec,
    all_different,
    fits,
)


@dataclass(frozen=True)
class Thing:
    """Something to place: where it belongs, and where else it may lie."""

    id: str
    text: str
    places: tuple[str, ...]
    feedback: str = ""


@dataclass(frozen=True)
class Place:
    id: str
    text: str
    hint: str = ""


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class PlacingForm(forms.Form):
    """A select for each thing; what is left empty is not placed yet."""

    def __init__(
        self,
        data: Any,
        *,
        things: dict[str, str],
        places: dict[str, str],
        once: bool,
        prefix: str | None,
    ) -> None:
        super().__init__(data, prefix=prefix)
        self.things, self.places, self.once = things, places, once
        for token in things:
            self.fields[f"place-{token}"] = forms.ChoiceField(
                choices=[("", ""), *places.items()], required=False
            )

    def clean(self) -> Json:
        placed = {
            thing: self.places[place]
            for token, thing in self.things.items()
            if (place := self.cleaned_data.get(f"place-{token}"))
        }
        if not placed:
            raise forms.ValidationError(_("Nothing has a place yet."), code="required")
        if self.once and len(set(placed.values())) < len(placed):
            raise forms.ValidationError(_("Two cards lie on the same place."), code="twice")
        return {"placed": placed}


class PlacingKind(Kind[Spec]):
    """What ordering, matching and sorting have in common."""

    once: bool  # whether a place holds one thing only
    shape: str  # how the style sheet lays the places out

    @property
    def template(self) -> str:
        return "quizzes/kinds/placing.html"

    @abstractmethod
    def things(self, spec: Spec) -> list[Thing]:
        """What has to be placed."""

    @abstractmethod
    def places(self, spec: Spec) -> list[Place]:
        """Where it can lie, in the order in which pages show the places before shuffling."""

    def shows_places_shuffled(self) -> bool:
        return False

    def form(self, spec: Spec, data: Any, mask: Mask, prefix: str | None = None) -> PlacingForm:
        return PlacingForm(
            data,
            things={mask.token(f"thing:{thing.id}"): thing.id for thing in self.things(spec)},
            places={mask.token(f"place:{place.id}"): place.id for place in self.places(spec)},
            once=self.once,
            prefix=prefix,
        )

    def post_data(self, spec: Spec, response: Json, mask: Mask) -> dict[str, Any]:
        return {
            f"place-{mask.token(f'thing:{thing}')}": mask.token(f"place:{place}")
            for thing, place in response["placed"].items()
        }

    def is_complete(self, spec: Spec, response: Json) -> bool:
        return len(response["placed"]) == len(self.things(spec))

    def right_count(self, spec: Spec, response: Json) -> int:
        """How many things lie where they belong (or may lie)."""
        placed = response["placed"]
        return sum(placed.get(thing.id) in thing.places for thing in self.things(spec))

    def present(
        self, spec: Spec, response: Json | None, mask: Mask, *, reveal: bool
    ) -> Mapping[str, Any]:
        placed = response["placed"] if response else {}
        places = {place.id: place for place in self.places(spec)}
        things = {thing.id: thing for thing in self.things(spec)}
        place_order = mask.shuffled(places) if self.shows_places_shuffled() else list(places)
        thing_order = self._thing_order(list(things), placed, mask, reveal=reveal)
        return {
            "shape": self.shape,
            "once": self.once,
            "places": [
                Choice(
                    token=mask.token(f"place:{one}"),
                    text=places[one].text,
                    extra={
                        "hint": places[one].hint,
                        "number": number,
                        "letter": _LETTERS[number - 1],
                    },
                )
                for number, one in enumerate(place_order, start=1)
            ],
            "things": [
                Choice(
                    token=mask.token(f"thing:{one}"),
                    text=things[one].text,
                    chosen=one in placed,
                    correct=(placed.get(one) in things[one].places) if reveal else None,
                    feedback=things[one].feedback if reveal else "",
                    extra={
                        "place": mask.token(f"place:{placed[one]}") if one in placed else "",
                        "place_text": places[placed[one]].text if one in placed else "",
                        "place_letter": _LETTERS[place_order.index(placed[one])]
                        if one in placed
                        else "",
                        "right_text": places[things[one].places[0]].text if reveal else "",
                    },
                )
                for one in thing_order
            ],
        }

    def _thing_order(
        self, ids: list[str], placed: dict[str, str], mask: Mask, *, reveal: bool
    ) -> list[str]:
        return ids if reveal else mask.shuffled(ids)


class Item(Part):
    id: Id
    text: Text
    feedback: Text | None = None


class OrderingContent(Content):
    """`items` stand in the right order."""

    items: tuple[Item, ...] = Field(min_length=3, max_length=9)

    @model_validator(mode="after")
    def _different(self) -> "OrderingContent":
        all_different((item.id for item in self.items), "items")
        return self


class Ordering(PlacingKind[OrderingContent]):
    slug = "ordering"
    label = _("Put into order")
    content_model = OrderingContent
    once = True
    shape = "slots"
    sample_content = {
        "prompt": {"zh": "排一排。", "en": "Put these into order."},
        "items": [
            {"id": "k3", "text": {"zh": "接住情绪", "en": "Receive the feeling"}},
            {"id": "a9", "text": {"zh": "问清需要", "en": "Ask what is needed"}},
            {"id": "f5", "text": {"zh": "给出办法", "en": "Offer a way"}},
        ],
        "explanation": {"zh": "先人后事。", "en": "The person first, then the matter."},
    }
    sample_response = {"placed": {"k3": "1", "a9": "2", "f5": "3"}}
    sample_wrong = {"placed": {"k3": "3", "a9": "2", "f5": "1"}}

    def things(self, spec: OrderingContent) -> list[Thing]:
        return [
            Thing(item.id, item.text.said, (str(n),), item.feedback.said if item.feedback else "")
            for n, item in enumerate(spec.items, start=1)
        ]

    def places(self, spec: OrderingContent) -> list[Place]:
        return [Place(str(n), str(n)) for n in range(1, len(spec.items) + 1)]

    def _thing_order(
        self, ids: list[str], placed: dict[str, str], mask: Mask, *, reveal: bool
    ) -> list[str]:
        shuffled = mask.shuffled(ids)
        if shuffled == ids:
            # A shuffle may land on the very order asked for; turning it once gives nothing away.
            shuffled = [*ids[1:], ids[0]]
        return sorted(shuffled, key=lambda one: int(placed.get(one, 99)))

    def grade(self, spec: OrderingContent, response: Json) -> Grade:
        """Pairs in the right order minus pairs in the wrong one: Kendall's tau, not below 0.

        Shuffling blindly earns nothing on average; one slip between neighbours costs little.
        """
        place = {item: int(number) for item, number in response["placed"].items()}
        ids = [item.id for item in spec.items]
        pairs = [(a, b) for i, a in enumerate(ids) for b in ids[i + 1 :]]
        known = [(place[a], place[b]) for a, b in pairs if a in place and b in place]
        balance = sum(1 if first < second else -1 for first, second in known)
        return Grade(
            earned=max(0, balance),
            possible=len(pairs),
            right=self.right_count(spec, response),
            of=len(ids),
        )


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

    def grade(self, spec: MatchingContent, response: Json) -> Grade:
        """A point for each pair."""
        right = self.right_count(spec, response)
        return Grade(earned=right, possible=len(spec.pairs), right=right, of=len(spec.pairs))


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

    def grade(self, spec: SortingContent, response: Json) -> Grade:
        """Cards in their group, above what putting all of them into one group would get."""
        right = self.right_count(spec, response)
        lazy = max(
            sum(group.id in (card.group, *card.accept) for card in spec.cards)
            for group in spec.groups
        )
        count = len(spec.cards)
        return Grade(earned=max(0, right - lazy), possible=count - lazy, right=right, of=count)
