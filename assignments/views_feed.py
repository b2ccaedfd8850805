"""The calendar feed, and the page on which somebody gets its address."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assignments.feed import (
    assignees_with_dates,
    calendar_of,
    event_of,
    make_feed,
    person_of,
    revoke_feed,
)
from assignments.models import Feed
from mot_course.web import Request
from people.throttling import take_try

TYPE = "text/calendar; charset=utf-8"


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """Somebody's dates, for whoever has the secret address. It signs nobody in."""
    if take_try(request, "feed", token) is None:
        return HttpResponse(status=429, headers={"Retry-After": "3600"})
    person = person_of(token)
    if person is None:
        raise Http404
    # A secret address must not be passed on by a link, nor its answer be kept on the way.
    headers = {"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer"}
    return HttpResponse(calendar_of(person), content_type=TYPE, headers=headers)


@require_safe
@login_required
def item(request: Request, assignment: int) -> HttpResponse:
    """One of the person's own due dates, to add to a calendar."""
    assignee = get_object_or_404(assignees_with_dates(), assignment=assignment, person=request.user)
    response = HttpResponse(event_of(assignee), content_type=TYPE)
    response["Content-Disposition"] = f'attachment; filename="mot-{assignment}.ics"'
    return response


@require_safe
@login_required
def mine(request: Request) -> HttpResponse:
    """Whether the person has a feed. Its address was shown when it was made."""
    return _page(request)


@require_POST
@login_required
def make(request: Request) -> HttpResponse:
    """Make the address, or another one in its place, and show it this once."""
    return _page(request, make_feed(request.user))


def _page(request: Request, address: str = "") -> HttpResponse:
    context = {
        "feed": Feed.objects.filter(person=request.user, revoked_at=None).first(),
        "address": address,
        "subscribe": address.replace("https://", "webcal://", 1),
    }
    return render(request, "assignments/feed.html", context)


@require_POST
@login_required
def revoke(request: Request) -> HttpResponse:
    """End the feed."""
    if revoke_feed(request.user):
        messages.success(request, _("The address no longer works."))
    return redirect("feed:mine")
