"""An exercise as the fields of a form, and back: texts side by side, answers row by row. Pure.

What is written may lack anything; `cleaned` is what would be published.
"""

import json
from pathlib import Path
from typing import Any

from mot_course.steps import STEP_SLUGS
from mot_course.web import Json
from quizzes.kinds import KINDS, Content
from quizzes.problems import Problem, Problems
from quizzes.yaml_files import Document, read_yaml_text, write_yaml

LANGUAGES = ("zh", "en")
TEXTS = ("prompt", "scene", "explanation", "misconception")
MOST_OPTIONS = {"single_choice": 6, "multiple_choice": 9}
FORM_KINDS = ("true_false", *MOST_OPTIONS)
LONGEST = 200_000  # characters of one field


def has_form(kind: str) -> bool:
    """Whether the kind is simple enough for fields; the others are written as YAML."""
    return kind in FORM_KINDS


def fields_of(draft: Json) -> dict[str, str]:
    """The draft as flat fields, each a text."""
    kind, content = draft.get("kind", ""), draft.get("content") or {}
    if not has_form(kind):
        return {"yaml": draft["yaml"] if "yaml" in draft else yaml_of(kind, content)}
    fields = {"steps": " ".join(content.get("steps") or ())}
    for name in TEXTS:
        _spread(fields, name, content.get(name))
    if kind == "true_false":
        answer = content.get("answer")
        fields["answer"] = "" if answer is None else "true" if answer else "false"
        fields["confidence"] = "1" if content.get("confidence") else ""
        return fields
    options = content.get("options") or []
    for n in range(1, MOST_OPTIONS[kind] + 1):
        option = options[n - 1] if n <= len(options) else {}
        _spread(fields, f"option_{n}", option.get("text"))
        _spread(fields, f"feedback_{n}", option.get("feedback"))
        if kind == "multiple_choice":
            fields[f"correct_{n}"] = "1" if option.get("correct") else ""
    if kind == "single_choice":
        right = (str(n) for n, one in enumerate(options, start=1) if one.get("correct"))
        fields["correct"] = next(right, "")
    return fields


def _spread(fields: dict[str, str], name: str, text: Any) -> None:
    for key in LANGUAGES:
        fields[f"{name}_{key}"] = str((text or {}).get(key) or "")


def with_fields(draft: Json, changed: dict[str, str]) -> Json:
    """The draft after these fields were filled in; names it does not have are left out."""
    kind = draft.get("kind", "")
    present = fields_of(draft)
    fields = present | {key: _text(value) for key, value in changed.items() if key in present}
    if not has_form(kind):
        document, _problems = read_content(fields["yaml"])
        content = document.data if document else draft.get("content") or {}
        return draft | {"content": content, "yaml": fields["yaml"]}
    content = dict(draft.get("content") or {})
    for name in TEXTS:
        _gather(content, name, fields)
    content["steps"] = [one for one in fields["steps"].split() if one in STEP_SLUGS]
    if kind == "true_false":
        content["answer"] = {"true": True, "false": False}.get(fields["answer"])
        content["confidence"] = bool(fields["confidence"])
    else:
        content["options"] = _options(kind, content.get("options") or [], fields)
    content = {
        key: one for key, one in content.items() if key == "answer" or not _says_nothing(one)
    }
    return draft | {"content": {key: one for key, one in content.items() if one is not None}}


def _text(value: str) -> str:
    """The text without what PostgreSQL cannot hold, line ends as one character."""
    value = value.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    return value.encode("utf-8", "ignore").decode("utf-8")[:LONGEST]


def _is_storable(data: Any) -> bool:
    """Whether JSON in PostgreSQL can hold it: no dates, infinities, NULs or half characters."""
    try:
        text = json.dumps(data, ensure_ascii=False, allow_nan=False)
        text.encode()
    except (TypeError, ValueError, RecursionError):
        return False
    return "\\u0000" not in text


def _says_nothing(value: Any) -> bool:
    return value is None or value is False or value in ({}, [], "")


def _gather(content: Json, name: str, fields: dict[str, str]) -> None:
    content[name] = {key: text for key in LANGUAGES if (text := fields[f"{name}_{key}"])}


def _options(kind: str, before: list[Json], fields: dict[str, str]) -> list[Json]:
    options: list[Json] = []
    taken = {one.get("id") for one in before}
    for n in range(1, MOST_OPTIONS[kind] + 1):
        old = before[n - 1] if n <= len(before) else {}
        option: Json = {"id": old.get("id") or _free(taken, n)}
        taken.add(option["id"])
        _gather(option, f"option_{n}", fields)
        option["text"] = option.pop(f"option_{n}")
        _gather(option, f"feedback_{n}", fields)
        feedback = option.pop(f"feedback_{n}")
        if feedback:
            option["feedback"] = feedback
        if fields.get(f"correct_{n}") or fields.get("correct") == str(n):
            option["correct"] = True
        options.append(option)
    while options and not _is_written(options[-1]):
        options.pop()
    return options


def _free(taken: set[Any], n: int) -> str:
    while f"o{n}" in taken:
        n += 1
    return f"o{n}"


def _is_written(option: Json) -> bool:
    return bool(option.get("text") or option.get("feedback"))


def cleaned(draft: Json) -> Json:
    """The content that would be published: rows without a word are gone."""
    content = dict(draft.get("content") or {})
    if has_form(draft.get("kind", "")) and "options" in content:
        content["options"] = [one for one in content["options"] if _is_written(one)]
    return content


def yaml_of(kind: str, content: Json) -> str:
    """The content as a pack's file has it, the question first; PostgreSQL keeps no order."""
    fields = list(KINDS[kind].content_model.model_fields) if kind in KINDS else []
    first = ["scene", "prompt", *(name for name in fields if name not in Content.model_fields)]
    order = {name: n for n, name in enumerate([*first, "explanation", "misconception"])}
    keys = sorted(content, key=lambda key: order.get(key, len(order)))
    return write_yaml({key: _ordered(content[key]) for key in keys}) if content else ""


def _ordered(value: Any) -> Any:
    if isinstance(value, list):
        return [_ordered(one) for one in value]
    if not isinstance(value, dict):
        return value
    keys = sorted(value, key=lambda key: {"id": 0, "zh": 1, "en": 2}.get(key, 3))
    return {key: _ordered(value[key]) for key in keys}


def read_content(text: str) -> tuple[Document | None, list[Problem]]:
    """The YAML's document, and what is wrong with it as YAML."""
    problems = Problems(Path())
    if len(text) > LONGEST:
        problems.add(Path("yaml"), "the text is too long")
        return None, problems.found
    document = read_yaml_text(text, Path("yaml"), problems)
    if document is not None and not _is_storable(document.data):
        problems.add(Path("yaml"), "a value is neither text nor number; put dates in quotes")
        document = None
    return document, problems.found


def problems_in(draft: Json) -> list[Problem]:
    """What is wrong with an exercise written as YAML, each with its line."""
    text = fields_of(draft)["yaml"]
    document, found = read_content(text)
    if document is None:
        return found
    problems = Problems(Path())
    document.parse(KINDS[draft["kind"]].content_model, document.data, problems)
    return sorted(set(problems.found))
