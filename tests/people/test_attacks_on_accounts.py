"""Ways into somebody else's account that were tried: by imports, names, links, the company."""

import logging
from datetime import date

import pytest
from django.test import Client

from people import deactivating, inviting
from people.importing.applying import take_in
from people.importing.undoing import NotUndone, undo
from people.models import CohortStaff, ImportRun, Membership, MessengerAccount, User
from people.sign_in_links import issue_link, may_issue_link
from tests.factories import (
    PASSWORD,
    make_admin,
    make_cohort,
    make_instructor,
    make_person,
    make_trainee,
)
from tests.people.conftest import Browser
from tests.people.import_tables import faults_of, planned

pytestmark = pytest.mark.django_db
CONTACTS = ("Staff number", "Name", "Phone", "E-mail")


@pytest.fixture
def cohort():
    return make_cohort(name="Front")


@pytest.fixture
def teacher(cohort):
    return make_instructor(cohort=cohort, language="en")


@pytest.fixture
def elsewhere():
    return make_cohort(name="Another hotel")


def take_rows(importer, *rows, header=CONTACTS, **options):
    plan, table, chosen, seen = planned(importer, *rows, header=header, **options)
    assert faults_of(plan) == []
    return take_in(importer=importer, table=table, options=chosen, seen=seen)


# --- Undoing as a weapon ----------------------------------------------------------------------


def mail_there_and_back(teacher, cohort):
    """A trainee whose last import put the own address in place of one of the instructor's."""
    person = make_trainee(cohort=cohort, username="T1", name="T", email="mine@evil.example")
    run = take_rows(teacher, ("T1", "", "", "t@mot.example"), cohort_id=cohort.pk)
    return person, run


@pytest.mark.parametrize("rise", ["instructor", "admin"])
def test_undoing_touches_nobody_who_has_risen_since(teacher, cohort, rise):
    person, run = mail_there_and_back(teacher, cohort)
    User.objects.filter(pk=person.pk).update(role=rise)

    with pytest.raises(NotUndone):
        undo(run=run, by=teacher)

    person.refresh_from_db()
    assert person.email == "t@mot.example"


def test_undoing_touches_nobody_who_is_out_of_reach_by_now(teacher, cohort, elsewhere):
    person, run = mail_there_and_back(teacher, cohort)
    Membership.objects.filter(person=person).update(cohort=elsewhere)

    with pytest.raises(NotUndone):
        undo(run=run, by=teacher)

    person.refresh_from_db()
    assert person.email == "t@mot.example"


def test_undoing_puts_nobody_back_into_a_class_that_one_no_longer_teaches(teacher, cohort):
    other = make_cohort(name="Back")
    duty = CohortStaff.objects.create(cohort=other, person=teacher, duty="instructor")
    person = make_trainee(cohort=other, username="T1", name="T")
    run = take_rows(teacher, ("T1", cohort.slug), header=("Staff number", "Cohort"))
    duty.delete()

    with pytest.raises(NotUndone):
        undo(run=run, by=teacher)

    assert [one.cohort for one in person.memberships.filter(left_at=None)] == [cohort]


def test_an_admin_undoes_wherever_people_are_but_no_import_changes_an_admin(
    teacher, cohort, elsewhere
):
    person, run = mail_there_and_back(teacher, cohort)
    Membership.objects.filter(person=person).update(cohort=elsewhere)
    User.objects.filter(pk=person.pk).update(role="admin")
    with pytest.raises(NotUndone):
        undo(run=run, by=make_admin())
    User.objects.filter(pk=person.pk).update(role="trainee")

    undo(run=run, by=make_admin())

    person.refresh_from_db()
    assert person.email == "mine@evil.example"


def test_whom_an_admin_has_shut_out_no_import_lets_in_again(teacher, cohort):
    row = ("N1", "New", "", "")
    undo(run=take_rows(teacher, row, cohort_id=cohort.pk), by=teacher)
    take_rows(teacher, row, cohort_id=cohort.pk)
    deactivating.deactivate(User.objects.get(username="N1"), by=make_admin())

    plan, *_ = planned(teacher, row, header=CONTACTS, cohort_id=cohort.pk)

    assert faults_of(plan) == [(2, "staff", "This staff number is taken.")]
    assert ImportRun.objects.count() == 2


# --- People with the role of a trainee who manage others --------------------------------------


@pytest.fixture
def manager(cohort, elsewhere):
    """A trainee of the instructor's class who looks after another hotel."""
    person = make_trainee(cohort=cohort, username="M1", name="M", email="m@mot.example")
    CohortStaff.objects.create(cohort=elsewhere, person=person, duty="manager")
    return person


def test_a_sign_in_link_gives_no_instructor_a_duty_beyond_their_reach(teacher, cohort, manager):
    shift_leader = make_trainee(cohort=cohort)
    CohortStaff.objects.create(cohort=cohort, person=shift_leader, duty="manager")

    assert not may_issue_link(teacher, manager)
    assert may_issue_link(teacher, shift_leader)
    assert may_issue_link(make_admin(), manager)


def test_a_link_dies_when_its_person_gets_a_duty_elsewhere(teacher, cohort, elsewhere):
    person = make_trainee(cohort=cohort)
    path = issue_link(issuer=teacher, person=person).removeprefix("https://mot.example")
    CohortStaff.objects.create(cohort=elsewhere, person=person, duty="manager")

    assert Client().post(path).status_code == 410


def test_no_instructor_imports_other_contacts_for_a_manager_beyond_their_reach(
    teacher, cohort, manager
):
    plan, *_ = planned(
        teacher, ("M1", "", "", "mine@evil.example"), header=CONTACTS, cohort_id=cohort.pk
    )

    assert [fault[:2] for fault in faults_of(plan)] == [(2, "email")]
    renamed, *_ = planned(teacher, ("M1", "Em", "", ""), header=CONTACTS, cohort_id=cohort.pk)
    assert faults_of(renamed) == []


# --- Names that lead to somebody else ---------------------------------------------------------


@pytest.mark.parametrize("typed", ["13800138000", "１３８００１３８０００"])
def test_nobody_takes_anothers_phone_for_a_staff_number(teacher, cohort, typed):
    victim = make_person(phone="13800138000", password=PASSWORD)
    made = inviting.invite(cohort=cohort, role="trainee", days=3, uses=3, by=teacher)
    fields = {"name": "X", "username": typed, "password": "x1 y2 z3 w4", "again": "x1 y2 z3 w4"}

    response = Client().post(made.link.removeprefix("https://mot.example"), fields)

    assert response.status_code == 422
    assert "username" in response.context["form"].errors
    browser = Browser()
    browser.sign_in("13800138000")
    assert browser.session["_auth_user_id"] == str(victim.pk)


def test_nobody_is_imported_under_anothers_phone_or_a_word_of_our_addresses(teacher, cohort):
    make_person(phone="13800138000")

    plan, *_ = planned(
        teacher,
        ("13800138000", "X", "", ""),
        ("Import", "Y", "", ""),
        ("13800138001", "Z", "13800138001", ""),  # their own is nobody else's
        header=CONTACTS,
        cohort_id=cohort.pk,
    )

    assert [fault[:2] for fault in faults_of(plan)] == [(2, "staff"), (3, "staff")]


@pytest.mark.parametrize("account", ["@all", "boss|T1", "a,b", "a;b", "a b"])
def test_a_messengers_account_names_one_person_alone(teacher, cohort, account):
    plan, *_ = planned(
        teacher,
        ("T1", "T", account),
        header=("Staff number", "Name", "WeCom account"),
        cohort_id=cohort.pk,
    )

    assert [fault[:2] for fault in faults_of(plan)] == [(2, "wecom")]


def test_ordinary_accounts_of_messengers_are_taken(teacher, cohort):
    names = ("LiXiaoTong", "li.xiaotong@mot_1-2", "0123456789-12", "ou_abc", "g4b3c2d1")
    rows = [(f"T{number}", "T", name) for number, name in enumerate(names)]

    header = ("Staff number", "Name", "WeCom account")
    take_rows(teacher, *rows, header=header, cohort_id=cohort.pk)

    assert MessengerAccount.objects.count() == len(names)


# --- Secret addresses in the log --------------------------------------------------------------


def test_no_secret_address_stands_in_the_log(teacher, cohort, caplog, settings):
    from assignments.feed import make_feed
    from outbox.unsubscribing import token_for

    settings.DEBUG_PROPAGATE_EXCEPTIONS = False
    made = inviting.invite(cohort=cohort, role="trainee", days=3, uses=3, by=teacher)
    person = make_trainee(cohort=cohort)
    join = made.link.removeprefix("https://mot.example")
    link = issue_link(issuer=teacher, person=person).removeprefix("https://mot.example")
    feed = make_feed(person).removeprefix("https://mot.example")
    stop = f"/unsubscribe/{token_for(person.pk, 'no-such-kind', 'email')}/"
    strict = Client(enforce_csrf_checks=True)
    with caplog.at_level(logging.DEBUG):
        codes = {strict.post(path).status_code for path in (join, link, feed)}
        for _ in range(61):
            codes.add(Client().post(join, {}).status_code)
            codes.add(Client().get(feed).status_code)
        Client().get(stop)
    said = "".join(record.getMessage() for record in caplog.records)

    assert {403, 422, 429, 200} <= codes
    for path in (join, link, feed, stop):
        secret = max(path.replace(".ics", "").split("/"), key=len)
        assert secret not in said, path.split("/")[1]
    assert "/join/" in said


# --- An admin's own page of a person ----------------------------------------------------------


def edit(client, person, **fields):
    kept = {
        "username": person.username, "name": person.name, "role": person.role,
        "email": person.email or "", "phone": person.phone or "", "language": "",
        "tz": person.tz, "shift_at": "", "time_factor": "1",
    }  # fmt: skip
    return client.post(f"/people/{person.username}/edit/", kept | fields)


@pytest.mark.parametrize(
    "change", [{"role": "admin"}, {"email": "mine@evil.example"}, {"phone": "13900139000"}]
)
def test_rights_and_addresses_ask_for_the_password_again(change):
    person, admin = make_trainee(), make_admin(password=PASSWORD)
    client = Client()
    client.force_login(admin)

    asked = edit(client, person, **change)

    assert asked["Location"].startswith("/accounts/reauthenticate/")
    field, value = next(iter(change.items()))
    person.refresh_from_db()
    assert getattr(person, field) != value
    client.post(asked["Location"], {"password": PASSWORD})
    person.refresh_from_db()
    assert getattr(person, field) == value


def test_a_new_name_asks_for_nothing_and_a_new_admin_does():
    person, client = make_trainee(), Client()
    client.force_login(make_admin(password=PASSWORD))

    assert edit(client, person, name="Other")["Location"] == f"/people/{person.username}/"
    new = {"username": "N9", "name": "N", "role": "admin", "tz": "Asia/Shanghai", "language": ""}
    asked = client.post("/people/new/", new)
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    assert not User.objects.filter(username="N9").exists()


def test_a_membership_of_long_ago_is_no_reach(teacher, cohort):
    person = make_trainee(username="T1")
    Membership.objects.create(
        cohort=cohort, person=person, joined_on=date(2026, 1, 5), left_at="2026-02-01T00:00Z"
    )

    assert not may_issue_link(teacher, person)


def test_nobody_takes_in_somebody_who_has_left_anothers_class(teacher, cohort, elsewhere):
    def former(place):
        person = make_trainee(cohort=place)
        Membership.objects.filter(person=person).update(left_at="2026-02-01T00:00Z")
        return person

    theirs, own = former(elsewhere), former(cohort)
    client = Client()
    client.force_login(teacher)
    url = f"/cohorts/{cohort.slug}/members/change/"

    codes = [
        client.post(url, {"act": "put_in", "person": one.pk}).status_code for one in (theirs, own)
    ]

    assert codes == [422, 302]
    assert not may_issue_link(teacher, theirs)
