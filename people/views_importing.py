"""People from a file: chosen, looked through, mended, taken in, taken back; and out again."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mot_course.web import Request, at_most
from people import auditing
from people.forms_importing import OptionsForm, StartForm
from people.importing import undoing
from people.importing.applying import ChangedSince, take_in
from people.importing.checking import digest_of, plan_for
from people.importing.columns import BY_SLUG
from people.importing.exporting import rows_of
from people.importing.keeping import Expired, Kept, TakenIn, forget, keep, kept_by
from people.importing.opening import read_file
from people.importing.plans import OUTCOMES, Plan
from people.importing.reading import ENCODINGS, Table, Unreadable, read_text
from people.importing.template_files import as_csv, as_workbook, template_rows
from people.models import ImportRun, User
from people.teaming import cohorts_taught_by

ROWS_ON_A_PAGE = 100
MENDED_AT_ONCE = 25
RUNS_SHOWN = 5
LONGEST_CELL = 1_000
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

MOST_REQUEST = 2_450_000  # below Django's own limit, so that a page can say what to do


def importers_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let in admins, and instructors who teach a cohort; for others there is nothing here."""

    @wraps(view)
    @login_required
    def checked(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_admin and not cohorts_taught_by(request.user).exists():
            raise Http404
        return view(request, *args, **kwargs)

    return checked


@require_http_methods(["GET", "HEAD", "POST"])
@importers_only
@at_most(MOST_REQUEST)
def start(request: Request) -> HttpResponse:
    """The form for a file. POST reads it and leads to the dry run; 422 where it cannot be read."""
    if request.method != "POST":
        slug = request.GET.get("cohort", "").replace("\x00", "")  # PostgreSQL takes no NUL
        chosen = cohorts_taught_by(request.user).filter(slug=slug).first()
        form = StartForm(importer=request.user, initial={"cohort": chosen})
        return _start_page(request, form)
    form = StartForm(request.POST, request.FILES, importer=request.user)
    if not form.is_valid():
        return _start_page(request, form, status=422)
    try:
        table = _read(form.cleaned_data)
    except Unreadable as error:
        form.add_error("file", str(error))
        return _start_page(request, form, status=422)
    return redirect("importing:check", keep(request, Kept(table, form.options)))


def _read(data: dict[str, Any]) -> Table:
    if file := data["file"]:
        return read_file(file.read(), file_name=str(file.name))
    return read_text(data["text"], encoding="pasted")


def _start_page(request: Request, form: StartForm, *, status: int = 200) -> HttpResponse:
    runs = ImportRun.objects.select_related("by", "undone_by").order_by("-pk")
    if not request.user.is_admin:
        runs = runs.filter(by=request.user)
    context = {"form": form, "runs": runs[:RUNS_SHOWN]}
    return render(request, "people/import_start.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@importers_only
def check(request: Request, token: str) -> HttpResponse:
    """The dry run of a table. POST mends cells, changes what was chosen, or takes it in."""
    try:
        kept = kept_by(request, token)
    except Expired:
        messages.info(request, _("That check is over: a file is kept for an hour. Choose it anew."))
        return redirect("importing:start")
    except TakenIn as taken:
        return redirect("importing:run", taken.run)
    if request.method != "POST":
        return _check_page(request, token, kept)
    act = request.POST.get("act", "")
    if act == "mend":
        _mend(request, kept)
    elif act == "back":
        kept.out.clear()
    elif act == "options":
        form = OptionsForm(request.POST, importer=request.user)
        if not form.is_valid():
            return _check_page(request, token, kept, form=form, status=422)
        kept.options = form.options
    elif act == "take":
        return _take(request, token, kept)
    else:
        raise Http404
    keep(request, kept, token)
    return redirect(reverse("importing:check", args=[token]))


def _mend(request: Request, kept: Kept) -> None:
    """Put what was typed into the cells of the table; leave out the rows that are ticked."""
    numbers = {number for number, _cells in kept.table.rows}
    for number in numbers:
        if f"out-{number}" in request.POST:
            kept.out.add(number)
    for key in request.POST:
        word, _dash, rest = key.partition("-")
        digits, _dash, slug = rest.partition("-")
        if word != "cell" or slug not in BY_SLUG or not (digits.isascii() and digits.isdigit()):
            continue
        if len(digits) < 8 and int(digits) in numbers:
            kept.table.write(int(digits), slug, request.POST[key][:LONGEST_CELL])


def _take(request: Request, token: str, kept: Kept) -> HttpResponse:
    try:
        run = take_in(
            importer=request.user,
            table=kept.table,
            options=kept.options,
            out=kept.out,
            seen=request.POST.get("seen", ""),
        )
    except ChangedSince as changed:
        return _check_page(request, token, kept, plan=changed.plan, is_other=True, status=409)
    forget(request, token, run.pk)
    messages.success(request, _("All of it is taken in."))
    return redirect("importing:run", run.pk)


def _check_page(
    request: Request,
    token: str,
    kept: Kept,
    *,
    plan: Plan | None = None,
    form: OptionsForm | None = None,
    is_other: bool = False,
    status: int = 200,
) -> HttpResponse:
    plan = plan or plan_for(request.user, kept.table, kept.options, out=kept.out)
    show = request.GET.get("show", "")
    show = show if show in OUTCOMES else ""
    rows = [row for row in plan.rows if not show or row.outcome == show]
    page = Paginator(rows, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    options = kept.options
    initial = {
        "cohort": options.cohort_id,
        "absent": options.absent,
        "make_cohorts": options.make_cohorts,
        "ignore_unknown": options.ignore_unknown,
    }
    context = {
        "token": token,
        "table": kept.table,
        "encoding": ENCODINGS.get(kept.table.encoding, kept.table.encoding),
        "plan": plan,
        "counts": plan.counts,
        "mending": plan.wrong[:MENDED_AT_ONCE],
        "seen": digest_of(kept.table, options, plan),
        "form": form or OptionsForm(importer=request.user, initial=initial),
        "out": sorted(kept.out),
        "show": show,
        "page": page,
        "is_other": is_other,
    }
    return render(request, "people/import_check.html", context, status=status)


def _run_of(person: User, pk: int) -> ImportRun:
    """An import of this person's; admins see all. 404 otherwise."""
    runs = ImportRun.objects.select_related("by", "undone_by")
    return get_object_or_404(runs if person.is_admin else runs.filter(by=person), pk=pk)


@require_safe
@importers_only
def run(request: Request, run: int) -> HttpResponse:
    """What an import did, and the button that takes it back."""
    return _run_page(request, _run_of(request.user, run))


@require_POST
@importers_only
def undo(request: Request, run: int) -> HttpResponse:
    """Take an import back; 409 with everybody because of whom that cannot be."""
    found = _run_of(request.user, run)
    if not undoing.may_undo(request.user, found):
        messages.info(request, _("Only the last import can be undone, and only once."))
        return redirect("importing:run", found.pk)
    try:
        count = undoing.undo(run=found, by=request.user)
    except undoing.AlreadyUndone:
        return redirect("importing:run", found.pk)
    except undoing.NotUndone as error:
        return _run_page(request, found, troubles=error.troubles, status=409)
    said = ngettext(
        "Undone: %(n)d person is as before.", "Undone: %(n)d people are as before.", count
    )
    messages.success(request, said % {"n": count})
    return redirect("importing:run", found.pk)


def _run_page(
    request: Request,
    run: ImportRun,
    *,
    troubles: list[undoing.Trouble] | None = None,
    status: int = 200,
) -> HttpResponse:
    changes = run.changes.select_related("person").order_by("pk")
    page = Paginator(changes, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "run": run,
        "page": page,
        "may_undo": undoing.may_undo(request.user, run),
        "troubles": troubles or [],
    }
    return render(request, "people/import_run.html", context, status=status)


@require_safe
@importers_only
def template(request: Request, kind: str) -> HttpResponse:
    """A table to begin with, in the reader's language."""
    rows = template_rows()
    data = as_csv(rows) if kind == "csv" else as_workbook(rows, spare=200)
    return _download(data, "people", kind)


@require_safe
@importers_only
def export(request: Request, slug: str, kind: str) -> HttpResponse:
    """The people of a cohort as a table that can be taken in again and then changes nothing."""
    cohort = get_object_or_404(cohorts_taught_by(request.user), slug=slug)
    rows = rows_of(cohort, request.user)
    # In the log alone: a GET changes nothing in the database.
    auditing.log("people_exported", actor=request.user.pk, object=f"cohort:{cohort.pk}")
    return _download(as_csv(rows) if kind == "csv" else as_workbook(rows), cohort.slug, kind)


def _download(data: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(data, content_type=_TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response
