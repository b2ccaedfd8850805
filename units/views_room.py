"""What a trainer teaches from: guide, projector pages, handouts; cribs and cards for all."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cases.models import Case
from mot_course.web import Request, content_language
from units.models import Course, Unit
from units.room.cribbing import briefing_of, briefing_size, crib_of
from units.room.gathering import taught
from units.room.guiding import guide_of
from units.room.handing_out import handout_of
from units.room.projecting import Slide, lesson_slides, unit_slides
from units.room.projecting_cases import case_slides


class StartForm(forms.Form):
    """When the first day begins."""

    start = forms.TimeField(required=False, input_formats=["%H:%M"])

    def minute(self) -> int | None:
        """Minutes after midnight; None where nothing, or no time, was given."""
        if not self.is_valid() or self.cleaned_data["start"] is None:
            return None
        start = self.cleaned_data["start"]
        return int(start.hour * 60 + start.minute)


class HandoutForm(forms.Form):
    """Which lessons a handout prints."""

    lesson = forms.SlugField(required=False)
    all = forms.BooleanField(required=False)


def _unit(slug: str) -> Unit:
    return get_object_or_404(Unit, slug=slug, archived_at=None)


def _only_who_teaches(request: Request) -> None:
    if not request.user.is_instructor:
        raise Http404


@require_safe
@login_required
def guide(request: Request, slug: str) -> HttpResponse:
    """The trainer's guide of a course; `?start=08:30` moves every time."""
    _only_who_teaches(request)
    course = get_object_or_404(Course, slug=slug, archived_at=None, guide__isnull=False)
    form = StartForm(request.GET)
    context = {"course": course, "guide": guide_of(course, form.minute()), "form": form}
    return render(request, "units/room_guide.html", context)


@require_safe
@login_required
def projector(request: Request, slug: str) -> HttpResponse:
    """A whole unit as slides."""
    _only_who_teaches(request)
    unit = _unit(slug)
    slides = unit_slides(unit, taught(unit), content_language())
    return _projected(request, slides, unit.title, {"unit": unit})


@require_safe
@login_required
def lesson_projector(request: Request, slug: str, lesson: str) -> HttpResponse:
    """A lesson as slides."""
    _only_who_teaches(request)
    unit = _unit(slug)
    found = taught(unit, lesson)
    if not found:
        raise Http404
    slides = lesson_slides(found[0], kicker=unit.title)
    return _projected(
        request, slides, found[0].lesson.title, {"unit": unit, "lesson": found[0].lesson}
    )


@require_safe
@login_required
def case_projector(request: Request, slug: str) -> HttpResponse:
    """A case as slides, its conversation line by line."""
    _only_who_teaches(request)
    case = get_object_or_404(Case.objects.published().select_related("current"), slug=slug)
    slides = case_slides(case.current.content, content_language())  # type: ignore[union-attr]
    return _projected(request, slides, case.title, {"case": case})


def _projected(
    request: Request, slides: list[Slide], title: str, about: dict[str, Any]
) -> HttpResponse:
    context = {"slides": slides, "title": title, "count": len(slides), **about}
    context["is_notes"] = request.GET.get("view") == "notes"
    return render(request, "units/room_projector.html", context)


@require_safe
@login_required
def crib(request: Request, slug: str) -> HttpResponse:
    """A unit on one page, to print."""
    found = crib_of(_unit(slug))
    if found is None:
        raise Http404
    return render(request, "units/room_crib.html", {"crib": found, "unit": found.unit})


@require_safe
@login_required
def briefing(request: Request, slug: str) -> HttpResponse:
    """A card for five minutes before a shift."""
    unit = _unit(slug)
    card = briefing_of(unit)
    if card is None:
        raise Http404
    return render(
        request,
        "units/room_briefing.html",
        {"unit": unit, "card": card, "size": briefing_size(card)},
    )


@require_safe
@login_required
def briefings(request: Request) -> HttpResponse:
    """All cards."""
    units = Unit.objects.filter(archived_at=None, content__has_key="briefing")
    cards = [(unit, briefing_of(unit)) for unit in units.order_by("position", "slug")]
    return render(request, "units/room_briefings.html", {"cards": cards})


@require_safe
@login_required
def handout(request: Request, slug: str) -> HttpResponse:
    """A unit's exercises on paper, and apart from them the key.

    Of the lessons on the way; `?all=1` adds those beside it, `?lesson=<slug>` prints one alone.
    """
    _only_who_teaches(request)
    unit = _unit(slug)
    form = HandoutForm(request.GET)
    if not form.is_valid():
        raise Http404
    one, with_more = form.cleaned_data["lesson"], form.cleaned_data["all"]
    lessons = taught(unit, one)
    if one and not lessons:
        raise Http404
    printed = [item for item in lessons if one or with_more or not item.lesson.more]
    context = {
        "unit": unit,
        "handout": handout_of(printed),
        "alone": lessons[0].lesson if one else None,
        "with_more": with_more,
        "has_more": any(item.lesson.more and item.exercises for item in lessons),
    }
    return render(request, "units/room_handout.html", context)
