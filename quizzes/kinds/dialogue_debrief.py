"""What there is to say about a finished run: turn by turn, as a line, beside other runs. Pure."""

from collections.abc import Sequence
from itertools import takewhile
from typing import Any

from mot_course.steps import ACTION_BY_SLUG, STEP_BY_SLUG
from mot_course.web import Json
from quizzes.kinds.dialogue_content import DialogueContent, Reply
from quizzes.kinds.dialogue_map import deciding_turn
from quizzes.kinds.dialogue_paths import is_over, offered, walk

# The line of trust: a picture 350 units wide, like every figure's.
_LEFT, _RIGHT, _TOP, _BOTTOM = 30, 326, 14, 104


def debrief(spec: DialogueContent, run: Sequence[str], number: int) -> Json:
    """A finished run as the page replays it; `number` counts runs from 1."""
    states = walk(spec, run)
    decided = deciding_turn(spec, run)
    turns = []
    for n, one in enumerate(run):
        node, reply = spec.node[states[n].place], spec.reply[one]
        others = [other for other in offered(spec, states[n], run[:n]) if other.id != one]
        turns.append(
            {
                "number": n + 1,
                "says": node.says.said,
                "said": reply.text.said,
                "is_decisive": n == decided,
                "back": f"{number - 1}.{n}",
                "trust_after": states[n + 1].trust,
                "step": STEP_BY_SLUG.get(reply.step or ""),
                "action": ACTION_BY_SLUG.get(reply.action or ""),
                "others": [_judged(other) for other in others],
                **_judged(reply),
            }
        )
    return {
        "number": number,
        "turns": turns,
        "decisive": turns[decided],
        "trust_from": spec.trust,
        "trust_to": states[-1].trust,
        "line": line([state.trust for state in states], decided),
    }


def _judged(reply: Reply) -> Json:
    """A reply with what it does to the customer, in a sign and in words."""
    sign = "+" if reply.trust > 0 else "−" if reply.trust < 0 else "±"
    return {
        "text": reply.text.said,
        "why": reply.why.said,
        "effect": f"{sign}{abs(reply.trust)}",
        "tone": "good" if reply.trust > 0 else "bad" if reply.trust < 0 else "",
        "icon": "up" if reply.trust > 0 else "down" if reply.trust < 0 else "dash",
    }


def line(trust: Sequence[int], decided: int) -> Json:
    """Where the dots of the line lie, from the trust at the start and after each turn."""
    step = (_RIGHT - _LEFT) / max(1, len(trust) - 1)
    dots = [
        {
            "x": f"{_LEFT + n * step:.1f}",
            "y": f"{_BOTTOM - value * (_BOTTOM - _TOP) / 10:.1f}",
            "label_y": f"{_BOTTOM - value * (_BOTTOM - _TOP) / 10 - 11:.1f}",
            "value": value,
            "number": n,
            "is_decisive": n == decided + 1,
        }
        for n, value in enumerate(trust)
    ]
    return {
        "dots": dots,
        "points": " ".join(f"{dot['x']},{dot['y']}" for dot in dots),
        "fall": dots[decided : decided + 2],
        "end": dots[-1],
        "middle": f"{(_TOP + _BOTTOM) / 2:.1f}",
    }


def compared(spec: DialogueContent, runs: Sequence[Sequence[str]]) -> list[Json]:
    """Every finished run: where it leaves the earlier one it is most like, and how it ended."""
    rows: list[Json] = []
    done: list[tuple[int, Sequence[str]]] = []
    for number, run in enumerate(runs, start=1):
        if not is_over(spec, run):
            continue
        states = walk(spec, run)
        row: dict[str, Any] = {
            "number": number,
            "outcome": spec.ending[states[-1].place].outcome,
            "trust": states[-1].trust,
        }
        if done:
            like, other = max(done, key=lambda one: (_together(one[1], run), one[0]))
            at = _together(other, run)
            row |= {"like": like, "is_same": at == len(run), "turn": at + 1}
            if at < len(run):
                row |= {
                    "said": spec.reply[run[at]].text.said,
                    "instead": spec.reply[other[at]].text.said,
                }
        rows.append(row)
        done.append((number, run))
    return rows


def _together(one: Sequence[str], other: Sequence[str]) -> int:
    """How many replies two runs begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
