"""The innermost loops of a question's page, written out: templates take ten times as long here.

A ten-question quiz shows some fifty options; as template loops they were half of what the
page costs. Every text goes through escape().
"""

from collections.abc import Iterable

from django import template
from django.templatetags.static import static
from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from quizzes.kinds.base import Choice
from quizzes.questions import Question

register = template.Library()


@register.simple_tag
def choices(question: Question, control: str, name: str) -> SafeString:
    """The options as cards to choose from; `control` is radio or checkbox."""
    field = f"{question.prefix}-{name}"
    return _joined(
        f'<label class="choice"><input type="{control}" name="{field}" value="{option.token}"'
        f'{" checked" if option.chosen else ""}><span class="face"><span class="text">'
        f"{escape(option.text)}</span><kbd>{option.extra.get('key', number)}</kbd></span></label>"
        for number, option in enumerate(question.shown["options"], start=1)
    )


@register.simple_tag
def place_options(question: Question, thing: Choice) -> SafeString:
    """The places a thing can go to, as options of a select; lettered where they have long texts."""
    is_lettered = question.shown["shape"] == "pairs"
    return _joined(
        f'<option value="{place.token}"'
        f"{' selected' if place.token == thing.extra['place'] else ''}>"
        f"{place.extra['letter'] + ' · ' if is_lettered else ''}{escape(place.text)}</option>"
        for place in question.shown["places"]
    )


@register.simple_tag
def place_radios(question: Question, thing: Choice) -> SafeString:
    """The places a thing can go to, as buttons side by side."""
    field = f"{question.prefix}-place-{thing.token}"
    end = " disabled>" if question.reveal else ">"
    return _joined(
        f'<label><input type="radio" name="{field}" value="{place.token}"'
        f"{' checked' if place.token == thing.extra['place'] else ''}{end}"
        f"<span>{escape(place.text)}</span></label>"
        for place in question.shown["places"]
    )


@register.simple_tag
def kind_styles(questions: Iterable[Question]) -> SafeString:
    """Links to the style sheets that the kinds of these questions need, each once."""
    names = dict.fromkeys(name for one in questions for name in one.rules.styles)
    return format_html_join(
        "", '<link rel="stylesheet" href="{}">', ((static(name),) for name in names)
    )


@register.simple_tag
def kind_scripts(questions: Iterable[Question]) -> SafeString:
    """The scripts that the kinds of these questions need, each once."""
    names = dict.fromkeys(name for one in questions for name in one.rules.scripts)
    return format_html_join(
        "", '<script src="{}" defer></script>', ((static(name),) for name in names)
    )


@register.simple_tag
def numbers(questions: list[Question]) -> SafeString:
    """The strip of numbers: a picture of what is answered and flagged."""
    return _joined(
        f'<li class="{_state(question)}">{question.position}</li>' for question in questions
    )


@register.simple_tag
def jump_links(questions: list[Question]) -> SafeString:
    """A link to each question that says whether it is answered and flagged."""
    answered, still_open, flagged = gettext("answered"), gettext("open"), gettext(", flagged")
    return _joined(
        f'<a href="#q{question.position}" class="{_state(question)}"><b>{question.position}</b>'
        f"<span>{escape(answered if question.is_answered else still_open)}</span>"
        f'<span class="sr" data-flagged="{escape(flagged)}">'
        f"{escape(flagged) if question.flagged else ''}</span></a>"
        for question in questions
    )


def _state(question: Question) -> str:
    return ("done" if question.is_answered else "") + (" flagged" if question.flagged else "")


def _joined(parts: Iterable[str]) -> SafeString:
    return mark_safe("".join(parts))  # noqa: S308 -- every text above is escaped
