"""Follow-ups: derived from what people finish, moved to open days, told, done and dropped."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import connection, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from assignments.following_sql import (
    AS_USUAL,
    BY_HASH,
    DERIVE,
    DROP,
    DUE_FOLLOW_UPS,
    LOCK,
    SPREAD,
)
from assignments.models import FollowUp
from outbox.kinds import Row
from people.models import User

__all__ = ["DUE_FOLLOW_UPS", "derive_follow_ups", "due_rows"]

Kind = FollowUp.Kind

# A year of free days: whoever finishes more units at once has the rest on the last of them.
_MOST_MOVES = 366
MINUTES = {
    Kind.RECALL: 2,
    Kind.INTENTION: 1,
    Kind.NOTE: 1,
    Kind.RETENTION: 5,
    Kind.OBSERVATION: 3,
}


@transaction.atomic
def derive_follow_ups() -> int:
    """Write the follow-ups that are missing, move and drop what has to be; how many are new.

    Run every minute; a second run right after finds nothing to do.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
        cursor.execute(BY_HASH)
        for statement in DROP:
            cursor.execute(statement)
        cursor.execute(DERIVE)
        fresh: int = cursor.rowcount
        for _move in range(_MOST_MOVES):
            cursor.execute(SPREAD)
            if cursor.rowcount == 0:
                break
        cursor.execute(AS_USUAL)
    return fresh


def open_follow_ups() -> QuerySet[FollowUp]:
    """What is neither done nor dropped, with unit and course."""
    return FollowUp.objects.filter(done_at=None, dropped_because="").select_related(
        "unit", "course"
    )


def due_rows(pairs: Iterable[tuple[int, date]]) -> dict[tuple[int, date], list[Row]]:
    """What the day's message says to each person about follow-ups, in the active language.

    Two queries for all of them.
    """
    wanted = set(pairs)
    found = list(
        open_follow_ups()
        .filter(person__in={person for person, _day in wanted})
        .filter(due_on__in={day for _person, day in wanted})
        .order_by("person", "due_on", "pk")
    )
    names = names_of_observed(found)
    rows: dict[tuple[int, date], list[Row]] = {}
    for one in found:
        key = (one.person_id, one.due_on)
        if key in wanted:
            rows.setdefault(key, []).append(Row(title_of(one, names), note_of(one), url_of(one)))
    return rows


def names_of_observed(follow_ups: Sequence[FollowUp]) -> dict[int, str]:
    """The names of those whom somebody else is to observe, by id; one query at most."""
    people = {observed_of(one) for one in follow_ups if is_about_another(one)}
    if not people:
        return {}
    return {one.pk: str(one) for one in User.objects.filter(pk__in=people)}


def observed_of(follow_up: FollowUp) -> int:
    """Whom an observation is about."""
    return int(follow_up.subject.removeprefix("person:"))


def is_about_another(follow_up: FollowUp) -> bool:
    """Whether it is an observation of somebody else."""
    return follow_up.kind == Kind.OBSERVATION and observed_of(follow_up) != follow_up.person_id


def write_up_of(follow_up: FollowUp) -> int:
    """The case that came back."""
    return int(follow_up.subject.split(":")[1])


def title_of(follow_up: FollowUp, names: dict[int, str]) -> str:
    """What there is to do, in a line."""
    unit = follow_up.unit.title if follow_up.unit else ""
    course = follow_up.course.title if follow_up.course else ""
    match follow_up.kind:
        case Kind.RECALL:
            return _("Recall: %(unit)s") % {"unit": unit}
        case Kind.INTENTION if follow_up.occurrence == 2:
            return _("Your if–then line: %(unit)s") % {"unit": unit}
        case Kind.INTENTION:
            return _("Did the moment come? %(unit)s") % {"unit": unit}
        case Kind.NOTE:
            return _("A note from the field: %(unit)s") % {"unit": unit}
        case Kind.RETENTION:
            return _("A month later: %(course)s") % {"course": course}
        case Kind.NUDGE:
            return _("Your case is waiting for you")
        case Kind.RECERTIFY:
            return _("Renew your certificate: %(course)s") % {"course": course}
        case _ if is_about_another(follow_up):
            name = names.get(observed_of(follow_up), "")
            return _("Watch two encounters: %(name)s") % {"name": name}
        case _:
            return _("Watch two of your own encounters")


def note_of(follow_up: FollowUp) -> str:
    """How long it takes, or what it is good for."""
    match follow_up.kind:
        case Kind.NUDGE:
            return _("It came back with comments; the next version is begun for you.")
        case Kind.RECERTIFY:
            return _("The test of the course again, ten minutes.")
        case Kind.OBSERVATION if is_about_another(follow_up):
            return _("Three minutes on your phone. For coaching, not for pay or appraisal.")
    minutes = MINUTES[Kind(follow_up.kind)]
    return _("One minute.") if minutes == 1 else _("%(n)s minutes.") % {"n": minutes}


def url_of(follow_up: FollowUp) -> str:
    """Where it is done: a path of this site that stays the same."""
    name = "observe" if follow_up.kind == Kind.OBSERVATION else "follow_up"
    return reverse(f"following:{name}", args=[follow_up.pk])
