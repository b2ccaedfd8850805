"""What Today shows: to somebody now, or to their instructor as it was or will be on a day."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Substr

from assignments.field_notes import notes_for
from assignments.following_up import (
    MINUTES,
    note_of,
    observed_of,
    open_follow_ups,
    title_of,
    url_of,
)
from assignments.models import FollowUp
from cases.models import WriteUp
from cases.write_ups import write_ups_of
from mot_course.web import zone
from outbox.models import Notice
from people.models import CohortStaff, User
from quizzes.marking_queue import waiting

MOST_FOLLOW_UPS = 6
MOST_CLASSES = 6
AWAY_DAYS = 5


@dataclass(frozen=True)
class Counts:
    """What waits beside the way through the course."""

    unread: int = 0
    to_mark: int = 0
    to_answer: int = 0  # field notes
    came_back: int | None = None  # an own case that was returned
    came_back_title: str = ""
    has_duty: bool = False


@dataclass(frozen=True)
class FollowUpRow:
    """A follow-up that is due, as a line."""

    title: str
    note: str
    url: str
    minutes: int | None
    icon: str


@dataclass(frozen=True)
class ClassRow:
    """A class of an instructor or manager, and how many of it want a look."""

    slug: str
    name: str
    people_count: int
    overdue_count: int
    away_count: int


ICONS = {
    FollowUp.Kind.RECALL: "retry",
    FollowUp.Kind.INTENTION: "key",
    FollowUp.Kind.NOTE: "note",
    FollowUp.Kind.RETENTION: "quiz",
    FollowUp.Kind.OBSERVATION: "eye",
    FollowUp.Kind.NUDGE: "cases",
    FollowUp.Kind.RECERTIFY: "star",
}

# Cohorts in which the person has a duty of their own, with all below each.
CLASSES = """
    WITH RECURSIVE own AS (
        SELECT DISTINCT cohort.id, cohort.slug, cohort.name
        FROM people_cohortstaff staff JOIN people_cohort cohort ON cohort.id = staff.cohort_id
        WHERE staff.person_id = %(person)s AND cohort.archived_at IS NULL
    ), below(top, id) AS (
        SELECT id, id FROM own
        UNION
        SELECT below.top, child.id FROM people_cohort child
        JOIN below ON child.parent_id = below.id WHERE child.archived_at IS NULL
    ), member AS MATERIALIZED (
        SELECT DISTINCT below.top, person.id, person.last_login
        FROM below
        JOIN people_membership membership
          ON membership.cohort_id = below.id AND membership.left_at IS NULL
        JOIN people_user person ON person.id = membership.person_id
         AND person.is_active AND person.erased_at IS NULL
    ), late AS MATERIALIZED (
        -- In this order: whether something is finished is a lookup, asked of what is late.
        SELECT DISTINCT due.person_id FROM assignments_assigneedue due
        WHERE due.person_id = ANY(ARRAY(SELECT id FROM member))
          AND CASE WHEN due.is_live AND due.due_at <= %(now)s
                   THEN due.finished_at IS NULL ELSE false END
    ), seen AS MATERIALIZED (
        SELECT trainee_id, max(seen_at) AS at FROM units_reading
        WHERE trainee_id = ANY(ARRAY(SELECT id FROM member)) GROUP BY trainee_id
    )
    SELECT own.slug, own.name, count(member.id), count(late.person_id),
           count(member.id) FILTER (WHERE late.person_id IS NULL
               AND greatest(seen.at, member.last_login) < %(now)s - make_interval(days => %(away)s))
    FROM own
    LEFT JOIN member ON member.top = own.id
    LEFT JOIN late ON late.person_id = member.id
    LEFT JOIN seen ON seen.trainee_id = member.id
    GROUP BY own.id, own.slug, own.name
    ORDER BY 4 DESC, 5 DESC, own.name
    LIMIT %(most)s
"""


def counts_of(person: User) -> Counts:
    """All counts in one query; those of instructors are 0 for everybody else."""
    unread = Notice.objects.filter(recipient=OuterRef("pk"), read_at=None)
    duties = CohortStaff.objects.filter(person=OuterRef("pk"), cohort__archived_at=None)
    asked: dict[str, Any] = {"unread": _count(unread), "has_duty": Exists(duties)}
    if person.is_instructor:
        asked["to_mark"] = _count(waiting(person))
        asked["to_answer"] = _count(notes_for(person).filter(replied_at=None, met=True))
    else:
        back = write_ups_of(person).filter(state=WriteUp.State.RETURNED).order_by("-changed_at")
        asked["came_back"] = Subquery(back.values("pk")[:1])
        asked["came_back_title"] = Coalesce(
            Subquery(back.values("title")[:1]), Value(""), output_field=CharField()
        )
    found = User.objects.filter(pk=person.pk).annotate(**asked).values(*asked).first()
    return Counts(**(found or {}))


def has_duty(person: User) -> bool:
    """Whether the person looks after a class, whatever their role; instructors are not asked."""
    if person.is_instructor:
        return True
    return CohortStaff.objects.filter(person=person, cohort__archived_at=None).exists()


def _count(rows: QuerySet[Any]) -> Subquery:
    """How many rows there are, as a part of another query."""
    counted = rows.order_by().annotate(rows=Func(F("pk"), function="COUNT"))
    return Subquery(counted.values("rows"), output_field=IntegerField())


def follow_ups_of(person: User, moment: datetime) -> list[FollowUp]:
    """Follow-ups that are due by that moment's day and were not done by then; one query.

    Whom an observation is about stands in `observed_name`.
    """
    today = moment.astimezone(zone(person.tz)).date()
    observed = User.objects.filter(pk=Cast(Substr(OuterRef("subject"), 8), BigIntegerField()))
    about = When(kind=FollowUp.Kind.OBSERVATION, then=Subquery(observed.values("name")[:1]))
    found = open_follow_ups().filter(person=person, due_on__lte=today)
    return list(
        found.annotate(observed_name=Case(about, default=Value(""), output_field=CharField()))
        .defer("course__content", "course__guide", "unit__content")
        .order_by("due_on", "pk")[:MOST_FOLLOW_UPS]
    )


def follow_up_rows(person: User, moment: datetime) -> list[FollowUpRow]:
    """The same as lines; of recalls one, for a session draws from everything."""
    found = follow_ups_of(person, moment)
    recalls = [one for one in found if one.kind == FollowUp.Kind.RECALL][1:]
    return [row_of(one) for one in found if one not in recalls]


def row_of(follow_up: FollowUp) -> FollowUpRow:
    """The follow-up as a line; it holds nothing the person wrote."""
    kind = FollowUp.Kind(follow_up.kind)
    names: dict[int, str] = {}
    if kind == FollowUp.Kind.OBSERVATION:
        names = {observed_of(follow_up): getattr(follow_up, "observed_name", "")}
    minutes = MINUTES.get(kind)
    note = "" if minutes else note_of(follow_up)
    return FollowUpRow(
        title_of(follow_up, names), note, url_of(follow_up), minutes, ICONS.get(kind, "task")
    )


def classes_of(person: User, now: datetime) -> list[ClassRow]:
    """The classes in which the person has a duty, those that want a look first; one query."""
    values: dict[str, Any] = {
        "person": person.pk,
        "now": now,
        "away": AWAY_DAYS,
        "most": MOST_CLASSES,
    }
    with connection.cursor() as cursor:
        cursor.execute(CLASSES, values)
        return [ClassRow(*row) for row in cursor.fetchall()]
