"""The database's clock: the one clock by which messages are planned and sent.

Workers may disagree about the time; PostgreSQL is one. `mot_now()` is its statement timestamp,
moved by the setting `mot.clock_shift` (an interval) where a test has set it.
"""

from datetime import datetime

from django.db import connection
from django.db.models import DateTimeField, Func


class Now(Func):
    """The database's present moment, in expressions."""

    template = "mot_now()"
    output_field = DateTimeField()


def database_now() -> datetime:
    """What the database's clock says."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT mot_now()")
        (now,) = cursor.fetchone()
    return now
