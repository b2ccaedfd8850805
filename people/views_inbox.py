"""The inbox, what people want to be told, how they stop it, and announcements to a group."""

from typing import Any

from allauth.core.ratelimit import respond_429
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mot_course.web import Request
from outbox import unsubscribing
from outbox.kinds import KINDS
from people import announcing, auditing, inbox, preferences
from people.access import instructors_only
from people.forms_inbox import AnnounceForm, PreferencesForm, SeenForm
from people.models import User
from people.teaming import cohorts_taught_by
from people.throttling import take_try

PAGE = 30
ANNOUNCED = 5


@require_safe
@login_required
def inbox_page(request: Request) -> HttpResponse:
    """What has come in, newest first; looking at it reads nothing."""
    pages = Paginator(inbox.notices_of(request.user), PAGE)
    page = pages.get_page(request.GET.get("page"))
    notices = list(page.object_list)
    context = {
        "page": page,
        "notices": notices,
        "newest": notices[0].pk if notices else 0,
        "unread": inbox.count_unread(request.user),
    }
    return render(request, "inbox/inbox.html", context)


@require_POST
@login_required
def open_notice(request: Request, notice: int) -> HttpResponse:
    """Mark a notice as read and go where it leads; without an address, back to the inbox."""
    found = inbox.mark_read(request.user, notice)
    if found is None:
        raise Http404
    is_own = found.url.startswith("/") and url_has_allowed_host_and_scheme(found.url, None)
    return redirect(found.url if is_own else "inbox:inbox")


@require_POST
@login_required
def read_all(request: Request) -> HttpResponse:
    """Mark everything that stood in the list as read."""
    form = SeenForm(request.POST)
    if form.is_valid():
        inbox.mark_all_read(request.user, form.cleaned_data["up_to"])
        messages.success(request, _("Everything is marked as read."))
    return redirect("inbox:inbox")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def preferences_page(request: Request) -> HttpResponse:
    """What the person wants to be told, through which channel, how often."""
    lines = preferences.lines_for(request.user)
    form = PreferencesForm(request.POST if request.method == "POST" else None, lines=lines)
    if form.is_valid():
        preferences.choose(request.user, form.chosen)
        messages.success(request, _("Your choice is saved."))
        return redirect("inbox:preferences")
    names = preferences.CHANNEL_NAMES
    context = {
        "form": form,
        "lines": [
            (line, [(cell, names[cell.channel], form[cell.name]) for cell in line.cells])
            for line in lines
        ],
        "channels": [names[one] for one in preferences.channels_of(request.user)],
    }
    status = 422 if form.is_bound else 200
    return render(request, "inbox/preferences.html", context, status=status)


@csrf_exempt  # the token is the right to do it; RFC 8058 posts without a session
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows what would stop; POST stops it (or, by `act`, lets it come again): always 200."""
    wish = unsubscribing.read(token)
    person = User.objects.present().filter(pk=wish.person_id).first() if wish else None
    kind = KINDS.get(wish.kind) if wish else None
    if wish is None or person is None or kind is None or not kind.may_silence:
        if take_try(request, "unsubscribe") is None:
            return respond_429(request)
        raise Http404
    if request.method == "POST":
        again = request.POST.get("act") == "again"
        (preferences.unsilence if again else preferences.silence)(
            person.pk, wish.kind, wish.channel
        )
        action = "messages_wanted_again" if again else "unsubscribed"
        auditing.log(action, object=f"user:{person.pk}", kind=wish.kind, channel=wish.channel)
    if person.language:
        translation.activate(person.language)
    context = {
        "kind": kind,
        "channel": preferences.CHANNEL_NAMES.get(wish.channel, wish.channel),
        "is_silenced": preferences.is_silenced(person.pk, wish.kind, wish.channel),
        "has_mandatory_part": wish.kind in preferences.HAVE_MANDATORY_PARTS,
    }
    response = render(request, "inbox/unsubscribe.html", context)
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@instructors_only
def announce(request: Request, slug: str) -> HttpResponse:
    """Say something to the cohort's group chat, in both languages."""
    cohort = get_object_or_404(cohorts_taught_by(request.user).select_related("robot"), slug=slug)
    form = AnnounceForm(request.POST if request.method == "POST" else None, cohort=cohort)
    if form.is_valid():
        try:
            announcing.announce(
                cohort=cohort,
                by=request.user,
                once=form.cleaned_data["once"],
                subjects={one: form.cleaned_data[f"subject_{one}"] for one in ("zh", "en")},
                texts={one: form.cleaned_data[f"text_{one}"] for one in ("zh", "en")},
            )
        except announcing.NoRobot:
            form.add_error(None, _("The group of this cohort is not connected."))
        else:
            messages.success(request, _("The announcement is on its way to the group."))
            return redirect("inbox:announce", cohort.slug)
    context: dict[str, Any] = {
        "cohort": cohort,
        "robot": cohort.robot if cohort.robot and not cohort.robot.archived_at else None,
        "form": form,
        "announced": announcing.announced_to(cohort)[:ANNOUNCED],
    }
    status = 422 if form.is_bound else 200
    return render(request, "inbox/announce.html", context, status=status)
