"""How often somebody may try a secret: exact sliding windows, counted in PostgreSQL.

Counted per address and per account. A try that succeeds gives back only what it took, so no
correct sign-in resets another's counter; every limit ends by itself. One statement counts all
windows of a try: allauth's own counters need ten queries and a lock for each (115 queries for
a sign-in, measured), and a whole training room would wait at the lock of its one address.
"""

import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.core.internal.ratelimit import get_ip
from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from people.devices import device_name
from people.signing_in import find_person, sign_in_name

MINUTE, HOUR, DAY = 60, 3600, 86_400


@dataclass(frozen=True)
class Window:
    amount: int
    seconds: int
    is_per_address: bool = False


# A training room shares one address, hence the generous share per address.
WINDOWS = {
    "sign_in": [
        Window(30, MINUTE, is_per_address=True),
        Window(300, HOUR, is_per_address=True),
        Window(5, 5 * MINUTE),
        Window(100, DAY),
    ],
    "sign_in_on_known_device": [Window(10, 10 * MINUTE), Window(100, DAY)],
    "reset": [Window(20, MINUTE, is_per_address=True), Window(4, HOUR)],
    "link": [Window(30, MINUTE, is_per_address=True)],
    "sign_on": [Window(60, MINUTE, is_per_address=True)],
    # Only refused forms stay counted: a class that joins in one room is no guesser.
    "join": [Window(60, MINUTE, is_per_address=True), Window(300, HOUR, is_per_address=True)],
    "unsubscribe": [Window(30, MINUTE, is_per_address=True)],
    # The servers of one calendar service fetch the feeds of many from few addresses.
    "feed": [Window(600, MINUTE, is_per_address=True), Window(60, HOUR)],
}

# Rows in the order of their keys, so that two tries at once never wait for each other in a ring.
TAKE = """
    INSERT INTO people_tries AS kept (key, times, over_at)
    SELECT key, ARRAY[statement_timestamp()],
           statement_timestamp() + make_interval(secs => seconds)
      FROM unnest(%(keys)s::text[], %(seconds)s::int[]) AS asked(key, seconds)
     ORDER BY key
    ON CONFLICT (key) DO UPDATE
       SET over_at = excluded.over_at,
           times = excluded.times || ARRAY(
               SELECT t FROM unnest(kept.times) AS t
                WHERE t > excluded.times[1] - (excluded.over_at - excluded.times[1]))
     WHERE (SELECT count(*) FROM unnest(kept.times) AS t
             WHERE t > excluded.times[1] - (excluded.over_at - excluded.times[1]))
           < (%(amounts)s::jsonb ->> kept.key)::int
    RETURNING key, times[1]
"""
GIVE_BACK = "UPDATE people_tries SET times = array_remove(times, %s) WHERE key = ANY(%s)"


@dataclass(frozen=True)
class Try:
    """A counted try. Give it back when it turns out to be right."""

    keys: list[str]
    at: datetime

    def give_back(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(GIVE_BACK, [self.at, sorted(self.keys)])


def take_sign_in_try(request: HttpRequest, name: str) -> Try | None:
    """Count a try at the person behind the name; None when there are none left for now."""
    person = find_person(name)
    if person is None:
        return take_try(request, "sign_in", f"name:{sign_in_name(name).lower()}")
    device = device_name(request, person.pk)
    if device is not None:
        return take_try(request, "sign_in_on_known_device", f"{person.pk}:{device}")
    return take_try(request, "sign_in", f"person:{person.pk}")


def take_try(request: HttpRequest, action: str, subject: str = "") -> Try | None:
    """Count a try in every window of the action; None, and nothing counted, if one is full."""
    address = get_ip(request)
    windows = {
        _key(action, window, address if window.is_per_address else subject): window
        for window in WINDOWS[action]
    }
    arguments: dict[str, Any] = {
        "keys": list(windows),
        "seconds": [window.seconds for window in windows.values()],
        "amounts": json.dumps({key: window.amount for key, window in windows.items()}),
    }
    with connection.cursor() as cursor:
        cursor.execute(TAKE, arguments)
        taken = cursor.fetchall()
    counted = Try([key for key, _ in taken], taken[0][1]) if taken else None
    if counted and len(taken) < len(windows):
        counted.give_back()
        return None
    return counted


def _key(action: str, window: Window, subject: str) -> str:
    """A keyed hash: whoever reads the table learns neither addresses nor names."""
    text = f"{action}:{window.amount}/{window.seconds}:{window.is_per_address}:{subject}"
    return hmac.digest(settings.SECRET_KEY.encode(), text.encode(), "sha256").hex()
