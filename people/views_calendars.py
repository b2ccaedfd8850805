"""Calendars of working days, for admins: the week, holidays, make-up days, blackouts."""

import calendar as months
from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mot_course.web import Request, content_language
from people import auditing, public_holidays
from people.access import admins_only
from people.forms_calendars import BlackoutForm, CalendarForm, SpecialDaysForm, YearForm
from people.forms_organisation import numbers
from people.models import Calendar, SpecialDay
from people.working_days import Week, database_now, locked, rebuild, week_of


@require_http_methods(["GET", "HEAD"])
@admins_only
def calendars(request: Request) -> HttpResponse:
    """All calendars, and how many cohorts have chosen each."""
    used = Count("cohorts", filter=Q(cohorts__archived_at=None))
    listed = Calendar.objects.annotate(cohort_count=used).order_by("-is_default", "name")
    return render(request, "people/calendars.html", {"listed": listed})


@require_http_methods(["GET", "HEAD", "POST"])
@admins_only
def new_calendar(request: Request) -> HttpResponse:
    """A form for a new calendar. POST makes it and works out its days."""
    form = CalendarForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with transaction.atomic():
            made = rebuild(form.save())
            auditing.record(request.user, "calendar_made", made, after=_values(made))
        messages.success(request, _("The calendar is made. Add holidays and make-up days."))
        return redirect("organisation:calendar", made.pk)
    status = 422 if form.is_bound else 200
    return render(request, "people/calendar_new.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD"])
@admins_only
def calendar(request: Request, calendar: int) -> HttpResponse:
    """One calendar: a year at a glance, its special days and blackouts, who uses it."""
    return _page(request, get_object_or_404(Calendar, pk=calendar))


@require_POST
@admins_only
@transaction.atomic
def change_calendar(request: Request, calendar: int) -> HttpResponse:
    """Change the calendar by `act` and work its days out anew; 422 where a form is not right."""
    get_object_or_404(Calendar, pk=calendar)
    held = locked(calendar)
    act = request.POST.get("act", "")
    refused: dict[str, forms.BaseForm] = {}
    before = _values(held)
    if act == "week":
        form = CalendarForm(request.POST, instance=held)
        if form.is_valid():
            form.save()
        else:
            refused["form"] = form
    elif act == "add_days":
        days = SpecialDaysForm(request.POST)
        if days.is_valid():
            working = days.cleaned_data["working"]
            found = days.cleaned_data["days"]
            _add(held, {day: (working, why) for day, why in found.items()})
        else:
            refused["days_form"] = days
    elif act == "add_blackout":
        blackout = BlackoutForm(request.POST)
        blackout.instance.calendar = held
        if blackout.is_valid():
            blackout.save()
        else:
            refused["blackout_form"] = blackout
    elif not _change_plainly(request, held, act):
        raise Http404
    if refused:
        held.refresh_from_db()
        return _page(request, held, status=422, **refused)
    rebuild(held)
    auditing.record(
        request.user, "calendar_changed", held, before=before, after={"act": act, **_values(held)}
    )
    messages.success(request, _("Saved. The working days are worked out anew."))
    return redirect("organisation:calendar", held.pk)


def _change_plainly(request: Request, held: Calendar, act: str) -> bool:
    """What needs no form but numbers; False where there is no such act."""
    if act == "remove_days":
        held.special_days.filter(pk__in=numbers(request.POST.getlist("day"))).delete()
    elif act == "remove_blackout":
        held.blackouts.filter(pk__in=numbers(request.POST.getlist("blackout"))).delete()
    elif act == "add_china":
        year = numbers([request.POST.get("year", "")])[0]
        if year not in public_holidays.CHINA:
            return False
        _add(held, public_holidays.special_days_of(year))
    elif act == "make_default":
        Calendar.objects.filter(is_default=True).exclude(pk=held.pk).update(is_default=False)
        Calendar.objects.filter(pk=held.pk).update(is_default=True)
    else:
        return False
    return True


def _add(held: Calendar, days: dict[date, tuple[bool, str]]) -> None:
    """Put the days in; one that is there already is replaced."""
    SpecialDay.objects.bulk_create(
        (SpecialDay(calendar=held, day=day, working=working, why=why)
         for day, (working, why) in days.items()),
        update_conflicts=True,
        unique_fields=["calendar", "day"],
        update_fields=["working", "why"],
    )  # fmt: skip


def _values(held: Calendar) -> dict[str, Any]:
    return {"name": held.name, "weekdays": ",".join(map(str, held.weekdays))}


def _page(request: Request, shown: Calendar, *, status: int = 200, **refused: Any) -> HttpResponse:
    asked = YearForm(request.GET)
    this_year = database_now().year
    year = asked.cleaned_data["year"] if asked.is_valid() else this_year
    special = list(shown.special_days.filter(day__year=year))
    blackouts = list(shown.blackouts.all())
    reasons = {one.day: one.why for one in special}
    context = {
        "calendar": shown,
        "form": CalendarForm(instance=shown),
        "days_form": SpecialDaysForm(),
        "blackout_form": BlackoutForm(),
        "year": year,
        "years": {"before": year - 1, "after": year + 1},
        "months": list(_months(week_of(shown), year, reasons)),
        "heads": _heads(),
        "special": special,
        "blackouts": [one for one in blackouts if one.last_on.year >= year - 1],
        "cohorts": shown.cohorts.filter(archived_at=None).order_by("name"),
        "china": sorted(public_holidays.CHINA),
        **refused,
    }
    return render(request, "people/calendar.html", context, status=status)


def _heads() -> list[str]:
    """The days of the week, short enough for a small month: Mon, or in Chinese 一."""
    names = [str(WEEKDAYS_ABBR[number]) for number in range(7)]
    return names if content_language() == "en" else [name[-1] for name in names]


def _months(week: Week, year: int, reasons: dict[date, str]) -> Iterator[dict[str, Any]]:
    """The year's months, each as weeks of days; None where a week has days of another month."""
    for month in range(1, 13):
        rows = months.Calendar().monthdatescalendar(year, month)
        yield {
            "first": date(year, month, 1),
            "weeks": [
                [_cell(week, day, reasons) if day.month == month else None for day in row]
                for row in rows
            ],
        }


def _cell(week: Week, day: date, reasons: dict[date, str]) -> dict[str, Any]:
    working, usual = week.works_on(day), day.isoweekday() in week.weekdays
    if week.is_black(day):
        kind = "black"
    elif day in week.special and not working:
        kind = "holiday"  # also on a weekend: a holiday is seen as a whole
    elif day in week.special and not usual:
        kind = "make-up"
    else:
        kind = "working" if working else "free"
    return {"day": day, "kind": kind, "working": working, "why": reasons.get(day, "")}
