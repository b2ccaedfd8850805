"""Sign-ins: where they are, how they end, how long they last."""

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings

from people import sessions
from people.sessions import DAY, HOUR, device_words
from tests.factories import PASSWORD, make_admin, make_trainee

pytestmark = pytest.mark.django_db
PAGE = "/accounts/sessions/"


@pytest.fixture
def person():
    return make_trainee(password=PASSWORD)


def is_in(browser):
    return browser.get(PAGE).status_code == 200


def test_a_person_sees_and_ends_their_sign_ins(browser, other_browser, person):
    browser.sign_in(person.username)
    other_browser.sign_in(person.username)
    other = UserSession.objects.get(session_key=other_browser.session.session_key)

    page = browser.get(PAGE).content.decode()
    browser.post(f"{PAGE}{other.pk}/end/")

    assert "203.0.113.9" in page
    assert (is_in(browser), is_in(other_browser)) == (True, False)


def test_ending_all_others_leaves_this_one(browser, other_browser, person):
    browser.sign_in(person.username)
    other_browser.sign_in(person.username)

    browser.post(f"{PAGE}others/end/")

    assert (is_in(browser), is_in(other_browser)) == (True, False)


def test_ending_this_one_is_signing_out(browser, person):
    browser.sign_in(person.username)

    browser.post(f"{PAGE}{UserSession.objects.get().pk}/end/")

    assert not is_in(browser)
    assert not UserSession.objects.exists()


def test_nobody_ends_somebody_elses(browser, other_browser, person):
    browser.sign_in(make_trainee(username="other", password=PASSWORD).username)
    other_browser.sign_in(person.username)
    theirs = UserSession.objects.get(user=person)

    assert browser.post(f"{PAGE}{theirs.pk}/end/").status_code == 404
    assert browser.get(f"{PAGE}{theirs.pk}/end/").status_code == 405
    assert is_in(other_browser)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(
    browser, person, count, django_assert_num_queries
):
    browser.sign_in(person.username)
    for number in range(count - 1):
        type(browser)(address=f"203.0.113.{number}").sign_in(person.username)

    with django_assert_num_queries(3):  # session, person, list
        browser.get(PAGE)


def test_looking_at_the_list_writes_nothing(browser, person, django_capture_on_commit_callbacks):
    browser.sign_in(person.username)
    UserSession.objects.create(user=person, ip="127.0.0.1", session_key="dead", user_agent="")

    assert "127.0.0.1" not in browser.get(PAGE).content.decode()
    assert UserSession.objects.count() == 2


def test_a_copied_cookie_is_dead_after_signing_out(browser, other_browser, person):
    browser.sign_in(person.username)
    name = settings.SESSION_COOKIE_NAME
    other_browser.cookies[name] = browser.cookies[name].value
    assert is_in(other_browser)

    browser.post("/accounts/logout/")

    assert not is_in(other_browser)


def test_signing_out_needs_a_button(browser, person):
    browser.sign_in(person.username)

    browser.get("/accounts/logout/")

    assert is_in(browser)


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "instructor"}])
def test_the_next_request_after_a_change_of_rights_is_refused(browser, person, change):
    browser.sign_in(person.username)

    type(person).objects.filter(pk=person.pk).update(**change)

    assert not is_in(browser)


def test_a_changed_password_ends_the_other_sign_ins_and_changes_the_key_of_this_one(
    browser, other_browser, person
):
    browser.sign_in(person.username)
    other_browser.sign_in(person.username)
    old_key = browser.session.session_key
    other_key = other_browser.session.session_key

    new = "four louder mountains"
    browser.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )

    assert not browser.session.exists(other_key)  # ended, not only refused when it comes back
    assert (is_in(browser), is_in(other_browser)) == (True, False)
    assert browser.session.session_key != old_key
    assert not browser.session.exists(old_key)


def test_a_wrong_present_password_changes_nothing(browser, person):
    browser.sign_in(person.username)

    new = "four louder mountains"
    response = browser.post(
        "/accounts/password/change/", {"oldpassword": new, "password1": new, "password2": new}
    )

    person.refresh_from_db()
    assert person.check_password(PASSWORD)
    assert 'aria-invalid="true"' in response.content.decode()


def go_back_in_time(browser, *, seen, signed_in):
    session = browser.session
    session["seen_at"] -= seen
    session["signed_in_at"] -= signed_in
    session.save()


@pytest.mark.parametrize(
    ("role", "remember", "seen", "signed_in", "lasts"),
    [
        ("trainee", "on", 29 * DAY, 89 * DAY, True),
        ("trainee", "on", 31 * DAY, 31 * DAY, False),
        ("trainee", "on", HOUR, 91 * DAY, False),
        ("trainee", "", HOUR, 11 * HOUR, True),
        ("trainee", "", 3 * HOUR, 3 * HOUR, False),
        ("trainee", "", HOUR, 13 * HOUR, False),
        ("admin", "on", HOUR, 11 * HOUR, True),
        ("admin", "on", 5 * HOUR, 5 * HOUR, False),
        ("admin", "on", HOUR, 13 * HOUR, False),
    ],
)
def test_a_sign_in_ends_when_idle_or_old(browser, settings, role, remember, seen, signed_in, lasts):
    settings.DEMO = True  # admins without a second factor
    make = make_admin if role == "admin" else make_trainee
    fields = {"with_second_factor": False} if role == "admin" else {}
    person = make(password=PASSWORD, **fields)
    browser.sign_in(person.username, remember=remember)
    key = browser.session.session_key
    go_back_in_time(browser, seen=seen, signed_in=signed_in)

    assert is_in(browser) == lasts
    assert browser.session.exists(key) == lasts


def test_use_is_noted_but_not_at_every_request(browser, person, django_assert_num_queries):
    browser.sign_in(person.username)
    go_back_in_time(browser, seen=sessions.NOTICE_EVERY + 5, signed_in=0)

    browser.get(PAGE)
    noted = browser.session["seen_at"]
    with django_assert_num_queries(3):
        browser.get(PAGE)

    assert sessions._now() - noted < 5


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit Chrome/130 Safari/537", "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18) Version/18 Safari/604", "Safari, iPhone"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/1 MicroMessenger/8", "WeChat, Android"),
        ("curl/8", ""),
    ],
)
def test_devices_are_named_as_people_know_them(user_agent, words):
    assert device_words(user_agent) == words
