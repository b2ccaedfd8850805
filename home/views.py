"""Today, me, help, and what a load balancer asks."""

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cases.write_ups import came_back_to
from home.forms import SettingsForm
from home.greeting import first_name, greeting
from home.mastery import mastery_of
from home.next_up import rows_after
from home.readiness import why_not_ready
from mot_course.web import Request
from people.auditing import record
from quizzes.marking_queue import count_waiting
from units.choosing import current_course
from units.progress import course_states


@require_safe
@login_required
def today(request: Request) -> HttpResponse:
    """The one next thing, what follows, and how sure the person is of each step."""
    states = course_states(request.user)
    current = current_course(states)
    name = request.user.name or request.user.username
    mastery = mastery_of(request.user)
    context = {
        "current": current,
        "is_new": not any(state.is_started for state in states),
        "first_name": first_name(name),
        "greeting": greeting(name, timezone.localtime()),
        "rows": rows_after(current, states) if current else [],
        "mastery": mastery,
        "has_mastery": any(one.percent is not None for one in mastery),
        "came_back": None if request.user.is_instructor else came_back_to(request.user),
        "to_mark": count_waiting(request.user) if request.user.is_instructor else 0,
    }
    return render(request, "home/today.html", context)


def _changes_email(request: Request) -> bool:
    if request.method != "POST" or not request.user.is_authenticated:
        return False
    return SettingsForm(request.POST, person=request.user).changes_email


# Whoever can change the address can have the password reset: ask for the password again.
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@reauthentication_required(enabled=_changes_email)
def me(request: Request) -> HttpResponse:
    """The person's own settings."""
    form = SettingsForm(request.POST if request.method == "POST" else None, person=request.user)
    if form.is_valid() and _is_saved(form):
        translation.activate(request.user.language)
        messages.success(request, _("Your settings are saved."))
        response = redirect("home:me")
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            request.user.language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
        return response
    status = 422 if form.is_bound else 200
    return render(request, "home/me.html", {"form": form}, status=status)


def _is_saved(form: SettingsForm) -> bool:
    """Save; where somebody took the same address a moment ago, say so instead."""
    changes_email = form.changes_email
    try:
        with transaction.atomic():
            form.save()
            if changes_email:
                record(form.person, "email_changed", form.person)
    except IntegrityError:
        form.add_error("email", _("Somebody already uses this address."))
        form.person.refresh_from_db()
        return False
    return True


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Whom to ask, keys, how saving works; for everybody."""
    return render(request, "home/help.html")


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """This process is up."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when visitors may come; 503 with a sentence on what is missing."""
    reason = why_not_ready()
    return HttpResponse(
        f"{reason or 'ready'}\n",
        content_type="text/plain; charset=utf-8",
        status=503 if reason else 200,
    )
