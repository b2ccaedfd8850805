"""Assignments, plans and calendars for tests, each with unsurprising values."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from assignments.assigning import Dates, Draft, assign
from assignments.models import Assignee, Assignment, Plan, Reminder, Rule
from assignments.planning import run_pass
from outbox.models import Message
from people.models import Blackout, Calendar, Cohort, Membership, SpecialDay, User
from people.working_days import rebuild
from quizzes.models import Quiz
from tests.clock import at
from tests.factories import make_cohort, make_instructor, make_trainee
from tests.quizzes.making import make_quiz
from units.models import Completion, Unit

numbers = count(1)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def moment(text: str, tz: str = "Asia/Shanghai") -> datetime:
    """`2026-03-02 09:00` by the clocks of that zone."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(tz)).astimezone(UTC)


def day(text: str) -> date:
    return date.fromisoformat(text)


def make_plan(*rules: dict[str, Any] | int, **fields: Any) -> Plan:
    """A plan of these rules; a number is so many days around the due date, at nine."""
    number = next(numbers)
    defaults = {"title_zh": f"方案{number}", "title_en": f"Plan {number}", "max_count": 10}
    plan = Plan.objects.create(**(defaults | fields))
    plan.refresh_from_db()
    for position, rule in enumerate(rules or (-1,), start=1):
        about = {"days": rule} if isinstance(rule, int) else rule
        usual = {"anchor": "due", "days": 0, "working": False, "at": time(9)}
        Rule.objects.create(plan=plan, position=position, **(usual | about))
    return plan


def make_unit(**fields: Any) -> Unit:
    """A unit of the course, without lessons."""
    number = next(numbers)
    defaults = {
        "slug": f"assigned-unit-{number}",
        "stage": "diagnose",
        "title_zh": f"布置的单元{number}",
        "title_en": f"Assigned unit {number}",
        "content": {},
    }
    return Unit.objects.create(**(defaults | fields))


def make_assignment(
    *,
    what: Any = None,
    cohort: Cohort | None = None,
    people: tuple[User, ...] | list[User] = (),
    plan: Plan | None = None,
    by: User | None = None,
    mandatory: bool = True,
    **dates: Any,
) -> Assignment:
    """An assignment of a quiz (or what is given), due 2026-03-10 unless other dates are given."""
    if not dates:
        dates = {"due_on": date(2026, 3, 10)}
    return assign(
        what=what or make_quiz(),
        cohorts=[cohort] if cohort else [],
        people=list(people),
        plan=plan,
        dates=Dates(**dates),
        mandatory=mandatory,
        by=by or make_instructor(),
    )


def make_draft(*, what: Any = None, **fields: Any) -> Draft:
    """A draft of an assignment."""
    return Draft(what=what or make_quiz(), **fields)


def make_calendar(
    *,
    weekdays: tuple[int, ...] = (1, 2, 3, 4, 5),
    holidays: tuple[str, ...] = (),
    make_up: tuple[str, ...] = (),
    blackouts: tuple[tuple[str, str], ...] = (),
    is_default: bool = False,
) -> Calendar:
    """A working calendar with its days worked out around today's clock (use inside `at`)."""
    if is_default:
        Calendar.objects.filter(is_default=True).update(is_default=False)
    calendar = Calendar.objects.create(
        name=f"Calendar {next(numbers)}", weekdays=list(weekdays), is_default=is_default
    )
    for text in holidays:
        SpecialDay.objects.create(calendar=calendar, day=day(text), working=False)
    for text in make_up:
        SpecialDay.objects.create(calendar=calendar, day=day(text), working=True)
    for first, last in blackouts:
        Blackout.objects.create(calendar=calendar, first_on=day(first), last_on=day(last))
    rebuild(calendar)
    return calendar


def finish(assignment: Assignment, person: User, when: datetime) -> None:
    """Let the person finish what is assigned: a quiz by an attempt, else by a completion."""
    if assignment.quiz_id:
        hand_in(assignment.quiz, person, when)
    else:
        Completion.objects.create(
            trainee=person, unit=assignment.unit, course=assignment.course, finished_at=when
        )


def hand_in(quiz: Quiz, person: User, when: datetime) -> None:
    from quizzes.models import Attempt

    Attempt.objects.create(
        quiz=quiz, trainee=person, number=1, started_at=when, submitted_at=when, score=10_000
    )


def assignee_of(assignment: Assignment, person: User) -> Assignee:
    return Assignee.objects.get(assignment=assignment, person=person)


def pass_at(when: datetime | str, tz: str = "Asia/Shanghai") -> dict[str, int] | None:
    """One minute pass at that moment."""
    with at(when if isinstance(when, datetime) else moment(when, tz)):
        return run_pass()


def waiting(person: User) -> list[tuple[date, str]]:
    """(day, local time) of the reminders that wait for the person, by their own clock."""
    found = Reminder.objects.filter(recipient=person, told_at=None, dropped_because="")
    return [
        (one.day, f"{one.send_at.astimezone(ZoneInfo(person.tz)):%m-%d %H:%M}")
        for one in found.order_by("send_at", "pk")
    ]


def keys_of(person: User) -> list[str]:
    """The keys of the person's messages, as they are due."""
    return list(
        Message.objects.filter(recipient=person)
        .order_by("send_at", "pk")
        .values_list("key", flat=True)
    )


def sent(person: User, **fields: Any) -> int:
    """Let what waits for the person and is due have gone out, as a sender would leave it."""
    from outbox.clock import Now

    return Message.objects.filter(
        recipient=person, state="queued", next_try_at__lte=Now(), **fields
    ).update(state="sent", sent_at=Now())


def assigned(
    *rules,
    tz="Asia/Shanghai",
    cohort=None,
    calendar=None,
    plan=None,
    when="2026-02-02 08:00",
    person=None,
    **dates,
):
    """A trainee who was assigned something then, with a plan of these rules."""
    with at(moment(when)):
        if calendar is not None:
            cohort = cohort or make_cohort(tz=tz)
            cohort.calendar = make_calendar(**calendar)
            cohort.save()
        trainee = person or make_trainee(tz=tz)
        if cohort is not None:
            Membership.objects.get_or_create(
                cohort=cohort, person=trainee, defaults={"joined_on": day("2026-01-05")}
            )
        assignment = make_assignment(
            cohort=cohort,
            people=[] if cohort else [trainee],
            plan=plan or make_plan(*rules),
            **dates,
        )
    return trainee, assignment


def days_by_passes(first, last, *, tz="UTC"):
    """Plan and send every eight hours between two days, as machines that are rarely up would."""
    now, end = moment(f"{first} 00:10", tz), moment(f"{last} 23:50", tz)
    while now <= end:
        with at(now):
            run_pass()
            for person in User.objects.filter(messages__state="queued").distinct():
                sent(person)
        now += timedelta(hours=8)


def told(person):
    """(day, local time) of all that was told to the person, by their own clock."""
    found = Reminder.objects.filter(recipient=person, dropped_because="").order_by("send_at", "pk")
    return [
        (str(one.day), f"{one.send_at.astimezone(ZoneInfo(person.tz)):%m-%d %H:%M}")
        for one in found
    ]


def told_on(person):
    """The days alone."""
    return [when for when, _ in told(person)]
