"""docs/course-pack.md: the pack's format, written out from its schema."""

from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from mot_course.web import Text
from quizzes.kinds import KINDS
from quizzes.kinds.base import Content, Part
from units import figures, guide_content, reference_content, worksheet_content
from units.pack import schema

_INTRODUCTION = """# The course pack

Made from the schema by `manage.py describe_pack`; a test holds it to date. Do not edit by hand.

A pack is a folder of YAML and Markdown. `manage.py check_course FOLDER` says what is wrong with it,
with file, line and field, and needs no database; `manage.py load_course FOLDER` puts it into the
database, all or nothing; `manage.py dump_course FOLDER` writes it back. Loading twice changes nothing.
What was edited on the site since the last load is left alone and named; `--overwrite SLUG` takes the
pack's version as a new revision. Attempts keep the revisions they began with.

```
courses/<slug>.yaml
units/<nn>-<slug>/unit.yaml
units/<nn>-<slug>/<nn>-<lesson>.yaml     with <nn>-<lesson>.zh.md and .en.md beside it
banks/<slug>.yaml
cases/<slug>.yaml
guides/<course>.yaml
worksheets/<slug>.yaml
glossary.yaml
map.yaml
observation.yaml
```

Texts are bilingual: `{zh: …, en: …}`, both needed. Ids and slugs are of a-z, 0-9 and `-`; an
exercise's id stands once in the whole pack. No anchors, no aliases, no unknown keys, no file over 1 MB.

## Lesson texts

Markdown without HTML or images; `##` and `###` headings, lists, tables, dialogues as block quotes with
the speaker in bold. Each embed stands on a line of its own, the same ones in the same order in both
languages:

```
::: exercise its-id :::
::: figure its-id :::
::: case its-slug :::
::: worksheet its-slug :::
```

Blocks open with `::: keep`, `::: tomorrow` or `::: classroom` and close with `:::`. `{own}` marks what is
ours and not in the source course.
"""


def described() -> str:
    """The whole document."""
    parts = [_INTRODUCTION, "## Files\n"]
    known: set[type[Part]] = set()  # parts that are described already
    for model in (
        schema.CourseFile, schema.UnitFile, schema.LessonFile, schema.BankFile, schema.CaseFile,
        schema.GuideFile, schema.WorksheetFile, schema.GlossaryFile, schema.MapFile,
        schema.ObservationFile,
    ):  # fmt: skip
        parts.append(_section(f"### {model.__doc__}", model))
    parts.append("## Parts\n")
    for part in (
        schema.Check, schema.CribBox, schema.Briefing, schema.Certificate, schema.CourseTest, schema.Belief, schema.Anchor, schema.Role, schema.Scene,
        schema.Line, schema.Phrase, schema.Moment, schema.Analysis,
        guide_content.GuideSession, guide_content.GuideStep, worksheet_content.SheetSection,
        worksheet_content.SheetColumn, worksheet_content.SheetRow, reference_content.Term,
        reference_content.MapModel, reference_content.ObservedItem,
    ):  # fmt: skip
        parts.append(_section(f"### {part.__name__}", part, part.__doc__ or ""))
        known.add(part)
    parts.append("## Figures\n")
    for figure in get_args(figures.AnyFigure):
        parts.append(_section(f"### {figure.__name__.lower()}", figure, figure.__doc__ or ""))
    for row in (
        figures.BarRow, figures.SlopeRow, figures.Group, figures.Stage, figures.Across, figures.Up,
        figures.QuadrantFields, figures.GridRow, figures.Zone,
    ):  # fmt: skip
        parts.append(_section(f"### {row.__name__}", row))
    parts.append(
        "## Exercises\n\nIn a lesson or a case under `exercises:`, in a bank under `items:`; "
        "`id` and `kind` beside the keys below. A lesson may also embed an exercise of a case by its id.\n"
    )
    parts.append(_section("### In every kind", Content))
    parts.append(_section("### In a bank, besides", schema.BankPlace))
    for kind in KINDS.values():
        content = kind.content_model
        own = set(content.model_fields) - set(Content.model_fields)
        parts.append(_section(f"### {kind.slug}", content, content.__doc__ or "", only=own))
        for inner in _parts_of(content, sorted(own)):
            if inner not in known:
                known.add(inner)
                parts.append(_section(f"#### {inner.__name__}", inner, inner.__doc__ or ""))
    return "\n".join(parts)


def _parts_of(model: type[Part], names: list[str]) -> Iterator[type[Part]]:
    """The parts that these fields hold, and the parts in those, each before its own parts."""
    for name in names:
        stack = [model.model_fields[name].annotation]
        while stack:
            one = stack.pop()
            if isinstance(one, type) and issubclass(one, Part):
                yield one
                yield from _parts_of(one, list(one.model_fields))
            else:
                stack += [inner for inner in get_args(one) if inner is not NoneType]


def _section(title: str, model: type[Part], text: str = "", *, only: set[str] | None = None) -> str:
    lines = [title, ""]
    if text and not title.endswith(text):
        lines += [" ".join(text.split()), ""]
    rows = [
        f"| `{name}` | {_type(field.annotation)} | {'yes' if field.is_required() else ''} "
        f"| {field.description or ''} |"
        for name, field in model.model_fields.items()
        if only is None or name in only
    ]
    if rows:
        lines += ["| key | holds | needed | |", "| --- | --- | --- | --- |", *rows, ""]
    return "\n".join(lines)


def _type(annotation: Any) -> str:
    """What a key holds, in an author's words."""
    if annotation is Text:
        return "text in both languages"
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return "a figure, see there" if inner[0] is not str else "id"
    if origin is Literal:
        return "one of " + ", ".join(f"`{value}`" for value in inner if value != "")
    if origin is tuple and inner[-1] is ...:
        return f"list of {_type(inner[0])}"
    if origin is tuple:
        return "`[" + ", ".join(_type(one) for one in inner) + "]`"
    if origin in (Union, UnionType):
        return " or ".join(_type(one) for one in inner if one is not NoneType)
    if origin is dict:
        return "exercises, see there"
    names = {int: "whole number", float: "number", bool: "true or false", str: "text"}
    return names.get(annotation, annotation.__name__)
