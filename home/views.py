"""Today, me, help, and what a load balancer asks."""

from datetime import datetime
from typing import Any

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

from home.forms import SettingsForm
from home.greeting import first_name, greeting
from home.mastery import mastery_of
from home.next_assigned import deed_for, open_assignments
from home.next_up import Row, rows_after
from home.readiness import why_not_ready
from home.rewinding import rewind
from home.todays import classes_of, counts_of, follow_up_rows, has_duty
from mot_course.web import Request
from people.auditing import record
from people.models import User
from units.choosing import current_course
from units.progress import course_states


@require_safe
@login_required
def today(request: Request) -> HttpResponse:
    """What is due next leads; then what else is due, what follows, and how sure of each step.

    Whoever has classes sees them first.
    """
    person, now = request.user, timezone.now()
    context = course_context(person, now)
    counts = counts_of(person)
    # Whoever has classes sees them in place of their own five steps: one query either way.
    looks_after = person.is_instructor or counts.has_duty
    mastery = [] if looks_after else mastery_of(person)
    name = person.name or person.username
    context |= {
        "counts": counts,
        "first_name": first_name(name),
        "greeting": greeting(name, timezone.localtime()),
        "follow_ups": follow_up_rows(person, now),
        "classes": classes_of(person, now) if looks_after else [],
        "mastery": mastery,
        "has_mastery": any(one.percent is not None for one in mastery),
    }
    return render(request, "home/today.html", context)


def course_context(person: User, moment: datetime, *, is_past: bool = False) -> dict[str, Any]:
    """The one next thing and what comes after it, at that moment; six queries."""
    states = course_states(person)
    if is_past:
        rewind(states, moment)
    assigned = open_assignments(person, moment)
    leading = next((one for one in assigned if one.due.day), None)
    deed = deed_for(leading, states) if leading else None
    current = current_course(states)
    if leading and deed and deed.unit:
        holds = (one for one in states if deed.unit in one.units)
        current = next(holds, current)
    own = current.next if current else None
    rows = (
        rows_after(current, states)
        if current and (deed is None or (own and deed.url == own.url))
        else []
    )
    if deed and own and deed.url != own.url and own.kind != "done":
        rows = [Row("learn", own.title, own.url, _("Next in your course"))]
    return {
        "current": current,
        "deed": deed or own,
        "leading": leading if deed else None,
        "assigned": [one for one in assigned if not deed or one is not leading],
        "is_new": not any(state.is_started for state in states),
        "rows": rows,
    }


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
    context = {"form": form, "has_classes": has_duty(request.user)}
    return render(request, "home/me.html", context, status=status)


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
