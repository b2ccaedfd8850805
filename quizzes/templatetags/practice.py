"""A practice exercise inside a page."""

from typing import Any

from django import template
from django.template.context import RequestContext
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from quizzes.models import Quiz
from quizzes.questions import Question

register = template.Library()

# An exercise nobody has answered yet looks the same for everybody, but for the form's token;
# rendering it is most of what a lesson's page costs, so each process does it once.
_TOKEN = "the-forms-token-goes-here"  # noqa: S105 -- a stand-in
_MOST = 2_000
_unanswered: dict[tuple[Any, ...], str] = {}


@register.simple_tag(takes_context=True)
def practice(context: RequestContext, quiz: Quiz, question: Question, back: str) -> SafeString:
    """The exercise as `quizzes/_practice.html` shows it."""
    parts = {"quiz": quiz, "question": question, "back": back}
    token = str(context["csrf_token"])
    if question.response is not None or question.errors:
        return render_to_string("quizzes/_practice.html", parts | {"csrf_token": token})
    revision = question.revision
    key = (revision.pk, revision.digest, get_language(), quiz.slug, back)
    html = _unanswered.get(key)
    if html is None:
        if len(_unanswered) >= _MOST:
            _unanswered.clear()
        html = render_to_string("quizzes/_practice.html", parts | {"csrf_token": _TOKEN})
        _unanswered[key] = html
    # A template rendered it, and a form's token is letters and digits.
    return mark_safe(html.replace(_TOKEN, token))  # noqa: S308
