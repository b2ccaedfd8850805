"""The list of people, a person's page, adding, editing and moving them."""

import time
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from people import auditing, person_parts
from people.models import AuditEntry, CohortStaff, Membership, MessengerAccount, User
from people.person_parts import Part
from people.sign_in_links import issue_link
from tests.factories import make_admin, make_cohort, make_instructor, make_trainee

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return make_admin(language="en")


@pytest.fixture
def cohort():
    return make_cohort(name="前厅一班")


@pytest.fixture
def teacher(cohort):
    return make_instructor(cohort=cohort, language="en")


def signed_in(person):
    """A client of somebody who has given the password a moment ago."""
    client = Client()
    client.force_login(person)
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time(), "reauthenticated": True}
    ]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return client


def names_on(client, **asked):
    page = client.get("/people/", asked)
    assert page.status_code == 200
    return [one.name for one in page.context["page"]]


def fields_of(person, **fields):
    return {
        "username": person.username, "name": person.name, "role": person.role,
        "email": person.email or "", "phone": person.phone or "", "language": "zh-hans",
        "tz": person.tz, "shift_at": "", "time_factor": "1",
    } | fields  # fmt: skip


# --- The list ---------------------------------------------------------------------------------


def test_people_are_found_by_name_number_phone_and_mail_and_filtered(admin, cohort):
    below = make_cohort(parent=cohort)
    make_trainee(cohort=cohort, name="李晓彤", username="H1001", phone="13800138000")
    make_trainee(cohort=below, name="Emma Clarke", email="emma@mot.example")
    make_instructor(name="周知行")
    make_trainee(name="吴俊杰", is_active=False)
    client = signed_in(admin)

    assert names_on(client, q="晓彤") == ["李晓彤"]
    assert names_on(client, q="h1001") == ["李晓彤"]
    assert names_on(client, q="13800") == ["李晓彤"]
    assert names_on(client, q="emma@mot") == ["Emma Clarke"]
    assert names_on(client, q="clarke emma") == ["Emma Clarke"]
    assert names_on(client, cohort=cohort.pk) == ["Emma Clarke", "李晓彤"]
    assert names_on(client, cohort=below.pk) == ["Emma Clarke"]
    assert names_on(client, role="instructor") == ["周知行"]
    assert names_on(client, state="inactive") == ["吴俊杰"]
    assert "吴俊杰" in names_on(client, state="all")
    assert names_on(client, q="%") == []
    assert len(names_on(client, cohort="x", role="x", state="x", page="x")) == 4


def test_others_see_those_whom_their_duty_reaches(cohort, teacher):
    inside = make_trainee(cohort=cohort, name="Inside", phone="13800138000")
    outside = make_trainee(cohort=make_cohort(), name="Outside")
    gone = make_trainee(cohort=cohort, name="Gone")
    Membership.objects.filter(person=gone).update(left_at="2026-02-01T00:00Z")
    manager = make_trainee(language="en")
    CohortStaff.objects.create(cohort=cohort, person=manager, duty="manager")

    for viewer in (teacher, manager):
        client = signed_in(viewer)
        assert names_on(client) == ["Inside"]
        assert client.get(f"/people/{inside.username}/").status_code == 200
        for person in (outside, gone):
            assert client.get(f"/people/{person.username}/").status_code == 404
    assert names_on(signed_in(teacher), q="13800") == ["Inside"]
    assert names_on(signed_in(manager), q="13800") == []
    page = signed_in(manager).get(f"/people/{inside.username}/").content.decode()
    assert "13800138000" not in page
    assert "/edit/" not in page
    for viewer in (inside, make_trainee()):
        assert signed_in(viewer).get("/people/").status_code == 404
        assert signed_in(viewer).get(f"/people/{inside.username}/").status_code == 404
    assert Client().get("/people/").status_code == 302


def test_the_list_costs_the_same_with_one_and_with_many_and_is_paged(admin, cohort):
    client = signed_in(admin)

    def cost():
        client.get("/people/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/people/", {"cohort": cohort.pk})
        return len(queries)

    auditing.record(make_trainee(cohort=cohort), "signed_in")
    before = cost()
    for _n in range(60):
        make_trainee(cohort=cohort)
    assert cost() == before
    assert before <= 9
    assert len(names_on(client, cohort=cohort.pk)) == 50
    assert len(names_on(client, cohort=cohort.pk, page="2")) == 11
    page = client.get("/people/", {"cohort": cohort.pk}).content.decode()
    assert f"?cohort={cohort.pk}&amp;page=2" in page


# --- A person ---------------------------------------------------------------------------------


def test_a_persons_page_says_what_is_known(admin, cohort):
    earlier = make_cohort(name="Earlier")
    person = make_trainee(cohort=cohort, name="李晓彤", email="li@mot.example")
    Membership.objects.create(
        cohort=earlier, person=person, joined_on=date(2025, 3, 1), left_at="2025-09-01T00:00Z"
    )
    CohortStaff.objects.create(cohort=earlier, person=person, duty="manager")
    MessengerAccount.objects.create(person=person, channel="wecom", account="lixt")

    page = signed_in(admin).get(f"/people/{person.username}/").content.decode()

    for words in ("李晓彤", "li@mot.example", "lixt", "前厅一班", "Earlier", "March 1, 2025",
                  "Manager", f"/people/{person.username}/link/"):  # fmt: skip
        assert words in page
    assert signed_in(admin).get("/people/nobody/").status_code == 404


def test_a_persons_page_costs_the_same_with_one_cohort_and_with_many(admin):
    person = make_trainee(cohort=make_cohort())
    client, url = signed_in(admin), f"/people/{person.username}/"

    def cost():
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        return len(queries)

    before = cost()
    for _n in range(8):
        Membership.objects.create(
            person=person, cohort=make_cohort(parent=make_cohort()), joined_on=date(2026, 1, 5)
        )
        CohortStaff.objects.create(cohort=make_cohort(), person=person, duty="manager")
    assert cost() == before


def test_other_apps_add_parts_in_their_order(admin, monkeypatch):
    monkeypatch.setattr(person_parts, "PARTS", {})
    person = make_trainee()
    template = "people/_pages.html"
    person_parts.register("late", lambda request, one: Part(template, {}), order=20)
    person_parts.register("none", lambda request, one: None)
    asked = []
    person_parts.register("first", lambda request, one: asked.append((request.user, one)), order=1)

    assert signed_in(admin).get(f"/people/{person.username}/").status_code == 200

    assert asked == [(admin, person)]
    assert [order for order, _build in person_parts.PARTS.values()] == [20, 100, 1]


# --- Adding -----------------------------------------------------------------------------------


def test_an_admin_adds_somebody_without_a_password(admin, cohort):
    client = signed_in(admin)
    data = {
        "name": "李晓彤", "username": "Ｈ２００１", "role": "instructor", "cohort": cohort.pk,
        "tz": "Asia/Shanghai", "email": "Li@mot.example", "phone": "", "language": "",
    }  # fmt: skip

    assert client.get("/people/new/").context["form"]["tz"].value() == "Asia/Shanghai"
    done = client.post("/people/new/", data)

    person = User.objects.get(username="H2001")
    assert done.headers["Location"] == "/people/H2001/"
    assert (person.role, person.email, person.phone) == ("instructor", "li@mot.example", None)
    assert not person.has_usable_password()
    assert person.memberships.get().cohort == cohort
    assert AuditEntry.objects.filter(action="person_added").count() == 1


def test_an_instructor_adds_trainees_to_own_cohorts_and_nothing_more(cohort, teacher):
    foreign = make_cohort()
    client = signed_in(teacher)
    data = {"name": "Li", "username": "H3", "role": "admin", "cohort": cohort.pk,
            "tz": "Asia/Shanghai", "email": "li@mot.example", "time_factor": "3"}  # fmt: skip

    assert client.post("/people/new/", data | {"cohort": foreign.pk}).status_code == 422
    assert client.post("/people/new/", data | {"cohort": ""}).status_code == 422
    assert client.post("/people/new/", data).status_code == 302

    person = User.objects.get(username="H3")
    assert (person.role, person.email, person.time_factor) == ("trainee", None, 1)


@pytest.mark.parametrize(
    "wrong", [{"username": "TAKEN"}, {"username": "import"}, {"username": "a b"}, {"name": ""},
              {"email": "TAKEN@mot.example"}, {"phone": "12"}, {"tz": "Mars"}, {"role": "god"}],
)  # fmt: skip
def test_somebody_who_cannot_be_added_is_refused_and_what_was_typed_kept(admin, wrong):
    make_trainee(username="taken", email="taken@mot.example")
    data = {"name": "Xiaotong", "username": "H9", "role": "trainee", "tz": "UTC"} | wrong

    refused = signed_in(admin).post("/people/new/", data)

    assert refused.status_code == 422
    assert not data["name"] or 'value="Xiaotong"' in refused.content.decode()
    assert not User.objects.filter(name=data["name"]).exists()


# --- Editing ----------------------------------------------------------------------------------


def test_an_admin_changes_what_people_sign_in_with_and_their_role(admin):
    person = make_trainee()
    client = signed_in(person)
    issue_link(issuer=admin, person=person)
    url = f"/people/{person.username}/edit/"

    done = signed_in(admin).post(
        url, fields_of(person, username="H77", email="a@mot.example", role="instructor")
    )

    assert done.headers["Location"] == "/people/H77/"
    person.refresh_from_db()
    assert (person.username, person.email, person.role) == ("H77", "a@mot.example", "instructor")
    assert client.get("/me/").status_code == 302  # another role: signed out
    assert not person.sign_in_links.filter(used_at=None).exists()
    entry = AuditEntry.objects.get(action="person_changed")
    assert (entry.before["role"], entry.after["role"]) == ("trainee", "instructor")


def test_an_instructor_changes_a_trainees_name_and_never_the_sign_in(cohort, teacher):
    person = make_trainee(cohort=cohort, email="a@mot.example")
    client = signed_in(teacher)
    stolen = fields_of(
        person, name="New", username="H1", email="me@mot.example", phone="13900000000",
        role="admin", time_factor="9",
    )  # fmt: skip

    assert client.post(f"/people/{person.username}/edit/", stolen).status_code == 302

    before = (person.username, person.email, person.phone, person.role, person.time_factor)
    person.refresh_from_db()
    assert person.name == "New"
    assert before == (
        person.username, person.email, person.phone, person.role, person.time_factor,
    )  # fmt: skip


def test_nobody_changes_their_own_role_and_instructors_edit_no_instructors(admin, cohort, teacher):
    colleague = make_instructor()
    Membership.objects.create(cohort=cohort, person=colleague, joined_on=date(2026, 1, 5))
    manager = make_instructor()
    CohortStaff.objects.create(cohort=cohort, person=manager, duty="manager")
    trainee = make_trainee(cohort=cohort)

    signed_in(admin).post(f"/people/{admin.username}/edit/", fields_of(admin, role="trainee"))
    admin.refresh_from_db()
    assert admin.role == "admin"
    assert signed_in(teacher).get(f"/people/{colleague.username}/edit/").status_code == 404
    assert signed_in(manager).get(f"/people/{trainee.username}/edit/").status_code == 404
    assert signed_in(trainee).get(f"/people/{trainee.username}/edit/").status_code == 404


def test_an_edit_that_is_not_right_is_refused_and_what_was_typed_kept(admin):
    person = make_trainee()

    refused = signed_in(admin).post(
        f"/people/{person.username}/edit/", fields_of(person, name="Kept", email="no mail")
    )

    assert refused.status_code == 422
    page = refused.content.decode()
    assert 'value="Kept"' in page
    assert 'value="no mail"' in page
    assert f"Edit {person.name}" in page


# --- Moving -----------------------------------------------------------------------------------


def test_somebody_is_moved_put_in_and_taken_out(admin, cohort):
    other, third = make_cohort(), make_cohort()
    person = make_trainee(cohort=cohort)
    client, url = signed_in(admin), f"/people/{person.username}/cohorts/"
    membership = person.memberships.get()

    def act(act, **data):
        return client.post(url, {"act": act, **data}).status_code

    assert act("move", membership=membership.pk, cohort=other.pk) == 302
    assert act("move", membership=membership.pk, cohort=other.pk) == 404  # has left it by now
    assert act("join", cohort=third.pk) == 302
    assert act("join", cohort=third.pk) == 302
    assert act("join", cohort="x") == 422
    assert act("dance") == 404
    here = {one.cohort for one in person.memberships.filter(left_at=None)}
    assert here == {other, third}
    assert act("leave", membership=person.memberships.get(cohort=third).pk) == 302
    assert person.memberships.filter(left_at=None).count() == 1


def test_an_instructor_moves_people_only_between_cohorts_they_teach(cohort, teacher):
    foreign = make_cohort()
    person, stranger = make_trainee(cohort=cohort), make_trainee(cohort=foreign)
    Membership.objects.create(cohort=foreign, person=person, joined_on=date(2026, 1, 5))
    mine = person.memberships.get(cohort=cohort)
    theirs = person.memberships.get(cohort=foreign)
    client, url = signed_in(teacher), f"/people/{person.username}/cohorts/"

    swapped = stranger.memberships.get().pk
    for membership in (theirs.pk, swapped, 0):
        assert client.post(url, {"act": "leave", "membership": membership}).status_code == 404
    to_foreign = {"act": "move", "membership": mine.pk, "cohort": foreign.pk}
    assert client.post(url, to_foreign).status_code == 422
    assert client.post(url, {"act": "join", "cohort": foreign.pk}).status_code == 422
    own = f"/people/{stranger.username}/cohorts/"
    assert client.post(own, {"act": "join", "cohort": cohort.pk}).status_code == 404
    assert Membership.objects.filter(left_at=None).count() == 3
    left = client.post(url, {"act": "leave", "membership": mine.pk})
    assert left.headers["Location"] == "/people/"  # out of reach now
