"""Who gets in by name and password, and what the others learn."""

import re
import statistics
import time

import pytest
from django.conf import settings
from django.urls import NoReverseMatch, reverse

from people.models import AuditEntry, User
from people.signing_in import PersonBackend
from tests.factories import PASSWORD, make_admin, make_trainee
from tests.people.conftest import WRONG

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "typed",
    [
        "A1023",
        "a1023",
        " A1023 ",
        "Ａ１０２３",
        "13800138000",
        "138 0013-8000",
        "lin@mot.example",
        "LIN@MOT.example",
    ],
)
def test_staff_number_phone_and_e_mail_all_sign_in(browser, typed):
    make_trainee(username="A1023", phone="13800138000", email="lin@mot.example", password=PASSWORD)

    response = browser.sign_in(typed)

    assert (response.status_code, response["Location"]) == (302, "/")
    assert browser.is_signed_in


def test_a_staff_number_goes_before_somebody_elses_phone(browser):
    owner = make_trainee(username="10086", password=PASSWORD)
    make_trainee(phone="10086", password=WRONG)

    browser.sign_in("10086")

    assert browser.session["_auth_user_id"] == str(owner.pk)


def answer_to(browser, name, password):
    response = browser.sign_in(name, password)
    page = re.sub(r'value="[^"]*"', "", response.content.decode())
    return response.status_code, page


def test_known_unknown_and_unusable_accounts_get_the_same_answer(browser):
    make_trainee(username="known", password=PASSWORD)
    make_trainee(username="nopassword")
    make_trainee(username="gone", password=PASSWORD, is_active=False)
    make_trainee(username="demo", password=PASSWORD, is_demo=True)

    answers = {
        answer_to(browser, name, password)
        for name, password in [
            ("known", WRONG),
            ("unknown", WRONG),
            ("nopassword", WRONG),
            ("gone", PASSWORD),
            ("demo", PASSWORD),
        ]
    }

    assert len(answers) == 1
    assert not browser.is_signed_in


def test_a_refusal_takes_the_same_time_whatever_its_reason():
    make_trainee(username="known", password=PASSWORD)
    make_trainee(username="nopassword")
    times = {"known": [], "unknown": [], "nopassword": []}

    for _ in range(40):
        for name, durations in times.items():
            begun = time.thread_time()  # not the clock: other tests share the machine
            assert PersonBackend().authenticate(None, username=name, password=WRONG) is None
            durations.append(time.thread_time() - begun)

    medians = [statistics.median(durations) for durations in times.values()]
    assert max(medians) - min(medians) < 0.005


def test_passwords_are_kept_as_argon2id_with_the_agreed_cost():
    person = make_trainee(password=PASSWORD)

    assert person.password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_an_old_hash_is_renewed_at_sign_in(browser):
    from django.contrib.auth.hashers import make_password

    person = make_trainee()
    person.password = make_password(PASSWORD, hasher="pbkdf2_sha256")
    person.save()

    browser.sign_in(person.username)

    person.refresh_from_db()
    assert person.password.startswith("argon2$")


def test_the_session_key_changes_at_sign_in_and_the_old_one_is_dead(browser):
    person = make_trainee(password=PASSWORD)
    browser.session.save()
    browser.get("/accounts/login/?next=/me/")
    session = browser.session
    session["anything"] = 1
    session.save()
    browser.cookies[settings.SESSION_COOKIE_NAME] = session.session_key

    browser.sign_in(person.username)

    assert browser.session.session_key != session.session_key
    assert not type(session)().exists(session.session_key)


def test_whoever_does_not_stay_signed_in_has_a_cookie_that_ends_with_the_browser(browser):
    person = make_trainee(password=PASSWORD)

    kept = browser.sign_in(person.username).cookies[settings.SESSION_COOKIE_NAME]
    browser.logout()
    short = browser.sign_in(person.username, remember="").cookies[settings.SESSION_COOKIE_NAME]

    assert kept["max-age"] == 60 * 60 * 24 * 30
    assert short["max-age"] == ""


def test_the_cookies_are_for_this_host_and_for_no_script(browser):
    person = make_trainee(password=PASSWORD)

    cookies = browser.sign_in(person.username).cookies

    assert set(cookies) == {"__Host-session", "__Host-csrf", "__Host-device"}
    for cookie in cookies.values():
        assert (cookie["secure"], cookie["httponly"]) == (True, True)
        assert (cookie["samesite"], cookie["path"], cookie["domain"]) == ("Lax", "/", "")


def test_more_fields_than_asked_for_change_nothing(browser):
    person = make_trainee(password=PASSWORD)
    before = User.objects.filter(pk=person.pk).values("role", "is_active", "username", "email")[0]

    browser.sign_in(person.username, role="admin", is_active="", user="1", email="x@y.example")

    after = User.objects.filter(pk=person.pk).values("role", "is_active", "username", "email")[0]
    assert after == before


OFF_SITE = [
    "https://evil.example/",
    "http://evil.example",
    "//evil.example/",
    "///evil.example/",
    "////evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "/\\/evil.example",
    "\\/evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "http:\\\\evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "ftp://evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "\x00//evil.example",
    "\x08//evil.example",
    "/\x0d/evil.example",
    "//evil.example@testserver",
    "//testserver@evil.example",
    "https://testserver@evil.example",
    "https://testserver.evil.example",
    "https://evil.example#testserver",
    "https://evil.example\\@testserver",
    "http://testserver/",
    "https://mot.example/",
    "//mot.example/",
    "//[::1]/",
    "http://[evil",
    "//evil%2eexample",
    "//evil。example",
    "／／evil.example",
    "/／evil.example/../..//evil.example",
    ".evil.example",
    "@evil.example",
    "evil.example",
    "?next=//evil.example",
    "",
]


@pytest.mark.parametrize("target", OFF_SITE)
def test_no_way_out_leads_off_the_site(browser, target):
    person = make_trainee(password=PASSWORD)
    answers = [
        browser.post("/language/", {"language": "en", "next": target}),
        browser.post(
            "/accounts/login/", {"login": person.username, "password": PASSWORD, "next": target}
        ),
        browser.get("/accounts/login/", {"next": target}),
        browser.post("/accounts/logout/", {"next": target}),
    ]

    for response in answers:
        location = response["Location"]
        assert location.startswith("/")
        assert re.match(r"^/(?![/\\\s])[\x21-\x7e]*$", location)


def test_a_way_on_within_the_site_is_taken(browser):
    person = make_trainee(password=PASSWORD)

    response = browser.sign_in(person.username, next="/courses/?page=2")

    assert response["Location"] == "/courses/?page=2"


@pytest.mark.parametrize(
    "path",
    [
        "signup/",
        "email/",
        "confirm-email/",
        "confirm-email/abc/",
        "3rdparty/",
        "social/signup/",
        "login/code/",
        "login/code/confirm/",
        "2fa/webauthn/",
        "2fa/trust/",
        "phone/verify/",
        "",
    ],
)
def test_what_we_do_not_want_of_allauth_is_not_there(browser, path):
    assert browser.get(f"/accounts/{path}").status_code == 404


@pytest.mark.parametrize("name", ["account_signup", "account_email", "mfa_list_webauthn"])
def test_the_names_are_not_there_either(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_the_admins_door_is_the_sites_own(browser):
    response = browser.get("/admin/login/?next=/admin/people/user/")

    assert response["Location"] == "/accounts/login/?next=/admin/people/user/"
    assert browser.post("/admin/login/", {"username": "x", "password": "y"}).status_code == 302


def test_the_admin_pages_do_not_exist_for_others(client):
    client.force_login(make_trainee())
    assert client.get("/admin/", follow=True).status_code == 404

    client.force_login(make_admin())
    assert client.get("/admin/").status_code == 200


def test_signing_in_and_out_is_written_down_without_the_password(browser, caplog):
    person = make_trainee(username="canary-name", email="canary@mot.example", password=PASSWORD)

    browser.sign_in("canary@mot.example", "canary-password")
    browser.sign_in("canary@mot.example")
    browser.post("/accounts/logout/")

    assert list(AuditEntry.objects.values_list("action", "actor")) == [("signed_in", person.pk)]
    said = "\n".join(str(record.msg) for record in caplog.records)
    assert [word for word in ("sign_in_refused", "signed_in", "signed_out") if word in said] == [
        "sign_in_refused",
        "signed_in",
        "signed_out",
    ]
    assert "canary" not in said


def test_signing_in_asks_a_fixed_number_of_queries(browser, django_assert_max_num_queries):
    person = make_trainee(password=PASSWORD)

    with django_assert_max_num_queries(45):
        browser.sign_in(person.username)


def test_the_page_of_the_signed_in_is_not_cached(browser):
    response = browser.get("/accounts/login/")

    assert "no-store" in response["Cache-Control"]
    assert "script-src 'self'" in response["Content-Security-Policy"]
