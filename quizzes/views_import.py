"""Items from a file: first what would happen, then all of it or nothing. And back into a table."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from mot_course.web import Request, at_most, content_language
from people.access import admins_only
from quizzes.canonical import digest
from quizzes.editing import is_of_a_lesson, uses_of
from quizzes.forms_edit import ImportForm
from quizzes.importing import csv_items
from quizzes.importing.gift import read_gift
from quizzes.importing.items import MOST_CHARACTERS, Fault, Read, joined, quoted
from quizzes.importing.taking_in import Plan, plan_for, take_in
from quizzes.models import Bank, BankItem

MOST_BYTES = 2_450_000  # below Django's own limit, so that a page can say what to do


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
@at_most(MOST_BYTES)
def import_items(request: Request, slug: str) -> HttpResponse:
    """A dry run of the pasted or chosen file; with `take`, the items are taken in."""
    bank = get_object_or_404(Bank, slug=slug)
    context: dict[str, Any] = {"bank": bank, "is_of_a_lesson": is_of_a_lesson(uses_of(bank))}
    if request.method != "POST" or context["is_of_a_lesson"]:
        initial = {"way": request.GET.get("way", "gift"), "language": content_language()}
        context["form"] = ImportForm(initial=initial)
        return render(request, "items/import.html", context)
    form = ImportForm(request.POST, request.FILES)
    is_valid = form.is_valid()
    texts, faults = _texts(form) if is_valid else ({}, [])
    context |= {"form": form, "texts": texts or request.POST}
    if not is_valid:
        return render(request, "items/import.html", context, status=422)
    read = _read(form.cleaned_data, texts, faults)
    plan = plan_for(bank, read.items)
    plan.faults = sorted(set(read.faults + plan.faults))
    state = _state(form.cleaned_data, texts, plan)
    if form.cleaned_data["act"] == "take" and not plan.faults:
        if form.cleaned_data["checked"] == state:
            done = take_in(bank=bank, items=read.items, by=request.user)
            if not done.faults:
                _say(request, done)
                return redirect("items:bank", slug)
            plan = done
        context["is_other"] = True
    context |= {"plan": plan, "state": state, "faults": _with_quotes(plan.faults, texts)}
    return render(request, "items/import.html", context, status=422 if plan.faults else 200)


def _texts(form: ImportForm) -> tuple[dict[str, str], list[Fault]]:
    """The two texts, from files or pasted; a file that is no text is a fault."""
    texts, faults = {}, []
    data = form.cleaned_data
    for number, name in enumerate(("text", "twin")):
        file = data.get(f"{name}_file")
        if not file:
            texts[name] = data.get(name, "")
            continue
        raw = file.read()
        text: str | None
        if data["way"] == "csv":
            text = csv_items.decoded(raw)
        else:
            try:
                text = raw.decode("utf-8-sig")
            except UnicodeDecodeError as error:
                text = None
                line = raw.count(b"\n", 0, error.start) + 1
        if text is None:
            message = _("this is no UTF-8 text; save the file as UTF-8 and try again")
            line = line if data["way"] == "gift" else 1
            faults.append(Fault(number, line, message))
        texts[name] = text or ""
    if len(texts["text"]) + len(texts["twin"]) > MOST_CHARACTERS:
        faults.append(Fault(0, 1, _("the file is larger than 2 MB; please split it")))
    return texts, faults


def _read(data: dict[str, Any], texts: dict[str, str], faults: list[Fault]) -> Read:
    if faults:
        return Read([], faults)
    if data["way"] == "csv":
        return csv_items.read_csv(texts["text"])
    twin = read_gift(texts["twin"]) if texts["twin"].strip() else None
    return joined(read_gift(texts["text"]), data["language"], twin)


def _state(data: dict[str, Any], texts: dict[str, str], plan: Plan) -> str:
    """What the dry run has shown; taking in asks whether it is still the same."""
    outcomes = [[row.slug, row.outcome] for row in plan.rows]
    return digest([data["way"], data["language"], texts["text"], texts["twin"], outcomes])


def _with_quotes(faults: list[Fault], texts: dict[str, str]) -> list[Fault]:
    """The faults with the line as it stands in the file."""
    lines = [
        texts[name].replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for name in ("text", "twin")
    ]
    return [
        fault
        if fault.quote or fault.line > len(lines[fault.file])
        else replace(fault, quote=quoted(lines[fault.file][fault.line - 1]))
        for fault in faults
    ]


def _say(request: Request, plan: Plan) -> None:
    if not plan.todo:
        messages.success(request, _("Nothing to do: all of it is here already."))
        return
    said = ngettext("%(n)d item is taken in.", "%(n)d items are taken in.", plan.todo)
    words = said % {"n": plan.todo}
    if plan.drafts:
        said = ngettext(
            "%(n)d of them is a draft: it says what it still lacks.",
            "%(n)d of them are drafts: each says what it still lacks.",
            plan.drafts,
        )
        words = f"{words} {said % {'n': plan.drafts}}"
    messages.success(request, words)


@require_safe
@admins_only
def export_items(request: Request, slug: str) -> HttpResponse:
    """The bank's items as a table that a spreadsheet opens and this page takes in again."""
    bank = get_object_or_404(Bank, slug=slug)
    items = (
        BankItem.objects.filter(bank=bank, exercise__current__isnull=False)
        .select_related("exercise__current")
        .order_by("position")
    )
    places = [
        csv_items.Place(
            item.exercise.slug,
            item.exercise.current.kind,
            item.exercise.current.content,
            item.objective,
            item.form,
            item.weight,
        )
        for item in items
        if item.exercise.current
    ]
    return _table(csv_items.write_csv(places), f"{bank.slug}.csv")


@require_safe
@admins_only
def template(request: Request) -> HttpResponse:
    """A table to begin with."""
    return _table(csv_items.template_csv(), "items.csv")


def _table(text: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
