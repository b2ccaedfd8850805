"""The editor of lessons: both texts side by side, autosaved, checked, published, restored."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from mot_course.web import Json, Request, at_most, content_language
from people.access import admins_only
from quizzes.drafting import (
    NewerDraftExists,
    NothingChanged,
    NotReady,
    Present,
    PublishedMeanwhile,
    say_here,
)
from quizzes.forms_edit import PublishForm, posted_fields
from quizzes.models import Attempt
from quizzes.receiving import faults_of, json_of
from quizzes.word_diff import Change, lines_changed, texts_of, words_changed
from units import editing
from units.editing import LONGEST, present_lesson
from units.lesson_blocks import blocks_of, preview_questions, safe_text
from units.models import Lesson
from units.publishing import blocks_in

MOST_BYTES = 1_500_000
DJANGO_LANGUAGE = {"zh": "zh-hans", "en": "en"}


class Filled(BaseModel):
    """One field of the editor, as its script sends it."""

    model_config = ConfigDict(extra="forbid")

    field: str = Field(max_length=40)
    value: str = Field(max_length=LONGEST)


class Changes(BaseModel):
    """The state the page has seen, and what was filled in since."""

    model_config = ConfigDict(extra="forbid")

    seen: str
    operations: list[Filled] = Field(max_length=1_000)


class Base(BaseModel):
    """The fields as a page last knew them; with `mine`, as they are in the page now."""

    model_config = ConfigDict(extra="forbid")

    base: dict[str, str]
    mine: bool = False


CHANGES: TypeAdapter[Changes] = TypeAdapter(Changes)
BASE: TypeAdapter[Base] = TypeAdapter(Base)


def lesson_to_edit(unit: str, lesson: str) -> Lesson:
    """The lesson with its revision and its draft; 404 where there is none."""
    found: Lesson = get_object_or_404(
        Lesson.objects.select_related("unit", "current", "practice_quiz", "draft__edited_by"),
        unit__slug=unit,
        slug=lesson,
        current__isnull=False,
    )
    return found


def frame_of(lesson: Lesson, present: Present) -> dict[str, Any]:
    """What all pages of the editor show."""
    number = lesson.current.number if lesson.current else 0
    running = Attempt.objects.open().filter(quiz=lesson.practice_quiz_id).count()
    return {
        "lesson": lesson,
        "present": present,
        "published": number,
        "has_changes": editing.has_changes(lesson, present),
        "is_behind": number > present.based_on,
        "running": running if lesson.practice_quiz_id else 0,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
@at_most(MOST_BYTES)
def edit(request: Request, unit: str, lesson: str) -> HttpResponse:
    """The editor. Without a script, POST saves all fields."""
    found = lesson_to_edit(unit, lesson)
    present = present_lesson(found)
    if request.method != "POST":
        return _page(request, found, present, editing.fields_of(present.content))
    fields = posted_fields(request.POST, editing.fields_of(present.content))
    try:
        _change(request, found, request.POST.get("seen", ""), fields)
    except NewerDraftExists as newer:
        return _page(request, found, newer.present, fields, status=409)
    messages.success(request, _("The draft is saved."))
    return redirect("units:edit_lesson", unit, lesson)


def _page(
    request: Request, lesson: Lesson, present: Present, fields: dict[str, str], status: int = 200
) -> HttpResponse:
    source = editing.with_fields(present.content, fields)
    context = frame_of(lesson, present) | preview_of(source) | {
        "fields": fields,
        "figures": present.content.get("figures") or (),
        "is_newer": status == 409,
        "page": "edit",
    }  # fmt: skip
    return render(request, "units/edit.html", context, status=status)


def preview_of(source: Json) -> dict[str, Any]:
    """The draft as a reader sees it, in the reader's language, with what the checks find."""
    language = content_language()
    text = safe_text(blocks_in(source, language), source)
    questions = preview_questions(text)
    return {
        "blocks": blocks_of(text, questions),
        "questions": questions.values(),
        "text": text,
        "title": (source.get("title") or {}).get(language) or "…",
        "step_here": source.get("step") or "",
        "findings": editing.findings_in(source),
    }


def _change(request: Request, lesson: Lesson, seen: str, fields: dict[str, str]) -> str:
    draft = editing.change_draft(
        lesson_id=lesson.pk,
        by=request.user,
        seen=seen,
        change=lambda source: editing.with_fields(source, fields),
    )
    return f"{draft.version}.{draft.based_on}"


@require_POST
@admins_only
@at_most(MOST_BYTES)
def save_draft(request: Request, unit: str, lesson: str) -> HttpResponse:
    """Save what was filled in since the page's last save; 409 where the draft is newer."""
    found = lesson_to_edit(unit, lesson)
    try:
        changes = json_of(request, CHANGES)
    except ValidationError as error:
        return JsonResponse({"error": "invalid", "faults": faults_of(error)}, status=422)
    fields = {one.field: one.value for one in changes.operations}
    try:
        seen = _change(request, found, changes.seen, fields)
    except NewerDraftExists as newer:
        return JsonResponse({"error": "newer", "seen": newer.present.seen}, status=409)
    return JsonResponse({"seen": seen, "at": date_format(timezone.localtime(), "H:i")})


@require_POST
@admins_only
@at_most(MOST_BYTES)
def compare_draft(request: Request, unit: str, lesson: str) -> HttpResponse:
    """A part of the page: what differs between the page's fields and the present draft."""
    found = lesson_to_edit(unit, lesson)
    present = present_lesson(found)
    try:
        sent = json_of(request, BASE)
    except ValidationError:
        return HttpResponse(status=422)
    theirs, mine = present.content, editing.with_fields(present.content, sent.base)
    old, new = (theirs, mine) if sent.mine else (mine, theirs)
    context = {"present": present, "is_own": sent.mine, "changes": changes_between(old, new)}
    return render(request, "items/_conflict.html", context)


@require_POST
@admins_only
def here(request: Request, unit: str, lesson: str) -> HttpResponse:
    """Somebody has the page open; who else has?"""
    found = lesson_to_edit(unit, lesson)
    return JsonResponse({"others": say_here(f"lesson:{found.pk}", request.user)})


@require_safe
@admins_only
def preview(request: Request, unit: str, lesson: str) -> HttpResponse:
    """The draft as a reader sees it; a script takes the part alone, in either language."""
    found = lesson_to_edit(unit, lesson)
    present = present_lesson(found)
    wanted = DJANGO_LANGUAGE.get(
        request.GET.get("language", ""), translation.get_language() or "en"
    )
    with translation.override(wanted):
        shown = preview_of(present.content)
        if request.headers.get("X-Part") == "1":
            return render(request, "units/_edit_preview.html", shown)
        return render(request, "units/edit_preview.html", shown | frame_of(found, present))


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def publish(request: Request, unit: str, lesson: str) -> HttpResponse:
    """What publishing would change, and what is missing; POST publishes or discards."""
    found = lesson_to_edit(unit, lesson)
    refusal: dict[str, Any] = {}
    status = 200
    if request.method == "POST":
        form = PublishForm(request.POST)
        status = 422
        if form.is_valid():
            try:
                _take_step(request, found, form.cleaned_data)
            except NewerDraftExists:
                refusal, status = {"is_newer": True}, 409
            except PublishedMeanwhile:
                status = 409
            except NothingChanged:
                refusal, status = {"is_same": True}, 409
            except NotReady:
                refusal = {"is_refused": True}
            else:
                return redirect("units:edit_lesson", unit, lesson)
        found = lesson_to_edit(unit, lesson)
    present = present_lesson(found)
    frame = frame_of(found, present)
    old = found.current.source if found.current else {}
    context = frame | refusal | {
        "findings": editing.findings_in(present.content) if frame["has_changes"] else [],
        "changes": changes_between(old, present.content),
        "page": "publish",
    }  # fmt: skip
    return render(request, "units/edit_publish.html", context, status=status)


def _take_step(request: Request, lesson: Lesson, data: Json) -> None:
    common: Any = {"lesson_id": lesson.pk, "by": request.user, "seen": data["seen"]}
    if data["act"] == "discard":
        editing.discard_draft(**common)
        messages.success(request, _("The draft is discarded. The published version stands."))
        return
    revision = editing.publish_draft(**common, knowingly=data["knowingly"] or 0)
    said = _("Version %(n)s is published. Readers see it from now on.")
    messages.success(request, said % {"n": revision.number})


@require_safe
@admins_only
def history(request: Request, unit: str, lesson: str) -> HttpResponse:
    """Every revision, and what differs between any two of them, or the draft."""
    found = lesson_to_edit(unit, lesson)
    present = present_lesson(found)
    revisions = list(
        found.revisions.select_related("author")
        .defer("blocks_zh", "blocks_en", "source")
        .order_by("-number")
    )
    first, second = request.GET.get("from", ""), request.GET.get("to", "")
    old, new = _source(found, present, first), _source(found, present, second)
    is_compared = bool(first and second)
    context = frame_of(found, present) | {
        "revisions": revisions,
        "from": first or (str(revisions[0].number) if revisions else ""),
        "to": second or "draft",
        "is_compared": is_compared,
        "changes": changes_between(old, new) if is_compared else [],
        "page": "history",
    }
    return render(request, "units/edit_history.html", context)


def _source(lesson: Lesson, present: Present, wanted: str) -> Json:
    if not wanted or wanted == "draft":
        return present.content
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 9):
        raise Http404
    source: Json = get_object_or_404(lesson.revisions, number=int(wanted)).source
    return source


@require_POST
@admins_only
def restore(request: Request, unit: str, lesson: str, number: int) -> HttpResponse:
    """Make a former version the draft."""
    found = lesson_to_edit(unit, lesson)
    if not found.revisions.filter(number=number).exists():
        raise Http404
    try:
        editing.restore_revision(
            lesson_id=found.pk, by=request.user, seen=request.POST.get("seen", ""), number=number
        )
    except NewerDraftExists:
        messages.warning(
            request, _("Nothing is restored: somebody else has saved meanwhile. Please look again.")
        )
        return redirect("units:edit_history", unit, lesson)
    said = _("Version %(n)s is the draft now. Look through it, then publish it.")
    messages.success(request, said % {"n": number})
    return redirect("units:edit_lesson", unit, lesson)


def changes_between(old: Json, new: Json) -> list[Change]:
    """What differs between two sources; of the long texts only the lines near a change."""
    names = {
        "title": _("Title"),
        "afterwards": _("Afterwards"),
        "sources": _("Where this comes from"),
        "markdown": _("Text"),
        "minutes": _("Minutes"),
        "step": _("Step"),
        "exercises": _("Exercises"),
    }
    before = dict(texts_of(editing.cleaned(old)))
    after = dict(texts_of(editing.cleaned(new)))
    changes = []
    for at in [*after, *(one for one in before if one not in after)]:
        was, now = before.get(at, ""), after.get(at, "")
        if was == now:
            continue
        language = str(at[-1]) if at[-1] in ("zh", "en") else ""
        place = at[:-1] if language else at
        name = " ".join([names.get(str(place[0]), str(place[0])), *map(str, place[1:])])
        pieces = lines_changed(was, now) if at[0] == "markdown" else words_changed(was, now)
        changes.append(Change(name, pieces, language))
    return changes
