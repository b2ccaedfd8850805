"""On its way: sent to review, published, archived; and what it said before."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases import drafting
from cases.document_diff import compare
from cases.drafting import (
    ConsentWithdrawn,
    present_document,
)
from cases.forms_edit import NoteForm
from cases.models import Case, CaseRevision
from cases.proofreading import Finding, cleaned, findings_in
from cases.views_edit import case_to_edit, frame_of
from mot_course.web import Json, Request
from people.access import admins_only
from quizzes.drafting import NewerDraftExists, NothingChanged, NotReady, Present, PublishedMeanwhile

Refusal = dict[str, Any]


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def publish(request: Request, slug: str) -> HttpResponse:
    """What publishing would change, and what is missing; POST takes the case a step on."""
    found = case_to_edit(slug)
    form = NoteForm(request.POST if request.method == "POST" else None)
    refusal: Refusal = {}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _take_step(request, found, **form.cleaned_data)
            except NewerDraftExists:
                refusal, status = {"is_newer": True}, 409
            except PublishedMeanwhile as meanwhile:
                refusal, status = {"meanwhile": meanwhile.revision}, 409
            except NotReady as not_ready:
                refusal = {"findings": not_ready.findings}
            except ConsentWithdrawn:
                refusal, status = {"has_no_consent": True}, 409
            except NothingChanged:
                refusal, status = {"is_same": True}, 409
            else:
                return redirect("cases:edit_publish", slug)
        found = case_to_edit(slug)
    return _publish_page(request, found, form, refusal, status)


def _take_step(
    request: Request, case: Case, *, act: str, note: str, seen: str, knowingly: Any
) -> None:
    common: Any = {"case_id": case.pk, "by": request.user, "note": note}
    if act == "publish":
        revision = drafting.publish_draft(**common, seen=seen, knowingly=knowingly or 0)
        said = _("Version %(n)s is published. Whoever begins from now on gets it.")
        messages.success(request, said % {"n": revision.number})
    elif act == "review":
        drafting.ask_for_review(**common, seen=seen)
        messages.success(request, _("The draft is in review."))
    elif act == "draft":
        drafting.back_to_draft(**common, seen=seen)
        messages.success(request, _("It is a draft again."))
    elif act == "archive":
        drafting.archive_case(**common)
        messages.success(request, _("The case is archived. Trainees do not find it any more."))
    elif act == "back":
        drafting.bring_back(**common)
        messages.success(request, _("The case is back."))
    elif act == "discard":
        drafting.discard_draft(case_id=case.pk, by=request.user, seen=seen)
        messages.success(request, _("The draft is discarded. The published version stands."))


def _publish_page(
    request: Request, case: Case, form: NoteForm, refusal: Refusal, status: int
) -> HttpResponse:
    present = present_document(case)
    frame = frame_of(case, present)
    findings: list[Finding] = []
    if frame["stand"].has_changes:
        findings = refusal.get("findings") or findings_in(present.content)
    context = frame | {
        "form": form,
        "findings": findings,
        "diff": compare(case.current.content, cleaned(present.content)) if case.current else None,
        "page": "publish",
    }
    return render(
        request,
        "cases/edit_publish.html",
        context | refusal | {"findings": findings},
        status=status,
    )


@require_safe
@admins_only
def history(request: Request, slug: str) -> HttpResponse:
    """Every revision, and what differs between any two of them, or the draft."""
    found = case_to_edit(slug)
    present = present_document(found)
    revisions = list(found.revisions.select_related("author").defer("content").order_by("-number"))
    first, second = request.GET.get("from", ""), request.GET.get("to", "")
    old, new = _content(found, present, first), _content(found, present, second)
    context = frame_of(found, present) | {
        "revisions": revisions,
        "from": first or (str(revisions[0].number) if revisions else ""),
        "to": second or "draft",
        "is_compared": old is not None and new is not None,
        "diff": compare(old, new) if old is not None and new is not None else None,
        "page": "history",
    }
    return render(request, "cases/edit_history.html", context)


def _content(case: Case, present: Present, wanted: str) -> Json | None:
    """The document of that revision, or of the draft; None where none is asked for."""
    if wanted == "draft":
        return cleaned(present.content)
    if not wanted:
        return None
    if not (wanted.isdecimal() and len(wanted) < 9):
        raise Http404
    revision = case.revisions.filter(number=int(wanted)).first()
    if revision is None:
        raise Http404
    content: Json = revision.content
    return content


@require_POST
@admins_only
def restore(request: Request, slug: str, number: int) -> HttpResponse:
    """Make a former version the draft."""
    found = case_to_edit(slug)
    if not CaseRevision.objects.filter(case=found, number=number).exists():
        raise Http404
    try:
        drafting.restore_revision(
            case_id=found.pk, by=request.user, seen=request.POST.get("seen", ""), number=number
        )
    except NewerDraftExists:
        messages.warning(
            request, _("Nothing is restored: somebody else has saved meanwhile. Please look again.")
        )
        return redirect("cases:edit_history", slug)
    messages.success(
        request,
        _("Version %(n)s is the draft now. Look through it, then publish it.") % {"n": number},
    )
    return redirect("cases:edit", slug)
