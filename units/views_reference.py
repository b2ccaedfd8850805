"""What stands beside all units: the map of steps and models, and the glossary."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from pypinyin import lazy_pinyin

from mot_course.steps import STEPS
from mot_course.web import Json, Request, address, content_language
from units.models import Reference


@require_safe
@login_required
def the_map(request: Request) -> HttpResponse:
    """The five steps as a spine, every model of the course on the step it hangs on."""
    models = _entries("map", "models")
    spine = []
    for step in STEPS:
        here = [one for one in models if one["step"] == step.slug]
        # Where nobody has said which are the main ones, all are.
        main = [one for one in here if one.get("main")] or here
        spine.append((step, main, [one for one in here if one not in main]))
    return render(request, "units/map.html", {"spine": spine, "count": len(models)})


@require_safe
@login_required
def glossary(request: Request) -> HttpResponse:
    """Every term in both languages, in the order of the reader's language: pinyin or letters."""
    language = content_language()
    terms = _entries("glossary", "terms")
    terms.sort(key=lambda one: _order(one["term"][language], language))
    return render(request, "units/glossary.html", {"terms": terms})


def _order(term: str, language: str) -> str:
    words = lazy_pinyin(term) if language == "zh" else [term]
    return " ".join(words).casefold()


def _entries(slug: str, name: str) -> list[Json]:
    """The entries of a reference with their texts in the reader's language said."""
    stored = Reference.objects.filter(slug=slug).first()
    return [_with_url(one) for one in stored.content[name]] if stored else []


def _with_url(entry: Json) -> dict[str, Any]:
    lesson = entry.get("lesson")
    url = address("units:lesson", *lesson.split("/")) if lesson else ""
    return {**entry, "url": url}
