"""How many statements the pages around a class cost; the same for one person and for forty."""

import pytest
from django.utils import timezone

from assignments.assigning import Dates, assign
from assignments.following_up import Kind
from tests.assignments.following_making import make_follow_up
from tests.assignments.making import make_plan, make_unit
from tests.factories import make_admin, make_cohort, make_instructor, make_trainee
from tests.people.telling_world import make_notice
from tests.test_budgets import at_most, signed_in

pytestmark = pytest.mark.django_db(transaction=True)

BUDGETS = {
    "instructor": {
        "/": 7, "/cohorts/": 5, "/cohorts/{slug}/": 11, "/assignments/": 12,
        "/assignments/new/": 12, "/assignments/{pk}/": 26, "/assignments/{pk}/told/": 7,
        "/assignments/plans/": 4, "/people/": 6, "/organisation/": 5, "/field-notes/": 3,
        "/cohorts/{slug}/members/": 6,
    },
    "trainee": {
        "/": 11, "/assignments/": 4, "/inbox/": 5, "/follow-ups/": 5, "/recall/": 7,
        "/me/messages/": 5,
    },
    "admin": {"/deliveries/": 11, "/calendars/": 4, "/people/": 7, "/organisation/": 7},
}  # fmt: skip


@pytest.fixture(params=[1, 40], ids=["one row", "many rows"])
def place(request):
    """A class of so many people, with as many follow-ups, notices and a fifth of assignments."""
    count, today = request.param, timezone.localdate()
    cohort = make_cohort()
    instructor = make_instructor(cohort=cohort)
    trainees = [make_trainee(cohort=cohort) for _ in range(count)]
    for _ in range(1 + count // 8):
        made = assign(
            what=make_unit(), cohorts=[cohort], by=instructor, dates=Dates(due_on=today),
            plan=make_plan(-1, made_by=instructor),
        )  # fmt: skip
        make_cohort(parent=cohort)
        make_notice(trainees[0])
        make_follow_up(trainees[0], Kind.NOTE, due_on=today)
        make_follow_up(trainees[0], Kind.INTENTION, due_on=today)
    people = {"instructor": instructor, "trainee": trainees[0], "admin": make_admin()}
    return people, {"slug": cohort.slug, "pk": made.pk}


@pytest.mark.parametrize("role", BUDGETS)
def test_a_page_around_a_class_keeps_its_budget(place, role):
    people, names = place
    client = signed_in(people[role])
    for url, budget in BUDGETS[role].items():
        client.get(url.format(**names))  # what is cached for all is there
        with at_most(budget):
            assert client.get(url.format(**names)).status_code == 200, url
