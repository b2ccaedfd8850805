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

from mot_course.web import Json
from quizzes.kinds.base import (
    Choice,
    Kind,
    Mask,
    Spec,
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

    def typed(self) -> Json:
        placed = {
            thing: self.places[place]
            for token, thing in self.things.items()
            if (place := self.cleaned_data.get(f"place-{token}"))
        }
        return {"placed": placed}

    def clean(self) -> Json:
        response = self.typed()
        placed = response["placed"]
        if not placed:
            raise forms.ValidationError(_("Nothing has a place yet."), code="required")
        if self.once and len(set(placed.values())) < len(placed):
            raise forms.ValidationError(_("Two cards lie on the same place."), code="twice")
        return response


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

    def typed(self, form: PlacingForm) -> Json:
        return form.typed()

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
