"""Conversations to mark, for tests."""

from typing import Any

STAFF, CUSTOMER = "lin", "guest"
ROLES = [
    {
        "id": CUSTOMER,
        "name": {"zh": "周先生", "en": "Mr Zhou"},
        "part": {"zh": "客人", "en": "guest"},
        "side": "customer",
    },
    {
        "id": STAFF,
        "name": {"zh": "小林", "en": "Lin"},
        "part": {"zh": "前台", "en": "reception"},
        "side": "staff",
    },
]


def text(said: str) -> dict[str, str]:
    """The same in both languages."""
    return {"zh": said, "en": said}


def line(name: str, who: str = STAFF, **moment: Any) -> dict[str, Any]:
    """A line, with a moment where one is given."""
    made: dict[str, Any] = {"id": name, "who": who, "text": text(f"said in {name}")}
    if moment:
        made["moment"] = {"why": text(f"why of {name}")} | moment
    return made


def conversation(*lines: dict[str, Any], ask: str = "polarity") -> dict[str, Any]:
    """Content of a `moments` exercise."""
    return {
        "prompt": text("Which lines win trust?"),
        "ask": ask,
        "roles": ROLES,
        "scenes": [{"id": "s1", "lines": list(lines)}],
        "explanation": text("what it is about"),
    }


def usual(ask: str = "step") -> dict[str, Any]:
    """Three moments to be found, a bonus, a trap, a line left open, and two of the customer."""
    return conversation(
        line("c1", CUSTOMER, polarity="neutral", effect="down"),
        line("s1", polarity="bad", step="diagnose", required=True, accept_at=["s2"]),
        line("s2"),
        line("s3", polarity="good", step="solve", action="offer", required=True),
        line("s4", polarity="good", step="set-the-tone"),
        line("s5", polarity="neutral"),
        line("s6", polarity="bad", step="follow-up", required=True, accept_five=["solve"]),
        line("c2", CUSTOMER),
        ask=ask,
    )


def marks(**given: str) -> dict[str, Any]:
    """A response: marks(s1="bad", s3="good/solve")."""
    made = {}
    for name, value in given.items():
        polarity, _, step = value.partition("/")
        made[name] = {"polarity": polarity} | ({"step": step} if step else {})
    return {"marks": made}


RIGHT = marks(s1="bad/diagnose", s3="good/solve", s6="bad/follow-up")


def rewriting() -> dict[str, Any]:
    """Content of a `rewrite` exercise: experts pick s1."""
    return {
        "prompt": text("Say it better."),
        "roles": ROLES,
        "scenes": [{"id": "s1", "lines": [line("c1", CUSTOMER), line("s1"), line("s2")]}],
        "worst": ["s1"],
        "expert": text("what an expert says"),
        "criteria": [
            {
                "id": name,
                "title": text(f"title of {name}"),
                "levels": [text(f"level {n} of {name}") for n in range(1, 5)],
            }
            for name in ("hears", "moves", "sayable")
        ],
        "explanation": text("what it is about"),
    }
