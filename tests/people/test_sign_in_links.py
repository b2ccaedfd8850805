"""One-use links: who may issue them, and that they work once."""

import threading
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.utils import timezone

from people.models import AuditEntry, CohortStaff, Membership, SignInLink, User
from people.sign_in_links import MayNotIssueLink, issue_link, may_issue_link
from tests.factories import (
    PASSWORD,
    make_admin,
    make_cohort,
    make_instructor,
    make_trainee,
)
from tests.people.conftest import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort():
    return make_cohort()


@pytest.fixture
def instructor(cohort):
    return make_instructor(cohort=cohort)


@pytest.fixture
def trainee(cohort):
    return make_trainee(cohort=cohort, name="Li Xiaotong")


def path_of(link):
    return urlsplit(link).path


@pytest.fixture
def path(instructor, trainee):
    return path_of(issue_link(issuer=instructor, person=trainee))


def test_the_button_signs_in_and_leads_to_choosing_a_password(browser, path, trainee):
    page = browser.get(path)
    response = browser.post(path)

    assert page.status_code == 200
    assert "Li Xiaotong" in page.content.decode()
    assert response["Location"] == "/accounts/password/choose/"
    assert browser.session["_auth_user_id"] == str(trainee.pk)


def test_opening_the_link_changes_nothing(browser, path):
    for _ in range(3):
        browser.get(path)
        browser.head(path)

    assert not browser.is_signed_in
    assert SignInLink.objects.get().used_at is None


def test_a_link_works_once(browser, other_browser, path):
    browser.post(path)

    assert other_browser.get(path).status_code == 410
    assert other_browser.post(path).status_code == 410
    assert not other_browser.is_signed_in


def test_a_link_works_for_a_day(browser, path):
    SignInLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert browser.post(path).status_code == 410
    assert not browser.is_signed_in


def test_a_new_link_ends_the_older_one(browser, instructor, trainee, path):
    newer = path_of(issue_link(issuer=instructor, person=trainee))

    assert browser.post(path).status_code == 410
    assert browser.post(newer).status_code == 302


def test_only_the_hash_of_a_link_is_kept(path):
    token = path.rstrip("/").split("/")[-1]
    link = SignInLink.objects.get()

    assert len(token) == 43  # 256 bits
    assert token not in str(link.__dict__)


@pytest.mark.django_db(transaction=True)
def test_of_ten_at_once_one_gets_in(path):
    answers = []

    def use():
        answers.append(Browser().post(path).status_code)
        connection.close()

    threads = [threading.Thread(target=use) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [302] + [410] * 9


def test_a_link_dies_with_the_issuers_duty(browser, path):
    CohortStaff.objects.all().delete()

    assert browser.post(path).status_code == 410


def test_a_link_dies_when_the_trainee_leaves_or_rises_or_is_deactivated(
    browser, instructor, trainee
):
    def link():
        return path_of(issue_link(issuer=instructor, person=trainee))

    left = link()
    Membership.objects.update(left_at=timezone.now())
    assert browser.post(left).status_code == 410
    Membership.objects.update(left_at=None)

    risen = link()
    User.objects.filter(pk=trainee.pk).update(role="instructor")
    assert browser.post(risen).status_code == 410
    User.objects.filter(pk=trainee.pk).update(role="trainee")

    gone = link()
    User.objects.filter(pk=trainee.pk).update(is_active=False)
    assert browser.post(gone).status_code == 410


def test_whoever_is_signed_in_as_somebody_else_is_signed_out(browser, path, trainee):
    browser.force_login(make_trainee())
    old_key = browser.session.session_key

    browser.post(path)

    assert browser.session["_auth_user_id"] == str(trainee.pk)
    assert browser.session.session_key != old_key


def test_a_link_does_not_replace_a_second_factor(browser):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    instructor = make_instructor()
    TOTP.activate(instructor, generate_totp_secret())

    response = browser.post(path_of(issue_link(issuer=make_admin(), person=instructor)))

    assert response["Location"] == "/accounts/2fa/authenticate/"
    assert not browser.is_signed_in


def test_the_form_needs_its_token(path):
    browser = Browser(enforce_csrf_checks=True)

    assert browser.post(path).status_code == 403
    assert SignInLink.objects.get().used_at is None


def test_a_password_is_chosen_without_the_old_one_after_a_link_and_only_then(
    browser, path, trainee
):
    trainee.set_password("old " + PASSWORD)
    trainee.save()
    browser.post(path)

    response = browser.post(
        "/accounts/password/choose/", {"password1": PASSWORD, "password2": PASSWORD}
    )

    trainee.refresh_from_db()
    assert response["Location"] == "/"
    assert trainee.check_password(PASSWORD)
    assert browser.get("/accounts/sessions/").status_code == 200
    again = browser.get("/accounts/password/choose/")
    assert again["Location"] == "/accounts/password/change/"


def test_half_an_hour_later_the_old_password_is_asked_for(browser, path, trainee):
    trainee.set_password(PASSWORD)
    trainee.save()
    browser.post(path)
    session = browser.session
    session["came_by_link"] = [trainee.pk, 0]
    session.save()

    response = browser.get("/accounts/password/choose/")

    assert response["Location"] == "/accounts/password/change/"


def test_who_may_issue_for_whom():
    region = make_cohort()
    hotel = make_cohort(parent=region)
    class_ = make_cohort(parent=hotel)
    other_class = make_cohort(parent=region)
    people = {
        "trainee": make_trainee(cohort=class_),
        "other trainee": make_trainee(cohort=other_class),
        "loner": make_trainee(),
        "region's": make_instructor(cohort=region),
        "hotel's": make_instructor(cohort=hotel),
        "class's": make_instructor(cohort=class_),
        "admin": make_admin(),
        "other admin": make_admin(),
    }
    CohortStaff.objects.create(cohort=class_, person=people["loner"], duty="manager")

    may = {
        (issuer, person)
        for issuer in people
        for person in people
        if may_issue_link(people[issuer], people[person])
    }

    instructors = {"region's", "hotel's", "class's"}
    trainees = {"trainee", "other trainee", "loner"}
    assert may == {
        ("region's", "trainee"),
        ("region's", "other trainee"),
        ("hotel's", "trainee"),
        ("class's", "trainee"),
        *((admin, one) for admin in ("admin", "other admin") for one in instructors | trainees),
    }


def test_a_ring_of_cohorts_ends(trainee, cohort, instructor):
    below = make_cohort(parent=cohort)
    type(cohort).objects.filter(pk=cohort.pk).update(parent=below)

    assert may_issue_link(instructor, trainee)


def test_an_archived_cohort_gives_no_rights(trainee, cohort, instructor):
    cohort.archived_at = timezone.now()
    cohort.save()

    assert not may_issue_link(instructor, trainee)
    with pytest.raises(MayNotIssueLink):
        issue_link(issuer=instructor, person=trainee)


def test_the_instructor_sees_link_and_picture_once(client, instructor, trainee):
    client.force_login(instructor)
    address = f"/people/{trainee.username}/link/"

    before = client.get(address).content.decode()
    shown = client.post(address).content.decode()
    after = client.get(address).content.decode()

    assert "/accounts/link/" not in before + after
    assert shown.count("https://mot.example/accounts/link/") == 1
    assert 'class="qr" src="data:image/svg+xml' in shown
    assert SignInLink.objects.count() == 1


def test_others_find_nothing(client, trainee):
    address = f"/people/{trainee.username}/link/"
    strangers = [trainee, make_trainee(), make_instructor(cohort=make_cohort())]

    for person in strangers:
        client.force_login(person)
        assert client.get(address).status_code == 404
        assert client.post(address).status_code == 404

    client.logout()
    assert client.post(address)["Location"].startswith("/accounts/login/")
    assert not SignInLink.objects.exists()


def test_nobody_finds_out_who_exists(client, instructor):
    client.force_login(instructor)

    assert client.get("/people/nobody/link/").status_code == 404


def test_issuing_and_using_are_written_down(browser, path, instructor, trainee, caplog):
    browser.get(path)
    browser.post(path)
    browser.post(path)

    entries = AuditEntry.objects.order_by("pk").values_list("action", "actor", "object")
    assert list(entries) == [
        ("sign_in_link_issued", instructor.pk, f"user:{trainee.pk}"),
        ("sign_in_link_used", trainee.pk, f"user:{trainee.pk}"),
        ("signed_in", trainee.pk, f"user:{trainee.pk}"),
    ]
    token = path.rstrip("/").split("/")[-1]
    assert token not in "\n".join(
        str(record.msg) + record.getMessage() for record in caplog.records
    )
