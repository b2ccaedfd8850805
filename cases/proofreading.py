"""What is still missing in a draft, said with the place; and a draft made fit to be looked at.

Pure, but for the reader's language. What is missing is asked for kindly: nothing typed is lost.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from pydantic import ValidationError

from cases.document import CaseFile, exercise_content
from cases.editing import lines_of
from mot_course.web import Json
from quizzes.canonical import plain
from quizzes.kinds import KINDS, BadContent
from quizzes.yaml_files import in_words

# Keys of a draft that are no part of the case: the note it was sent to review with.
DRAFT_ONLY = ("review",)
PARTS = {
    "title": gettext_lazy("Title"),
    "summary": gettext_lazy("Summary"),
    "situation": gettext_lazy("Situation"),
    "source": gettext_lazy("Source"),
    "industry": gettext_lazy("Trade"),
    "steps": gettext_lazy("Steps"),
    "name": gettext_lazy("Name"),
    "part": gettext_lazy("Part they play"),
    "question": gettext_lazy("Question"),
    "answer": gettext_lazy("Answer"),
    "why": gettext_lazy("Why"),
    "text": pgettext_lazy("part of a line", "Words"),
    "who": gettext_lazy("Speaker"),
}
SIDES = {
    "staff": gettext_lazy("One of us"),
    "customer": gettext_lazy("A customer"),
    "other": pgettext_lazy("role in a conversation", "Somebody else"),
}
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")


@dataclass(frozen=True)
class Finding:
    """One thing to mend: where, what, and the part of the page that leads there."""

    place: str
    message: str
    anchor: str = ""


def cleaned(content: Json) -> Json:
    """The document as it would be published: without notes to editors and without empty parts."""
    clean = {key: value for key, value in content.items() if key not in DRAFT_ONLY}
    clean["scenes"] = [
        _without_empty(scene, "title") | {"lines": [_clean_line(line) for line in scene["lines"]]}
        for scene in content.get("scenes", [])
        if scene.get("lines") or _says(scene.get("title"))
    ]
    clean["analysis"] = [
        one
        for one in content.get("analysis", [])
        if _says(one.get("question")) or _says(one.get("answer"))
    ]
    return {key: value for key, value in clean.items() if value not in ([], None)}


def _clean_line(line: Json) -> Json:
    moment = line.get("moment")
    return line | {"moment": _without_empty(moment, "why")} if moment else line


def _without_empty(part: Json, name: str) -> Json:
    if _says(part.get(name)):
        return part
    return {key: value for key, value in part.items() if key != name}


def _says(text: Any) -> bool:
    return bool(text) and any(str(value).strip() for value in text.values())


def published_form(content: Json) -> Json:
    """The draft in canonical form, if it can be published; else raises ValidationError."""
    return plain(CaseFile.model_validate(cleaned(content)))


def same_as(content: Json, published: Json) -> bool:
    """Whether publishing the draft would change nothing."""
    try:
        return published_form(content) == published
    except ValidationError:
        return False


def findings_in(content: Json) -> list[Finding]:
    """Everything that keeps the draft from being published, in the document's order."""
    clean = cleaned(content)
    found = list(_in_conversation(clean))
    try:
        CaseFile.model_validate(clean)
    except ValidationError as error:
        places = _Places(clean)
        for one in error.errors():
            if one["loc"] or not found:  # the whole does not fit: said above, line by line
                found.append(places.finding(one["loc"], _sentence(one)))
    found += _in_exercises(clean)
    return list(dict.fromkeys(found))


def _sentence(error: Any) -> str:
    """pydantic's finding in the reader's language, as far as editors meet it."""
    at = error["loc"][-1] if error["loc"] else ""
    if error["type"] in ("missing", "string_too_short") and at in ("zh", "en"):
        return _("the English text is missing") if at == "en" else _("the Chinese text is missing")
    if error["type"] == "missing":
        return _("is missing")
    if error["type"] in ("literal_error", "enum") and not error["input"]:
        return _("is not chosen yet")
    return in_words(error)


class _Places:
    """Names the places of a document as its editor sees them."""

    def __init__(self, content: Json) -> None:
        self.content = content
        self.first = []  # number of each scene's first line
        number = 1
        for scene in content.get("scenes", []):
            self.first.append(number)
            number += len(scene["lines"])

    def finding(self, location: tuple[Any, ...], message: str) -> Finding:
        """The finding at that path of the document."""
        match location:
            case ("scenes", int(scene), "lines", int(line), *rest):
                number = self.first[scene] + line
                anchor = f"line-{self.content['scenes'][scene]['lines'][line].get('id', '')}"
                return Finding(_join(_("Line %(n)s") % {"n": number}, rest), message, anchor)
            case ("scenes", int(scene), *rest):
                anchor = f"scene-{self.content['scenes'][scene].get('id', '')}"
                return Finding(_join(_("Scene %(n)s") % {"n": scene + 1}, rest), message, anchor)
            case ("roles", int(role), *rest):
                place = _join(_("Person %(n)s") % {"n": role + 1}, rest)
                return Finding(place, message, "people")
            case ("analysis", int(n), *rest):
                place = _join(_("Question %(n)s") % {"n": n + 1}, rest)
                return Finding(place, message, "questions")
            case ("exercises", int(n), *rest):
                place = _join(_("Exercise %(n)s") % {"n": n + 1}, rest)
                return Finding(place, message, "exercises")
            case (str(name), *_rest):
                return Finding(str(PARTS.get(name, name)), message, "texts")
        return Finding(_("The whole case"), message)


def _join(place: str, rest: list[Any]) -> str:
    names = [PARTS[one] for one in rest if one in PARTS and one != "text"]
    return " · ".join([place, *map(str, names)])


def _in_conversation(content: Json) -> Iterator[Finding]:
    """What the schema says of the whole, said of the line it is about."""
    sides = {role["id"]: role.get("side") for role in content.get("roles", [])}
    for number, line in enumerate(lines_of(content), start=1):
        place, anchor = _("Line %(n)s") % {"n": number}, f"line-{line['id']}"
        who = line.get("who", "")
        if who not in sides:
            yield Finding(place, _("nobody is chosen who says it"), anchor)
            continue
        for moment in _moments_of(line):
            judges = moment.get("polarity") != "neutral" or moment.get("required")
            if sides[who] == "customer":
                if judges:
                    yield Finding(
                        place,
                        _("a customer's line is read, not judged: neutral and not required"),
                        anchor,
                    )
            elif moment.get("effect"):
                yield Finding(place, _("only a customer's line has an effect on trust"), anchor)
            elif moment.get("required") and moment.get("polarity") == "neutral":
                yield Finding(place, _("what has to be found is good or bad"), anchor)


def _moments_of(line: Json) -> list[Json]:
    return [part["moment"] for part in (line, *line.get("phrases", [])) if part.get("moment")]


def _in_exercises(content: Json) -> Iterator[Finding]:
    seen: set[str] = set()
    for n, entry in enumerate(content.get("exercises", []), start=1):
        place = _("Exercise %(n)s") % {"n": n}
        if not (isinstance(entry.get("id"), str) and _ID.fullmatch(entry["id"])):
            yield Finding(place, _("needs an id of a-z, 0-9 and -"), "exercises")
            continue
        if entry["id"] in seen:
            yield Finding(place, _("another exercise has the same id"), "exercises")
        seen.add(entry["id"])
        for field, message in exercise_faults(content, entry):
            yield Finding(f"{place} · {field}" if field else place, message, "exercises")


def exercise_faults(content: Json, entry: Json) -> Iterator[tuple[str, str]]:
    """(field, message) of everything wrong with one exercise of the case."""
    kind = entry.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        yield "kind", _("is not one of the kinds of exercises")
        return
    try:
        KINDS[kind].parse(exercise_content(cleaned(content), entry))
    except BadContent as error:
        yield "use", str(error)
    except ValidationError as error:
        for one in error.errors():
            at = one["loc"]
            # What it takes from the case is mended in the case, where it is said already.
            if at[:1] in (("scenes",), ("roles",)) and "scenes" not in entry:
                continue
            yield ".".join(map(str, at)), in_words(one)


def presentable(content: Json) -> Json:
    """The document so that it can be shown whatever is missing: gaps are named in their place."""
    gap = {"zh": "（中文还没有写）", "en": "(no English text yet)"}

    def both(text: Any) -> Json:
        text = text if isinstance(text, dict) else {}
        return {key: str(text.get(key) or "").strip() or gap[key] for key in ("zh", "en")}

    shown: Json = cleaned(content)
    for name in ("title", "summary", "situation", "source"):
        shown[name] = both(shown.get(name))
    shown["industry"] = shown.get("industry") or "other"
    nobody = {
        "id": "",
        "name": both({"zh": "？", "en": "?"}),
        "part": both({"zh": "？", "en": "?"}),
    }
    shown["roles"] = [
        {"id": role["id"], "side": role.get("side", "staff")}
        | {name: both(role.get(name)) for name in ("name", "part")}
        for role in shown.get("roles", [])
    ]
    known = {role["id"] for role in shown["roles"]}
    scenes = []
    for scene in shown.get("scenes", []):
        title = {"title": both(scene["title"])} if scene.get("title") else {}
        scenes.append(scene | title | {"lines": [_shown(x, known, both) for x in scene["lines"]]})
    shown["scenes"] = scenes
    if any(line["who"] == "" for scene in scenes for line in scene["lines"]):
        shown["roles"].append(nobody | {"side": "other"})
    shown["analysis"] = [
        {name: both(one.get(name)) for name in ("question", "answer")}
        for one in shown.get("analysis", [])
    ]
    shown["exercises"] = [
        entry | {"prompt": both(entry.get("prompt"))}
        for entry in shown.get("exercises", [])
        if entry.get("kind") in KINDS
    ]
    return shown


def _shown(line: Json, known: set[str], both: Any) -> Json:
    shown = {"id": line["id"], "who": line["who"] if line.get("who") in known else ""}
    if line.get("beside"):
        shown["beside"] = line["beside"]
    if line.get("phrases"):
        shown["phrases"] = [_shown_part(one, both) for one in line["phrases"]]
        return shown
    return shown | _shown_part(line, both)


def _shown_part(part: Json, both: Any) -> Json:
    shown: Json = {"text": both(part.get("text"))}
    moment = part.get("moment")
    if moment:
        shown["moment"] = moment | ({"why": both(moment["why"])} if moment.get("why") else {})
    return shown
