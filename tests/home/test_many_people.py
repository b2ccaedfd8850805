"""Pages about hundreds of people on a database that was never analysed: a fresh installation."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assignments.assigning import Dates, assign
from people.models import CohortStaff
from tests.clock import at
from tests.factories import make_person
from tests.home.class_making import NOW, TODAY, add_people, make_class, make_unit
from tests.walking import rows_walked

PAGES = {
    "class": "/cohorts/{slug}/",
    "course in focus": "/cohorts/{slug}/?of={pk}&sort=progress",
    "words to all": "/cohorts/{slug}/message/?all=1",
    "more time for all": "/cohorts/{slug}/extend/?all=1&of={pk}",
    "tree": "/cohorts/",
    "today": "/",
    "assignments": "/assignments/",
    "assignment": "/assignments/{pk}/",
    "the late of an assignment": "/assignments/{pk}/?show=overdue",
    "told": "/assignments/{pk}/told/",
}
EACH = 250  # rows for a person; going through everybody for everybody would be 100 times that


@pytest.fixture(autouse=True)
def _noon(db):
    with at(NOW):
        yield


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


def big_class(count):
    cohort, instructor, _trainees, assignment = make_class(people=2, due_in=-3)
    other = assign(what=make_unit(), cohorts=[cohort], by=instructor, dates=Dates(due_on=TODAY))
    add_people(cohort, assignment, count - 2)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO assignments_assignee (assignment_id, person_id, through_id, starts_on,"
            " assigned_at, why, version)"
            " SELECT %s, person_id, through_id, starts_on, assigned_at, '', 1"
            " FROM assignments_assignee WHERE assignment_id = %s ON CONFLICT DO NOTHING",
            [other.pk, assignment.pk],
        )
    return cohort, instructor, assignment


@pytest.mark.parametrize("page", PAGES)
def test_no_statement_of_a_page_goes_through_everybody_for_each_of_400(page):
    cohort, instructor, assignment = big_class(400)
    address = PAGES[page].format(slug=cohort.slug, pk=assignment.pk)

    assert rows_walked(client_of(instructor), address) < 400 * EACH


def test_a_manager_s_today_with_400_people_is_as_cheap():
    cohort, _instructor, _assignment = big_class(400)
    manager = make_person()
    CohortStaff.objects.create(cohort=cohort, person=manager, duty="manager")

    assert rows_walked(client_of(manager), "/") < 400 * EACH


def test_pages_of_an_assignment_cost_the_same_queries_for_16_and_400():
    def statements(count):
        _cohort, instructor, assignment = big_class(count)
        client = client_of(instructor)
        found = []
        for address in ("", "?page=2", "?show=open", "told/", "change/", "end/"):
            client.get(f"/assignments/{assignment.pk}/{address}")
            with CaptureQueriesContext(connection) as queries:
                page = client.get(f"/assignments/{assignment.pk}/{address}")
            assert page.status_code == 200
            found.append(len(queries))
        return found

    assert statements(16) == statements(400)
