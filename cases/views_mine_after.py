"""What follows for a trainee's own case: versions, consent, nomination, putting away."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases import write_ups
from cases.models import WriteUp
from cases.noting import ComparedForm
from cases.text_diff import differences
from cases.write_ups import NotNow, write_ups_of
from mot_course.web import Request, render_error, safe_next
from people.access import instructors_only
from quizzes.models import Answer
from quizzes.questions import spec_of


@require_safe
@login_required
def versions(request: Request, write_up_id: int) -> HttpResponse:
    """All versions of the case, and what changed between two of them."""
    found = get_object_or_404(write_ups_of(request.user), pk=write_up_id)
    every = list(found.versions.select_related("attempt").order_by("number"))
    if not every:
        raise Http404
    form = ComparedForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    numbers = {one.number: one for one in every}
    after = numbers.get(wanted.get("after") or 0, every[-1])
    before = numbers.get(wanted.get("before") or 0, every[max(every.index(after) - 1, 0)])
    answers = {
        answer.attempt_id: answer
        for answer in Answer.objects.filter(
            attempt__in=[before.attempt_id, after.attempt_id], revision__kind="writing"
        )
        .select_related("revision")
        .order_by("-position")
    }
    context = {
        "write_up": found,
        "versions": every[::-1],
        "before": before,
        "after": after,
        "parts": _changes(answers.get(before.attempt_id), answers.get(after.attempt_id)),
    }
    return render(request, "cases/mine_versions.html", context)


def _changes(before: Answer | None, after: Answer | None) -> list[dict[str, object]]:
    """The parts that differ, with their pieces."""
    if before is None or after is None:
        return []
    old = (before.response or {}).get("texts", {})
    new = (after.response or {}).get("texts", {})
    parts = [*spec_of(before.revision).parts, *spec_of(after.revision).parts]
    titles = {part.id: part.title.said for part in parts}
    return [
        {"title": title, "pieces": differences(old.get(name, ""), new.get(name, ""))}
        for name, title in titles.items()
        if old.get(name, "") != new.get(name, "")
    ]


@require_POST
@login_required
def consent(request: Request, write_up_id: int) -> HttpResponse:
    """The author agrees that the case is edited and published, or takes that back."""
    found = get_object_or_404(write_ups_of(request.user), pk=write_up_id)
    gives = request.POST.get("consent") == "1"
    try:
        if gives:
            write_ups.give_consent(write_up=found)
        else:
            write_ups.withdraw_consent(write_up=found)
    except NotNow:
        return render_error(request, 409)
    if gives:
        messages.success(request, _("Thank you. Until it is published you may take this back."))
    else:
        messages.success(request, _("Taken back. The case stays yours alone."))
    return redirect("cases:write_up", found.pk)


@require_safe
@instructors_only
def accepted(request: Request) -> HttpResponse:
    """Accepted cases one may nominate, and which of them wait for their author's consent."""
    found = write_ups.accepted_in_reach_of(request.user)
    page = Paginator(found, 30).get_page(request.GET.get("page"))
    return render(request, "cases/accepted.html", {"page": page})


@require_POST
@instructors_only
def nominate(request: Request, write_up_id: int) -> HttpResponse:
    """Propose a trainee's accepted case for the library; the marking pages have the button."""
    found = get_object_or_404(WriteUp.objects.filter(discarded_at=None), pk=write_up_id)
    if not write_ups.may_nominate(request.user, found):
        raise Http404
    try:
        write_ups.nominate(write_up=found, by=request.user)
    except NotNow:
        return render_error(request, 409)
    messages.success(request, _("Nominated. The editors find it among their drafts."))
    return redirect(safe_next(request, "/"))


@require_POST
@login_required
def discard(request: Request, write_up_id: int) -> HttpResponse:
    """Put away a case that was never handed in."""
    found = get_object_or_404(write_ups_of(request.user), pk=write_up_id)
    try:
        write_ups.discard(write_up=found)
    except NotNow:
        return render_error(request, 409)
    messages.success(request, _("Put away. You can bring it back at the foot of this page."))
    return redirect("cases:mine")


@require_POST
@login_required
def bring_back(request: Request, write_up_id: int) -> HttpResponse:
    """A case that had been put away."""
    found = write_ups.bring_back(write_up_id=write_up_id, author=request.user)
    if found is None:
        raise Http404
    return redirect("cases:write_up", found.pk)
