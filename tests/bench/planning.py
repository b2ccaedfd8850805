"""`python -m tests.bench.planning`: how long the minute pass takes with 100,000 due reminders.

1,000 assignments × 100 people in six zones, with 200 working calendars and the standard plan.
The first pass finds all that is due in its window at once, as after an import; the next ones find
nothing new. Prints seconds, rows and the memory of this process, and fails where the goals of the
issue are missed.
"""

import os
import random
import resource
import sys
import time
from datetime import timedelta

from mot_course.embedded import start_postgres
from tests.bench.library import ENVIRONMENT

SEED = int(os.environ.get("BENCH_SEED", "5"))
COHORTS = int(os.environ.get("BENCH_COHORTS", "200"))
PEOPLE = 100  # in a cohort
EACH = 5  # assignments of a cohort
ZONES = (
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
)
FIRST, NEXT, MEMORY = 15.0, 3.0, 300


def fill() -> None:
    """Cohorts with calendars, people and assignments; assignees come with the first pass."""
    from django.db import connection

    from assignments.models import Assignment, AssignmentTarget, Plan
    from outbox.clock import database_now
    from people.models import Blackout, Calendar, Cohort, Membership, SpecialDay, User
    from people.working_days import rebuild
    from tests.quizzes.making import make_quiz

    plan = Plan.objects.get(preset="standard")
    quizzes = [make_quiz() for _ in range(20)]
    boss = User.objects.create_user("bench-boss", name="Boss", role="instructor")
    now = database_now().date()
    for number in range(COHORTS):
        calendar = Calendar.objects.create(
            name=f"Calendar {number}", weekdays=random.sample(range(1, 8), k=random.choice((5, 6)))
        )
        SpecialDay.objects.create(
            calendar=calendar, day=now + timedelta(days=random.randint(-9, 9)), working=True
        )
        first = now + timedelta(days=random.randint(10, 60))
        Blackout.objects.create(calendar=calendar, first_on=first, last_on=first)
        rebuild(calendar)
        zone = ZONES[number % len(ZONES)]
        cohort = Cohort.objects.create(
            slug=f"bench-{number}", name=f"Bench {number}", tz=zone, calendar=calendar
        )
        people = User.objects.bulk_create(
            User(
                username=f"b{number}-{n}",
                name=f"Person {n}",
                tz=zone,
                email=f"b{number}-{n}@mot.example",
                password="!",
            )
            for n in range(PEOPLE)
        )
        Membership.objects.bulk_create(
            Membership(cohort=cohort, person=one, joined_on=now - timedelta(days=90))
            for one in people
        )
        # Due so that one of the plan's reminders falls into today or tomorrow.
        assignments = Assignment.objects.bulk_create(
            Assignment(
                quiz=random.choice(quizzes),
                plan=plan,
                due_on=now + timedelta(days=random.choice((0, 1, 3, 4, 9, 10))),
                opens_on=now - timedelta(days=20),
                made_by=boss,
            )
            for _ in range(EACH)
        )
        AssignmentTarget.objects.bulk_create(
            AssignmentTarget(assignment=one, cohort=cohort) for one in assignments
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def age_assignees() -> None:
    """As if everybody had been assigned it three weeks ago."""
    from django.db import connection

    from assignments.joining import join

    join()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE assignments_assignee SET assigned_at = assigned_at - interval '21 days'"
        )
        cursor.execute("ANALYZE")


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure() -> bool:
    """Run three passes and say what they took; whether the goals are met."""
    from assignments.models import Assignee, Reminder
    from assignments.planning import run_pass
    from outbox.models import Message

    took = []
    for number in range(3):
        begun = time.perf_counter()
        changed = run_pass()
        took.append(time.perf_counter() - begun)
        print(f"pass {number + 1}: {took[-1]:.2f} s, {changed}")
    print(f"load of the machine: {', '.join(f'{one:.1f}' for one in os.getloadavg())}")
    print(
        f"{Assignee.objects.count()} assignees, {Reminder.objects.count()} reminders,"
        f" {Message.objects.count()} messages, {megabytes():.0f} MB"
    )
    return took[0] < FIRST and max(took[1:]) < NEXT and megabytes() < MEMORY


def main() -> None:
    random.seed(SEED)
    server = start_postgres(say=lambda text: None)
    os.environ.update(ENVIRONMENT, DATABASE_URL=server.url, LOG_LEVEL="ERROR")
    try:
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        print(f"seed {SEED}, {COHORTS * EACH} assignments × {PEOPLE} people, {COHORTS} calendars")
        fill()
        age_assignees()
        is_met = measure()
    finally:
        server.stop()
    if not is_met:
        sys.exit("the goals are not met")


if __name__ == "__main__":
    main()
