"""Moves the clocks: that of this process, and the database's `mot_now()`. Nobody waits."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import time_machine
from django.db import connection


def shift_database_clock(to: datetime | None) -> None:
    """Let this connection's `mot_now()` say `to` from now on; None: the true time again."""
    with connection.cursor() as cursor:
        if to is None:
            cursor.execute("SELECT set_config('mot.clock_shift', '', false)")
        else:
            cursor.execute(
                "SELECT set_config('mot.clock_shift',"
                " (%s::timestamptz - statement_timestamp())::text, false)",
                [to],
            )


def shift_clock_of_all_connections(by: timedelta) -> None:
    """Move `mot_now()` for every connection made from now on, those of other processes too."""
    name = connection.ops.quote_name(str(connection.settings_dict["NAME"]))
    with connection.cursor() as cursor:
        cursor.execute(
            f"ALTER DATABASE {name} SET mot.clock_shift = %s", [f"{by.total_seconds()} seconds"]
        )


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Inside, Python's clock and the database's both go on from this moment."""
    with time_machine.travel(moment, tick=True):
        shift_database_clock(moment)
        try:
            yield
        finally:
            shift_database_clock(None)
