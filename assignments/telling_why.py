"""Who got what and why, or why not: of a person, an assignment, a cohort; and what will come."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from assignments.assigning import Draft, make
from assignments.models import Assignee, Assignment, Reminder, Rule
from assignments.planning import compute
from assignments.planning_sql import DROP_COMPUTED
from outbox.clock import database_now
from outbox.models import Message
from people.models import Cohort, User

MOST = 500  # rows of a page; the pages say that older ones are not shown

# What `Reminder.dropped_because` says in a word.
REASONS = {
    "cancelled": _l("The assignment was taken back."),
    "waived": _l("The person was excused from it."),
    "left": _l("The person had left the class."),
    "deactivated": _l("The person’s account was closed."),
    "duty": _l("Whoever was to be told no longer looks after the class."),
    "plan": _l("The assignment goes by another reminder plan."),
    "finished": _l("It was finished already."),
    "extended": _l("The person was given more time."),
    "moved": _l("The dates of the assignment were changed."),
    "late": _l("It could not be told within two days; then it was of no use."),
    "count": _l("The plan allows no more reminders for one assignment."),
}


@dataclass(frozen=True)
class Way:
    """One channel of a day's message, and what became of it."""

    channel: str
    state: str  # a state of Message
    reason: str
    sent_at: datetime | None


@dataclass(frozen=True)
class Line:
    """Something that somebody was told, is going to be told, or was not told.

    `state`: told, waits (its row is there), planned (the rules will make it), dropped.
    """

    at: datetime
    day: date
    state: str
    assignee: Assignee
    rule: Rule
    recipient_id: int
    why_not: str = ""
    ways: tuple[Way, ...] = ()
    # The day that the rule counted, where another was open: a blackout or a day off lay there.
    counted_on: date | None = None
    together: int = field(default=1, compare=False)  # how many things that day's message tells


def said_reason(word: str) -> str:
    """The word that a dropped reminder keeps, in a sentence."""
    return str(REASONS.get(word, word))


def told_to(person: User) -> list[Line]:
    """What the person was told, latest first; three queries."""
    return _lines(Reminder.objects.filter(recipient=person))


def told_about(assignment: Assignment) -> list[Line]:
    """What was told of an assignment, or its parts, latest first; three queries."""
    of_it = Q(assignee__assignment=assignment) | Q(assignee__assignment__part_of=assignment)
    return _lines(Reminder.objects.filter(of_it))


def told_in(cohort: Cohort) -> list[Line]:
    """What was told about the people of a cohort, latest first; three queries."""
    return _lines(Reminder.objects.filter(assignee__through=cohort))


def _lines(reminders: QuerySet[Reminder]) -> list[Line]:
    found = list(
        reminders.select_related(
            "rule__plan",
            "recipient",
            "assignee__person",
            "assignee__due",
            "assignee__assignment__course",
            "assignee__assignment__unit",
            "assignee__assignment__quiz",
            "assignee__assignment__case",
        ).order_by("-send_at", "-pk")[:MOST]
    )
    ways = _ways_of(found)
    counts = _counts_of(found)
    return [_line(one, ways, counts) for one in found]


Thread = tuple[int, date, str]


def _thread(reminder: Reminder) -> Thread:
    is_own = reminder.rule.audience == Rule.Audience.TRAINEE
    return (reminder.recipient_id, reminder.day, "reminder" if is_own else "escalation")


def _line(
    one: Reminder, ways: dict[Thread, list[Way]], counts: dict[tuple[int, date], int]
) -> Line:
    state, why_not = "waits", ""
    if one.told_at is not None:
        state = "told"
    elif one.dropped_because:
        state, why_not = "dropped", said_reason(one.dropped_because)
    elif one.rule.anchor != Rule.Anchor.FINISHED and one.assignee.due.finished_at is not None:
        # Its day has not come; at sending it will be dropped for this.
        state, why_not = "dropped", said_reason("finished")
    elif any(way.state == "sent" for way in ways.get(_thread(one), [])):
        state = "told"  # the next pass writes it down
    return Line(
        at=one.told_at or one.send_at,
        day=one.day,
        state=state,
        assignee=one.assignee,
        rule=one.rule,
        recipient_id=one.recipient_id,
        why_not=why_not,
        ways=tuple(ways.get(_thread(one), [])) if state in ("told", "waits") else (),
        together=counts.get((one.recipient_id, one.day), 1),
    )


def _ways_of(reminders: Sequence[Reminder]) -> dict[Thread, list[Way]]:
    """The messages of the reminders' days; one query."""
    keys = {(one.recipient_id, one.day.isoformat()) for one in reminders}
    found: dict[Thread, list[Way]] = {}
    messages = Message.objects.filter(
        recipient__in={person for person, _day in keys},
        kind__in=["reminder", "escalation"],
        payload__day__in=list({day for _person, day in keys}),
    ).order_by("pk")
    for one in messages:
        key = (one.recipient_id or 0, date.fromisoformat(one.payload["day"]), one.kind)
        found.setdefault(key, []).append(Way(one.channel, one.state, one.reason, one.sent_at))
    return found


def _counts_of(reminders: Iterable[Reminder]) -> dict[tuple[int, date], int]:
    """How many of these one message tells."""
    counts: dict[tuple[int, date], set[int]] = {}
    for one in reminders:
        if not one.dropped_because:
            counts.setdefault((one.recipient_id, one.day), set()).add(one.assignee_id)
    return {key: len(assignees) for key, assignees in counts.items()}


# --- what will come -----------------------------------------------------------------------------

TO_COME = """
SELECT planned.assignee_id, planned.rule_id, planned.recipient_id, planned.day, planned.meant_at,
       planned.nominal, planned.audience, planned.max_count
FROM mot_planned planned
WHERE NOT EXISTS (
    SELECT 1 FROM assignments_reminder known
    WHERE known.assignee_id = planned.assignee_id AND known.rule_id = planned.rule_id
      AND known.due_on = planned.due_on AND known.recipient_id = planned.recipient_id)
ORDER BY planned.meant_at, planned.rule_id
"""


def timeline(
    about: Draft | Assignment, person: User, first: datetime, last: datetime, *, by: User
) -> list[Line]:
    """What is told about the person's assignment between two moments, earliest first.

    A draft is really made, planned by the very statements of the minute pass, and taken back: a
    preview that worked things out by itself would say something else one day.
    """
    if isinstance(about, Assignment):
        return _timeline(about, person, first, last)
    with transaction.atomic():
        try:
            made = make(about, by=by, only=[person.pk])
            return _timeline(made, person, first, last)
        finally:
            transaction.set_rollback(True)


@transaction.atomic
def _timeline(assignment: Assignment, person: User, first: datetime, last: datetime) -> list[Line]:
    known = _lines(
        Reminder.objects.filter(
            assignee__assignment=assignment,
            assignee__person=person,
            send_at__gt=first,
            send_at__lte=last,
        )
    )
    with connection.cursor() as cursor:
        low = max(first, database_now())  # what has passed is known, or never was
        cursor.execute(DROP_COMPUTED)
        compute(cursor, low=low, high=last, assignments=[assignment.pk], people=[person.pk])
        cursor.execute(TO_COME)
        rows = cursor.fetchall()
        cursor.execute(DROP_COMPUTED)
    assignee = (
        Assignee.objects.filter(assignment=assignment, person=person)
        .select_related("person", "due", "assignment__plan")
        .first()
    )
    rules = Rule.objects.select_related("plan").in_bulk({row[1] for row in rows})
    used = Reminder.objects.filter(
        assignee=assignee, recipient=person, dropped_because=""
    ).count() if assignee else 0  # fmt: skip
    lines = list(known)
    for _assignee, rule, recipient, day, at, nominal, audience, most in rows:
        used += audience == Rule.Audience.TRAINEE
        is_over = audience == Rule.Audience.TRAINEE and used > most
        is_done = (
            rules[rule].anchor != Rule.Anchor.FINISHED
            and assignee is not None
            and assignee.due.finished_at is not None
        )
        word = "count" if is_over else "finished" if is_done else ""
        assert assignee is not None
        lines.append(
            Line(
                at=at,
                day=day,
                state="dropped" if word else "planned",
                assignee=assignee,
                rule=rules[rule],
                recipient_id=recipient,
                why_not=said_reason(word) if word else "",
                counted_on=nominal if nominal != day else None,
            )
        )
    return sorted(lines, key=lambda line: (line.at, line.rule.position))


def said_state(line: Line) -> str:
    """What became of it, in a word."""
    return {
        "told": _("Told"),
        "waits": _("Waits for its hour"),
        "planned": _("To come"),
        "dropped": _("Not told"),
    }[line.state]
