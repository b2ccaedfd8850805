"""What stands between the braces of a GIFT question: kinds, weights, feedback. Pure."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from mot_course.web import Json
from quizzes.importing.gift_spans import Span, Wrong, tagged
from quizzes.importing.items import LONGEST_TEXT, Said
from quizzes.importing.plain_text import said

_SIGN = re.compile(r"[=~]")
_WEIGHT = re.compile(r"\s*%(-?\d{1,3}(?:\.\d{1,5})?)%")
_TRUTH = {"T": True, "TRUE": True, "F": False, "FALSE": False}
_NUMBER = r"[-+]?\d{1,12}(?:\.\d{1,6})?"
_AROUND = re.compile(rf"({_NUMBER})(?:\s*:\s*(\d{{1,12}}(?:\.\d{{1,6}})?))?")
_BETWEEN = re.compile(rf"({_NUMBER})\s*\.\.\s*({_NUMBER})")
MOST_ANSWERS = 20
FEWEST = {"single_choice": 3, "multiple_choice": 4, "matching": 3}
MOST = {"single_choice": 6, "multiple_choice": 9, "matching": 9}


@dataclass(frozen=True)
class Answer:
    """One answer as the file has it."""

    sign: str  # = or ~
    body: Span
    text: str
    feedback: str
    weight: Decimal | None


def read_answers(span: Span, prompt: str, way: str) -> tuple[str, Json]:
    """(the kind, its content in one language); raises Wrong."""
    general = span.marks.find("####")
    explanation = ""
    if general >= 0:
        explanation = _text(span.cut(general + 4), way)
        span = span.cut(0, general)
    span = span.trimmed()
    base: Json = {"prompt": Said(prompt)}
    if explanation:
        base["explanation"] = Said(explanation)
    if not span.text:
        return "reflection", base | _reflection(prompt)
    if span.marks.startswith("#"):
        return "counting", _counting(base, span.cut(1), way)
    first = span.marks.find("#")
    word = span.text if first < 0 else span.text[:first]
    if word.strip().upper() in _TRUTH:
        return "true_false", _true_false(base, span, way)
    answers = _answers(span, way)
    if all(one.sign == "=" and "->" in one.body.marks for one in answers):
        return "matching", base | _matching(answers, span, way)
    return _choice(base, answers, span)


def _text(span: Span, way: str) -> str:
    own, span = tagged(span.trimmed(), way)
    text = said(span.text, own)
    if len(text) > LONGEST_TEXT:
        message = _("this text is longer than %(count)d characters") % {"count": LONGEST_TEXT}
        raise Wrong(message, span.at)
    return text


def _reflection(prompt: str) -> Json:
    """An essay: something to think over in one's own words."""
    return {
        "prompt": {"zh": "请用自己的话写一写。", "en": "Put it in your own words."},
        "questions": [{"id": "q1", "text": Said(prompt)}],
    }


def _true_false(base: Json, span: Span, way: str) -> Json:
    parts = _split(span, "#")
    if len(parts) > 3:
        message = _("true or false has two feedbacks at most: for the wrong and the right answer")
        raise Wrong(message, parts[3].at)
    texts = [_text(part, way) for part in parts[1:]]
    # Our trainees get one explanation, whatever they answered.
    notes = [text for text in reversed(texts) if text]
    if "explanation" not in base and notes:
        base["explanation"] = Said("\n".join(dict.fromkeys(notes)))
    return base | {"answer": _TRUTH[parts[0].text.strip().upper()]}


def _split(span: Span, mark: str) -> list[Span]:
    parts, start = [], 0
    while (at := span.marks.find(mark, start)) >= 0:
        parts.append(span.cut(start, at))
        start = at + 1
    return [*parts, span.cut(start)]


def _answers(span: Span, way: str) -> list[Answer]:
    places = [match.start() for match in _SIGN.finditer(span.marks)]
    if not places:
        raise Wrong(_("each answer begins with = (right) or ~ (wrong)"), span.at)
    if span.text[: places[0]].strip():
        raise Wrong(_("there is text before the first = or ~"), span.at)
    if len(places) > MOST_ANSWERS:
        message = _("more than %(count)d answers: is a brace or a \\ before = or ~ missing?")
        raise Wrong(message % {"count": MOST_ANSWERS}, span.at + places[MOST_ANSWERS])
    found = []
    for start, end in zip(places, [*places[1:], len(span.text)], strict=True):
        body = span.cut(start + 1, end)
        weight = None
        if match := _WEIGHT.match(body.marks):
            weight = Decimal(match[1])
            body = body.cut(match.end())
        elif body.marks.lstrip().startswith("%"):
            message = _("a weight looks like %(first)s or %(second)s")
            samples = {"first": "%50%", "second": "%-33.333%"}
            raise Wrong(message % samples, body.trimmed().at)
        note = body.marks.find("#")
        feedback = _text(body.cut(note + 1), way) if note >= 0 else ""
        body = body.cut(0, note) if note >= 0 else body
        text = _text(body, way)
        if not text:
            raise Wrong(_("an answer is empty"), span.at + start)
        found.append(Answer(span.marks[start], body, text, feedback, weight))
    return found


def _counted(kind: str, count: int, span: Span) -> None:
    if count < FEWEST[kind]:
        message = _("too few answers: there are %(count)d, and it takes at least %(fewest)d")
        raise Wrong(message % {"count": count, "fewest": FEWEST[kind]}, span.at)
    if count > MOST[kind]:
        message = _("too many answers: there are %(count)d, and at most %(most)d fit")
        raise Wrong(message % {"count": count, "most": MOST[kind]}, span.at)


def _matching(answers: list[Answer], span: Span, way: str) -> Json:
    pairs: list[Json] = []
    extra: list[Json] = []
    rights: dict[str, list[Json]] = {}
    for n, one in enumerate(answers, start=1):
        arrow = one.body.marks.find("->")
        left = _text(one.body.cut(0, arrow), way)
        right = _text(one.body.cut(arrow + 2), way)
        if not right:
            raise Wrong(_("there is nothing after the arrow ->"), one.body.trimmed().at)
        if not left:
            extra.append({"id": f"x{n}", "text": Said(right)})
            continue
        pair: Json = {"id": f"p{n}", "left": Said(left), "right": Said(right)}
        if one.feedback:
            pair["feedback"] = Said(one.feedback)
        for other in rights.setdefault(right, []):
            other.setdefault("accept", []).append(pair["id"])
            pair.setdefault("accept", []).append(other["id"])
        rights[right].append(pair)
        pairs.append(pair)
    _counted("matching", len(pairs), span)
    return {"pairs": pairs} | ({"extra": extra} if extra else {})


def _choice(base: Json, answers: list[Answer], span: Span) -> tuple[str, Json]:
    texts: set[str] = set()
    for one in answers:
        if one.text in texts:
            raise Wrong(_("the same answer stands twice"), one.body.trimmed().at)
        texts.add(one.text)
    equals = [one for one in answers if one.sign == "="]
    if len(equals) == len(answers):
        message = _("a short answer to type in is not supported; give wrong answers with ~, too")
        raise Wrong(message, span.at)
    if equals:
        if len(equals) > 1:
            message = _(
                "two answers are marked as right with =; for several right ones use ~ with weights"
            )
            raise Wrong(message, equals[1].body.trimmed().at)
        if any(one.weight and one.weight > 0 for one in answers if one.sign == "~"):
            message = _("beside an answer with = no other can have a weight above 0")
            raise Wrong(message, span.at)
        right, kind = {equals[0].text}, "single_choice"
    else:
        right, kind = _weighed(answers, span), "multiple_choice"
    _counted(kind, len(answers), span)
    options = []
    for n, one in enumerate(answers, start=1):
        option: Json = {"id": f"o{n}", "text": Said(one.text)}
        if one.text in right:
            option["correct"] = True
        if one.feedback:
            option["feedback"] = Said(one.feedback)
        options.append(option)
    return kind, base | {"options": options}


def _weighed(answers: list[Answer], span: Span) -> set[str]:
    """The right answers, where weights tell them."""
    right = [one for one in answers if one.weight is not None and one.weight > 0]
    if not right:
        raise Wrong(_("no answer is marked as right"), span.at)
    total = sum((one.weight or Decimal(0) for one in right), Decimal(0))
    if abs(total - 100) > Decimal("0.5"):
        message = _("the weights of the right answers add up to %(total)s %%, not to 100 %%")
        raise Wrong(message % {"total": f"{total.normalize():f}"}, span.at)
    if len(right) == len(answers):
        raise Wrong(_("all answers are right; some have to be wrong"), span.at)
    return {one.text for one in right}


def _counting(base: Json, span: Span, way: str) -> Json:
    span = span.trimmed()
    if span.marks[:1] in ("=", "~"):
        answers = [one for one in _answers(span, way) if one.sign == "="]
    else:
        note = span.marks.find("#")
        body = span if note < 0 else span.cut(0, note)
        feedback = "" if note < 0 else _text(span.cut(note + 1), way)
        answers = [Answer("=", body, _text(body, way), feedback, None)]
    whole = [one for one in answers if one.weight is None or one.weight == 100]
    if len(whole) != 1:
        message = _("a number needs exactly one right answer, here there are %(count)d")
        raise Wrong(message % {"count": len(whole)}, span.at)
    answer, within = _range(whole[0])
    quantity: Json = {
        "id": "n1",
        "label": {"zh": "答案", "en": "Answer"},
        "answer": _plain(answer),
    }
    if within:
        quantity["within"] = _plain(within)
    near = [one for one in answers if one not in whole]
    if len(near) > 1 or any(_range(one)[0] != answer for one in near):
        message = _("part of the points goes to one wider range around the right number only")
        raise Wrong(message, near[-1].body.trimmed().at)
    if near:
        wide = _range(near[0])[1]
        if wide <= within:
            message = _("the range for part of the points has to be the wider one")
            raise Wrong(message, near[0].body.trimmed().at)
        quantity["near"] = _plain(wide)
    how = whole[0].feedback or str(base.get("explanation", ""))
    if how:
        quantity["how"] = Said(how)
    return base | {"quantities": [quantity]}


def _range(answer: Answer) -> tuple[Decimal, Decimal]:
    """(the middle, how far to either side)."""
    text = answer.text.replace(",", ".") if answer.text.count(",") == 1 else answer.text
    try:
        if match := _BETWEEN.fullmatch(text):
            low, high = Decimal(match[1]), Decimal(match[2])
            if low <= high:
                return (low + high) / 2, (high - low) / 2
        elif match := _AROUND.fullmatch(text):
            return Decimal(match[1]), Decimal(match[2] or 0)
    except InvalidOperation:
        pass
    message = _("%(text)s is no number: write 3, 3:2 (give or take 2) or 1..5")
    raise Wrong(message % {"text": answer.text[:40]}, answer.body.trimmed().at)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
