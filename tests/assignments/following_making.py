"""Units, courses, calendars and completions for tests of follow-ups."""

from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from django.test import Client

from assignments.models import Assignee, Assignment, FollowUp
from people.models import Calendar, CalendarDay, Cohort, CohortStaff, User
from tests.factories import make_instructor, make_person
from units.models import Completion, Course, CourseUnit, Reference, Unit

numbers = count(1)
IF_THEN = {"zh": "当客人进来的时候，我先抬头。", "en": "When a guest comes in, I look up."}


def make_calendar(first: date, days: int = 200, *, closed: tuple[date, ...] = ()) -> Calendar:
    """The default calendar, of Mondays to Fridays; on the `closed` days it is blacked out."""
    calendar, _ = Calendar.objects.get_or_create(is_default=True, defaults={"name": "Usual"})
    fill(calendar, first, days, closed=closed)
    return calendar


def fill(calendar: Calendar, first: date, days: int, *, closed: tuple[date, ...] = ()) -> None:
    """Write the days of a calendar, as people/working_days.py would."""
    CalendarDay.objects.filter(calendar=calendar).delete()
    every = [first + timedelta(days=n) for n in range(days)]
    open_days = [day for day in every if day.isoweekday() <= 5 and day not in closed]
    clear_days = [day for day in every if day not in closed]
    CalendarDay.objects.bulk_create(
        CalendarDay(
            calendar=calendar,
            day=day,
            working=day.isoweekday() <= 5,
            number=sum(1 for one in every if one <= day and one.isoweekday() <= 5),
            clear_next=next((one for one in clear_days if one >= day), day),
            open_next=next((one for one in open_days if one >= day), day),
            open_prev=next((one for one in reversed(open_days) if one <= day), day),
        )
        for day in every
    )


def make_unit(*, course: Course | None = None, **fields: Any) -> Unit:
    """A unit with an if–then line, at the end of a course where one is given."""
    number = next(numbers)
    defaults = {
        "slug": f"unit-{number}",
        "stage": "diagnose",
        "title_zh": f"单元{number}",
        "title_en": f"Unit {number}",
        "content": {"if_then": IF_THEN},
    }
    unit = Unit.objects.create(**(defaults | fields))
    if course is not None:
        CourseUnit.objects.create(course=course, unit=unit, position=number)
    return unit


def make_course(**fields: Any) -> Course:
    """A course without units and tests."""
    number = next(numbers)
    defaults = {
        "slug": f"course-{number}",
        "title_zh": f"课程{number}",
        "title_en": f"Course {number}",
        "content": {},
        "minutes": 60,
    }
    return Course.objects.create(**(defaults | fields))


def complete(person: User, what: Unit | Course, when: datetime) -> Completion:
    """The person finished it then."""
    name = "unit" if isinstance(what, Unit) else "course"
    return Completion.objects.create(trainee=person, finished_at=when, **{name: what})


def make_manager(cohort: Cohort, **fields: Any) -> User:
    """Somebody who manages the cohort: by role a trainee, as a shift leader is."""
    person = make_person(**fields)
    CohortStaff.objects.create(cohort=cohort, person=person, duty=CohortStaff.Duty.MANAGER)
    return person


def assign(person: User, course: Course, **fields: Any) -> Assignee:
    """The course, assigned to the person."""
    assignment = Assignment.objects.create(course=course, made_by=make_instructor())
    return Assignee.objects.create(assignment=assignment, person=person, **fields)


def make_follow_up(person: User, kind: str, **fields: Any) -> FollowUp:
    """A follow-up that is due today, of a unit unless something else is said."""
    if not {"unit", "course", "subject"} & set(fields):
        fields["unit"] = make_unit()
    fields = {"occurrence": 2, "due_on": date(2026, 3, 4)} | fields
    return FollowUp.objects.create(person=person, kind=kind, **fields)


def make_checklist() -> Reference:
    """A checklist of two lines in two steps."""
    both = ["set-the-tone", "diagnose"]
    items = [
        {
            "id": name,
            "step": step,
            "says": {"zh": f"转向顾客（{name}）", "en": f"Turns to them ({name})"},
            "mine": {"zh": f"我转向顾客（{name}）", "en": f"I turned to them ({name})"},
            "seen": {"zh": "抬头", "en": "Looks up"},
            "not_seen": {"zh": "没抬头", "en": "Looks down"},
        }
        for name, step in zip(["turns", "asks"], both, strict=True)
    ]
    return Reference.objects.create(slug="observation", content={"items": items})


def client_of(person: User) -> Client:
    """A browser in which the person is signed in and reads English."""
    User.objects.filter(pk=person.pk).update(language="en")
    client = Client()
    client.force_login(person)
    return client
