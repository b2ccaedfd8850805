"""The calendar of every cohort that has none of its own: Monday to Friday, three years ahead."""

from typing import Any

from django.db import migrations
from django.utils import timezone

from people.working_days import AHEAD, AT_ONCE, BACK, DEFAULT_NAME, SLACK, Week, work_out

MONDAY_TO_FRIDAY = [1, 2, 3, 4, 5]


def make(apps: Any, schema_editor: Any) -> None:
    calendars, days = apps.get_model("people.Calendar"), apps.get_model("people.CalendarDay")
    if calendars.objects.filter(is_default=True).exists():
        return
    calendar = calendars.objects.create(
        name=DEFAULT_NAME, weekdays=MONDAY_TO_FRIDAY, is_default=True
    )
    today = timezone.now().date()
    found = work_out(Week(frozenset(MONDAY_TO_FRIDAY), {}), today - BACK, today + AHEAD + SLACK)
    days.objects.bulk_create(
        (days(calendar=calendar, **vars(one)) for one in found), batch_size=AT_ONCE
    )


def unmake(apps: Any, schema_editor: Any) -> None:
    """Take it away again, unless a cohort has chosen it."""
    calendars = apps.get_model("people.Calendar")
    calendars.objects.filter(name=DEFAULT_NAME, is_default=True, cohorts=None).delete()


class Migration(migrations.Migration):
    dependencies = [("people", "0005_views")]

    operations = [migrations.RunPython(make, unmake)]
