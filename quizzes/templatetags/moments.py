"""The fields of each line of a conversation, and how a class has marked it; written out.

A conversation has some forty lines with a dozen controls each: as template loops they would be
most of what the page costs.
"""

from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from mot_course.steps import ACTIONS, STEPS, Action, Step
from mot_course.web import Json
from quizzes.questions import Question
from quizzes.tallying import Heat

register = template.Library()

WIDE = 60  # units of a bar that stands for everybody


@lru_cache(maxsize=8)
def _icon(name: str) -> SafeString:
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', static("icons.svg"), name
    )


@register.simple_tag
def moment_fields(question: Question, line: Json, spot: Json) -> SafeString:
    """Nothing, good or bad; step and action where asked; why. A script shows them its own way."""
    mine, shown = spot["mine"] or {}, question.shown
    name, token = question.prefix, spot["token"]
    polarity = mine.get("polarity", "")
    words = (
        ("", "dash", gettext("not marked")),
        ("good", "tick", gettext("wins trust")),
        ("bad", "cross", gettext("costs trust")),
    )
    radios = format_html_join(
        "",
        '<label><input type="radio" name="{}-mark-{}" value="{}"{}><span>{}{}</span></label>',
        (
            (name, token, value, " checked" if value == polarity else "", _icon(symbol), word)
            for value, symbol, word in words
        ),
    )
    steps = actions = SafeString("")
    if shown["asks_step"]:
        steps = _select(f"{name}-step-{token}", gettext("Step"), STEPS, mine.get("step"))
    if shown["asks_action"]:
        actions = _select(f"{name}-action-{token}", gettext("Action"), ACTIONS, mine.get("action"))
    label = gettext("Why? (optional)")
    return format_html(
        '<fieldset class="marking nojs-only"><legend class="sr">{}: {}</legend>'
        '<div class="segment">{}</div><div class="more">{}{}<input type="text"'
        ' name="{}-why-{}" maxlength="{}" value="{}" aria-label="{}" placeholder="{}"></div>'
        "</fieldset>",
        *(line["name"], spot["text"], radios, steps, actions),
        *(name, token, shown["longest_why"], mine.get("why", ""), label, label),
    )


def _select(
    name: str, label: str, choices: tuple[Step, ...] | tuple[Action, ...], chosen: object
) -> SafeString:
    options = format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((one.slug, " selected" if one == chosen else "", one.name) for one in choices),
    )
    return format_html(
        '<select name="{}" aria-label="{}"><option value="">{} …</option>{}</select>',
        *(name, label, label, options),
    )


@register.simple_tag
def heat_bar(heat: Heat | None, spot: Json) -> SafeString:
    """How many of the others marked this line good, how many bad: two thin bars with numbers."""
    counts = heat.lines.get(spot["id"], {}) if heat else {}
    good, bad = counts.get("good", 0), counts.get("bad", 0)
    if heat is None or not good + bad:
        return SafeString("")
    bars = []
    if good:
        said = ngettext("%(n)s of the others: wins trust", "%(n)s of the others: wins trust", good)
        bars.append(("good", "tick", good, said % {"n": good}))
    if bad:
        said = ngettext("%(n)s of the others: costs trust", "%(n)s of the others: costs trust", bad)
        bars.append(("bad", "cross", bad, said % {"n": bad}))
    parts = format_html_join(
        "",
        '<span class="{}">{}<svg width="{}" height="6" aria-hidden="true">'
        '<rect class="all" width="{}" height="6" rx="3"/>'
        '<rect class="part" width="{}" height="6" rx="3"/></svg>'
        '<b aria-hidden="true">{}</b><span class="sr">{}</span></span>',
        (
            (tone, _icon(symbol), WIDE, WIDE, _width(n, heat.people), n, said)
            for tone, symbol, n, said in bars
        ),
    )
    return format_html(
        '<p class="heat"><span class="meta" aria-hidden="true">{}</span>{}</p>',
        gettext("Others:"),
        parts,
    )


def _width(count: int, people: int) -> float:
    return round(WIDE * min(count, people) / max(people, 1), 1)
