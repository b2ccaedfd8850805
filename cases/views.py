"""The case library as readers see it."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cases.conversation import roles_of, scenes_of
from cases.finding import INDUSTRIES, find_cases
from cases.models import Case
from mot_course.steps import STEP_BY_SLUG
from mot_course.web import Request, content_language
from quizzes.prose import rendered

PAGE = 30
LONGEST_SEARCH = 100


@require_safe
@login_required
def cases(request: Request) -> HttpResponse:
    """The published cases, by words, industry and step."""
    words = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    industry = request.GET.get("industry", "")
    industry = industry if industry in INDUSTRIES else ""
    step = request.GET.get("step", "")
    step = step if step in STEP_BY_SLUG else ""
    found = find_cases(words=words, industry=industry, step=step)
    there = set(Case.objects.published().order_by().values_list("industry", flat=True).distinct())
    context = {
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "words": words,
        "industry": industry,
        "step_wanted": step,
        "industries": [(slug, name) for slug, name in INDUSTRIES.items() if slug in there],
        "industry_names": INDUSTRIES,
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
    roles = roles_of(content)
    context = {
        "case": found,
        "industry": INDUSTRIES.get(found.industry, found.industry),
        "situation": rendered(content["situation"][content_language()]),
        "roles": roles.values(),
        "scenes": scenes_of(content, roles),
        "analysis": content.get("analysis", []),
        "source": content["source"],
    }
    return render(request, "cases/case.html", context)
