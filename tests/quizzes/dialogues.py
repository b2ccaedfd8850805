"""Dialogues for tests: one with conditions, a loop and two ways to lose."""

from typing import Any

from hypothesis import strategies as st

from quizzes.kinds.dialogue_content import DialogueContent
from quizzes.kinds.dialogue_paths import offered, walk


def both(text: str) -> dict[str, str]:
    """The text in both languages."""
    return {"zh": f"{text}（中）", "en": text}


def reply(id: str, trust: int, to: Any, **more: Any) -> dict[str, Any]:
    """A reply; `to` is a place, or a list of ways."""
    where = {"to": to} if isinstance(to, str) else {"ways": to}
    fields = {"id": id, "text": both(f"say {id}"), "trust": trust, "why": both(f"why {id}")}
    return fields | where | more


def node(id: str, *replies: dict[str, Any], mood: str = "calm") -> dict[str, Any]:
    """A node."""
    return {"id": id, "says": both(f"hear {id}"), "mood": mood, "replies": list(replies)}


def ending(id: str, outcome: str) -> dict[str, Any]:
    """An ending."""
    words = {"says": both(f"last {id}"), "summary": both(f"summary {id}")}
    return {"id": id, "mood": "calm", "outcome": outcome} | words


def content(**changes: Any) -> dict[str, Any]:
    """A dialogue in which one can come back to `talk` from `again`, and slips can be mended."""
    given: dict[str, Any] = {
        "prompt": both("play"),
        "explanation": both("explained"),
        "channel": "phone",
        "customer": {"zh": "方女士，六十多岁", "en": "Ms Fang, in her sixties"},
        "you": {"zh": "小林，前台", "en": "Lin, at reception"},
        "trust": 5,
        "start": "open",
        "nodes": [
            node(
                "open",
                reply("warm", 2, "talk", step="set-the-tone"),
                reply("cold", -2, "again"),
                reply("flat", 0, "talk"),
                mood="annoyed",
            ),
            node(
                "talk",
                reply("ask", 2, "close", step="diagnose", action="explore"),
                reply("guess", -2, "again"),
                reply("push", -3, [{"to": "gone", "when": {"trust_below": 3}}, {"to": "close"}]),
            ),
            node(
                "again",
                reply("sorry", 1, "talk", when={"trust_at_least": 1}),
                reply("excuse", -2, "gone"),
            ),
            node(
                "close",
                reply("sum", 2, [{"to": "yes", "when": {"chose": ["ask"]}}, {"to": "so-so"}]),
                reply("bye", -2, "so-so"),
            ),
        ],
        "endings": [ending("yes", "won"), ending("so-so", "kept"), ending("gone", "lost")],
    }
    return given | changes


def spec(**changes: Any) -> DialogueContent:
    """The same, read."""
    return DialogueContent.model_validate(content(**changes))


@st.composite
def walks(draw: st.DrawFn, of: DialogueContent, *, whole: bool = False) -> list[str]:
    """A legal way through, broken off anywhere unless it is to be whole."""
    path: list[str] = []
    while here := offered(of, walk(of, path)[-1], path):
        if not whole and draw(st.integers(0, 7)) == 0:
            break
        path.append(draw(st.sampled_from([one.id for one in here])))
    return path
