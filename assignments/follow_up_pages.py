"""What the list of follow-ups shows: what there is to do now, what comes, what is done."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from assignments.following_up import (
    Kind,
    names_of_observed,
    note_of,
    open_follow_ups,
    title_of,
    url_of,
)
from assignments.models import FollowUp
from mot_course.web import zone
from outbox.clock import database_now
from people.models import User

AHEAD = timedelta(days=45)
MOST_COMING, MOST_DONE, MOST_READ = 8, 10, 400
# Of these one is enough at a time; the rest waits without a word.
ONE_AT_A_TIME = frozenset({Kind.RECALL, Kind.INTENTION, Kind.NOTE})
ICONS = {
    Kind.OBSERVATION: "eye",
    Kind.RECALL: "retry",
    Kind.INTENTION: "task",
    Kind.NOTE: "note",
    Kind.RETENTION: "quiz",
    Kind.NUDGE: "edit",
    Kind.RECERTIFY: "star",
}


@dataclass(frozen=True)
class Entry:
    """A follow-up as a line of a list."""

    follow_up: FollowUp
    title: str
    note: str
    url: str
    icon: str
    on: date


@dataclass
class Listed:
    """The three parts of the list."""

    now: list[Entry] = field(default_factory=list)
    coming: list[Entry] = field(default_factory=list)
    done: list[Entry] = field(default_factory=list)


def today_of(person: User) -> date:
    """The person's own day, by the database's clock."""
    return database_now().astimezone(zone(person.tz)).date()


def to_do(person: User) -> list[Entry]:
    """What the person can do now, oldest first, one of a kind where one is enough."""
    return list_of(person, with_done=False).now


def list_of(person: User, *, with_done: bool = True) -> Listed:
    """Everything the list shows; four queries at most."""
    today = today_of(person)
    waiting = list(
        open_follow_ups()
        .filter(person=person, due_on__lte=today + AHEAD)
        .order_by("due_on", "pk")[:MOST_READ]
    )
    done = (
        list(
            FollowUp.objects.filter(person=person, done_at__isnull=False)
            .select_related("unit", "course")
            .order_by("-done_at")[:MOST_DONE]
        )
        if with_done
        else []
    )
    names = names_of_observed([*waiting, *done])
    now = _thinned([one for one in waiting if one.due_on <= today])
    # Nobody is told beforehand that they will be nudged.
    coming = [one for one in waiting if one.due_on > today and one.kind != Kind.NUDGE]
    return Listed(
        now=[_entry(one, names) for one in now],
        coming=[_entry(one, names) for one in coming[:MOST_COMING]],
        done=[_entry(one, names) for one in done],
    )


def _thinned(waiting: Sequence[FollowUp]) -> list[FollowUp]:
    seen: set[object] = set()
    kept = []
    for one in waiting:
        if one.kind in ONE_AT_A_TIME:
            same: object = one.kind
        elif one.kind == Kind.NUDGE:
            same = one.subject  # one case is one line, however often its author was nudged
        else:
            same = one.pk
        if same not in seen:
            seen.add(same)
            kept.append(one)
    return kept


def _entry(follow_up: FollowUp, names: dict[int, str]) -> Entry:
    return Entry(
        follow_up=follow_up,
        title=title_of(follow_up, names),
        note=note_of(follow_up),
        url=url_of(follow_up),
        icon=ICONS[Kind(follow_up.kind)],
        on=follow_up.due_on,
    )
