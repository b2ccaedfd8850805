"""The class at a glance: who stands where in the assignment in focus, and who needs a look first.

Everybody's standing comes from one statement (home/cohort_facts.py) and is judged in memory: 4,000
people are a few milliseconds, and status, counts, filter and order need them all. What costs more,
the mastery per step, is asked for the page's rows alone.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import connection

from assignments.models import Assignment
from assignments.saying import said_day, said_due, said_time
from home import attention
from home.attention import STATUSES, Standing, look_first, standing_of
from home.attention_words import Chip, Known, chip_of, seen_words, status_name, why_look
from home.class_beliefs import ClassBeliefs, beliefs_of_class
from home.cohort_facts import MEMBERS, Parts, facts_of, parts_of
from home.mastery import UNKNOWN, Mastery, masteries_of
from mot_course.steps import STEPS
from people.models import Cohort
from quizzes.models import Attempt
from units.models import Reading

PAGE = 100
MOST_RUNNING = 20
SORTS = ("name", "status", "progress", "seen", *(step.slug for step in STEPS))
DEFAULT_SORT = "status"

# Without the view of due dates: which day most have it due is the assignment's own fixed day.
RUNNING = (
    MEMBERS  # noqa: S608 -- a fixed text
    + """
    SELECT assignee.assignment_id, count(*),
           count(DISTINCT coalesce(cohort.tz, member.tz)), min(coalesce(cohort.tz, member.tz))
    FROM assignments_assignee assignee
    JOIN member ON member.id = assignee.person_id
    JOIN assignments_assignment assignment ON assignment.id = assignee.assignment_id
    LEFT JOIN people_cohort cohort ON cohort.id = assignee.through_id
    WHERE assignee.person_id = ANY(ARRAY(SELECT id FROM member))
      AND CASE WHEN assignee.left_at IS NULL AND assignee.waived_at IS NULL
                    AND assignment.cancelled_at IS NULL THEN true ELSE false END
    GROUP BY assignee.assignment_id
"""
)


@dataclass(frozen=True)
class Running:
    """An assignment that somebody of the class has."""

    assignment: Assignment
    count: int
    zone_count: int
    zone: str  # where there is one for all

    @property
    def title(self) -> str:
        return self.assignment.title

    @property
    def due_on(self) -> date | None:
        """The day it is due to all; None where each has their own, or there is none."""
        return self.assignment.due_on

    @property
    def due(self) -> str:
        """By when, as the class has it; empty without a date."""
        if self.due_on is not None:
            return f"{said_day(self.due_on)} {said_time(self.assignment.due_time)}"
        return said_due(self.assignment) if self.assignment.due_days else ""


@dataclass(frozen=True)
class Wanted:
    """What of the class is asked for; every value is of a known set."""

    of: int | None = None
    status: str = ""
    words: str = ""
    sort: str = DEFAULT_SORT
    is_reversed: bool = False

    @classmethod
    def from_query(cls, query: Any) -> "Wanted":
        """What an address asks for; what it may not ask for is left out."""
        asked = query.get("sort", "")
        name = asked.removeprefix("-")
        of, status = query.get("of", ""), query.get("status", "")
        return cls(
            of=int(of) if of.isascii() and of.isdigit() and len(of) < 10 else None,
            status=status if status in STATUSES else "",
            words=query.get("q", "").replace("\x00", "").strip()[:80],
            sort=name if name in SORTS else DEFAULT_SORT,
            is_reversed=asked.startswith("-") and name in SORTS,
        )


@dataclass(frozen=True)
class Row:
    """One person as the table shows them."""

    standing: Standing
    chip: Chip
    seen: str
    mastery: list[Mastery]
    done: int  # parts of the assignment in focus

    @property
    def facts(self) -> attention.Facts:
        return self.standing.facts


@dataclass(frozen=True)
class Look:
    """One of the first to look at, and why."""

    standing: Standing
    chip: Chip
    why: str


@dataclass
class ClassPage:
    """All that the page of a class shows."""

    people_count: int
    running: list[Running]
    focus: Running | None
    part_count: int
    counts: list[tuple[str, str, int]]  # status, its name, how many
    found_count: int
    page: Page
    rows: list[Row]
    look: list[Look]
    beliefs: ClassBeliefs | None = None
    wanted: Wanted = field(default_factory=Wanted)


def running_in(cohort: Cohort) -> list[Running]:
    """What is assigned to people of the class, by due date, at most twenty; two queries."""
    with connection.cursor() as cursor:
        cursor.execute(RUNNING, {"cohort": cohort.pk})
        rows = {row[0]: row for row in cursor.fetchall()}
    newest = sorted(rows, reverse=True)[:MOST_RUNNING]
    assignments = Assignment.objects.filter(pk__in=newest).select_related(
        "course", "unit", "quiz", "case"
    ).defer(
        "course__content", "course__guide", "unit__content"
    )  # fmt: skip
    found = [Running(one, *rows[one.pk][1:]) for one in assignments]
    return sorted(found, key=lambda one: (one.due_on or date.max, one.assignment.pk))


def in_focus(running: list[Running], wanted: int | None, today: date) -> Running | None:
    """The one that was asked for, else the next due, else one without a date, else the last."""
    chosen = next((one for one in running if one.assignment.pk == wanted), None)
    to_come = [one for one in running if one.due_on is None or one.due_on >= today]
    return chosen or next(iter(to_come), None) or next(reversed(running), None)


def standings_in(
    cohort: Cohort, focus: Running | None, now: datetime
) -> tuple[Parts, list[Standing]]:
    """What the assignment in focus consists of, and how everybody stands in it, by name."""
    assignment = focus.assignment if focus else None
    parts = parts_of(assignment)
    return parts, [standing_of(one, now) for one in facts_of(cohort, assignment, parts, now)]


def chosen_of(standings: list[Standing], wanted: Wanted) -> list[Standing]:
    """Those under the filter, still by name."""
    words = wanted.words.casefold()
    return [
        one
        for one in standings
        if (not wanted.status or one.status == wanted.status)
        and (
            not words
            or words in one.facts.name.casefold()
            or words in one.facts.username.casefold()
        )
    ]


def class_page(cohort: Cohort, wanted: Wanted, number: str, now: datetime) -> ClassPage:
    """The page of the class; a constant number of queries, however many people."""
    running = running_in(cohort)
    focus = in_focus(running, wanted.of, now.date())
    parts, standings = standings_in(cohort, focus, now)
    chosen = chosen_of(standings, wanted)
    masteries: dict[int, list[Mastery]] = {}
    by_step = next((n for n, step in enumerate(STEPS) if step.slug == wanted.sort), None)
    if by_step is not None:
        masteries = masteries_of(one.facts.person_id for one in chosen)
        percents = {person: known[by_step].percent for person, known in masteries.items()}
        ordered = in_order_of_percent(chosen, percents, is_reversed=wanted.is_reversed)
    else:
        ordered = in_order(chosen, wanted)
    page = Paginator(ordered, PAGE).get_page(number)
    if by_step is None:
        masteries = masteries_of(one.facts.person_id for one in page.object_list)
    counts = Counter(one.status for one in standings)
    return ClassPage(
        people_count=len(standings),
        running=running,
        focus=focus,
        part_count=parts.count,
        counts=[(one, status_name(one), counts[one]) for one in STATUSES if counts[one]],
        found_count=len(chosen),
        page=page,
        rows=[
            Row(
                one, chip_of(one), seen_words(one.facts, now),
                masteries.get(one.facts.person_id, UNKNOWN),
                min(one.facts.done_count, parts.count),
            )
            for one in page.object_list
        ],
        look=_looks(look_first(standings), parts),
        beliefs=beliefs_of_class(cohort, focus.assignment if focus else None),
        wanted=wanted,
    )  # fmt: skip


def in_order(standings: list[Standing], wanted: Wanted) -> list[Standing]:
    """By what was asked for, then by name: in reverse, names still go from A to Z."""
    keys: dict[str, Any] = {
        "name": lambda one: one.facts.name,
        "status": lambda one: (STATUSES.index(one.status), -one.count, -one.score),
        "progress": lambda one: one.facts.done_count,
        "seen": lambda one: one.facts.seen_at.timestamp() if one.facts.seen_at else 0,
    }
    return sorted(standings, key=keys[wanted.sort], reverse=wanted.is_reversed)


def in_order_of_percent(
    standings: list[Standing], percents: dict[int, int | None], *, is_reversed: bool
) -> list[Standing]:
    """The least sure first, or the surest; those of whom nothing is known come last either way."""

    def percent(one: Standing) -> int | None:
        return percents.get(one.facts.person_id)

    known = [one for one in standings if percent(one) is not None]
    known.sort(key=lambda one: percent(one) or 0, reverse=is_reversed)
    return known + [one for one in standings if percent(one) is None]


def _looks(first: list[Standing], parts: Parts) -> list[Look]:
    """The first few with their reasons; two more queries, for where they stopped and how able."""
    if not first:
        return []
    people = [one.facts.person_id for one in first]
    stopped: dict[int, str] = {}
    readings = Reading.objects.filter(trainee__in=people, lesson__in=parts.lessons)
    for reading in readings.select_related("lesson").only(
        "trainee", "lesson__title_zh", "lesson__title_en"
    ).filter(finished_at=None).order_by("seen_at"):  # fmt: skip
        stopped[reading.trainee_id] = reading.lesson.title
    checks = Attempt.objects.passed().filter(trainee__in=people, quiz__purpose="check")
    percents = {
        trainee: score // 100
        for trainee, score in checks.order_by("submitted_at").values_list("trainee", "score")
        if score is not None
    }
    looks = []
    for one in first:
        lesson = parts.practice.get(one.facts.wrong_quiz or 0) or stopped.get(
            one.facts.person_id, ""
        )
        known = Known(lesson, percents.get(one.facts.person_id))
        looks.append(Look(one, chip_of(one), why_look(one, known, parts.count)))
    return looks
