"""Ways through a dialogue: what may be said next, and where it leads.

Pure. A path is the ids of the replies chosen so far, in order; they are unique in a dialogue.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quizzes.kinds.dialogue_content import Condition, DialogueContent, Reply


def targets_of(reply: "Reply") -> list[str]:
    """Every node or ending the reply may lead to."""
    return [reply.to] if reply.to is not None else [way.to for way in reply.ways]


@dataclass(frozen=True)
class State:
    """Where a path has led: a node or an ending, and the trust there."""

    place: str
    trust: int


def holds(condition: "Condition | None", trust: int, path: Sequence[str]) -> bool:
    """Whether the condition holds with this trust after these replies."""
    if condition is None:
        return True
    return (
        (condition.trust_at_least is None or trust >= condition.trust_at_least)
        and (condition.trust_below is None or trust < condition.trust_below)
        and (not condition.chose or any(one in path for one in condition.chose))
        and not any(one in path for one in condition.not_chose)
    )


def step_from(spec: "DialogueContent", state: State, path: Sequence[str], reply: "Reply") -> State:
    """Where the reply leads; `path` ends with it. Trust stays between 0 and 10."""
    trust = min(10, max(0, state.trust + reply.trust))
    if reply.to is not None:
        return State(reply.to, trust)
    return State(next(way.to for way in reply.ways if holds(way.when, trust, path)), trust)


def offered(spec: "DialogueContent", state: State, path: Sequence[str]) -> list["Reply"]:
    """The replies one may choose from; each can be said once, so no dialogue turns for ever."""
    node = spec.node.get(state.place)
    if node is None:
        return []
    return [
        reply
        for reply in node.replies
        if reply.id not in path and holds(reply.when, state.trust, path)
    ]


def walk(spec: "DialogueContent", path: Sequence[str]) -> list[State]:
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


def is_over(spec: "DialogueContent", path: Sequence[str]) -> bool:
    """Whether the path has reached an ending."""
    return walk(spec, path)[-1].place in spec.ending


def gained(spec: "DialogueContent", path: Sequence[str]) -> int:
    """The trust the replies of a path add up to, losses counted in full."""
    return sum(spec.reply[one].trust for one in path)
