"""A draft as a trainee would see it: asked, and with its verdict. Nothing is stored."""

from typing import Any

from pydantic import ValidationError

from mot_course.web import Json
from quizzes.editing import findings_in
from quizzes.importing.items import real_errors
from quizzes.item_fields import cleaned
from quizzes.kinds import KINDS
from quizzes.models import Revision
from quizzes.questions import Question

_PLACEHOLDER = {"zh": "…", "en": "…"}


def preview_of(slug: str, draft: Json) -> dict[str, Any]:
    """{"questions": [asked], "answered": …, "findings": […]} for the preview's template.

    What is not written yet shows as "…", so that one sees the rest.
    """
    kind = draft.get("kind", "")
    findings = findings_in(draft)
    spec = _spec(kind, cleaned(draft)) if kind in KINDS else None
    if spec is None:
        return {"questions": [], "answered": None, "findings": findings}
    rules = KINDS[kind]
    asked = _question(slug, kind, spec)
    if rules.takes_turns:
        return {"questions": [asked], "answered": None, "findings": findings}
    return {"questions": [asked], "answered": _answered(slug, kind, asked), "findings": findings}


def _answered(slug: str, kind: str, asked: Question) -> Question | None:
    """The question with an answer and what is said to it; None where no answer can be made up."""
    response = _response(KINDS[kind], asked)
    if response is None:
        return None
    answered = _question(slug, kind, asked.spec)
    answered.position = 99  # its fields have other names than those of the question itself
    answered.response, answered.reveal = response, True
    return answered


def _question(slug: str, kind: str, spec: Any) -> Question:
    question = Question(Revision(kind=kind, content={}), slug)
    question.__dict__["spec"] = spec  # parsed already; an unsaved revision must not be remembered
    return question


def _spec(kind: str, content: Json) -> Any:
    """The content parsed, gaps filled; None where that does not help."""
    for _try in range(4):
        try:
            return KINDS[kind].parse(content)
        except ValidationError as error:
            errors = real_errors(error)
            gaps = [one["loc"] for one in errors if one["type"] in ("missing", "string_too_short")]
            if not gaps or len(gaps) < len(errors):
                return None
            for place in gaps:
                content = _filled(content, place)
    return None


def _filled(content: Any, place: tuple[Any, ...]) -> Any:
    """A copy of the content with something at that place."""
    if not place:
        return content
    step, rest = place[0], place[1:]
    if isinstance(content, list) and isinstance(step, int) and step < len(content):
        return [_filled(one, rest) if n == step else one for n, one in enumerate(content)]
    if not isinstance(content, dict):
        return content
    if rest:
        return content | {step: _filled(content.get(step, {}), rest)}
    if step in ("zh", "en"):
        return content | {step: "…"}
    return content | {step: _missing(step)}


def _missing(name: Any) -> Any:
    if name == "answer":
        return True
    if name == "options":
        return [
            {"id": f"o{n}", "text": _PLACEHOLDER, "feedback": _PLACEHOLDER, "correct": n == 1}
            for n in range(1, 5)
        ]
    return _PLACEHOLDER


def _response(rules: Any, asked: Question) -> Json | None:
    """An answer that is not quite right, so that all of the feedback shows."""
    spec = asked.spec
    if rules.slug == "true_false":
        return {"answer": not spec.answer}
    if rules.slug == "single_choice":
        return {"choice": next(one.id for one in spec.options if not one.correct)}
    if rules.slug == "multiple_choice":
        right = next(one.id for one in spec.options if one.correct)
        wrong = next(one.id for one in spec.options if not one.correct)
        return {"choices": [right, wrong]}
    if rules.slug == "matching":
        return {"placed": {one.id: one.id for one in spec.pairs}}
    if rules.slug == "counting":
        return {"numbers": {one.id: str(one.answer) for one in spec.quantities}}
    return None
