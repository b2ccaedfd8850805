"""A branching role play on paper: one begins, a partner plays the customer from the script."""

from typing import Any

from django.utils.translation import gettext as _

from quizzes.kinds import Mask
from quizzes.kinds.dialogue_content import Condition, DialogueContent, Node, Reply
from quizzes.kinds.dialogue_paths import State, offered, step_from
from units.room.pieces import (
    LETTERS,
    Answers,
    Choices,
    Item,
    Lines,
    Piece,
    Sheet,
    Words,
    lettered,
)


def dialogue(spec: Any, mask: Mask) -> Sheet:
    """The beginning to answer; in the key the whole script for whoever plays the customer."""
    first = spec.node[spec.start]
    asked = (
        *_opening(spec, first),
        Choices(lettered([one.text.said for one in in_order(first, mask)]), "circle"),
        Lines(_("Or in your own words; then your partner goes on from the script"), 4),
    )
    return Sheet(asked, tuple(_script(spec, mask)))


def _opening(spec: DialogueContent, first: Node) -> list[Piece]:
    scene = [Words(first.scene.said)] if first.scene else []
    return [
        Words(spec.you.said, _("You are")),
        *scene,
        Words(first.says.said, spec.customer.said, is_said=True),
    ]


def in_order(node: Node, mask: Mask) -> list[Reply]:
    """The node's replies in an order that tells nothing."""
    by_id = {reply.id: reply for reply in node.replies}
    return [by_id[one] for one in mask.shuffled(by_id)]


def _script(spec: DialogueContent, mask: Mask) -> list[Piece]:
    numbers = {node.id: str(n) for n, node in enumerate(spec.nodes, start=1)}
    numbers |= {one.id: f"E{n}" for n, one in enumerate(spec.endings, start=1)}
    named = {
        reply.id: f"{numbers[node.id]}{LETTERS[n]}"
        for node in spec.nodes
        for n, reply in enumerate(in_order(node, mask))
    }
    pieces: list[Piece] = [
        Words(
            _(
                "Read the customer's line, hear what your partner says, take the reply that comes "
                "nearest and go on where its arrow points. Trust begins at %(trust)s; count it."
            )
            % {"trust": spec.trust},
            _("Script for the partner who plays the customer"),
        )
    ]
    for node in spec.nodes:
        scene = f"[{node.scene.said}] " if node.scene else ""
        items = []
        for reply in in_order(node, mask):
            note = f"{signed(reply.trust)} → {_leads(reply, numbers, named)}"
            if reply.when:
                note += f" ({_('only if')} {_when(reply.when, named)})"
            items.append(
                Item(reply.text.said, named[reply.id], reply.trust > 0, reply.why.said, note)
            )
        label = f"{numbers[node.id]} · {scene}{node.says.said}"
        pieces.append(Answers(tuple(items), label))
    endings = (
        Item(one.says.said, numbers[one.id], one.outcome != "lost", one.summary.said)
        for one in spec.endings
    )
    pieces.append(Answers(tuple(endings), _("How it may end")))
    return pieces


def signed(trust: int) -> str:
    """+2, ±0 or −3."""
    return f"{trust:+d}".replace("-", "−") if trust else "±0"


def _leads(reply: Reply, numbers: dict[str, str], named: dict[str, str]) -> str:
    if reply.to is not None:
        return numbers[reply.to]
    ways = [
        f"{numbers[way.to]} ({_when(way.when, named)})" if way.when else numbers[way.to]
        for way in reply.ways
    ]
    return _(", else ").join(ways)


def _when(condition: Condition, named: dict[str, str]) -> str:
    parts = []
    if condition.trust_at_least is not None:
        parts.append(_("trust %(n)s or more") % {"n": condition.trust_at_least})
    if condition.trust_below is not None:
        parts.append(_("trust below %(n)s") % {"n": condition.trust_below})
    if condition.chose:
        parts.append(_("after %(what)s") % {"what": " / ".join(named[o] for o in condition.chose)})
    if condition.not_chose:
        names = " / ".join(named[one] for one in condition.not_chose)
        parts.append(_("not after %(what)s") % {"what": names})
    return ", ".join(parts)


def best_turns(spec: DialogueContent) -> list[tuple[Node, Reply]]:
    """The way that wins the most at every turn, for a class that plays it together."""
    state = State(spec.start, spec.trust)
    path: list[str] = []
    turns: list[tuple[Node, Reply]] = []
    while replies := offered(spec, state, path):
        reply = max(replies, key=lambda one: one.trust)
        turns.append((spec.node[state.place], reply))
        path.append(reply.id)
        state = step_from(spec, state, path, reply)
    return turns
