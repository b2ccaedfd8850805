"""A right answer to any exercise, from its content; for the clerk."""

from typing import Any

from quizzes.kinds.dialogue_content import DialogueContent
from quizzes.kinds.dialogue_paths import gained, is_over, offered, walk
from quizzes.models import Revision
from quizzes.questions import spec_of

SAID = "我听见了，我这就去看看。"


def right_answer(revision: Revision) -> dict[str, Any]:
    """A response that gets all points, or where nobody counts any, a plausible one."""
    spec = spec_of(revision)
    match revision.kind:
        case "true_false":
            return {"answer": spec.answer}
        case "single_choice":
            return {"choice": next(one.id for one in spec.options if one.correct)}
        case "multiple_choice":
            return {"choices": [one.id for one in spec.options if one.correct]}
        case "allocate":
            return {"percents": {one.id: one.percent for one in spec.options}}
        case "moments":
            return {"marks": {spot: _mark(spec, one) for spot, one in spec.required.items()}}
        case "rewrite":
            return {"line": spec.worst[0], "text": spec.expert.zh}
        case "dialogue":
            return {"runs": [best_run(spec)]}
        case "voice":
            return {"text": SAID}
        case "writing":
            return {"texts": {part.id: SAID for part in spec.parts}}
        case "counting":
            return {"numbers": {one.id: f"{one.answer:f}" for one in spec.quantities}}
        case "gap":
            gaps = {one.id: one.importance - one.performance for one in spec.rows}
            return {"gaps": gaps, "first": spec.first[0]}
        case "rating":
            return {"ratings": dict.fromkeys(spec.asked(), 3)}
        case "reflection":
            return {"texts": {one.id: SAID for one in spec.questions}}
    return {"placed": {thing.id: thing.places[0] for thing in revision.rules.things(spec)}}


def _mark(spec: Any, moment: Any) -> dict[str, str]:
    mark = {"polarity": moment.polarity}
    for name in spec.names:
        if value := getattr(moment, name):
            mark[name] = value
    return mark


def every_run(spec: DialogueContent) -> list[list[str]]:
    """Every way through a dialogue, from the start to an ending."""
    over, going = [], [[]]
    while going:
        path = going.pop()
        if is_over(spec, path):
            over.append(path)
        else:
            going += [[*path, one.id] for one in offered(spec, walk(spec, path)[-1], path)]
    return over


def best_run(spec: DialogueContent) -> list[str]:
    """The way that wins the most trust."""
    return max(every_run(spec), key=lambda path: gained(spec, path))
