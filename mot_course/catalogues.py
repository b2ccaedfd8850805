"""Message catalogues with Babel: the gettext programs are not needed on any machine."""

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.reloader import translation_file_changed
from django.utils.translation.template import templatize

FOLDER = settings.BASE_DIR / "locale" / "zh_Hans" / "LC_MESSAGES"
PO = FOLDER / "django.po"
MO = FOLDER / "django.mo"
SOURCES = (
    "mot_course",
    "outbox",
    "people",
    "quizzes",
    "cases",
    "units",
    "assignments",
    "home",
    "templates",
)
NAMES = {
    "_", "_l", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext",
    "pgettext_lazy", "npgettext", "npgettext_lazy",
}  # fmt: skip

Message = tuple[str | tuple[str, str], str | None, str]  # msgid(s), context, where


def messages() -> Iterator[Message]:
    """Every text marked for translation in our Python files and templates."""
    for source in SOURCES:
        for path in sorted((settings.BASE_DIR / source).rglob("*")):
            where = str(path.relative_to(settings.BASE_DIR))
            if path.suffix == ".py" and "migrations" not in path.parts:
                yield from _in_python(path.read_text(encoding="utf-8"), where)
            elif path.suffix in (".html", ".txt"):
                code = templatize(path.read_text(encoding="utf-8"), origin=where)
                yield from _in_templatized(code, where)


def _in_python(code: str, where: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in NAMES:
            texts = [a.value for a in node.args if isinstance(a, ast.Constant)]
            yield from _message(name, [t for t in texts if isinstance(t, str)], where)


def _in_templatized(code: str, where: str) -> Iterator[Message]:
    # templatize leaves calls such as gettext(u'…') among masked text, one after the other.
    for call in re.finditer(r"\b(n?p?gettext|_)\(", code):
        for end in (m.end() for m in re.finditer(r"\)", code[call.start() :])):
            try:
                node = ast.parse(code[call.start() : call.start() + end].strip(), mode="eval").body
            except SyntaxError:
                continue
            if isinstance(node, ast.Call):
                texts = [a.value for a in node.args if isinstance(a, ast.Constant)]
                found = [text for text in texts if isinstance(text, str)]
                yield from _message(call.group(1), found, where)
            break


def _message(name: str, texts: list[str], where: str) -> Iterator[Message]:
    context = texts.pop(0) if "pgettext" in name and texts else None
    if name.startswith(("ngettext", "npgettext")) and len(texts) >= 2:
        yield (texts[0], texts[1]), context, where
    elif texts and texts[0]:
        yield texts[0], context, where


def wanted() -> Catalog:
    """A catalogue of all messages, without translations."""
    catalogue = Catalog(locale="zh_Hans", fuzzy=False, project="MOT Course", charset="utf-8")
    for msgid, context, where in messages():
        catalogue.add(msgid, context=context, locations=[(where, 0)])
    return catalogue


def read() -> Catalog:
    """The catalogue with the translations we have."""
    if not PO.exists():
        return Catalog(locale="zh_Hans")
    with PO.open("rb") as file:
        return read_po(file, locale="zh_Hans")


def extract() -> tuple[int, int]:
    """Bring the .po file up to date; how many messages there are and how many lack Chinese."""
    catalogue, have = wanted(), read()
    for message in catalogue:
        if not message.id:
            continue
        old = have.get(message.id, context=message.context)
        if old is not None and old.string:
            message.string = old.string
    FOLDER.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    write_po(
        buffer, catalogue, sort_output=True, omit_header=False, width=100, include_lineno=False
    )
    text = buffer.getvalue().decode()
    # Dates would make every extraction a change.
    text = re.sub(r'"(POT-Creation-Date|PO-Revision-Date|Last-Translator)[^\n]*\n', "", text)
    PO.write_text(text, encoding="utf-8")
    return sum(1 for m in catalogue if m.id), len(untranslated(catalogue))


def untranslated(catalogue: Catalog) -> list[str]:
    """The messages without Chinese, or marked fuzzy."""
    found = []
    for message in catalogue:
        strings = message.string if isinstance(message.string, tuple | list) else [message.string]
        if message.id and (message.fuzzy or not all(strings)):
            found.append(str(message.id))
    return found


def compile_catalogue() -> Path:
    """Write the .mo file Django reads and have this process read it afresh; its path.

    Without the second part a process that has shown a text before (as migrating does) would
    go on without Chinese, and publish lessons whose labels are English.
    """
    with MO.open("wb") as file:
        write_mo(file, read())
    translation_file_changed(sender=None, file_path=MO)
    return MO
