"""Cases for tests of the editor."""

from typing import Any

from cases.drafting import present_document
from cases.models import Case
from cases.publishing import publish_revision


def both(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def make_content(**changes: Any) -> dict[str, Any]:
    """A small case that can be published, with a moments exercise."""
    why = both("没有问好。", "No greeting.")
    return {
        "title": both("改行程的电话", "The call"),
        "summary": both("概要", "Summary"),
        "industry": "hotel",
        "steps": ["diagnose"],
        "origin": "own",
        "source": both("本课所写", "Our own"),
        "situation": both("一个**电话**", "A **call** <script>alert(1)</script>"),
        "roles": [
            {"id": "a", "name": both("小林", "Lin"), "part": both("前台", "desk"), "side": "staff"},
            {"id": "b", "name": both("客人", "Guest"), "part": both("客", "guest"),
             "side": "customer"},
        ],
        "scenes": [
            {
                "id": "s1",
                "lines": [
                    {"id": "l1", "who": "b", "text": both("我找保罗。", "Paul, please.")},
                    {
                        "id": "l2",
                        "who": "a",
                        "text": both("他不在。", "He is out."),
                        "moment": {
                            "polarity": "bad", "step": "diagnose", "required": True, "why": why,
                        },
                    },
                    {"id": "l3", "who": "b", "text": both("那怎么办？", "What now?")},
                    {"id": "l4", "who": "a", "text": both("请稍等。", "One moment.")},
                    {
                        "id": "l5",
                        "who": "a",
                        "text": both("我来找他。", "I will find him."),
                        "moment": {"polarity": "good", "step": "solve", "required": True},
                    },
                ],
            }
        ],
        "exercises": [
            {
                "id": "call-moments",
                "kind": "moments",
                "ask": "step",
                "prompt": both("哪句失分？", "Which line costs trust?"),
                "explanation": both("第二句。", "The second."),
            }
        ],
    } | changes  # fmt: skip


def make_published(slug: str = "the-call", **changes: Any) -> Case:
    """A published case."""
    case = Case(slug=slug)
    publish_revision(case=case, content=make_content(**changes))
    return Case.objects.get(slug=slug)


def fresh(case: Case) -> Case:
    return Case.objects.select_related("current", "quiz", "draft").get(pk=case.pk)


def seen_of(case: Case) -> str:
    """What a page that is opened now would have seen."""
    return present_document(fresh(case)).seen


def draft_of(case: Case) -> dict[str, Any]:
    return present_document(fresh(case)).content


def words(case: Case, line: str, language: str = "en") -> str:
    lines = {x["id"]: x for scene in draft_of(case)["scenes"] for x in scene["lines"]}
    return lines[line]["text"][language]


def put(line: str, who: str = "a", *, keys: list[str] | None = None, **text: str) -> dict[str, Any]:
    """An operation that gives a line these words."""
    return {
        "op": "line",
        "line": {"id": line, "who": who, "text": text},
        "keys": keys or sorted(text),
        "scene": "s1",
        "after": "",
    }


__all__ = ["both", "draft_of", "fresh", "make_content", "make_published", "put", "seen_of", "words"]
