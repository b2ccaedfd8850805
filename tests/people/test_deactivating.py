"""Shutting somebody out: at once, everywhere, with nothing of their work touched."""

import re

import pytest
from django.test import Client

from people import deactivating, inviting
from people.models import AuditEntry, Invitation, SignInLink, User
from people.sign_in_links import issue_link, open_link, use_link
from quizzes.models import Answer
from tests.factories import PASSWORD, make_admin, make_cohort, make_instructor, make_trainee
from tests.people.conftest import Browser
from tests.quizzes.making import fields_for, make_attempt
from tests.quizzes.test_races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return make_admin(language="en")


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def test_a_live_session_ends_with_the_click_of_the_admin(admin):
    cohort = make_cohort()
    person = make_trainee(cohort=cohort, password=PASSWORD)
    browser = Browser()
    browser.sign_in(person.username)
    assert browser.get("/me/").status_code == 200

    page = signed_in(admin).get(f"/people/{person.username}/deactivate/")
    done = signed_in(admin).post(f"/people/{person.username}/deactivate/")

    assert "1 sign-in ends" in page.content.decode()
    assert done.status_code == 302
    assert browser.get("/me/").status_code == 302
    assert browser.get("/me/").headers["Location"].startswith("/accounts/login/")
    assert "_auth_user_id" not in browser.session
    browser.sign_in(person.username)
    assert browser.get("/me/").status_code == 302
    assert cohort.memberships.get().left_at is None
    assert AuditEntry.objects.filter(action="person_deactivated", actor=admin).count() == 1


def test_the_next_save_of_somebody_in_the_middle_of_an_answer_is_refused_with_401(admin):
    person = make_trainee()
    attempt = make_attempt(trainee=person)
    client = signed_in(person)
    answer = attempt.answers.order_by("position").first()
    url = f"/quizzes/attempts/{attempt.pk}/"
    ticket = re.search(r'name="ticket" value="([^"]+)"', client.get(url).content.decode())[1]

    def save(n, said):
        fields = {"ticket": ticket, "n": n} | fields_for(answer, {"answer": said})
        return client.post(f"{url}answers/{answer.position}/", fields).status_code

    saved = save(1, True)
    deactivating.deactivate(person, by=admin)
    refused = save(2, False)

    assert (saved, refused) == (200, 401)
    assert Answer.objects.get(pk=answer.pk).response == {"answer": True}


def test_links_and_invitations_die_with_their_maker_and_stay_dead(admin):
    cohort = make_cohort()
    teacher, trainee = make_instructor(cohort=cohort), make_trainee(cohort=cohort)
    link = issue_link(issuer=teacher, person=trainee).rstrip("/").rsplit("/", 1)[1]
    own = issue_link(issuer=admin, person=teacher).rstrip("/").rsplit("/", 1)[1]
    made = inviting.invite(cohort=cohort, role="trainee", days=5, uses=5, by=teacher)
    token = made.link.rstrip("/").rsplit("/", 1)[1]

    deactivating.deactivate(teacher, by=admin)
    deactivating.reactivate(teacher, by=admin)

    assert open_link(link) is None
    assert use_link(own) is None
    assert inviting.open_invitation(token) is None
    assert Invitation.objects.get().revoked_at is not None
    assert not SignInLink.objects.filter(used_at=None).exists()


def test_whoever_is_let_in_again_signs_in_with_the_old_password(admin):
    person = make_trainee(password=PASSWORD)
    client = signed_in(admin)

    client.post(f"/people/{person.username}/deactivate/")
    client.post(f"/people/{person.username}/reactivate/")
    browser = Browser()
    browser.sign_in(person.username)

    assert browser.get("/me/").status_code == 200
    actions = list(AuditEntry.objects.filter(actor=admin).values_list("action", flat=True))
    assert actions.count("person_reactivated") == 1


def test_a_get_says_what_will_happen_and_does_nothing(admin):
    person = make_trainee()

    page = signed_in(admin).get(f"/people/{person.username}/deactivate/")

    assert "stay as they are" in page.content.decode()
    assert User.objects.get(pk=person.pk).is_active


def test_nobody_shuts_out_themselves_and_only_admins_shut_out(admin):
    cohort = make_cohort()
    trainee = make_trainee(cohort=cohort)

    assert signed_in(admin).post(f"/people/{admin.username}/deactivate/").status_code == 404
    for person in (make_instructor(cohort=cohort), make_trainee(cohort=cohort), trainee):
        client = signed_in(person)
        assert client.get(f"/people/{trainee.username}/deactivate/").status_code == 404
        assert client.post(f"/people/{trainee.username}/deactivate/").status_code == 404
        assert client.post(f"/people/{trainee.username}/reactivate/").status_code == 404
    with pytest.raises(deactivating.NotOneself):
        deactivating.deactivate(admin, by=admin)
    assert not User.objects.filter(is_active=False).exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_who_deactivate_at_once_one_does_it():
    admin, person = make_admin(), make_trainee()

    done = at_once(8, lambda n: deactivating.deactivate(User.objects.get(pk=person.pk), by=admin))

    assert sum(done) == 1
    assert AuditEntry.objects.filter(action="person_deactivated").count() == 1
