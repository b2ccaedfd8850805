"""Marking: the queue, a piece of work with its rubric, who else is at it, saved comments."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mot_course.web import Request, safe_next, signed_in_or_401
from people.access import instructors_only
from quizzes import marking_queue, marking_together
from quizzes.calibrating import banks_to_calibrate
from quizzes.forms_marking import MOST_COMMENTS, MarkForm, QueueForm, SavedCommentForm
from quizzes.marking import (
    NewerMarkExists,
    give_mark,
    language_of,
    markable_by,
    outcomes_for,
)
from quizzes.marking_queue import Wanted
from quizzes.marking_sheet import Sheet, sheet_for
from quizzes.marking_shown import shown_marks
from quizzes.models import Answer, Mark, SavedComment
from quizzes.saving_comments import MOST, TooManyComments, keep_comment, note_used, saved_by


@require_safe
@instructors_only
def queue(request: Request) -> HttpResponse:
    """What waits for the person's mark, the oldest first."""
    cohorts = marking_queue.cohorts_to_mark(request.user)
    kinds = marking_queue.kinds_to_mark()
    wanted = QueueForm(request.GET).wanted(
        kinds=[slug for slug, _label in kinds], cohorts=[one.slug for one in cohorts]
    )
    waiting = marking_queue.waiting(request.user, wanted, cohorts)
    listed = marking_queue.with_what_shows(waiting, request.user)
    pages = Paginator(listed, marking_queue.PAGE)
    # Counted without what only a row needs.
    pages.count = waiting.count()
    page = pages.get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": marking_queue.rows_of(page.object_list),
        "count": pages.count,
        "wanted": wanted,
        "cohorts": cohorts,
        "kinds": kinds,
        "uncalibrated": banks_to_calibrate(request.user),
        "done": _done(request),
    }
    return render(request, "marking/queue.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@instructors_only
def answer(request: Request, answer_id: int) -> HttpResponse:
    """A piece of work beside its rubric; POST adds a mark and goes on to the next."""
    try:
        sheet = sheet_for(request.user, answer_id)
    except Answer.DoesNotExist:
        raise Http404 from None
    wanted = _wanted(request)
    form = _form(request, sheet, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _page(request, sheet, form, wanted)
    if not form.is_valid():
        return _page(request, sheet, form, wanted, status=422)
    try:
        mark = give_mark(
            answer_id=answer_id,
            marker=request.user,
            seen=form.cleaned_data["seen"],
            judgement=form.judgement(),
        )
    except Answer.DoesNotExist:
        raise Http404 from None
    except NewerMarkExists as newer:
        return _conflict(request, sheet, newer.mark, wanted)
    _keep_comments(request, form)
    marking_together.leave(answer_id, request.user)
    messages.success(
        request, _("Saved: the mark for %(name)s.") % {"name": sheet.answer.attempt.trainee}
    )
    return redirect(_next_url(request, mark, wanted))


def _form(request: Request, sheet: Sheet, data: Any) -> MarkForm:
    return MarkForm(
        data,
        criteria=sheet.criteria,
        pieces=sheet.pieces,
        outcomes=outcomes_for(sheet.answer.attempt.quiz),
        start_with=sheet.last,
        language=language_of(request.user),
    )


def _page(
    request: Request, sheet: Sheet, form: MarkForm, wanted: Wanted, *, status: int = 200
) -> HttpResponse:
    context = {
        "sheet": sheet,
        "form": form,
        "wanted": wanted,
        "others": [_too(one) for one in _others(request, sheet)],
        "saved": list(saved_by(request.user)),
        "most_comments": MOST_COMMENTS,
        "done": _done(request),
        "kept": form.is_bound,
    }
    return render(request, "marking/answer.html", context, status=status)


def _conflict(request: Request, sheet: Sheet, newer: Mark | None, wanted: Wanted) -> HttpResponse:
    """Both versions side by side: theirs as it is saved, one's own still in the form."""
    data = request.POST.copy()
    data["seen"] = str(newer.number if newer else 0)
    form = _form(request, sheet, data)
    form.theirs = newer
    context = {
        "sheet": sheet,
        "form": form,
        "wanted": wanted,
        "newer": newer,
        "theirs": shown_marks([newer] if newer else [], sheet.criteria, sheet.pieces),
        "saved": list(saved_by(request.user)),
        "most_comments": MOST_COMMENTS,
        "kept": True,
    }
    return render(request, "marking/conflict.html", context, status=409)


def _keep_comments(request: Request, form: MarkForm) -> None:
    """Save the comments that are to be kept; note which saved ones were used."""
    note_used(owner=request.user, texts=[one["text"] for one in form.judgement().comments])
    for text in form.to_keep():
        try:
            keep_comment(owner=request.user, text=text[:500])
        except TooManyComments:
            messages.warning(
                request,
                _("A comment was not kept: there are %(n)s already. Remove one first.")
                % {"n": MOST},
            )
            return


def _wanted(request: Request) -> Wanted:
    kinds = [slug for slug, _label in marking_queue.kinds_to_mark()]
    return QueueForm(request.GET).wanted(kinds=kinds)


def _next_url(request: Request, mark: Mark, wanted: Wanted) -> str:
    """The oldest piece that still waits under the same filter, or the queue."""
    following = marking_queue.next_waiting(request.user, wanted, after=mark.answer_id)
    here = reverse("marking:answer", args=[following]) if following else reverse("marking:queue")
    done = urlencode({"done": mark.answer_id})
    return f"{here}{wanted.query}{'&' if wanted.query else '?'}{done}"


def _done(request: Request) -> int:
    """The piece just marked: what the browser kept of it can go."""
    text = request.GET.get("done", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


@require_POST
@signed_in_or_401
@instructors_only
def here(request: Request, answer_id: int) -> HttpResponse:
    """Say that one has the page open; the reply says who else does, and the last mark's number."""
    found = get_object_or_404(markable_by(request.user).only("pk"), pk=answer_id)
    others = marking_together.announce(found.pk, request.user)
    last = found.marks.order_by("-number").values_list("number", flat=True).first()
    return JsonResponse({"others": [_too(one) for one in others], "seen": last or 0})


def _others(request: Request, sheet: Sheet) -> list[marking_together.Present]:
    return marking_together.others_at(sheet.answer.pk, request.user)


def _too(one: marking_together.Present) -> str:
    since = date_format(timezone.localtime(one.since), "H:i")
    return _("%(name)s is marking this, too (since %(time)s).") % {
        "name": one.name,
        "time": since,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@instructors_only
def comments(request: Request) -> HttpResponse:
    """The person's saved comments; POST keeps one more."""
    form = SavedCommentForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            keep_comment(owner=request.user, text=form.cleaned_data["text"])
        except TooManyComments:
            form.add_error(
                "text", _("There is room for %(n)s. Remove one you no longer use.") % {"n": MOST}
            )
        else:
            return redirect("marking:comments")
    context = {
        "form": form,
        "saved": list(saved_by(request.user)),
        "most": MOST,
        "back": safe_next(request, reverse("marking:queue")),
    }
    return render(request, "marking/comments.html", context, status=422 if form.errors else 200)


@require_POST
@instructors_only
def remove_comment(request: Request, comment_id: int) -> HttpResponse:
    """Throw one of one's saved comments away."""
    get_object_or_404(SavedComment.objects.filter(owner=request.user), pk=comment_id).delete()
    return redirect("marking:comments")
