"""The case editor: its page, autosaved drafts, the preview, and one line by itself."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from cases.document_diff import compare
from cases.drafting import change_draft, practising_now, present_document, stand_of
from cases.edit_page import (
    blank_scene,
    chip_words,
    new_id,
    order_of,
    preview_of,
    scenes_with_forms,
)
from cases.editing import (
    OPERATIONS,
    DropLine,
    LooseLine,
    MoveLine,
    Operation,
    PutLine,
    edited,
    lines_of,
)
from cases.forms_edit import LineForm, PageForms
from cases.models import Case
from cases.proofreading import cleaned, findings_in
from mot_course.steps import ACTIONS
from mot_course.web import Json, Request, at_most
from people.access import admins_only
from quizzes.drafting import NewerDraftExists, Present, say_here
from quizzes.kinds.base import BadContent
from quizzes.receiving import faults_of, json_of

MOST_BYTES = 1_500_000  # of one request; a case of 5,000 lines is smaller
LANGUAGES = {"zh": "zh-hans", "en": "en"}


class Changes(BaseModel):
    """What the page's script sends: the state it has seen, and what was done since."""

    model_config = ConfigDict(extra="forbid")

    seen: str
    operations: list[Any]


class Base(BaseModel):
    """A document as a page last knew it, to be compared with what is there now."""

    model_config = ConfigDict(extra="forbid")

    base: dict[str, Any] | None = None  # too large to send: then without a comparison
    mine: bool = False  # it is what was typed and not sent: show it as changes of what is there


CHANGES: TypeAdapter[Changes] = TypeAdapter(Changes)
BASE: TypeAdapter[Base] = TypeAdapter(Base)


def case_to_edit(slug: str) -> Case:
    """The case in whatever state, with its revision and its draft; 404 where there is none."""
    found: Case = get_object_or_404(
        Case.objects.defer("tokens").select_related("current", "quiz", "draft__edited_by"),
        slug=slug,
    )
    return found


def frame_of(case: Case, present: Present | None = None) -> dict[str, Any]:
    """What the editor's shell shows on all of its pages."""
    present = present or present_document(case)
    stand = stand_of(case, present)
    return {
        "case": case,
        "present": present,
        "stand": stand,
        "trainees": practising_now(case) if stand.published else 0,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
@at_most(MOST_BYTES)
def edit(request: Request, slug: str) -> HttpResponse:
    """The editor. Without a script, POST saves texts, people, scenes and questions."""
    found = case_to_edit(slug)
    present = present_document(found)
    if request.method != "POST":
        return _page(request, found, present, PageForms(present.content))
    forms = PageForms(present.content, request.POST)
    if not forms.is_valid():
        return _page(request, found, present, forms, status=422)
    try:
        _change(request, found, request.POST.get("seen", ""), forms.operations(new_id))
    except NewerDraftExists as newer:
        return _page(request, found, newer.present, forms, status=409, is_newer=True)
    messages.success(request, _("The draft is saved."))
    return redirect("cases:edit", found.slug)


def _page(
    request: Request,
    case: Case,
    present: Present,
    forms: PageForms,
    *,
    status: int = 200,
    is_newer: bool = False,
) -> HttpResponse:
    context = frame_of(case, present) | {
        "forms": forms,
        "document": present.content,
        "scenes": scenes_with_forms(present.content, forms.scenes),
        "blank_scene": blank_scene(forms.scenes),
        "words": chip_words(),
        "actions": ACTIONS,
        "line_form": LineForm(present.content, [], {}),
        "preview": preview_of(present.content),
        "findings": findings_in(present.content) if present.version else [],
        "is_newer": is_newer,
        "page": "edit",
    }
    return render(request, "cases/edit.html", context, status=status)


def _change(request: Request, case: Case, seen: str, operations: list[Operation]) -> str:
    """The new state after the operations, as a page names it."""
    if not operations:
        return seen
    draft = change_draft(
        case_id=case.pk,
        by=request.user,
        seen=seen,
        change=lambda content: edited(content, operations),
    )
    return f"{draft.version}.{draft.based_on}"


@require_POST
@admins_only
@at_most(MOST_BYTES)
def save_draft(request: Request, slug: str) -> HttpResponse:
    """Save what was done since the page's last save; 409 with the present draft if it is newer."""
    found = case_to_edit(slug)
    try:
        changes = json_of(request, CHANGES)
        operations = OPERATIONS.validate_python(changes.operations)
    except ValidationError as error:
        return JsonResponse({"error": "invalid", "faults": faults_of(error)}, status=422)
    try:
        seen = _change(request, found, changes.seen, operations)
    except NewerDraftExists as newer:
        present = newer.present
        answer = {
            "error": "newer",
            "seen": present.seen,
            "document": present.content,
            "by": str(present.edited_by or ""),
        }
        return JsonResponse(answer, status=409)
    except BadContent as error:
        return JsonResponse({"error": "invalid", "faults": [str(error)]}, status=422)
    at = date_format(timezone.localtime(), "H:i")
    return JsonResponse({"seen": seen, "at": at})


@require_POST
@admins_only
@at_most(2_400_000)
def compare_draft(request: Request, slug: str) -> HttpResponse:
    """A part of the page: what others have changed since the page's own last state."""
    found = case_to_edit(slug)
    present = present_document(found)
    try:
        sent = json_of(request, BASE)
        documents = [cleaned(sent.base or {}), cleaned(present.content)]
        diff = compare(*(reversed(documents) if sent.mine else documents)) if sent.base else None
    except (ValidationError, AttributeError, KeyError, TypeError):
        return HttpResponse(status=422)
    context = {"diff": diff, "present": present, "is_own": sent.mine}
    return render(request, "cases/_edit_conflict.html", context)


@require_POST
@admins_only
def here(request: Request, slug: str) -> HttpResponse:
    """Somebody has the page open; who else has?"""
    found = get_object_or_404(Case.objects.only("pk"), slug=slug)
    return JsonResponse({"others": say_here(f"case:{found.pk}", request.user)})


@require_safe
@admins_only
def preview(request: Request, slug: str) -> HttpResponse:
    """The draft as a reader sees it; a script takes the part alone, in either language."""
    found = case_to_edit(slug)
    language = LANGUAGES.get(request.GET.get("language", ""), translation.get_language() or "en")
    part = request.headers.get("X-Part") == "1"
    with translation.override(language):
        shown = preview_of(present_document(found).content, at=request.GET.get("at", ""))
        if not part:
            shown |= frame_of(found)
        template = "cases/_edit_preview.html" if part else "cases/edit_preview.html"
        return render(request, template, shown)


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
@at_most(MOST_BYTES)
def line(request: Request, slug: str, line_id: str) -> HttpResponse:
    """One line by itself, for whoever has no script: change, add, split, join, move, delete."""
    found = case_to_edit(slug)
    present = present_document(found)
    order = order_of(present.content)
    scene, stored = _line_in(present.content, line_id)
    status = 200
    data = request.POST if request.method == "POST" else None
    form = LineForm(present.content, order, stored, data)
    if data is not None:
        status = 422
        act = data.get("act", "save")
        if form.is_valid() or act in ("up", "down", "delete", "add"):
            try:
                to = _act(request, found, (scene, line_id), form, act)
            except NewerDraftExists as newer:
                present, status = newer.present, 409
            else:
                return redirect("cases:edit_line", slug, to) if to else redirect("cases:edit", slug)
    context = frame_of(found, present) | {
        "form": form,
        "line": stored,
        "number": order.index(line_id) + 1,
        "count": len(order),
        "is_newer": status == 409,
        "actions": ACTIONS,
    }
    return render(request, "cases/edit_line.html", context, status=status)


def _line_in(content: Json, line_id: str) -> tuple[str, Json]:
    for scene in content.get("scenes", []):
        for one in scene.get("lines", []):
            if one["id"] == line_id:
                return scene["id"], one
    raise Http404


def _act(request: Request, case: Case, at: tuple[str, str], form: LineForm, act: str) -> str:
    """Do what the button says; the line to show next, '' for the whole case."""
    content = present_document(case).content
    scene, line_id = at
    there = next(one["lines"] for one in content["scenes"] if one["id"] == scene)
    ids = [one["id"] for one in there]
    n = ids.index(line_id)
    to, done = line_id, list[Operation]()
    if act in ("save", "join"):
        done.append(form.operation(scene))
    if act == "delete":
        done.append(DropLine(op="drop", id=line_id))
        to = ""
    elif act == "up" and n > 0:
        after = ids[n - 2] if n > 1 else ""
        done.append(MoveLine(op="move", id=line_id, scene=scene, after=after))
    elif act == "down" and n + 1 < len(ids):
        done.append(MoveLine(op="move", id=line_id, scene=scene, after=ids[n + 1]))
    elif act == "add":
        to = new_id("l")
        fresh = LooseLine(id=to, who=_answers(there, n))
        done.append(PutLine(op="line", line=fresh, scene=scene, after=line_id))
    elif act == "join" and n + 1 < len(ids) and "phrases" not in there[n + 1]:
        joined, other = form.as_line(), there[n + 1].get("text", {})
        text = {
            key: _joined(getattr(joined.text, key, ""), other.get(key, ""), key)
            for key in ("zh", "en")
        }
        whole = LooseLine.model_validate(joined.model_dump() | {"text": text})
        done = [
            PutLine(op="line", line=whole, scene=scene),
            DropLine(op="drop", id=ids[n + 1]),
        ]
    _change(request, case, request.POST.get("seen", ""), done)
    return to


def _answers(lines: list[Json], n: int) -> str:
    """Who is likely to speak after line n: whoever spoke before it."""
    mine = lines[n].get("who", "")
    before = [one.get("who", "") for one in lines[:n] if one.get("who", "") != mine]
    return before[-1] if before else mine


def _joined(first: str, second: str, language: str) -> str:
    return (" " if language == "en" and first and second else "").join((first, second))


@require_POST
@admins_only
def add_line(request: Request, slug: str, scene: str) -> HttpResponse:
    """A first line in a scene, for whoever has no script."""
    found = case_to_edit(slug)
    fresh = new_id("l")
    lines = lines_of(present_document(found).content)
    after = lines[-1]["id"] if lines else ""
    operation = PutLine(op="line", line=LooseLine(id=fresh), scene=scene, after=after)
    try:
        _change(request, found, request.POST.get("seen", ""), [operation])
    except NewerDraftExists:
        messages.warning(request, _("Somebody else has saved meanwhile. Please look again."))
        return redirect("cases:edit", slug)
    return redirect("cases:edit_line", slug, fresh)
