"""The case library as readers see it."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cases.conversation import pairs_of, roles_of, scenes_of
from cases.finding import (
    INDUSTRIES,
    LENGTHS,
    MOST_FOUND,
    ORIGINS,
    VERSIONS,
    Search,
    find_cases,
    related_to,
)
from cases.models import Case
from cases.releasing import Standing, offered_exercises, standing_of
from mot_course.web import Json, Request, content_language
from quizzes.prose import rendered

PAGE = 30


@require_safe
@login_required
def cases(request: Request) -> HttpResponse:
    """The published cases, by words, industry, step, version, origin and length."""
    search = Search.of(request.GET)
    there = set(Case.objects.published().order_by().values_list("industry", flat=True).distinct())
    context = {
        "page": Paginator(find_cases(search), PAGE).get_page(request.GET.get("page")),
        "search": search,
        "industries": [(slug, name) for slug, name in INDUSTRIES.items() if slug in there],
        "versions": VERSIONS.items(),
        "origins": ORIGINS.items(),
        "lengths": [(slug, name) for slug, (name, *_rest) in LENGTHS.items()],
        "industry_names": INDUSTRIES,
        "origin_names": ORIGINS,
        "most_found": MOST_FOUND,
    }
    return render(request, "cases/cases.html", context)


@require_safe
@login_required
def case(request: Request, slug: str) -> HttpResponse:
    """A published case to read: the situation, the conversation, what the experts see."""
    found = get_object_or_404(
        Case.objects.published().defer("tokens").select_related("current", "quiz"), slug=slug
    )
    content = found.current.content  # type: ignore[union-attr]
    standing = standing_of(found, content, request.user)
    context = page_of(content, standing) | {"case": found, "related": related_to(found)}
    return render(request, "cases/case.html", context)


def page_of(content: Json, standing: Standing) -> dict[str, Any]:
    """What `cases/_document.html` shows of a document, as far as the reader may see it.

    The editor's preview shows a draft with the same function and template.
    """
    language = content_language()
    roles = roles_of(content)
    scenes = scenes_of(content, roles, marked=standing.is_released)
    tellings = {scene.version for scene in scenes} - {""}
    hides_good = standing.is_locked and tellings == {"bad", "good"}
    return {
        "standing": standing,
        "industry": INDUSTRIES.get(content["industry"], content["industry"]),
        "steps_here": content.get("steps", []),
        "title": content["title"][language],
        "summary": content["summary"][language],
        "situation": rendered(content["situation"][language]),
        "roles": roles.values(),
        "scenes": [scene for scene in scenes if not (hides_good and scene.version == "good")],
        "hides_good": hides_good,
        "pairs": pairs_of(scenes) if standing.is_released else [],
        "analysis": content.get("analysis", []),
        "exercises": offered_exercises(content, language),
        "source": content["source"],
    }
