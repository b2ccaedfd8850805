"""A branching role play as an author writes it: nodes, replies, endings."""

from functools import cached_property
from typing import Literal

from pydantic import Field, model_validator

from mot_course.web import Text
from quizzes.kinds.base import Content, Id, Part, all_different, fits
from quizzes.kinds.dialogue_map import Map, check_ways
from quizzes.kinds.dialogue_paths import targets_of
from quizzes.kinds.transcript import ActionSlug, StepSlug

Mood = Literal["calm", "pleased", "unsure", "hurried", "annoyed", "angry"]


class Condition(Part):
    """Holds when every part of it that is given holds."""

    trust_at_least: int | None = None
    trust_below: int | None = None
    chose: tuple[Id, ...] = Field((), description="one of these replies was chosen before")
    not_chose: tuple[Id, ...] = Field((), description="none of these was")


class Way(Part):
    """Where a reply leads when its condition holds; the first that fits is taken."""

    to: Id
    when: Condition | None = None


class Reply(Part):
    """Something one could say, what it does to the customer's trust, and why."""

    id: Id
    text: Text
    step: StepSlug | None = None
    action: ActionSlug | None = None
    trust: int = Field(ge=-3, le=3)
    why: Text = Field(description="shown in the debrief: what this does to the customer")
    to: Id | None = Field(None, description="the next node or ending")
    ways: tuple[Way, ...] = Field((), description="instead of `to`, where it depends")
    when: Condition | None = Field(None, description="only offered when this holds")

    @model_validator(mode="after")
    def _leads_somewhere(self) -> "Reply":
        fits((self.to is None) == bool(self.ways), f"reply {self.id!r} needs either `to` or `ways`")
        fits(
            not self.ways or self.ways[-1].when is None,
            f"reply {self.id!r}: the last way must have no condition, so that one always fits",
        )
        return self


class Node(Part):
    """What the customer says, in what mood, and what one could reply."""

    id: Id
    scene: Text | None = Field(None, description="what happens before, as a stage direction")
    says: Text
    mood: Mood
    replies: tuple[Reply, ...] = Field(min_length=2, max_length=4)


class Ending(Part):
    """How it ends."""

    id: Id
    says: Text = Field(description="the customer's last words, or what they do")
    mood: Mood
    outcome: Literal["won", "kept", "lost"]
    summary: Text = Field(description="two sentences: what this customer tells at home")


class DialogueContent(Content):
    """A branching role play. The trainee is the member of staff."""

    channel: Literal["counter", "phone", "chat"]
    customer: Text = Field(description="name, as in: Ms Fang, in her sixties")
    you: Text = Field(description="whom the trainee plays")
    trust: int = Field(5, ge=0, le=10, description="at the beginning; 0 to 10")
    start: Id
    nodes: tuple[Node, ...] = Field(min_length=2, max_length=40)
    endings: tuple[Ending, ...] = Field(min_length=2, max_length=8)

    @cached_property
    def node(self) -> dict[str, Node]:
        return {node.id: node for node in self.nodes}

    @cached_property
    def ending(self) -> dict[str, Ending]:
        return {ending.id: ending for ending in self.endings}

    @cached_property
    def reply(self) -> dict[str, Reply]:
        return {reply.id: reply for node in self.nodes for reply in node.replies}

    @cached_property
    def map(self) -> "Map":
        """Every situation one can get into, worked out once; content never changes."""
        return Map(self)

    @property
    def best(self) -> int:
        """The most trust that any way through gains."""
        return self.map.best[self.map.start]

    @model_validator(mode="after")
    def _can_be_played(self) -> "DialogueContent":
        places = [*(node.id for node in self.nodes), *(one.id for one in self.endings)]
        all_different(places, "nodes and endings")
        all_different((reply.id for node in self.nodes for reply in node.replies), "replies")
        fits(self.start in self.node, f"it starts at {self.start!r}, which is no node")
        for reply in self.reply.values():
            for place in targets_of(reply):
                fits(place in places, f"reply {reply.id!r} leads to {place!r}, which is not there")
            for way in (reply.when, *(way.when for way in reply.ways)):
                for other in (*way.chose, *way.not_chose) if way else ():
                    fits(other in self.reply, f"reply {reply.id!r} asks for {other!r}: no reply")
        for node in self.nodes:
            fits(
                sum(reply.trust for reply in node.replies) <= 0,
                f"node {node.id!r}: the trust of its replies adds up to more than 0, so that "
                "choosing blindly would pay",
            )
        check_ways(self)
        return self
