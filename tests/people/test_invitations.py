"""Invitations: who may make them, what they open, and when they have died."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from people import inviting
from people.models import AuditEntry, CohortStaff, Invitation, Membership, User
from tests.factories import PASSWORD, make_admin, make_cohort, make_instructor, make_trainee
from tests.people.conftest import Browser
from tests.quizzes.test_races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort():
    return make_cohort(name="前厅一班")


@pytest.fixture
def teacher(cohort):
    return make_instructor(cohort=cohort, language="en")


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def make(cohort, by, **fields):
    fields = {"role": "trainee", "days": 14, "uses": 3} | fields
    return inviting.invite(cohort=cohort, by=by, **fields)


def path_of(made):
    return made.link.removeprefix("https://mot.example")


def token_of(made):
    return path_of(made).removeprefix("/join/").rstrip("/")


def newcomer(**fields):
    fields = {"name": "李晓彤", "username": "H1001", "email": "", "phone": ""} | fields
    return {"password": PASSWORD, "again": PASSWORD} | fields


def test_an_instructor_makes_an_invitation_that_is_shown_once_as_link_code_and_poster(
    cohort, teacher
):
    client = signed_in(teacher)
    url = f"/cohorts/{cohort.slug}/invite/"

    made = client.post(url, {"role": "trainee", "days": "14", "uses": "40", "email": ""})

    page = made.content.decode()
    link = page.split('value="https://mot.example/join/')[1].split('"')[0]
    invitation = Invitation.objects.get()
    assert (invitation.uses_left, invitation.role, invitation.cohort) == (40, "trainee", cohort)
    assert "扫码加入" in page
    assert "Scan to join" in page
    assert "data:image/svg+xml" in page
    assert link.rstrip("/") not in invitation.token_hash
    assert link not in client.get(url).content.decode()
    assert AuditEntry.objects.get(action="invitation_made").actor == teacher


@pytest.mark.parametrize(
    "wrong",
    [{"days": "0"}, {"days": "61"}, {"uses": "0"}, {"uses": "501"}, {"role": "admin"},
     {"email": "nobody"}],
)  # fmt: skip
def test_an_invitation_beyond_its_limits_is_refused_and_what_was_typed_kept(cohort, teacher, wrong):
    data = {"role": "trainee", "days": "14", "uses": "40", "email": "a@mot.example"} | wrong

    refused = signed_in(teacher).post(f"/cohorts/{cohort.slug}/invite/", data)

    assert refused.status_code == 422
    assert f'value="{data["email"]}"' in refused.content.decode()
    assert not Invitation.objects.exists()


def test_a_newcomer_comes_in_signed_in_and_is_a_member(cohort, teacher):
    made = make(cohort, teacher)
    browser = Browser(headers={"accept-language": "en"})

    page = browser.get(path_of(made)).content.decode()
    done = browser.post(path_of(made), newcomer())

    assert "前厅一班" in page
    assert "Trainee" in page
    assert (done.status_code, done.headers["Location"]) == (302, "/")
    assert browser.is_signed_in
    person = User.objects.get(username="H1001")
    assert (person.role, person.language, person.email) == ("trainee", "en", None)
    assert person.check_password(PASSWORD)
    assert Membership.objects.get(person=person).cohort == cohort
    assert Invitation.objects.get().uses_left == 2
    assert "前厅一班" in browser.get("/").content.decode()


def test_opening_an_invitation_changes_nothing(cohort, teacher):
    made = make(cohort, teacher, uses=1)

    for _n in range(3):
        assert Browser().get(path_of(made)).status_code == 200

    assert Invitation.objects.get().uses_left == 1


def test_an_instructors_invitation_makes_an_instructor_on_duty(cohort, teacher):
    made = make(cohort, teacher, role="instructor")

    Browser().post(path_of(made), newcomer(role="admin"))

    person = User.objects.get(username="H1001")
    assert person.role == "instructor"
    assert CohortStaff.objects.get(person=person).cohort == cohort
    assert not Membership.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [{"username": ""}, {"username": "TAKEN"}, {"username": "new"}, {"password": "short"},
     {"again": "something else"}, {"phone": "+86 1"}, {"email": "x"}, {"name": ""}],
)  # fmt: skip
def test_a_form_that_is_not_right_is_refused_and_loses_no_use(cohort, teacher, wrong):
    make_trainee(username="taken")
    made = make(cohort, teacher)
    data = newcomer(name="<b>Li</b>") | wrong

    refused = Browser().post(path_of(made), data)

    assert refused.status_code == 422
    if data["name"]:
        assert "&lt;b&gt;Li&lt;/b&gt;" in refused.content.decode()
    assert Invitation.objects.get().uses_left == 3
    assert not Membership.objects.exists()


@pytest.mark.parametrize("number", ["taken", "TAKEN"])
def test_a_number_that_is_taken_is_named_once_and_at_its_field(cohort, teacher, number):
    make_trainee(username="taken")

    refused = Browser().post(path_of(make(cohort, teacher)), newcomer(username=number))

    errors = refused.context["form"].errors
    assert list(errors) == ["username"]
    assert len(errors["username"]) == 1


def test_a_bound_address_has_to_match(cohort, teacher):
    made = make(cohort, teacher, email="Li@mot.example")

    assert Browser().post(path_of(made), newcomer()).status_code == 422
    assert Browser().post(path_of(made), newcomer(email="wu@mot.example")).status_code == 422
    assert Browser().post(path_of(made), newcomer(email="LI@mot.example")).status_code == 302
    other = make_trainee(email="wu@mot.example", language="en")
    assert signed_in(other).post(path_of(made)).status_code == 422
    assert User.objects.get(username="H1001").email == "li@mot.example"
    assert Invitation.objects.get().uses_left == 2


def test_somebody_with_an_account_joins_with_one_tap_and_once(cohort, teacher):
    made, person = make(cohort, teacher), make_trainee(language="en")
    client = signed_in(person)

    assert f"Join as {person.name}" in client.get(path_of(made)).content.decode()
    assert client.post(path_of(made)).status_code == 302
    assert client.post(path_of(made)).status_code == 302

    assert "already" in client.get(path_of(made)).content.decode()
    assert Membership.objects.filter(person=person, cohort=cohort).count() == 1
    assert Invitation.objects.get().uses_left == 2


def test_a_link_raises_nobodys_role(cohort, teacher):
    made, person = make(cohort, teacher, role="instructor"), make_trainee()
    colleague = make_instructor()

    assert signed_in(person).post(path_of(made)).status_code == 422
    assert signed_in(colleague).post(path_of(made)).status_code == 302

    person.refresh_from_db()
    assert person.role == "trainee"
    assert cohort.staff.filter(person=colleague, duty="instructor").count() == 1


def run_out(made):
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def use_up(made):
    Invitation.objects.update(uses_left=0)


def take_back(made):
    inviting.revoke(made.invitation, by=made.invitation.made_by)


def end_the_cohort(made):
    type(made.invitation.cohort).objects.update(archived_at=timezone.now())


def end_the_duty(made):
    CohortStaff.objects.all().delete()


def lower_the_role(made):
    User.objects.filter(pk=made.invitation.made_by_id).update(role="trainee")


def shut_the_maker_out(made):
    User.objects.filter(pk=made.invitation.made_by_id).update(is_active=False)


@pytest.mark.parametrize(
    "die",
    [run_out, use_up, take_back, end_the_cohort, end_the_duty, lower_the_role, shut_the_maker_out],
)
def test_a_dead_invitation_lets_nobody_in_and_does_not_say_why(cohort, teacher, die):
    made = make(cohort, teacher)
    die(made)

    for client in (Browser(), signed_in(make_trainee())):
        assert client.get(path_of(made)).status_code == 410
        assert client.post(path_of(made), newcomer()).status_code == 410
    assert Browser().get("/join/no-such-token/").status_code == 410
    assert not Membership.objects.exists()


def test_guessing_is_throttled_and_joining_is_not_counted(cohort, teacher):
    made = make(cohort, teacher, uses=100)
    make_trainee(username="taken")
    browser = Browser()

    statuses = [browser.post(path_of(made), newcomer(username="taken")).status_code
                for _n in range(62)]  # fmt: skip

    assert statuses == [422] * 60 + [429] * 2
    other = Browser(address="203.0.113.80")
    for n in range(3):
        assert other.post(path_of(made), newcomer(username=f"J{n}")).status_code == 302
        other.post("/accounts/logout/")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM people_tries WHERE cardinality(times) = 0")
        assert cursor.fetchone()[0] == 2


def test_who_may_invite(cohort, teacher):
    trainee = make_trainee(cohort=cohort)
    manager = make_trainee()
    CohortStaff.objects.create(cohort=cohort, person=manager, duty="manager")
    made = make(cohort, teacher)
    url = f"/cohorts/{cohort.slug}/invite/"

    for person in (trainee, manager, make_instructor(cohort=make_cohort())):
        client = signed_in(person)
        assert client.get(url).status_code == 404
        assert client.post(url, {"role": "trainee", "days": 3, "uses": 3}).status_code == 404
        assert client.post(f"{url}{made.invitation.pk}/revoke/").status_code == 404
        with pytest.raises(inviting.MayNotInvite):
            make(cohort, person)
    with pytest.raises(inviting.MayNotInvite):
        make(cohort, make_admin(), role="admin")
    assert signed_in(make_admin()).get(url).status_code == 200
    assert Invitation.objects.get().revoked_at is None


def test_an_invitation_is_revoked_only_through_its_own_cohort(cohort, teacher):
    made = make(cohort, teacher)
    elsewhere = make_cohort()
    CohortStaff.objects.create(cohort=elsewhere, person=teacher, duty="instructor")
    client = signed_in(teacher)

    swapped = client.post(f"/cohorts/{elsewhere.slug}/invite/{made.invitation.pk}/revoke/")
    assert swapped.status_code == 404
    assert Invitation.objects.get().revoked_at is None
    own = client.post(f"/cohorts/{cohort.slug}/invite/{made.invitation.pk}/revoke/")
    assert own.status_code == 302
    assert Invitation.objects.get().revoked_at is not None
    assert AuditEntry.objects.filter(action="invitation_revoked").count() == 1


def test_the_list_costs_the_same_with_one_and_with_many(cohort, teacher):
    client = signed_in(teacher)

    def cost():
        client.get(f"/cohorts/{cohort.slug}/invite/")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/cohorts/{cohort.slug}/invite/")
        return len(queries)

    make(cohort, teacher)
    before = cost()
    for _n in range(10):
        make(cohort, make_instructor(cohort=cohort))
    assert cost() == before
    assert before <= 6


@pytest.mark.django_db(transaction=True)
def test_of_twenty_newcomers_at_the_last_place_one_comes_in():
    cohort = make_cohort()
    made = make(cohort, make_instructor(cohort=cohort), uses=1)

    def come(n):
        try:
            inviting.join_as_newcomer(token_of(made), User(username=f"n{n}", name="N"), PASSWORD)
        except inviting.NoLongerOpen:
            return 0
        return 1

    assert sum(at_once(20, come)) == 1
    assert Membership.objects.count() == 1
    assert User.objects.filter(username__startswith="n").count() == 1
    assert Invitation.objects.get().uses_left == 0


@pytest.mark.django_db(transaction=True)
def test_twenty_taps_of_one_person_take_one_place():
    cohort = make_cohort()
    made, person = make(cohort, make_instructor(cohort=cohort), uses=9), make_trainee()

    at_once(20, lambda n: inviting.join_as_known(token_of(made), person))

    assert Membership.objects.count() == 1
    assert Invitation.objects.get().uses_left == 8
