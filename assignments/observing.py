"""Observations: drafts saved tap by tap, finished once; and who may read whose."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.http import Http404

from assignments.checklist import ENCOUNTERS, NO_OCCASION, SEEN, Item, StepItems, by_step
from assignments.following_up import Kind, is_about_another, observed_of
from assignments.models import FollowUp, Observation
from mot_course.steps import Step
from mot_course.web import content_language
from outbox.clock import database_now
from people.duties import people_reached_by
from people.models import User
from people.teaming import people_taught_by
from units.models import Course

# After so long the other's observation is shown even where one's own is not in.
WAIT = timedelta(days=7)
BEFORE, AFTER = 0, 30

Seen = dict[str, list[str]]


class NewerExists(Exception):
    """Another page has saved meanwhile; `observation` is what stands there now."""

    def __init__(self, observation: Observation) -> None:
        super().__init__(observation)
        self.observation = observation


class IsFinished(Exception):
    """It was finished before."""


def asked_of(person: User, follow_up_id: int) -> FollowUp:
    """The observation that the person is asked for. Raises Http404 where they (no longer) are.

    Whoever observes somebody else must still have a duty that reaches them.
    """
    found = (
        FollowUp.objects.filter(pk=follow_up_id, person=person, kind=Kind.OBSERVATION)
        .select_related("course")
        .first()
    )
    if found is None or (found.dropped_because and found.done_at is None):
        raise Http404
    if is_about_another(found) and not _reaches(person, observed_of(found)):
        raise Http404
    return found


def _reaches(person: User, other_id: int) -> bool:
    return people_reached_by(person).filter(pk=other_id).exists()


def observation_of(follow_up: FollowUp) -> Observation:
    """What is stored so far; an empty one, not stored, of version 0 where nothing is.

    A draft that somebody else left behind is not carried on.
    """
    person_id = observed_of(follow_up)
    wanted = {
        "person_id": person_id,
        "course_id": follow_up.course_id,
        "occurrence": follow_up.occurrence,
        "is_self": person_id == follow_up.person_id,
    }
    stored = Observation.objects.filter(**wanted).first()
    if stored is not None and stored.observer_id == follow_up.person_id:
        return stored
    return Observation(observer_id=follow_up.person_id, version=0, **wanted)


@transaction.atomic
def save(
    *, follow_up: FollowUp, seen: Seen, note: str, version: int, finish: bool = False
) -> Observation:
    """Store the whole sheet if `version` is what its page had seen; with `finish` for good.

    The same once more, whose reply was lost, changes nothing. Raises NewerExists, IsFinished.
    """
    # The follow-up's lock: two first saves follow one another.
    FollowUp.objects.select_for_update(of=("self",)).get(pk=follow_up.pk)
    stored = observation_of(follow_up)
    if stored.observed_at is not None:
        raise IsFinished
    is_same = stored.seen == seen and stored.note == note
    if stored.version != version and not is_same:
        raise NewerExists(stored)
    fresh: dict[str, Any] = {
        "seen": seen,
        "note": note,
        "language": content_language(),
        "observer_id": follow_up.person_id,
    }
    if finish:
        fresh["observed_at"] = database_now()
    if not is_same or finish or stored.version == 0:
        stored = _write(stored, fresh)
    if finish:
        FollowUp.objects.filter(pk=follow_up.pk, done_at=None).update(done_at=fresh["observed_at"])
    return stored


def _write(stored: Observation, fresh: dict[str, Any]) -> Observation:
    if stored.pk is None:
        made, is_new = Observation.objects.get_or_create(
            person_id=stored.person_id,
            course_id=stored.course_id,
            occurrence=stored.occurrence,
            is_self=stored.is_self,
            defaults=fresh | {"version": 1},
        )
        if is_new:
            return made
        if made.observed_at is not None:
            raise IsFinished
        stored = made  # the draft of somebody who observed before: begun anew
    Observation.objects.filter(pk=stored.pk).update(version=F("version") + 1, **fresh)
    stored.refresh_from_db()
    return stored


# --- reading ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """What one observation says about one step."""

    seen: int
    occasions: int
    dots: list[str]  # one word per item and encounter


@dataclass(frozen=True)
class Column:
    """One of the four observations, as far as the reader may see it."""

    occurrence: int
    is_self: bool
    observation: Observation | None
    waits: bool  # it is in, but the reader's own is not

    @property
    def is_shown(self) -> bool:
        return self.observation is not None and not self.waits


@dataclass(frozen=True)
class Line:
    """A step with a cell per column; None where there is nothing to show."""

    step: Step
    cells: list[Cell | None]


def reader_of(reader: User, person_id: int, course: Course) -> str:
    """As who somebody reads: trainee, observer or instructor. Raises Http404 for all others."""
    if reader.pk == person_id:
        return "trainee"
    if people_taught_by(reader).filter(pk=person_id).exists():
        return "instructor"
    asked = FollowUp.objects.filter(
        Q(dropped_because="") | Q(done_at__isnull=False),
        person=reader,
        kind=Kind.OBSERVATION,
        course=course,
        subject=f"person:{person_id}",
    )
    if asked.exists() and _reaches(reader, person_id):
        return "observer"
    raise Http404


def columns_for(person_id: int, course: Course, reads_as: str) -> list[Column]:
    """Before and after, oneself and the supervisor; one query.

    Trainee and observer see the other's once their own is in, or a week after the other's:
    nobody's view colours the other's. Instructors see all that is finished.
    """
    stored = {
        (one.occurrence, one.is_self): one
        for one in Observation.objects.filter(
            person=person_id, course=course, observed_at__isnull=False
        ).select_related("observer")
    }
    now = database_now()
    columns = []
    for occurrence in (BEFORE, AFTER):
        for is_self in (True, False):
            found = stored.get((occurrence, is_self))
            is_own = is_self == (reads_as == "trainee")
            waits = (
                found is not None
                and found.observed_at is not None
                and reads_as != "instructor"
                and not is_own
                and (occurrence, not is_self) not in stored
                and found.observed_at > now - WAIT
            )
            columns.append(Column(occurrence, is_self, found, waits))
    return columns


def lines_of(columns: list[Column], items: list[Item]) -> list[Line]:
    """The steps, each with what every column says about it."""
    return [
        Line(
            group.step,
            [
                _cell(one.observation, group) if one.observation and one.is_shown else None
                for one in columns
            ],
        )
        for group in by_step(items)
    ]


def _cell(observation: Observation, group: StepItems) -> Cell:
    dots = [
        word
        for item in group.items
        for word in (observation.seen.get(item.id) or [NO_OCCASION] * len(ENCOUNTERS))
    ]
    return Cell(
        seen=dots.count(SEEN),
        occasions=len(dots) - dots.count(NO_OCCASION) - dots.count(""),
        dots=dots,
    )


def apart(lines: list[Line], at: int) -> Step | None:
    """The step on which the two views of column `at` and the next differ most, if they do."""
    found: tuple[float, Step] | None = None
    for line in lines:
        own, other = line.cells[at], line.cells[at + 1]
        if own is None or other is None or not own.occasions or not other.occasions:
            continue
        gap = abs(own.seen / own.occasions - other.seen / other.occasions)
        # Less than a half is one encounter more or less: not worth a word.
        if gap >= 0.5 and (found is None or gap > found[0]):
            found = (gap, line.step)
    return found[1] if found else None
