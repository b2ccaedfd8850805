"""Assigning once per form, and a whole course unit by unit."""

from dataclasses import replace

from django.db import connection, transaction

from assignments.assigning import Dates, Draft, assign, make
from assignments.models import Assignment
from people.models import User
from units.models import Course, Unit


def assign_once(*, key: str, draft: Draft, in_rhythm: bool, by: User) -> Assignment:
    """Make what the form with this key asks for; sent again, it returns what was made."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Two clicks wait for each other here; the second finds what the first has made.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 5))", [key])
        found = Assignment.objects.filter(key=key, made_by=by).first()
        if found is not None:
            return found
        whole = replace(draft, plan=None, dates=Dates()) if in_rhythm else draft
        made = assign(
            what=whole.what,
            cohorts=whole.cohorts,
            people=whole.people,
            plan=whole.plan,
            dates=whole.dates,
            mandatory=whole.mandatory,
            note=whole.note,
            by=by,
        )
        if in_rhythm:
            make_parts(draft, made, by=by)
        Assignment.objects.filter(pk=made.pk).update(key=key)
        return made


def make_parts(
    draft: Draft, whole: Assignment, *, by: User, only: list[int] | None = None
) -> list[Assignment]:
    """Each unit of the course after the one before, with the days of the draft for each.

    The course itself has no date and reminds nobody: its units do.
    """
    parts: list[Assignment] = []
    for unit in units_of(draft.what) if isinstance(draft.what, Course) else []:
        dates = draft.dates
        if parts:
            dates = replace(dates, anchor=Assignment.Anchor.AFTER, after=parts[-1])
        part = replace(draft, what=unit, dates=dates, part_of=whole, note="")
        parts.append(make(part, by=by, only=only))
    return parts


def units_of(course: Course) -> list[Unit]:
    """The units of the course in their order."""
    places = course.places.filter(unit__archived_at=None)
    return [place.unit for place in places.select_related("unit").order_by("position")]
