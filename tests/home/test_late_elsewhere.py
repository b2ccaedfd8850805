"""Who is late with an earlier assignment is not lost when the next one is in focus."""

from datetime import timedelta

from django.test import Client

from assignments.assigning import Dates, assign
from assignments.models import Assignee, Assignment
from home.next_assigned import open_assignments
from home.todays import follow_up_rows
from tests.assignments.following_making import make_follow_up
from tests.clock import at
from tests.home.class_making import NOW, TODAY, finish, make_class, make_unit


def test_late_with_an_earlier_assignment_is_overdue_under_the_next(db):
    earlier = make_unit()
    cohort, instructor, trainees, _next = make_class(people=2)
    before = Dates(due_on=TODAY - timedelta(days=2))
    assign(what=earlier, cohorts=[cohort], by=instructor, dates=before)
    finish(trainees[1], earlier)
    client = Client()
    client.force_login(instructor)

    with at(NOW):
        shown = client.get(f"/cohorts/{cohort.slug}/").context["shown"]

    by_name = {row.facts.username: row for row in shown.rows}
    assert by_name[trainees[0].username].standing.status == "overdue"
    assert by_name[trainees[0].username].standing.count == 2
    assert by_name[trainees[1].username].standing.status != "overdue"
    assert "an earlier task is overdue" in shown.look[0].why


def test_a_course_assigned_unit_by_unit_is_on_today_as_its_units(db):
    _cohort, _instructor, trainees, whole = make_class(people=1)
    part = make_unit(title_en="The part")
    assign(
        what=part, people=trainees, by=_instructor, part_of=whole,
        dates=Dates(due_on=TODAY + timedelta(days=9)),
    )  # fmt: skip
    Assignee.objects.update(assigned_at=NOW - timedelta(days=1), starts_on=TODAY)

    with at(NOW):
        said = {one.title for one in open_assignments(trainees[0], NOW)}

    assert said == {part.title}
    assert Assignment.objects.count() == 2


def test_several_recalls_are_one_line(db):
    _cohort, _instructor, trainees, _one = make_class(people=1)
    for _n in range(3):
        make_follow_up(trainees[0], "recall", due_on=TODAY)

    with at(NOW):
        rows = follow_up_rows(trainees[0], NOW)

    assert len(rows) == 1
