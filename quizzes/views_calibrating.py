"""Calibration: mark the examples of a bank blind, then see the experts' levels beside one's own."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from mot_course.web import Json, Request, content_language
from people.access import instructors_only
from quizzes.anchoring import one_newline
from quizzes.calibrating import agreement, levels_given, save_calibration
from quizzes.forms_marking import LevelsForm
from quizzes.kinds.rubrics import Criterion
from quizzes.marking_shown import Piece
from quizzes.models import Bank, Exercise
from quizzes.questions import spec_of


@dataclass(frozen=True)
class Anchor:
    """An example with its rubric. Nothing of the reference stands here."""

    id: str
    number: int
    lang: str
    prompt: str
    pieces: list[Piece]
    criteria: list[Criterion]


def _anchors(bank: Bank) -> list[Anchor]:
    """The bank's examples whose exercise there still is, with the criteria experts judged."""
    slugs = {one["exercise"] for one in bank.anchors}
    exercises = {
        one.slug: one
        for one in Exercise.objects.filter(slug__in=slugs).select_related("current")
        if one.current is not None
    }
    found: list[Anchor] = []
    for one in bank.anchors:
        revision = exercises[one["exercise"]].current if one["exercise"] in exercises else None
        if revision is None:
            continue
        spec = spec_of(revision)
        titles = {part.id: part.title.said for part in getattr(spec, "parts", ())}
        found.append(
            Anchor(
                id=one["id"],
                number=len(found) + 1,
                lang="en" if one["language"] == "en" else "zh-Hans",
                prompt=spec.prompt.said,
                pieces=[
                    Piece(part, titles.get(part, ""), one_newline(one["texts"][part]))
                    for part in [*titles, *(p for p in one["texts"] if p not in titles)]
                    if part in one["texts"]
                ],
                criteria=[c for c in revision.rules.rubric(spec) if c.id in one["levels"]],
            )
        )
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@instructors_only
def calibration(request: Request, bank: str) -> HttpResponse:
    """The next example to be marked blind; after the last one, how near one is to the experts."""
    found = get_object_or_404(Bank, slug=bank)
    anchors = _anchors(found)
    if not anchors:
        raise Http404
    given = levels_given(request.user, found)
    following = next((one for one in anchors if one.id not in given), None)
    if request.method == "POST":
        wanted = request.POST.get("anchor")
        if following is None or following.id != wanted:
            return redirect("marking:calibration", found.slug)  # sent twice, or from an old page
        form = LevelsForm(request.POST, criteria=following.criteria)
        if form.is_valid():
            save_calibration(
                marker=request.user, bank=found, anchor=following.id, levels=form.levels()
            )
            return redirect("marking:calibration", found.slug)
        return _blind(request, found, following, form, len(anchors), status=422)
    if following is not None:
        form = LevelsForm(criteria=following.criteria)
        return _blind(request, found, following, form, len(anchors))
    return render(request, "marking/calibrated.html", _compared(found, anchors, given))


def _blind(
    request: Request, bank: Bank, anchor: Anchor, form: LevelsForm, count: int, *, status: int = 200
) -> HttpResponse:
    context = {"bank": bank, "anchor": anchor, "form": form, "count": count}
    return render(request, "marking/calibrate.html", context, status=status)


def _compared(bank: Bank, anchors: list[Anchor], given: dict[str, Json]) -> dict[str, Any]:
    """Own levels beside the experts', with their reasons, and how the whole compares."""
    references = {one["id"]: one for one in bank.anchors}
    pairs = []
    compared = []
    for anchor in anchors:
        reference, own = references[anchor.id], given[anchor.id]
        rows = []
        for one in anchor.criteria:
            if one.id not in own:
                continue  # judged by experts only since
            pair = (own[one.id], reference["levels"][one.id])
            pairs.append(pair)
            rows.append(
                {
                    "title": one.title.said,
                    "own": pair[0],
                    "reference": pair[1],
                    "apart": abs(pair[0] - pair[1]),
                    "says": one.levels[pair[1] - 1].said,
                }
            )
        why = reference["why"][content_language()]
        compared.append({"anchor": anchor, "rows": rows, "why": why})
    return {"bank": bank, "compared": compared, "agreement": agreement(pairs)}
