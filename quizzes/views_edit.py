"""The editor of exercises: fields or YAML, autosaved drafts, a preview, publishing, history."""

from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from mot_course.web import Json, Request, at_most
from people.access import admins_only
from quizzes import editing, neighbours
from quizzes.drafting import (
    NewerDraftExists,
    NothingChanged,
    NotReady,
    Present,
    PublishedMeanwhile,
    say_here,
)
from quizzes.editing import present_exercise
from quizzes.forms_edit import NewExerciseForm, PublishForm, posted_fields
from quizzes.importing.items import part_name
from quizzes.item_fields import (
    LONGEST,
    MOST_OPTIONS,
    cleaned,
    fields_of,
    has_form,
    with_fields,
)
from quizzes.item_preview import preview_of
from quizzes.kinds import KINDS
from quizzes.models import Bank, Exercise, Quiz
from quizzes.receiving import faults_of, json_of
from quizzes.word_diff import changes_between

MOST_BYTES = 1_000_000
DJANGO_LANGUAGE = {"zh": "zh-hans", "en": "en"}


class Filled(BaseModel):
    """One field of an editor, as its script sends it."""

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


def exercise_to_edit(slug: str) -> Exercise:
    """The exercise with its revision and its draft; 404 where there is neither."""
    found: Exercise = get_object_or_404(
        Exercise.objects.select_related("current", "draft__edited_by"), slug=slug
    )
    if not present_exercise(found).content or case_quiz_of(found) is not None:
        raise Http404
    return found


def _home_of_case_exercise(slug: str) -> str | None:
    """The page of the case an exercise belongs to, if it belongs to one."""
    found = Exercise.objects.filter(slug=slug).first()
    quiz = case_quiz_of(found) if found is not None else None
    home = neighbours.around(quiz).home if quiz is not None else None
    return home.url if home is not None else None


def case_quiz_of(exercise: Exercise) -> Quiz | None:
    """The quiz of the case an exercise belongs to: its document is where it is edited.

    Edited here, a dump would lose it and the case's next publishing would overwrite it.
    """
    own = Quiz.objects.filter(purpose=Quiz.Purpose.CASE, bank__items__exercise=exercise)
    return own.select_related("bank").first()


def frame_of(exercise: Exercise, present: Present) -> dict[str, Any]:
    """What all pages of the editor show."""
    number = exercise.current.number if exercise.current else 0
    return {
        "exercise": exercise,
        "present": present,
        "published": number,
        "has_changes": editing.has_changes(exercise, present),
        "is_behind": number > present.based_on,
        "kind": KINDS[present.content["kind"]],
        "running": editing.running_attempts(exercise) if number else 0,
        "banks": list(Bank.objects.filter(items__exercise=exercise).order_by("slug")),
        "bank_wanted": Bank.objects.filter(slug=present.content.get("bank", "")).first(),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def new_exercise(request: Request) -> HttpResponse:
    """A new exercise: its id and its kind."""
    is_post = request.method == "POST"
    initial = {"bank": request.GET.get("bank", "")}
    form = NewExerciseForm(request.POST if is_post else None, initial=initial)
    if form.is_valid():
        data = form.cleaned_data
        bank = Bank.objects.filter(slug=data["bank"]).first()
        try:
            with transaction.atomic():
                made = editing.start_exercise(
                    slug=data["slug"], kind=data["kind"], by=request.user, bank=bank
                )
        except IntegrityError:
            form.add_error("slug", _("There is an exercise with this id already."))
        else:
            return redirect("items:edit", made.slug)
    context = {"form": form, "title": _("New exercise"), "button": _("Begin")}
    return render(request, "items/new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
@at_most(MOST_BYTES)
def edit(request: Request, slug: str) -> HttpResponse:
    """The editor. Without a script, POST saves all fields."""
    if request.method != "POST" and (home := _home_of_case_exercise(slug)) is not None:
        messages.info(request, _("This exercise belongs to a case: edit it there."))
        return redirect(home)
    found = exercise_to_edit(slug)
    present = present_exercise(found)
    if request.method != "POST":
        return _page(request, found, present, fields_of(present.content))
    fields = posted_fields(request.POST, fields_of(present.content))
    try:
        _change(request, found, request.POST.get("seen", ""), fields)
    except NewerDraftExists as newer:
        return _page(request, found, newer.present, fields, status=409)
    messages.success(request, _("The draft is saved."))
    return redirect("items:edit", slug)


def _page(
    request: Request,
    exercise: Exercise,
    present: Present,
    fields: dict[str, str],
    status: int = 200,
) -> HttpResponse:
    draft = with_fields(present.content, fields)
    context = frame_of(exercise, present) | {
        "fields": fields,
        "has_form": has_form(draft["kind"]),
        "options": _option_rows(draft["kind"], fields),
        "steps_on": fields.get("steps", "").split(),
        "is_newer": status == 409,
        "page": "edit",
    }
    context |= preview_of(exercise.slug, draft)
    return render(request, "items/edit.html", context, status=status)


def _option_rows(kind: str, fields: dict[str, str]) -> list[Json]:
    """The answers with a few empty rows behind; `is_spare` those a script shows on demand."""
    rows: list[Json] = []
    last = 0
    for n in range(1, MOST_OPTIONS.get(kind, 0) + 1):
        texts = {
            f"{name}_{key}": fields[f"{name}_{n}_{key}"]
            for name in ("option", "feedback")
            for key in ("zh", "en")
        }
        last = n if any(texts.values()) else last
        right = fields.get(f"correct_{n}") or fields.get("correct") == str(n)
        rows.append(texts | {"n": n, "correct": right})
    fewest = 3 if kind == "single_choice" else 4
    return [row | {"is_spare": row["n"] > max(last, fewest)} for row in rows]


def _change(request: Request, exercise: Exercise, seen: str, fields: dict[str, str]) -> str:
    draft = editing.change_draft(
        exercise_id=exercise.pk,
        by=request.user,
        seen=seen,
        change=lambda content: with_fields(content, fields),
    )
    return f"{draft.version}.{draft.based_on}"


@require_POST
@admins_only
@at_most(MOST_BYTES)
def save_draft(request: Request, slug: str) -> HttpResponse:
    """Save what was filled in since the page's last save; 409 where the draft is newer."""
    found = exercise_to_edit(slug)
    try:
        changes = json_of(request, CHANGES)
    except ValidationError as error:
        return JsonResponse({"error": "invalid", "faults": faults_of(error)}, status=422)
    fields = {one.field: one.value.replace("\x00", "") for one in changes.operations}
    try:
        seen = _change(request, found, changes.seen, fields)
    except NewerDraftExists as newer:
        answer = {"error": "newer", "seen": newer.present.seen}
        return JsonResponse(answer, status=409)
    return JsonResponse({"seen": seen, "at": date_format(timezone.localtime(), "H:i")})


@require_POST
@admins_only
@at_most(MOST_BYTES)
def compare_draft(request: Request, slug: str) -> HttpResponse:
    """A part of the page: what differs between the page's fields and the present draft."""
    found = exercise_to_edit(slug)
    present = present_exercise(found)
    try:
        sent = json_of(request, BASE)
    except ValidationError:
        return HttpResponse(status=422)
    theirs = cleaned(present.content)
    mine = cleaned(with_fields(present.content, sent.base))
    old, new = (theirs, mine) if sent.mine else (mine, theirs)
    context = {
        "present": present,
        "is_own": sent.mine,
        "changes": changes_between(old, new, part_name),
    }
    return render(request, "items/_conflict.html", context)


@require_POST
@admins_only
def here(request: Request, slug: str) -> HttpResponse:
    """Somebody has the page open; who else has?"""
    found = get_object_or_404(Exercise.objects.only("pk"), slug=slug)
    return JsonResponse({"others": say_here(f"exercise:{found.pk}", request.user)})


@require_safe
@admins_only
def preview(request: Request, slug: str) -> HttpResponse:
    """The draft as a trainee sees it, asked and answered; a script takes the part alone."""
    found = exercise_to_edit(slug)
    present = present_exercise(found)
    wanted = DJANGO_LANGUAGE.get(
        request.GET.get("language", ""), translation.get_language() or "en"
    )
    with translation.override(wanted):
        shown = preview_of(found.slug, present.content)
        if request.headers.get("X-Part") == "1":
            return render(request, "items/_preview.html", shown)
        return render(request, "items/preview.html", shown | frame_of(found, present))


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def publish(request: Request, slug: str) -> HttpResponse:
    """What publishing would change, and what is missing; POST publishes or discards."""
    found = exercise_to_edit(slug)
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
                return redirect("items:edit", slug)
        found = exercise_to_edit(slug)
    present = present_exercise(found)
    frame = frame_of(found, present)
    old = found.current.content if found.current else {}
    context = frame | refusal | {
        "findings": editing.findings_in(present.content) if frame["has_changes"] else [],
        "changes": changes_between(old, cleaned(present.content), part_name),
        "page": "publish",
    }  # fmt: skip
    return render(request, "items/publish.html", context, status=status)


def _take_step(request: Request, exercise: Exercise, data: Json) -> None:
    common: Any = {"exercise_id": exercise.pk, "by": request.user, "seen": data["seen"]}
    if data["act"] == "discard":
        editing.discard_draft(**common)
        messages.success(request, _("The draft is discarded. The published version stands."))
        return
    revision = editing.publish_exercise(**common, knowingly=data["knowingly"] or 0)
    said = _("Version %(n)s is published. Whoever begins from now on gets it.")
    messages.success(request, said % {"n": revision.number})


@require_safe
@admins_only
def history(request: Request, slug: str) -> HttpResponse:
    """Every revision, and what differs between any two of them, or the draft."""
    found = exercise_to_edit(slug)
    present = present_exercise(found)
    revisions = list(found.revisions.select_related("author").order_by("-number"))
    contents = {str(one.number): one.content for one in revisions}
    contents["draft"] = cleaned(present.content)
    first, second = request.GET.get("from", ""), request.GET.get("to", "")
    is_compared = bool(first and second)
    if is_compared and not (first in contents and second in contents):
        raise Http404
    context = frame_of(found, present) | {
        "revisions": revisions,
        "from": first or (str(revisions[0].number) if revisions else ""),
        "to": second or "draft",
        "is_compared": is_compared,
        "changes": changes_between(contents[first], contents[second], part_name)
        if is_compared
        else [],
        "page": "history",
    }
    return render(request, "items/history.html", context)


@require_POST
@admins_only
def restore(request: Request, slug: str, number: int) -> HttpResponse:
    """Make a former version the draft."""
    found = exercise_to_edit(slug)
    if not found.revisions.filter(number=number).exists():
        raise Http404
    try:
        editing.restore_revision(
            exercise_id=found.pk, by=request.user, seen=request.POST.get("seen", ""), number=number
        )
    except NewerDraftExists:
        messages.warning(
            request, _("Nothing is restored: somebody else has saved meanwhile. Please look again.")
        )
        return redirect("items:history", slug)
    said = _("Version %(n)s is the draft now. Look through it, then publish it.")
    messages.success(request, said % {"n": number})
    return redirect("items:edit", slug)


__all__ = [
    "compare_draft", "edit", "here", "history", "new_exercise", "preview",
    "publish", "restore", "save_draft",
]  # fmt: skip
