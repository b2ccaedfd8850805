"""The exercises of a case while it is edited: as YAML, and made from its marked moments. Pure."""

from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from cases.document import FROM_CASE
from cases.proofreading import exercise_faults
from mot_course.steps import STEP_SLUGS
from mot_course.web import Json
from quizzes.kinds import KINDS
from quizzes.problems import Problem, Problems
from quizzes.yaml_files import read_yaml_text, write_yaml

_NAME = Path("exercise")
MOST_EXERCISES = 40
RESERVED = ("new", "moments")  # addresses beside the exercises' own


def as_yaml(entry: Json) -> str:
    """The exercise as an editor changes it."""
    return write_yaml(entry)


def sample_of(kind: str, new_id: str) -> Json:
    """An exercise of that kind to begin with: its sample, its scenes those of the case."""
    taken = ("roles", "scenes") if kind in FROM_CASE else ()
    sample = KINDS[kind].sample_content
    return {"id": new_id, "kind": kind} | {k: v for k, v in sample.items() if k not in taken}


def free_id(content: Json, stem: str) -> str:
    """An id that no exercise of the document has."""
    taken = {entry.get("id") for entry in content.get("exercises", [])}
    found, n = stem[:70], 2
    while found in taken:
        found, n = f"{stem[:70]}-{n}", n + 1
    return found


def from_yaml(content: Json, text: str, present: str = "") -> tuple[Json | None, list[Problem]]:
    """(the exercise, what is wrong with it), with line and field; `present` is the id it had."""
    problems = Problems(Path())
    document = read_yaml_text(text, _NAME, problems)
    if document is None:
        return None, problems.found
    entry = document.data
    others = {one.get("id") for one in content.get("exercises", [])} - {present}
    if not isinstance(entry.get("id"), str):
        problems.add(_NAME, _("is missing"), line=1, field="id")
    elif entry["id"] in others or entry["id"] in RESERVED:
        message = _("another exercise has the same id")
        if entry["id"] in RESERVED:
            message = _("is an address of its own; choose another id")
        problems.add(_NAME, message, line=document.line(["id"]), field="id")
    for field, message in exercise_faults(content, entry):
        path = [int(one) if one.isdecimal() else one for one in field.split(".") if one]
        problems.add(_NAME, message, line=document.line(path), field=field)
    return (None if problems else entry), problems.found


def with_exercise(content: Json, entry: Json, present: str = "") -> Json:
    """The document with the exercise in the place of the one called `present`, or at the end."""
    entries = list(content.get("exercises", []))
    at = next((n for n, one in enumerate(entries) if present and one.get("id") == present), None)
    if at is None:
        entries.append(entry)
    else:
        entries[at] = entry
    return content | {"exercises": entries}


def without_exercise(content: Json, gone: str) -> Json:
    """The document without that exercise."""
    return content | {
        "exercises": [one for one in content.get("exercises", []) if one.get("id") != gone]
    }


def with_exercise_moved(content: Json, wanted: str, by: int) -> Json:
    """The document with the exercise so many places further down."""
    entries = list(content.get("exercises", []))
    at = next((n for n, one in enumerate(entries) if one.get("id") == wanted), None)
    if at is None or not 0 <= at + by < len(entries):
        return content
    entries.insert(at + by, entries.pop(at))
    return content | {"exercises": entries}


ASKED = {
    "polarity": {
        "zh": "哪几句得分，哪几句失分？",
        "en": "Which lines win trust, and which lose it?",
    },
    "step": {
        "zh": "哪几句得分，哪几句失分？各在哪一步？",
        "en": "Which lines win trust, which lose it, and at which step?",
    },
    "action": {
        "zh": "哪几句得分，哪几句失分？各在哪一步，是探求、提议、行动还是确认？",
        "en": "Which lines win trust, which lose it, and at which step? Does each explore, offer,"
        " act or confirm?",
    },
}


def suggested_texts(content: Json, ask: str) -> Json:
    """Prompt and explanation to begin with; the explanation lists what the experts say."""
    why: dict[str, list[str]] = {"zh": [], "en": []}
    for scene in content.get("scenes", []):
        for line in scene.get("lines", []):
            moment = line.get("moment") or {}
            if moment.get("required"):
                for language in why:
                    text = (moment.get("why") or {}).get(language, "").strip()
                    if text and len(why[language]) < 4:
                        why[language].append(text)
    return {
        "prompt": ASKED[ask],
        "explanation": {"zh": "".join(why["zh"]), "en": " ".join(why["en"])},
    }


def moments_exercise(content: Json, *, id_: str, ask: str, scenes: list[str], texts: Json) -> Json:
    """A moments exercise over these scenes of the case; over all of them where all are named."""
    entry: Json = {"id": id_, "kind": "moments"}
    every = [scene["id"] for scene in content.get("scenes", []) if scene.get("lines")]
    if scenes != every:
        entry["use"] = scenes
    steps = _steps_in(content, scenes)
    if steps:
        entry["steps"] = steps
    if ask != "polarity":
        entry["ask"] = ask
    return entry | texts


def _steps_in(content: Json, scenes: list[str]) -> list[str]:
    found: set[Any] = {
        line["moment"].get("step")
        for scene in content.get("scenes", [])
        if scene["id"] in scenes
        for line in scene.get("lines", [])
        if (line.get("moment") or {}).get("required")
    }
    return [step for step in STEP_SLUGS if step in found]
