"""Courses, units and lessons as trainees see them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from mot_course.web import Request, signed_in_or_401
from quizzes.afterwards import add_afterwards
from units.choosing import current_course
from units.comparing_beliefs import class_gain, comparison_of
from units.finishing import finish_lesson
from units.lesson_blocks import (
    blocks_of,
    practice_questions,
    preview_questions,
    read_text,
    text_of,
)
from units.lesson_page import LessonPage, page_of
from units.models import Course, CourseUnit, Lesson, LessonRevision, Unit
from units.progress import CourseState, course_states, unit_state
from units.reading import note_seen
from units.room.guiding import courses_with_guides


@require_safe
@login_required
def courses(request: Request) -> HttpResponse:
    """All courses, the one in use first."""
    states = course_states(request.user)
    current = current_course(states)
    context = {
        "current": current,
        "others": [state for state in states if state is not current],
        "finished_count": _finished_count(current) if current else 0,
        "guides": courses_with_guides() if request.user.is_instructor else [],
    }
    return render(request, "units/courses.html", context)


def _finished_count(state: CourseState) -> int:
    return sum(one.is_finished for one in state.lessons)


@require_safe
@login_required
def course(request: Request, slug: str) -> HttpResponse:
    """A course's tests and units as a path."""
    found = course_states(request.user, Course.objects.filter(slug=slug, archived_at=None))
    if not found:
        raise Http404
    context = {"state": found[0], "finished_count": _finished_count(found[0])}
    return render(request, "units/course.html", context)


@require_safe
@login_required
def comparison(request: Request, slug: str) -> HttpResponse:
    """Belief by belief what changed; there is nothing here before both tests are submitted."""
    found = get_object_or_404(
        Course.objects.select_related("pre_quiz__bank", "post_quiz"), slug=slug, archived_at=None
    )
    compared = comparison_of(found, request.user)
    if compared is None:
        raise Http404
    context = {"course": found, "compared": compared, "gain": class_gain(found, request.user)}
    return render(request, "units/comparison.html", context)


@require_safe
@login_required
def unit(request: Request, slug: str) -> HttpResponse:
    """A unit's lessons and its check as a path."""
    found = get_object_or_404(
        Unit.objects.select_related("check_quiz"), slug=slug, archived_at=None
    )
    state = unit_state(request.user, found)
    steps_taught = {one.lesson.step for one in state.lessons}
    context = {
        "state": state,
        "step_taught": steps_taught.pop() if len(steps_taught) == 1 else "",
        **_place_of(found),
    }
    return render(request, "units/unit.html", context)


def _place_of(unit: Unit) -> dict[str, object]:
    """The course the unit stands in, its place there from 1, and the unit after it."""
    courses = Course.objects.filter(archived_at=None, places__unit=unit).order_by("position")
    places = list(
        CourseUnit.objects.filter(course__in=courses.values("pk")[:1])
        .select_related("course", "unit")
        .order_by("position")
        .only(
            "course__slug", "course__title_zh", "course__title_en",
            "unit__slug", "unit__title_zh", "unit__title_en",
        )
    )  # fmt: skip
    for number, place in enumerate(places, start=1):
        if place.unit_id == unit.pk:
            following = places[number].unit if number < len(places) else None
            return {"course": place.course, "number": number, "following": following}
    return {}


@require_safe
@login_required
def lesson(request: Request, unit: str, lesson: str) -> HttpResponse:
    """A lesson: text, practice with what was answered, and the way on."""
    page = page_of(request.user, unit=unit, lesson=lesson)
    preview = _preview(request, page) if "revision" in request.GET else None
    if preview:
        text = read_text(preview)
        questions = preview_questions(text)
    else:
        text = text_of(page.lesson.current_id, page.digest)  # type: ignore[arg-type]
        questions = practice_questions(page.practice, request.user)
        add_afterwards(list(questions.values()), request.user)
    context = {
        "page": page,
        "lesson": page.lesson,
        "text": text,
        "blocks": blocks_of(text, questions),
        "questions": list(questions.values()),
        "preview": preview,
    }
    return render(request, "units/lesson.html", context)


def _preview(request: Request, page: LessonPage) -> LessonRevision:
    """The revision asked for: only for those who teach or edit."""
    number = request.GET["revision"]
    if not request.user.is_instructor or not _is_small_number(number):
        raise Http404
    return get_object_or_404(LessonRevision, lesson=page.lesson.pk, number=int(number))


@require_POST
@login_required
def finish(request: Request, unit: str, lesson: str) -> HttpResponse:
    """Note that the lesson is read, and go on to what comes next."""
    found = get_object_or_404(
        Lesson.objects.select_related("unit", "practice_quiz"),
        unit__slug=unit,
        slug=lesson,
        unit__archived_at=None,
        archived_at=None,
        current__isnull=False,
    )
    finish_lesson(lesson=found, trainee=request.user, now=timezone.now())
    goal = page_of(request.user, unit=unit, lesson=lesson).goal
    if goal.message:
        messages.success(request, goal.message)
    return redirect(goal.url)


@require_POST
@signed_in_or_401
def seen(request: Request, unit: str, lesson: str) -> HttpResponse:
    """Remember how far the reader has come; called by the page's script.

    204 noted · 400 no number · 401 signed out · 404 no such lesson or block.
    """
    block = request.POST.get("block", "")
    if not _is_small_number(block):
        return HttpResponseBadRequest()
    is_noted = note_seen(
        trainee=request.user, unit=unit, lesson=lesson, block=int(block), now=timezone.now()
    )
    return HttpResponse(status=204 if is_noted else 404)


def _is_small_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4
