"""A class with something assigned, for the tests of its page."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from assignments.assigning import Dates, assign
from assignments.models import Assignee, Assignment
from people.models import Cohort, Membership, User
from quizzes.models import Quiz
from tests.factories import make_cohort, make_instructor, make_trainee, numbers
from tests.quizzes.making import make_bank
from units.models import Completion, Lesson, LessonRevision, Unit

NOW = datetime(2026, 3, 11, 4, 0, tzinfo=UTC)  # a Wednesday, noon in Shanghai
TODAY = date(2026, 3, 11)


def make_unit(*, lessons: int = 3, **fields: Any) -> Unit:
    """A unit with so many lessons, each with a practice, and no check."""
    n = next(numbers)
    values = {"slug": f"unit-{n}", "stage": "s", "title_zh": f"单元{n}", "title_en": f"Unit {n}"}
    unit = Unit.objects.create(content={}, **(values | fields))
    for place in range(1, lessons + 1):
        practice = Quiz.objects.create(
            slug=f"practice-{n}-{place}",
            purpose="practice",
            feedback="each",
            bank=make_bank(count=1),
        )
        lesson = Lesson.objects.create(
            unit=unit, slug=f"l{place}", position=place, minutes=5, practice_quiz=practice,
            title_zh=f"课{place}", title_en=f"Lesson {place}",
        )  # fmt: skip
        lesson.current = LessonRevision.objects.create(
            lesson=lesson, number=1, source={}, blocks_zh=[], blocks_en=[], digest="x"
        )
        lesson.save()
    return unit


def make_class(
    *, people: int = 2, unit: Unit | None = None, due_in: int | None = 3, **fields: Any
) -> tuple[Cohort, User, list[User], Assignment]:
    """A cohort, its instructor, its people, and a unit assigned ten days ago, due 18:00."""
    cohort = make_cohort(tz="Asia/Shanghai", **fields)
    instructor = make_instructor(cohort=cohort, language="en")
    trainees = [make_trainee(cohort=cohort, language="en") for _n in range(people)]
    due_on = TODAY + timedelta(days=due_in) if due_in is not None else None
    assignment = assign(
        what=unit or make_unit(), cohorts=[cohort], by=instructor,
        dates=Dates(due_on=due_on, due_time=time(18)),
    )  # fmt: skip
    then = NOW - timedelta(days=10)
    Assignee.objects.update(assigned_at=then, starts_on=then.date())
    return cohort, instructor, trainees, assignment


def add_people(cohort: Cohort, assignment: Assignment, count: int) -> None:
    """So many more, assigned as well; in two statements, for tests about many."""
    people = User.objects.bulk_create(
        User(username=f"many{next(numbers)}", name=f"Many {n}", password="!", tz="Asia/Shanghai")
        for n in range(count)
    )
    Membership.objects.bulk_create(
        Membership(cohort=cohort, person=one, joined_on=date(2026, 1, 5)) for one in people
    )
    Assignee.objects.bulk_create(
        Assignee(assignment=assignment, person=one, through=cohort, assigned_at=NOW)
        for one in people
    )


def finish(person: User, unit: Unit, at: datetime = NOW) -> None:
    """The person has finished the unit."""
    Completion.objects.create(trainee=person, unit=unit, finished_at=at)
