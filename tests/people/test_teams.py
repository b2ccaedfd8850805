"""Teams of a cohort: who makes them, who is in them, never in two at once."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from people import teaming
from people.models import AuditEntry, CohortStaff, Membership, Team, TeamMember
from tests.factories import make_admin, make_cohort, make_instructor, make_trainee
from tests.quizzes.test_races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort():
    return make_cohort()


@pytest.fixture
def teacher(cohort):
    return make_instructor(cohort=cohort, language="en")


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def url_of(cohort, team=None):
    return f"/cohorts/{cohort.slug}/teams/" + (f"{team.pk}/" if team else "")


def make(cohort, by, *people, name="Early"):
    return teaming.make_team(cohort=cohort, name=name, people=people, by=by)


def members(team):
    return {one.person for one in team.members.all()}


def test_an_instructor_makes_names_fills_and_ends_a_team(cohort, teacher):
    anna, bo, chen = (make_trainee(cohort=cohort) for _n in range(3))
    client = signed_in(teacher)

    made = client.post(url_of(cohort), {"name": "早班", "people": [anna.pk, bo.pk]})
    team = Team.objects.get()
    assert made.status_code == 302
    assert (team.name, members(team)) == ("早班", {anna, bo})
    here = url_of(cohort, team)
    client.post(here, {"act": "put_in", "people": [chen.pk]})
    client.post(here, {"act": "take_out", "person": anna.pk})
    client.post(here, {"act": "rename", "name": "晚班"})
    team.refresh_from_db()
    assert (team.name, members(team)) == ("晚班", {bo, chen})
    client.post(here, {"act": "archive"})
    team.refresh_from_db()
    assert team.archived_at is not None
    assert "晚班" in client.get(url_of(cohort)).content.decode()
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {
        "team_made", "team_put_in", "team_took_out", "team_archived",
    }  # fmt: skip


def test_nobody_is_in_two_live_teams_of_a_cohort(cohort, teacher):
    anna = make_trainee(cohort=cohort)
    first = make(cohort, teacher, anna)
    refused = signed_in(teacher).post(url_of(cohort), {"name": "Late", "people": [anna.pk]})

    assert refused.status_code == 422
    assert "in another team by now" in refused.content.decode()
    assert 'value="Late"' in refused.content.decode()
    assert Team.objects.count() == 1
    with pytest.raises(teaming.InAnotherTeam):
        make(cohort, teacher, anna, name="Late")
    teaming.archive_team(team=first, by=teacher)
    assert members(make(cohort, teacher, anna, name="Late")) == {anna}


def test_a_team_taken_up_again_leaves_out_who_is_elsewhere_by_now(cohort, teacher):
    anna, bo = make_trainee(cohort=cohort), make_trainee(cohort=cohort)
    first = make(cohort, teacher, anna, bo)
    teaming.archive_team(team=first, by=teacher)
    second = make(cohort, teacher, anna, name="Late")

    page = signed_in(teacher).post(url_of(cohort, first), {"act": "revive"}, follow=True)

    assert members(first) == {bo}
    assert members(second) == {anna}
    assert anna.name in page.content.decode()


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_name_that_is_none_is_refused_and_kept(cohort, teacher, name):
    team = make(cohort, teacher)
    client = signed_in(teacher)

    assert client.post(url_of(cohort), {"name": name}).status_code == 422
    renamed = client.post(url_of(cohort, team), {"act": "rename", "name": name})
    assert renamed.status_code == 422
    assert f'value="{name}"' in renamed.content.decode()
    assert Team.objects.get().name == "Early"


def test_a_name_stands_once_in_its_cohort(cohort, teacher):
    make(cohort, teacher)
    other = make(cohort, teacher, name="Late")
    client = signed_in(teacher)

    assert client.post(url_of(cohort), {"name": "Early"}).status_code == 422
    taken = client.post(url_of(cohort, other), {"act": "rename", "name": "Early"})
    assert taken.status_code == 422
    assert "There is a team of this name already." in taken.content.decode()
    elsewhere = make_cohort()
    assert make(elsewhere, teacher).name == "Early"


def test_only_people_of_the_cohort_can_be_put_in(cohort, teacher):
    team = make(cohort, teacher)
    stranger, gone = make_trainee(cohort=make_cohort()), make_trainee(cohort=cohort)
    Membership.objects.filter(person=gone).update(left_at="2026-02-01T00:00Z")
    client = signed_in(teacher)

    for person in (stranger, gone):
        answer = client.post(url_of(cohort, team), {"act": "put_in", "people": [person.pk]})
        assert answer.status_code == 422
    assert not TeamMember.objects.exists()


def test_others_find_nothing_here(cohort, teacher):
    anna = make_trainee(cohort=cohort)
    team = make(cohort, teacher, anna)
    manager = make_instructor()
    CohortStaff.objects.create(cohort=cohort, person=manager, duty="manager")
    assistant = make_trainee()
    CohortStaff.objects.create(cohort=cohort, person=assistant, duty="instructor")

    for person in (anna, manager, assistant, make_instructor(cohort=make_cohort())):
        client = signed_in(person)
        assert client.get(url_of(cohort)).status_code == 404
        assert client.post(url_of(cohort), {"name": "x"}).status_code == 404
        assert client.post(url_of(cohort, team), {"act": "archive"}).status_code == 404
    assert Team.objects.get().archived_at is None
    assert signed_in(make_admin()).get(url_of(cohort)).status_code == 200


def test_a_duty_reaches_down_and_a_team_only_its_own_cohort(cohort):
    above = make_cohort()
    cohort.parent = above
    cohort.save()
    teacher = make_instructor(cohort=above)
    elsewhere = make_cohort()
    team = make(elsewhere, teacher)
    client = signed_in(teacher)

    assert client.get(url_of(cohort)).status_code == 200
    assert client.post(url_of(cohort, team), {"act": "archive"}).status_code == 404
    unknown = make(cohort, teacher)
    assert client.post(url_of(cohort, unknown), {"act": "dance"}).status_code == 404


def test_many_teams_cost_no_more_statements(cohort, teacher):
    client = signed_in(teacher)
    make(cohort, teacher, make_trainee(cohort=cohort))

    def cost():
        client.get(url_of(cohort))
        with CaptureQueriesContext(connection) as queries:
            client.get(url_of(cohort))
        return len(queries)

    before = cost()
    for number in range(5):
        people = [make_trainee(cohort=cohort) for _n in range(3)]
        make(cohort, teacher, *people, name=f"Team {number}")
        make_trainee(cohort=cohort)
    assert cost() == before
    assert before <= 8


@pytest.mark.django_db(transaction=True)
def test_of_many_who_put_the_same_person_in_a_team_one_succeeds():
    cohort = make_cohort()
    teacher = make_instructor(cohort=cohort)
    anna = make_trainee(cohort=cohort)

    def put(n):
        try:
            make(cohort, teacher, anna, name=f"Team {n}")
        except teaming.InAnotherTeam:
            return 0
        return 1

    assert sum(at_once(8, put)) == 1
    assert TeamMember.objects.count() == 1
    assert Team.objects.count() == 1
