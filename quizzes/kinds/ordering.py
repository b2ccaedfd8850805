"""Put the items into the right order."""

from django.utils.translation import gettext_lazy as _
from pydantic import Field, model_validator

from mot_course.web import Json, Text
from quizzes.kinds.base import Content, Grade, Id, Mask, Part, all_different
from quizzes.kinds.placing import Place, PlacingKind, Thing


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

    def blind(self, spec: OrderingContent, language: str) -> dict[str, Json]:
        rising = sorted(spec.items, key=lambda one: len(getattr(one.text, language)))
        return {
            name: {"placed": {one.id: str(n) for n, one in enumerate(order, start=1)}}
            for name, order in (("shortest", rising), ("longest", rising[::-1]))
        }

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
