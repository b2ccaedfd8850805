"""What can be done to a case's document while it is edited: small operations, applied in order.

Pure: a document and operations in, a new document out. Texts may be missing in a draft; what is
typed is never refused for being unfinished. Ids of lines stay for good.
"""

import re
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, TypeAdapter

from cases.document import INDUSTRY_SLUGS
from mot_course.web import Json
from quizzes.kinds.base import BadContent, Id, Part
from quizzes.kinds.transcript import LONGEST, Moment, Phrase, StepSlug

MOST_OPERATIONS = 5_000
# What PostgreSQL's jsonb or a reader's page cannot hold.
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
LONGEST_TEXTS = {"title": 120, "summary": 400, "situation": 20_000, "source": 2_000}


def clean_text(value: Any) -> Any:
    """The text without characters that cannot be stored, line ends as one character."""
    if not isinstance(value, str):
        return value
    return _NOT_TEXT.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))


Typed = Annotated[str, StringConstraints(max_length=4_000), BeforeValidator(clean_text)]
LongText = Annotated[str, StringConstraints(max_length=20_000), BeforeValidator(clean_text)]
Place = Annotated[str, StringConstraints(pattern=r"^([a-z0-9][a-z0-9-]{0,79})?$")]


class Loose(Part):
    """A text in two languages, either of which may still be missing."""

    zh: Typed = ""
    en: Typed = ""


class LooseMoment(Moment):
    why: Loose | None = None  # type: ignore[assignment]


class LooseLine(Part):
    """A line while it is written."""

    id: Id
    who: Place = ""
    text: Loose | None = None
    phrases: tuple[Phrase, ...] = ()
    moment: LooseMoment | None = None
    beside: Id | None = None


class LooseRole(Part):
    id: Id
    name: Loose = Loose()
    part: Loose = Loose()
    side: Literal["staff", "customer", "other"]  # no default: it has to stand in the document


class LooseQuestion(Part):
    question: Loose = Loose()
    answer: Loose = Loose()


class SetText(Part):
    """One of the case's own texts in one language."""

    op: Literal["text"]
    field: Literal["title", "summary", "situation", "source"]
    language: Literal["zh", "en"]
    value: LongText


class SetIndustry(Part):
    op: Literal["industry"]
    value: Literal[("", *INDUSTRY_SLUGS)]  # type: ignore[valid-type]


class SetSteps(Part):
    op: Literal["steps"]
    value: tuple[StepSlug, ...]


class SetRoles(Part):
    op: Literal["roles"]
    value: tuple[LooseRole, ...] = Field(max_length=60)


class SetAnalysis(Part):
    op: Literal["analysis"]
    value: tuple[LooseQuestion, ...] = Field(max_length=40)


class PutScene(Part):
    """Add a scene at the end, or change its title and version."""

    op: Literal["scene"]
    id: Id
    title: Loose = Loose()
    version: Literal["bad", "good"] | None = None


class DropScene(Part):
    """Take a scene away that has no lines any more."""

    op: Literal["drop_scene"]
    id: Id


class PutLine(Part):
    """Change the named parts of a line; where there is no such line (any more), add it whole."""

    op: Literal["line"]
    line: LooseLine
    keys: tuple[Literal["who", "zh", "en", "moment"], ...] = ("who", "zh", "en", "moment")
    scene: Id
    after: Place = ""


class MoveLine(Part):
    """Put the line behind another one; with no `after` at the scene's beginning."""

    op: Literal["move"]
    id: Id
    scene: Id
    after: Place = ""


class DropLine(Part):
    op: Literal["drop"]
    id: Id


Operation = Annotated[
    SetText | SetIndustry | SetSteps | SetRoles | SetAnalysis
    | PutScene | DropScene | PutLine | MoveLine | DropLine,
    Field(discriminator="op"),
]  # fmt: skip
OPERATIONS: TypeAdapter[list[Operation]] = TypeAdapter(
    Annotated[list[Operation], Field(max_length=MOST_OPERATIONS)]
)


def blank_document(**known: Any) -> Json:
    """A document to begin with: one scene, nothing in it."""
    return {"origin": "own", "scenes": [{"id": "s1", "lines": []}]} | known


def edited(content: Json, operations: Sequence[Operation]) -> Json:
    """The document after the operations; raises BadContent where one goes too far.

    What names a line that is gone does nothing, but a text typed into it brings it back.
    """
    document = _Document(content)
    for one in operations:
        document.apply(one)
    return document.content


def lines_of(content: Json) -> list[Json]:
    """All lines of the document, in order."""
    return [line for scene in content.get("scenes", []) for line in scene.get("lines", [])]


def plain_part(part: Part) -> Json:
    """The part as JSON, without what says nothing."""
    return part.model_dump(mode="json", exclude_defaults=True)


class _Document:
    def __init__(self, content: Json) -> None:
        scenes = [scene | {"lines": list(scene.get("lines", []))} for scene in _scenes(content)]
        self.content = content | {"scenes": scenes}
        self.scenes: dict[str, Json] = {scene["id"]: scene for scene in scenes}
        self.home = {line["id"]: scene["id"] for scene in scenes for line in scene["lines"]}

    def apply(self, one: Operation) -> None:
        """Do one operation."""
        match one:
            case SetText():
                if len(one.value) > LONGEST_TEXTS[one.field]:
                    raise BadContent(f"{one.field}.{one.language}")
                texts = dict(self.content.get(one.field) or {})
                self.content[one.field] = texts | {one.language: one.value}
            case SetIndustry():
                self.content["industry"] = one.value
            case SetSteps():
                self.content["steps"] = list(dict.fromkeys(one.value))
            case SetRoles():
                self.content["roles"] = [plain_part(role) for role in one.value]
            case SetAnalysis():
                self.content["analysis"] = [plain_part(question) for question in one.value]
            case PutScene():
                self._put_scene(one)
            case DropScene():
                self._drop_scene(one.id)
            case PutLine():
                self._put_line(one)
            case MoveLine():
                if one.id in self.home and one.scene in self.scenes and one.after != one.id:
                    self._insert(self._take(one.id), one.scene, one.after)
            case DropLine():
                if one.id in self.home:
                    self._take(one.id)

    def _put_scene(self, one: PutScene) -> None:
        scene = self.scenes.get(one.id)
        if scene is None:
            scene = self.scenes[one.id] = {"id": one.id, "lines": []}
            self.content["scenes"].append(scene)
        for name, value in (("title", plain_part(one.title)), ("version", one.version)):
            scene.pop(name, None)
            if value:
                scene[name] = value

    def _drop_scene(self, wanted: str) -> None:
        scene = self.scenes.get(wanted)
        if scene is not None and not scene["lines"]:
            self.content["scenes"].remove(self.scenes.pop(wanted))

    def _put_line(self, one: PutLine) -> None:
        new = plain_part(one.line)
        if one.line.id not in self.home:
            if len(self.home) >= LONGEST:
                raise BadContent("lines")
            if one.scene not in self.scenes:
                self._put_scene(PutScene(op="scene", id=one.scene))
            self._insert(new, one.scene, one.after)
            return
        lines = self.scenes[self.home[one.line.id]]["lines"]
        index = _index(lines, one.line.id)
        line = dict(lines[index])
        for key in one.keys:
            if key in ("zh", "en"):
                if "phrases" not in line:
                    text = (line.get("text") or {}) | {key: new.get("text", {}).get(key, "")}
                    line["text"] = text
            elif key in new:
                line[key] = new[key]
            else:
                line.pop(key, None)
        lines[index] = line

    def _take(self, wanted: str) -> Json:
        lines = self.scenes[self.home.pop(wanted)]["lines"]
        line: Json = lines.pop(_index(lines, wanted))
        return line

    def _insert(self, line: Json, scene: str, after: str) -> None:
        lines = self.scenes[scene]["lines"]
        if not after:
            index = 0
        elif self.home.get(after) == scene:
            index = _index(lines, after) + 1
        else:
            index = len(lines)
        lines.insert(index, line)
        self.home[line["id"]] = scene


def _scenes(content: Json) -> list[Json]:
    return content.get("scenes") or [{"id": "s1", "lines": []}]


def _index(lines: list[Json], wanted: str) -> int:
    return next(n for n, line in enumerate(lines) if line["id"] == wanted)
