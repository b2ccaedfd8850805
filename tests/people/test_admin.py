"""People in Django's admin."""

import time

import pytest

from people.models import AuditEntry, Cohort, CohortStaff, User
from tests.factories import PASSWORD, make_admin, make_cohort, make_instructor, make_trainee

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    """An admin who has just confirmed the password."""
    admin = make_admin(username="boss", password=PASSWORD)
    client.force_login(admin)
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time(), "reauthenticated": True}
    ]
    session["account_authentication_methods_user"] = str(admin.pk)
    session.save()
    return admin


def form_of(person, **changes):
    fields = {
        "username": person.username,
        "name": person.name,
        "phone": person.phone or "",
        "email": person.email or "",
        "role": person.role,
        "language": person.language,
        "tz": person.tz,
        "time_factor": person.time_factor,
        "is_active": "on",
    }
    return {name: value for name, value in (fields | changes).items() if value is not None}


def address(person):
    return f"/admin/people/user/{person.pk}/change/"


def test_every_page_of_the_admin_can_be_shown_and_has_nothing_inline(client, admin):
    cohort = make_cohort()
    make_instructor(cohort=cohort)
    make_trainee(cohort=cohort)
    pages = ["/admin/", address(admin)]
    for model in ("user", "cohort", "membership", "cohortstaff", "auditentry"):
        pages.append(f"/admin/people/{model}/")
        pages += [] if model == "auditentry" else [f"/admin/people/{model}/add/"]
    pages += ["/admin/outbox/message/", "/admin/outbox/heartbeat/"]

    for page in pages:
        response = client.get(page)
        text = response.content.decode()
        assert response.status_code == 200, page
        assert "<style" not in text
        assert "<script>" not in text
        assert " style=" not in text
        assert "onclick" not in text


@pytest.mark.parametrize(
    "path",
    ["account/emailaddress/", "mfa/authenticator/", "usersessions/usersession/", "auth/group/"],
)
def test_tables_with_secrets_are_not_in_the_admin(client, admin, path):
    assert client.get(f"/admin/{path}").status_code == 404


def test_neither_password_nor_its_hash_is_shown(client, admin):
    person = make_trainee(password=PASSWORD)

    page = client.get(address(person)).content.decode()

    assert "argon2" not in page
    assert "password" not in page.replace("/admin/password_change/", "").lower()


def test_a_new_person_has_no_password(client, admin):
    data = form_of(User(username="new1", name="New", role="trainee", tz="Asia/Shanghai"))

    client.post("/admin/people/user/add/", data)

    assert not User.objects.get(username="new1").has_usable_password()


def test_a_change_of_role_is_written_down_and_ends_the_sign_ins(client, admin, browser):
    person = make_trainee(password=PASSWORD)
    browser.sign_in(person.username)

    client.post(address(person), form_of(person, role="instructor"))

    entry = AuditEntry.objects.get(action="user_changed")
    assert (entry.actor, entry.before, entry.after) == (
        admin,
        {"role": "trainee"},
        {"role": "instructor"},
    )
    assert browser.get("/accounts/sessions/").status_code == 302


def test_deactivating_ends_the_sign_ins(client, admin, browser):
    person = make_trainee(password=PASSWORD)
    browser.sign_in(person.username)

    client.post(address(person), form_of(person, is_active=None))

    person.refresh_from_db()
    assert not person.is_active
    assert not browser.session.exists(browser.cookies["__Host-session"].value)


def test_fields_that_are_not_in_the_form_change_nothing(client, admin):
    person = make_trainee(password=PASSWORD)
    before = User.objects.filter(pk=person.pk).values()[0]

    client.post(
        address(person),
        form_of(
            person,
            password="x",
            is_demo="on",
            erased_at="2026-01-01",
            last_login="2026-01-01",
            id=1,
        ),
    )

    assert User.objects.filter(pk=person.pk).values()[0] == before


def test_nobody_changes_their_own_role_or_deactivates_themselves(client, admin):
    for change in ({"role": "trainee"}, {"is_active": None}):
        client.post(address(admin), form_of(admin, **change))

    admin.refresh_from_db()
    assert (admin.role, admin.is_active) == ("admin", True)


def test_nobody_is_deleted(client, admin):
    person = make_trainee()

    assert (
        client.post(f"/admin/people/user/{person.pk}/delete/", {"post": "yes"}).status_code == 403
    )
    client.post(
        "/admin/people/user/",
        {"action": "delete_selected", "_selected_action": [person.pk], "post": "yes"},
    )

    assert User.objects.filter(pk=person.pk).exists()


def test_the_password_is_asked_before_a_change_and_the_change_goes_on(client):
    admin = make_admin(password=PASSWORD)
    client.force_login(admin)
    person = make_trainee()

    asked = client.post(address(person), form_of(person, name="Changed"))
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    person.refresh_from_db()
    assert person.name != "Changed"
    client.post(asked["Location"], {"password": PASSWORD})

    person.refresh_from_db()
    assert person.name == "Changed"


def test_the_second_factor_of_somebody_who_lost_the_phone_goes(client, admin):
    other = make_admin()

    client.post(
        "/admin/people/user/",
        {"action": "take_second_factor_away", "_selected_action": [other.pk, admin.pk]},
    )

    assert not other.authenticator_set.exists()
    assert admin.authenticator_set.exists()


def test_the_same_address_or_number_twice_is_refused_in_words(client, admin):
    make_trainee(username="A1", email="li@mot.example")
    person = make_trainee()

    english = {"accept-language": "en"}
    for change in ({"email": "LI@mot.example"}, {"username": "a1"}):
        form = form_of(person, **change)
        page = client.post(address(person), form, headers=english).content.decode()
        assert "Somebody already has this" in page


def test_a_cohort_cannot_lie_below_itself(client, admin):
    above = make_cohort()
    below = make_cohort(parent=above)

    data = {"slug": above.slug, "name": above.name, "tz": above.tz, "parent": below.pk}
    client.post(f"/admin/people/cohort/{above.pk}/change/", data)

    assert Cohort.objects.get(pk=above.pk).parent is None


def test_a_duty_that_is_over_goes_and_is_written_down(client, admin):
    cohort = make_cohort()
    make_instructor(cohort=cohort)
    duty = CohortStaff.objects.get()

    client.post(f"/admin/people/cohortstaff/{duty.pk}/delete/", {"post": "yes"})

    assert not CohortStaff.objects.exists()
    assert AuditEntry.objects.filter(action="cohortstaff_removed", actor=admin).exists()
