"""A lesson's Markdown: cut into blocks at headings and embeds, rendered, figures drawn in."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.translation import gettext, override

from mot_course.web import Json
from quizzes import prose

DJANGO_LANGUAGE = {"zh": "zh-hans", "en": "en"}

_EMBED = re.compile(r"::: *(exercise|figure|case|worksheet) +([a-z0-9-]+) *:::")
_LOOKS_LIKE_EMBED = re.compile(r":{2,} *(exercise|figure|case|worksheet)\b.*")
_OPEN = re.compile(r"::: *([a-z]+)")
_OWN = "{own}"


@dataclass(frozen=True)
class Embed:
    """Something of the pack that a text shows at this place."""

    what: str  # exercise | figure | case | worksheet
    name: str
    line: int


def embeds_in(markdown: str) -> list[Embed]:
    """The embeds of a text, in order; see `faults_in` for those that are written wrongly."""
    found = []
    for number, line in enumerate(markdown.split("\n"), start=1):
        if match := _EMBED.fullmatch(line.strip()):
            found.append(Embed(match[1], match[2], number))
    return found


def faults_in(markdown: str) -> list[tuple[int, str]]:
    """Lines of a lesson's text that do not do what their author meant, with the reason."""
    faults = []
    open_at = 0
    for number, line in enumerate(markdown.split("\n"), start=1):
        text = line.strip()
        if _EMBED.fullmatch(text):
            if open_at:
                faults.append((number, "an embed cannot stand inside a ::: block"))
        elif _LOOKS_LIKE_EMBED.fullmatch(text):
            faults.append((number, f"write an embed as ::: exercise its-id :::, not {text!r}"))
        elif match := _OPEN.fullmatch(text):
            if open_at:
                faults.append((number, f"the ::: block of line {open_at} is still open"))
            if match[1] not in prose.CONTAINERS:
                known = ", ".join(prose.CONTAINERS)
                faults.append((number, f"there is no block called {match[1]!r}: use {known}"))
            open_at = number
        elif text == ":::":
            if not open_at:
                faults.append((number, "this ::: closes nothing"))
            open_at = 0
        elif text.startswith("# "):
            faults.append((number, "the title comes from the yaml file; begin with ##"))
    if open_at:
        faults.append((open_at, "this ::: block is never closed"))
    return faults


@dataclass(frozen=True, order=True)
class TextProblem:
    """Something a lesson's author has to mend; language "" is both texts together."""

    language: str
    line: int
    message: str


def problems_in(
    markdown: Mapping[str, str],
    there: Mapping[str, Callable[[str], bool]],
    declared: Mapping[str, Collection[str]],
) -> list[TextProblem]:
    """What is wrong with the texts of a lesson, each alone and together.

    `there` says of a kind of embed whether there is one of that name; `declared` names what has to
    stand in the text.
    """
    found: list[TextProblem] = []
    embedded: dict[str, list[tuple[str, str]]] = {}
    for language, text in markdown.items():
        found += [TextProblem(language, line, message) for line, message in faults_in(text)]
        embeds = embeds_in(text)
        for embed in embeds:
            if not there[embed.what](embed.name):
                message = f"there is no {embed.what} {embed.name!r}"
                found.append(TextProblem(language, embed.line, message))
        names = [(embed.what, embed.name) for embed in embeds]
        for one in sorted({one for one in names if names.count(one) > 1}):
            message = f"the {one[0]} {one[1]!r} is embedded twice"
            found.append(TextProblem(language, 0, message))
        embedded[language] = names
    if embedded["zh"] != embedded["en"]:
        zh = ", ".join(name for _, name in embedded["zh"]) or "nothing"
        en = ", ".join(name for _, name in embedded["en"]) or "nothing"
        message = f"the languages embed different things: Chinese {zh}; English {en}"
        found.append(TextProblem("", 0, message))
    for what, names_of in declared.items():
        for name in sorted(set(names_of) - {name for kind, name in embedded["zh"] if kind == what}):
            message = f"the {what} {name!r} is not embedded in the text"
            found.append(TextProblem("", 0, message))
    return found


def blocks_of(markdown: str, figures: Mapping[str, str], language: str) -> list[Json]:
    """The text as blocks: {"html": …, "heading": …}, {"exercise": slug}, {"case": slug},
    {"worksheet": slug}.

    A new block begins at each ## heading and around each embed, so that "where was I" is
    exact to a few lines. `figures` holds the drawn figures by id.
    """
    blocks: list[Json] = []
    lines: list[str] = []
    container = False

    def flush() -> None:
        source = "\n".join(lines).strip()
        lines.clear()
        if source:
            blocks.append(_html_block(source, language))

    for line in markdown.split("\n"):
        text = line.strip()
        if match := _EMBED.fullmatch(text):
            flush()
            what, name = match[1], match[2]
            blocks.append({"html": figures[name]} if what == "figure" else {what: name})
            continue
        if _OPEN.fullmatch(text):
            flush()
            container = True
        elif text.startswith("## ") and not container:
            flush()
        lines.append(line)
        if text == ":::" and container:
            flush()
            container = False
    flush()
    return blocks


def _html_block(source: str, language: str) -> Json:
    block: Json = {"html": _with_signs(prose.render(source), language)}
    if match := re.match(r"## +(.+)", source):
        block["heading"] = match[1].replace(_OWN, "").strip()
    return block


def _with_signs(html: str, language: str) -> str:
    """Put in what authors write short: the "our own" mark, labels, frames for wide tables."""
    with override(DJANGO_LANGUAGE[language]):
        own = f'<span class="own">{escape(gettext("our own"))}</span>'
        html = html.replace(_OWN, own)
        for name, label in (
            ("keep", gettext("One sentence to keep")),
            ("tomorrow", gettext("Tomorrow at your counter")),
            ("classroom", gettext("In the classroom")),
        ):
            html = html.replace(f'<div class="{name}">', _opening(name, label))
            if name == "classroom" and "<details" in html:
                html = html.replace("</div>", "</details>")
        # After the classroom's end has been looked for: these bring in more ends of a div.
        html = html.replace("<table>", f"{_table_frame(gettext('Table'))}<table>")
        return html.replace("</table>", "</table></div>")


def _opening(name: str, label: str) -> str:
    if name == "classroom":
        return f'<details class="classroom"><summary>{escape(label)}</summary>'
    return f'<div class="{name}"><p class="label">{escape(label)}</p>'


def _table_frame(label: str) -> str:
    """Lets a table wider than a phone scroll by itself, with the keyboard too."""
    return f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(label)}">'
