"""How somebody of a class stands, and who should be looked at first. Pure: facts in, words out.

Nothing of this is stored. `Facts` come from rows (home/cohort_facts.py); what they mean is said
here, in this order; the first that holds is the status:

- done: the assignment is finished; waived: they need not do it
- overdue: its due time is past, or that of another assignment of theirs
- stuck: the same exercise was wrong three times and never right, or its check failed three times,
  or it was begun and nothing more was done on five of their working days
- case waits: an own case came back to them two days ago or earlier
- away: not seen for five days or more
- extended: they have another date than the class
- under way: begun; not begun: not begun; free: it is not theirs

Who is looked at first goes by a score, the sum of what is said about them; see POINTS.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from mot_course.web import zone

WRONG_TIMES = 3  # the same thing, wrong so often: that is not carelessness
IDLE_DAYS = 5  # of their working days
AWAY_DAYS = 5
RETURNED_DAYS = 2
CLOSE_DAYS = 2  # before it is due
LOOK_FIRST = 5  # people at most
ABLE_PERCENT = 85  # whoever reaches this in a check is not held up by the matter

DONE, WAIVED, OVERDUE, STUCK, CASE = "done", "waived", "overdue", "stuck", "case"
AWAY, EXTENDED, UNDER_WAY, NOT_BEGUN, FREE = "away", "extended", "under_way", "not_begun", "free"
# In the order in which somebody who teaches wants to see them.
STATUSES = (
    OVERDUE, STUCK, CASE, AWAY, NOT_BEGUN, UNDER_WAY, EXTENDED, DONE, WAIVED, FREE,
)  # fmt: skip

# What speaks for looking at somebody first: so many points, and so many for each day more, up to
# ten days. Somebody who fails at the same thing can be helped in a minute, so that weighs nearly
# as much as being late; being away weighs less than being late, for a reminder may do.
POINTS = {
    "overdue": (40, 2),
    "late": (40, 2),  # with something else than the assignment in focus
    "wrong": (35, 0),
    "check": (35, 0),
    "returned": (20, 2),
    "idle": (20, 1),
    "away": (15, 1),
    "close": (10, 0),
    "observation": (10, 1),
}
MOST_DAYS = 10


@dataclass(frozen=True)
class Facts:
    """What the rows say about one person of the class and the assignment in focus."""

    person_id: int
    username: str
    name: str
    assignee_id: int | None = None
    is_live: bool = False
    waived: bool = False
    opens_on: date | None = None
    due_on: date | None = None
    due_at: datetime | None = None
    extended_to: date | None = None
    zone: str = "UTC"
    finished_at: datetime | None = None
    done_count: int = 0
    has_begun: bool = False
    progressed_at: datetime | None = None
    idle_days: int = 0  # whole working days of theirs since then
    wrong_count: int = 0  # tries at the exercise that went wrong most often, never right
    wrong_quiz: int | None = None  # the practice it stands in
    failed_checks: int = 0
    seen_at: datetime | None = None
    returned_at: datetime | None = None  # an own case that came back and lies there
    observe_on: date | None = None  # an observation of them that is due
    late_on: date | None = None  # the first date of another assignment that is past and not done


@dataclass(frozen=True)
class Reason:
    """One thing that speaks for looking at somebody: what, and for how many days or times."""

    kind: str
    count: int = 0


@dataclass(frozen=True)
class Standing:
    """How somebody stands: the status, the number it goes with, and why to look at them."""

    facts: Facts
    status: str
    count: int = 0  # days overdue, away or waiting; times wrong
    reasons: list[Reason] = field(default_factory=list)
    away_days: int | None = None  # since they were last seen; None: never

    @property
    def score(self) -> int:
        """The sum of what speaks for looking at them first."""
        return sum(points_of(reason) for reason in self.reasons)


def points_of(reason: Reason) -> int:
    """What one reason weighs."""
    fixed, daily = POINTS[reason.kind]
    return fixed + daily * min(reason.count, MOST_DAYS)


def standing_of(facts: Facts, now: datetime) -> Standing:
    """How somebody stands at that moment."""
    away = days_since(facts.seen_at, now, facts.zone)
    if facts.assignee_id is None or not (facts.is_live or facts.waived or facts.finished_at):
        reasons = _of_person(facts, now)
        waits = next((one for one in reasons if one.kind == "returned"), None)
        status, count = (CASE, waits.count) if waits else (FREE, 0)
        return Standing(facts, status, count, reasons, away)
    if facts.finished_at is not None:
        return Standing(facts, DONE, 0, _of_person(facts, now), away)
    if facts.waived:
        return Standing(facts, WAIVED, 0, _of_person(facts, now), away)
    reasons = [*_of_assignment(facts, now, away), *_of_person(facts, now)]
    if any(one.kind == "overdue" for one in reasons):
        reasons = [one for one in reasons if one.kind != "late"]
    status, count = _status(facts, {one.kind: one.count for one in reasons})
    return Standing(facts, status, count, reasons, away)


def look_first(standings: list[Standing]) -> list[Standing]:
    """Up to five people, the highest score first; nobody of whom there is nothing to say."""
    with_reason = [one for one in standings if one.reasons]
    return sorted(with_reason, key=lambda one: (-one.score, one.facts.name))[:LOOK_FIRST]


def days_since(moment: datetime | None, now: datetime, zone_name: str) -> int | None:
    """Whole days of the calendar between a moment and now, in that zone."""
    if moment is None:
        return None
    there = zone(zone_name)
    return (now.astimezone(there).date() - moment.astimezone(there).date()).days


def today_of(facts: Facts, now: datetime) -> date:
    """The day it is for them."""
    return now.astimezone(zone(facts.zone)).date()


def _status(facts: Facts, reasons: dict[str, int]) -> tuple[str, int]:
    for kind, status in (
        ("overdue", OVERDUE), ("late", OVERDUE), ("wrong", STUCK), ("check", STUCK),
        ("returned", CASE), ("away", AWAY), ("idle", STUCK),
    ):  # fmt: skip
        if kind in reasons:
            return status, reasons[kind]
    if facts.extended_to is not None:
        return EXTENDED, 0
    return (UNDER_WAY, 0) if facts.has_begun else (NOT_BEGUN, 0)


def _of_assignment(facts: Facts, now: datetime, away: int | None) -> list[Reason]:
    """What the assignment in focus says against leaving them alone."""
    today = today_of(facts, now)
    if facts.opens_on is not None and facts.opens_on > today:
        return []  # nobody is late with what is not open
    found = []
    left = (facts.due_on - today).days if facts.due_on else None
    if left is not None and facts.due_at is not None and facts.due_at <= now:
        found.append(Reason("overdue", max(-left, 0)))
    elif left is not None and left <= CLOSE_DAYS and not facts.has_begun:
        found.append(Reason("close", max(left, 0)))
    if facts.wrong_count >= WRONG_TIMES:
        found.append(Reason("wrong", facts.wrong_count))
    if facts.failed_checks >= WRONG_TIMES:
        found.append(Reason("check", facts.failed_checks))
    if away is not None and away >= AWAY_DAYS:
        found.append(Reason("away", away))
    elif facts.has_begun and facts.idle_days >= IDLE_DAYS:
        found.append(Reason("idle", facts.idle_days))
    return found


def _of_person(facts: Facts, now: datetime) -> list[Reason]:
    """What is so whatever is in focus: late with something else, a case back, an observation."""
    found = []
    if facts.late_on is not None:
        found.append(Reason("late", max((today_of(facts, now) - facts.late_on).days, 0)))
    waits = days_since(facts.returned_at, now, facts.zone)
    if waits is not None and waits >= RETURNED_DAYS:
        found.append(Reason("returned", waits))
    if facts.observe_on is not None and facts.observe_on <= today_of(facts, now):
        found.append(Reason("observation", (today_of(facts, now) - facts.observe_on).days))
    return found
