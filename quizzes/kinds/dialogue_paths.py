"""Ways through a dialogue: what may be said next, where it leads, what the best way is worth.

Pure. A path is the ids of the replies chosen so far, in order; they are unique in a dialogue.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from pydantic import Field, model_validator

from mot_course.web import Text
from quizzes.kinds.base import Content, Id, Part, all_different, fits
from quizzes.kinds.transcript import ActionSlug, StepSlug

MOST_WAYS = 20_000
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
    def best(self) -> int:
        """The most trust that any way through gains."""
        return best_from(self, ())

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
        _check_ways(self)
        return self


def targets_of(reply: Reply) -> list[str]:
    """Every node or ending the reply may lead to."""
    return [reply.to] if reply.to is not None else [way.to for way in reply.ways]


@dataclass(frozen=True)
class State:
    """Where a path has led: a node or an ending, and the trust there."""

    place: str
    trust: int


def holds(condition: Condition | None, trust: int, path: Sequence[str]) -> bool:
    """Whether the condition holds with this trust after these replies."""
    if condition is None:
        return True
    return (
        (condition.trust_at_least is None or trust >= condition.trust_at_least)
        and (condition.trust_below is None or trust < condition.trust_below)
        and (not condition.chose or any(one in path for one in condition.chose))
        and not any(one in path for one in condition.not_chose)
    )


def step_from(spec: DialogueContent, state: State, path: Sequence[str], reply: Reply) -> State:
    """Where the reply leads; `path` ends with it. Trust stays between 0 and 10."""
    trust = min(10, max(0, state.trust + reply.trust))
    if reply.to is not None:
        return State(reply.to, trust)
    return State(next(way.to for way in reply.ways if holds(way.when, trust, path)), trust)


def offered(spec: DialogueContent, state: State, path: Sequence[str]) -> list[Reply]:
    """The replies one may choose from; each can be said once, so no dialogue turns for ever."""
    node = spec.node.get(state.place)
    if node is None:
        return []
    return [
        reply
        for reply in node.replies
        if reply.id not in path and holds(reply.when, state.trust, path)
    ]


def walk(spec: DialogueContent, path: Sequence[str]) -> list[State]:
    """The states of a path, from the start to where it has led; raises ValueError.

    One state more than replies. ValueError: the path chooses what is not offered.
    """
    states = [State(spec.start, spec.trust)]
    for n, one in enumerate(path):
        reply = spec.reply.get(one)
        if reply is None or reply not in offered(spec, states[-1], path[:n]):
            raise ValueError(f"{one!r} is not offered here")
        states.append(step_from(spec, states[-1], path[: n + 1], reply))
    return states


def is_over(spec: DialogueContent, path: Sequence[str]) -> bool:
    """Whether the path has reached an ending."""
    return walk(spec, path)[-1].place in spec.ending


def gained(spec: DialogueContent, path: Sequence[str]) -> int:
    """The trust the replies of a path add up to, losses counted in full."""
    return sum(spec.reply[one].trust for one in path)


def ways_on(spec: DialogueContent, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Every whole way that begins with this path; one that gets stuck ends where it is stuck."""
    state = walk(spec, path)[-1]
    stack = [(path, state)]
    while stack:
        here, state = stack.pop()
        replies = offered(spec, state, here)
        if not replies:
            yield here
        for reply in replies:
            longer = (*here, reply.id)
            stack.append((longer, step_from(spec, state, longer, reply)))


def best_from(spec: DialogueContent, path: tuple[str, ...]) -> int:
    """The most trust a whole way that begins with this path gains."""
    return max(gained(spec, way) for way in ways_on(spec, path))


def _check_ways(spec: DialogueContent) -> None:
    reached: set[str] = set()
    said: set[str] = set()
    good = False
    for count, way in enumerate(ways_on(spec, ())):
        fits(count < MOST_WAYS, f"there are more than {MOST_WAYS} ways through: make it smaller")
        states = walk(spec, way)
        reached.update(state.place for state in states)
        said.update(way)
        last = states[-1].place
        fits(last in spec.ending, f"node {last!r} is a dead end: no reply is left to choose there")
        good = good or (spec.ending[last].outcome == "won" and gained(spec, way) > 0)
    for place in (*spec.node, *spec.ending):
        fits(place in reached, f"{place!r} cannot be reached")
    for reply in spec.reply:
        fits(reply in said, f"reply {reply!r} is never offered")
    fits(good, "no way leads to an ending that is won")
    outcomes = {ending.outcome for ending in spec.endings}
    fits("lost" in outcomes, "one ending has to be lost, else nothing is at stake")
