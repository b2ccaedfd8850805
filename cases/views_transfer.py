"""A case out of the editor and into it; and new cases, also from what a trainee has told."""

from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cases import pasting, transfer
from cases.document_diff import compare
from cases.drafting import change_draft, on_the_desk, present_document, start_case
from cases.edit_page import new_id
from cases.forms_transfer import ImportForm, NewCaseForm
from cases.models import Case
from cases.proofreading import cleaned
from cases.starting_from_write_up import NotNominated, nominated, start_from_write_up, suggestion
from cases.transfer import BadImport, Fault
from cases.views_edit import case_to_edit, frame_of
from mot_course.web import Json, Request, at_most
from people import auditing
from people.access import admins_only
from quizzes.drafting import NewerDraftExists

MOST_BYTES = 1_600_000  # a file of 1 MB and the form around it


@require_safe
@admins_only
def export(request: Request, slug: str, way: str) -> HttpResponse:
    """The draft, or the published document, as YAML or as a table."""
    found = case_to_edit(slug)
    content = present_document(found).content
    if request.GET.get("of") == "published":
        if found.current is None:
            raise Http404
        content = found.current.content
    if way == "yaml":
        data: str | bytes = transfer.to_yaml(content)
        kind = "application/yaml; charset=utf-8"
    elif way == "csv":
        data, kind = transfer.to_csv(content), "text/csv; charset=utf-8"
    else:
        raise Http404
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{found.slug}.{way}"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
@at_most(MOST_BYTES)
def import_into(request: Request, slug: str) -> HttpResponse:
    """Take a YAML file, a table or a pasted conversation into the draft: first to look at it."""
    found = case_to_edit(slug)
    present = present_document(found)
    shown: dict[str, Any] = {"form": ImportForm(), "way": request.GET.get("way", "paste")}
    status = 200
    if request.method == "POST":
        form = ImportForm(request.POST, request.FILES)
        shown, status = {"form": form, "way": request.POST.get("way", "paste")}, 422
        if form.is_valid():
            try:
                text = _text_of(form)
                shown["text"] = text
                after = _after(present.content, form, text)
            except BadImport as bad:
                shown["faults"] = bad.faults
            else:
                if form.cleaned_data["act"] == "apply":
                    try:
                        _apply(request, found, form, after)
                    except NewerDraftExists as newer:
                        present, status = newer.present, 409
                        shown["is_newer"] = True
                        after = _after(present.content, form, text)
                    else:
                        return redirect("cases:edit", slug)
                else:
                    status = 200
                shown["diff"] = compare(cleaned(present.content), cleaned(after))
                shown["people"] = pasting.new_people(present.content, after)
                shown["is_checked"] = True
    context = frame_of(found, present) | {"page": "import"} | shown
    return render(request, "cases/edit_import.html", context, status=status)


def _text_of(form: ImportForm) -> str:
    file = form.cleaned_data["file"]
    if file:
        return transfer.decoded(file.read())
    text: str = form.cleaned_data["text"]
    if form.cleaned_data["way"] != "paste" and not text.strip():
        raise BadImport([Fault(_("File"), _("choose a file, or paste its text"))])
    return text


def _after(content: Json, form: ImportForm, text: str) -> Json:
    """The document as it would be; raises BadImport."""
    data = form.cleaned_data
    if data["way"] == "yaml":
        return transfer.from_yaml(text)
    if data["way"] == "csv":
        spoken = transfer.from_csv(text)
    elif data["to"] == "fill":
        return pasting.filled_in(content, data["zh"], data["en"])
    else:
        spoken = pasting.spoken_in(data["zh"], data["en"])
    return pasting.with_lines(content, spoken, replaces=data["to"] == "replace", new_id=new_id)


def _apply(request: Request, case: Case, form: ImportForm, after: Json) -> None:
    draft = change_draft(
        case_id=case.pk, by=request.user, seen=form.cleaned_data["seen"], change=lambda _now: after
    )
    auditing.record(
        request.user,
        "case_imported",
        case,
        after={"way": form.cleaned_data["way"], "draft": draft.version},
    )
    messages.success(request, _("It is in the draft. Look through it, then publish it."))


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
@at_most(MOST_BYTES)
def new_case(request: Request) -> HttpResponse:
    """Begin a case: an empty one, or one that a trainee has told and that was nominated."""
    write_up = None
    wanted = request.GET.get("from", "")
    if wanted:
        if not (wanted.isdecimal() and len(wanted) < 12):
            raise Http404
        write_up = get_object_or_404(nominated(), pk=int(wanted))
    initial = suggestion(write_up) if write_up else {}
    form = NewCaseForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        title = {"zh": data["title_zh"], "en": data["title_en"]}
        try:
            if write_up:
                made = start_from_write_up(
                    write_up_id=write_up.pk,
                    slug=data["slug"],
                    title=title,
                    by=request.user,
                    names_author=data["names_author"],
                )
            else:
                made = start_case(slug=data["slug"], title=title, by=request.user)
        except NotNominated:
            messages.warning(request, _("The author has taken the case back; nothing was made."))
            return redirect("cases:new_case")
        except IntegrityError:
            form.add_error("slug", _("Another case has this address."))
        else:
            messages.success(request, _("The case is begun. Only admins see it until you publish."))
            return redirect("cases:edit", made.slug)
    context: dict[str, Any] = {"form": form, "write_up": write_up, "nominated": nominated()[:50]}
    if not write_up:
        context["desk"] = on_the_desk()[:100]
    return render(request, "cases/edit_new.html", context, status=422 if form.is_bound else 200)
