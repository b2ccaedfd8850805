"""YAML as packs and editors use it: small, flat, no aliases; with the line of every field."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from quizzes.problems import Problems

Model = TypeVar("Model", bound=BaseModel)

MOST_BYTES = 1_000_000
DEEPEST = 20


class _Refused(Exception):
    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message, self.line = message, line


# libyaml's, where the wheel brings it: a large pack reads in a tenth of the time.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _refuse_what_grows(text: str) -> None:
    """Anchors and aliases (a 236-byte file can grow to 25 MB), and nesting that has no end.

    Before anything is built: libyaml builds what it reads by itself.
    """
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Refused("anchors and aliases (& and *) are not allowed", _line(event))
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST + 1:
                raise _Refused(f"nested deeper than {DEEPEST} levels", _line(event))
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _line(marked: Any) -> int:
    return int(marked.start_mark.line) + 1


def _check(node: yaml.Node, depth: int = 0) -> None:
    if depth > DEEPEST:
        raise _Refused(f"nested deeper than {DEEPEST} levels", _line(node))
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _Refused("a key has to be a plain word", _line(key))
            if key.value in seen:
                raise _Refused(f"the key {key.value!r} stands twice", _line(key))
            seen.add(key.value)
            _check(value, depth + 1)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _check(value, depth + 1)


class Document:
    """A YAML file's content together with the lines its fields stand on."""

    def __init__(self, path: Path, node: yaml.Node, data: dict[str, Any]) -> None:
        self.path = path
        self.node = node
        self.data = data

    def line(self, location: Iterable[str | int]) -> int:
        """The line of the field at that path, or of the nearest thing around it."""
        node = self.node
        line = _line(node)
        for step in location:
            found = _child(node, step)
            if found is None:
                continue
            node, line = found
        return line

    def parse(
        self,
        model: type[Model],
        data: Any,
        problems: Problems,
        at: tuple[str | int, ...] = (),
    ) -> Model | None:
        """The data as that model; where it does not fit, problems are noted instead."""
        try:
            return model.model_validate(data)
        except ValidationError as error:
            for one in error.errors():
                location = (*at, *one["loc"])
                problems.add(
                    self.path,
                    in_words(one),
                    line=self.line(location),
                    field=".".join(str(step) for step in location),
                )
            return None


def _child(node: yaml.Node, step: str | int) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return value, _line(key)
    elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], _line(node.value[step])
    return None


_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not a key that belongs here",
    "string_too_short": "is empty",
    "string_type": "has to be a text",
    "int_type": "has to be a whole number",
    "int_parsing": "has to be a whole number",
    "bool_type": "has to be true or false",
    "bool_parsing": "has to be true or false",
    "tuple_type": "has to be a list",
    "list_type": "has to be a list",
    "model_type": "has to be a group of keys",
    "dict_type": "has to be a group of keys",
    "model_attributes_type": "has to be a group of keys",
}


def in_words(error: Any) -> str:
    """pydantic's finding as a sentence for an author."""
    kind = error["type"]
    if kind == "missing" and error["loc"] and error["loc"][-1] in ("zh", "en"):
        language = {"zh": "Chinese", "en": "English"}[error["loc"][-1]]
        return f"the {language} text is missing"
    if kind in _WORDS:
        return _WORDS[kind]
    if kind == "value_error":
        return str(error["ctx"]["error"])
    if kind in ("too_short", "too_long"):
        context = error["ctx"]
        bound = context.get("min_length", context.get("max_length"))
        word = "at least" if kind == "too_short" else "at most"
        return f"needs {word} {bound} entries, has {context['actual_length']}"
    if kind == "string_pattern_mismatch":
        return f"{error['input']!r} may hold only a-z, 0-9 and -"
    if kind in ("literal_error", "enum"):
        return f"{error['input']!r} is not one of {error['ctx']['expected']}"
    message: str = error["msg"]
    return message[0].lower() + message[1:]


def read_yaml(path: Path, problems: Problems) -> Document | None:
    """The file's document; None, with a problem noted, where it cannot be used."""
    text = read_text(path, problems)
    return None if text is None else read_yaml_text(text, path, problems)


def read_yaml_text(text: str, path: Path, problems: Problems) -> Document | None:
    """As `read_yaml`, of a text from elsewhere; `path` is what it is called in problems."""
    try:
        loader = _Loader(text)
    except yaml.YAMLError as error:  # a character that YAML does not know
        problems.add(path, f"this is not YAML: {getattr(error, 'reason', 'cannot be read')}")
        return None
    try:
        _refuse_what_grows(text)
        node = loader.get_single_node()
        if node is None:
            problems.add(path, "the file is empty", line=1)
            return None
        _check(node)
        data = loader.construct_document(node)
    except _Refused as refused:
        problems.add(path, refused.message, line=refused.line)
        return None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or getattr(error, "reason", "cannot be read")
        problems.add(path, f"this is not YAML: {what}", line=mark.line + 1 if mark else 0)
        return None
    except (RecursionError, ValueError) as error:
        problems.add(path, f"this is not YAML we can use: {error}")
        return None
    finally:
        loader.dispose()
    if not isinstance(data, dict):
        problems.add(path, "the file has to hold keys and values", line=1)
        return None
    return Document(path, node, data)


def read_text(path: Path, problems: Problems) -> str | None:
    """The file's text; None, with a problem noted, where it is too large or not UTF-8."""
    if path.is_symlink():
        problems.add(path, "links are not followed; put the file itself here")
        return None
    if path.stat().st_size > MOST_BYTES:
        problems.add(path, "the file is larger than 1 MB")
        return None
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        problems.add(path, "this is not UTF-8 text", line=line)
        return None
    if "\0" in text:
        problems.add(
            path, "the file holds a NUL character", line=text[: text.index("\0")].count("\n") + 1
        )
        return None
    return text.removeprefix("\ufeff")


class _Dumper(yaml.SafeDumper):
    """Long texts as blocks, no aliases, keys in the order given."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def write_yaml(data: dict[str, Any]) -> str:
    """The data as a pack's file has it; `read_yaml` gives the same back."""
    text: str = yaml.dump(
        data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100, indent=2
    )
    return text
