"""Where a returned case meets its author, and an accepted one the instructor who nominates it."""

import pytest

from cases import write_ups
from cases.models import WriteUp
from tests.cases import own_cases
from tests.factories import make_cohort, make_instructor, make_trainee

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort():
    own_cases.make_own_case_quiz()
    return make_cohort()


def test_a_returned_case_stands_on_its_authors_day(cohort):
    author = make_trainee(cohort=cohort, language="en")
    note, version = own_cases.make_handed_in(author)
    before = own_cases.client_of(author).get("/").content.decode()
    own_cases.mark(version, "returned")

    today = own_cases.client_of(author).get("/").content.decode()

    assert "Your case came back" not in before
    assert "Your case came back" in today
    assert f'href="/cases/mine/{note.pk}/"' in today


def test_an_accepted_case_waits_for_consent_and_can_then_be_nominated(cohort):
    author = make_trainee(cohort=cohort)
    note, version = own_cases.make_handed_in(author)
    own_cases.mark(version, "accepted")
    instructor = own_cases.client_of(make_instructor(cohort=cohort, language="en"))
    waiting = instructor.get("/cases/accepted/").content.decode()
    write_ups.give_consent(write_up=WriteUp.objects.get(pk=note.pk))

    ready = instructor.get("/cases/accepted/").content.decode()
    done = instructor.post(f"/cases/mine/{note.pk}/nominate/", {"next": "/cases/accepted/"})

    assert "waits for the author" in waiting
    assert f"/cases/mine/{note.pk}/nominate/" not in waiting
    assert f"/cases/mine/{note.pk}/nominate/" in ready
    assert done["Location"] == "/cases/accepted/"
    assert WriteUp.objects.get(pk=note.pk).state == "nominated"


def test_accepted_cases_of_other_cohorts_are_not_listed(cohort):
    _note, version = own_cases.make_handed_in(make_trainee(cohort=cohort))
    own_cases.mark(version, "accepted")
    stranger = own_cases.client_of(make_instructor(cohort=make_cohort(), language="en"))

    assert "No case is accepted yet" in stranger.get("/cases/accepted/").content.decode()
    assert own_cases.client_of(make_trainee()).get("/cases/accepted/").status_code == 404


def test_the_queue_names_a_case_as_its_author_does(cohort):
    author = make_trainee(cohort=cohort)
    note, _version = own_cases.make_handed_in(author)
    write_ups.rename(write_up=note, title="The coat that lost its colour")
    instructor = own_cases.client_of(make_instructor(cohort=cohort, language="en"))

    assert "The coat that lost its colour" in instructor.get("/marking/").content.decode()
