"""Who joins a cohort is assigned what the cohort has; who leaves is let go; who returns is back."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from assignments.assigning import Dates, assign, cancel, waive
from assignments.joining import join
from assignments.models import Assignee
from people.models import Membership
from tests.assignments.making import (
    assignee_of,
    day,
    finish,
    make_assignment,
    make_calendar,
    make_unit,
    moment,
    pass_at,
)
from tests.clock import at
from tests.factories import make_cohort, make_instructor, make_person, make_trainee
from tests.quizzes.making import make_quiz

pytestmark = pytest.mark.django_db


def test_assigning_to_a_cohort_reaches_those_below_it():
    region = make_cohort()
    shop = make_cohort(parent=region)
    above, below, elsewhere = make_trainee(cohort=region), make_trainee(cohort=shop), make_trainee()

    assignment = make_assignment(cohort=region)

    assert set(assignment.assignees.values_list("person", "through")) == {
        (above.pk, region.pk),
        (below.pk, shop.pk),
    }
    assert not Assignee.objects.filter(person=elsewhere).exists()


def test_who_joins_later_is_added_and_a_second_pass_adds_nothing():
    cohort = make_cohort()
    assignment = make_assignment(cohort=cohort)
    newcomer = make_trainee(cohort=cohort)

    assert join()["added"] == 1
    assert not any(join().values())
    assert assignee_of(assignment, newcomer).through == cohort


def test_who_leaves_is_let_go_and_who_returns_is_back_in_the_same_row():
    cohort = make_cohort()
    trainee = make_trainee(cohort=cohort)
    assignment = make_assignment(cohort=cohort)
    first = assignee_of(assignment, trainee)

    Membership.objects.update(left_at=timezone.now())
    assert join()["left"] == 1
    gone = assignee_of(assignment, trainee)
    assert gone.left_at is not None
    assert not gone.due.is_live

    Membership.objects.create(cohort=cohort, person=trainee, joined_on=day("2026-04-01"))
    assert join()["back"] == 1
    back = assignee_of(assignment, trainee)
    assert (back.pk, back.left_at) == (first.pk, None)
    assert back.version == first.version + 2
    assert not any(join().values())


def test_leaving_one_of_two_target_cohorts_changes_nothing_but_the_cohort():
    region = make_cohort()
    one, other = make_cohort(parent=region), make_cohort(parent=region)
    trainee = make_trainee(cohort=one)
    assignment = make_assignment(cohort=region)
    Membership.objects.create(cohort=other, person=trainee, joined_on=day("2026-02-01"))
    assert not any(join().values())
    assert assignee_of(assignment, trainee).through == one

    Membership.objects.filter(cohort=one).update(left_at=timezone.now())
    join()

    moved = assignee_of(assignment, trainee)
    assert (moved.left_at, moved.through) == (None, other)
    assert not any(join().values())


def test_who_is_named_singly_stays_without_any_cohort():
    cohort = make_cohort()
    trainee = make_trainee(cohort=cohort)
    assignment = make_assignment(cohort=cohort, people=[trainee])
    Membership.objects.update(left_at=timezone.now())

    join()

    left = assignee_of(assignment, trainee)
    assert (left.left_at, left.through) == (None, None)
    assert not any(join().values())


def test_a_class_that_is_over_lets_its_people_go():
    cohort = make_cohort()
    trainee = make_trainee(cohort=cohort)
    assignment = make_assignment(cohort=cohort)
    cohort.archived_at = timezone.now()
    cohort.save()

    join()

    assert assignee_of(assignment, trainee).left_at is not None


def test_nobody_is_added_to_what_was_cancelled_and_no_deactivated_person():
    cohort = make_cohort()
    over, running = make_assignment(cohort=cohort), make_assignment(cohort=cohort)
    cancel([over], by=make_instructor())
    make_trainee(cohort=cohort)
    make_trainee(cohort=cohort, is_active=False)

    join()

    assert over.assignees.count() == 0
    assert running.assignees.count() == 1


def test_seven_days_after_joining():
    cohort = make_cohort()
    old_hand = make_trainee(cohort=cohort)  # has been in it since January
    with at(moment("2026-03-02 08:00")):
        assignment = make_assignment(cohort=cohort, due_days=7, anchor="joined")
    with at(moment("2026-03-04 08:00")):
        newcomer = make_person()
        Membership.objects.create(cohort=cohort, person=newcomer, joined_on=day("2026-03-03"))
        join()

    assert assignee_of(assignment, newcomer).due.due_on == day("2026-03-10")
    # Nobody is late on the day on which something is assigned to them.
    assert assignee_of(assignment, old_hand).due.due_on == day("2026-03-09")


def test_after_being_assigned_counts_from_the_day_in_the_cohorts_zone():
    cohort = make_cohort(tz="Pacific/Auckland")
    trainee = make_trainee(cohort=cohort)
    with at(moment("2026-03-02 23:00")):  # already the third in Auckland
        assignment = make_assignment(cohort=cohort, due_days=2, anchor="assigned")

    assert assignee_of(assignment, trainee).starts_on == day("2026-03-03")


def test_unit_2_is_due_five_working_days_after_unit_1():
    cohort = make_cohort()
    trainee = make_trainee(cohort=cohort)
    with at(moment("2026-03-02 08:00")):
        cohort.calendar = make_calendar(holidays=("2026-03-09",))
        cohort.save()
        first = make_assignment(cohort=cohort, what=make_unit())
        second = assign(
            what=make_unit(),
            cohorts=[cohort],
            dates=Dates(due_days=5, working=True, anchor="after", after=first),
            by=make_instructor(),
        )
    assert assignee_of(second, trainee).due.due_on is None

    finish(first, trainee, moment("2026-03-05 23:30"))  # a Thursday
    pass_at("2026-03-06 08:00")

    due = assignee_of(second, trainee)
    assert due.starts_on == day("2026-03-05")
    assert due.due.due_on == day("2026-03-13")  # Fri, (Mon off), Tue, Wed, Thu, Fri


@pytest.mark.parametrize("way", ["waived", "cancelled"])
def test_what_comes_after_something_taken_back_begins(way):
    cohort = make_cohort()
    trainee = make_trainee(cohort=cohort)
    boss = make_instructor()
    first = make_assignment(cohort=cohort)
    second = make_assignment(cohort=cohort, due_days=2, anchor="after", after=first)

    if way == "waived":
        waive(first.assignees.all(), by=boss)
    else:
        cancel([first], by=boss)
    join()

    assert assignee_of(second, trainee).starts_on is not None


def test_a_ring_in_the_tree_ends():
    one = make_cohort()
    other = make_cohort(parent=one)
    one.parent = other
    one.save()
    make_trainee(cohort=other)

    assert make_assignment(cohort=one, what=make_quiz()).assignees.count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_passes_at_once_add_everybody_once():
    cohort = make_cohort()
    assignment = make_assignment(cohort=cohort)
    for _ in range(30):
        make_trainee(cohort=cohort)
    barrier = threading.Barrier(8)

    def run(_n):
        barrier.wait()
        try:
            return join()["added"]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(run, range(8)))

    assert sum(added) == 30
    assert assignment.assignees.count() == 30
