"""Who else has a piece of work open at the moment. A courtesy, not a lock: saving decides.

Kept in the cache for a minute. Two who announce themselves in the same instant can hide one
another until the next beat, and no longer.
"""

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.utils import timezone

from people.models import User

SECONDS = 60  # a page says every 25 s that it is still open


@dataclass(frozen=True)
class Present:
    """Somebody who has the same page open."""

    name: str
    since: datetime


def announce(answer_id: int, person: User) -> list[Present]:
    """Note that the person has the page open; the others who do."""
    now = timezone.now()
    here = _here(answer_id, now)
    _name, since, _last = here.get(person.pk) or ("", now, now)
    here[person.pk] = (str(person), since, now)
    cache.set(_key(answer_id), here, SECONDS)
    return _others(here, person)


def others_at(answer_id: int, person: User) -> list[Present]:
    """The others who have the page open; changes nothing."""
    return _others(_here(answer_id, timezone.now()), person)


def leave(answer_id: int, person: User) -> None:
    """Forget that the person has the page open."""
    here = _here(answer_id, timezone.now())
    if here.pop(person.pk, None):
        cache.set(_key(answer_id), here, SECONDS)


def _key(answer_id: int) -> str:
    return f"marking-together:{answer_id}"


def _here(answer_id: int, now: datetime) -> dict[int, tuple[str, datetime, datetime]]:
    found = cache.get(_key(answer_id)) or {}
    return {
        who: entry for who, entry in found.items() if (now - entry[2]).total_seconds() < SECONDS
    }


def _others(here: dict[int, tuple[str, datetime, datetime]], person: User) -> list[Present]:
    return [
        Present(name, since)
        for who, (name, since, _) in sorted(here.items(), key=lambda item: item[1][1])
        if who != person.pk
    ]
