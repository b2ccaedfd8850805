"""Codes from an app: required of admins, open to others."""

import re
import time

import pytest
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value

from people.models import AuditEntry
from people.second_factor import take_away
from tests.factories import PASSWORD, make_admin, make_instructor

pytestmark = pytest.mark.django_db


def code_of(secret, *, steps=0):
    return format_hotp_value(
        hotp_value(secret, int(time.time()) // app_settings.TOTP_PERIOD + steps)
    )


@pytest.fixture
def secret():
    return generate_totp_secret()


@pytest.fixture
def instructor(secret):
    person = make_instructor(password=PASSWORD)
    TOTP.activate(person, secret)
    return person


def give_code(browser, code):
    return browser.post("/accounts/2fa/authenticate/", {"code": code})


def test_an_admin_without_one_is_led_to_set_it_up_before_anything_else(browser):
    browser.sign_in(make_admin(with_second_factor=False, password=PASSWORD).username)

    for address in ("/", "/me/", "/admin/", "/accounts/sessions/", "/accounts/2fa/"):
        assert browser.get(address)["Location"] == "/accounts/2fa/totp/activate/"
        assert browser.post(address).status_code == 302
    part = browser.get("/me/", headers={"HX-Request": "true"})
    assert part["HX-Redirect"] == "/accounts/2fa/totp/activate/"


def test_a_demo_does_without(browser, settings):
    settings.DEMO = True
    browser.sign_in(make_admin(with_second_factor=False, password=PASSWORD).username)

    assert browser.get("/me/").status_code == 200


def test_an_admin_sets_it_up_and_goes_on(browser, django_capture_on_commit_callbacks):
    admin = make_admin(with_second_factor=False, password=PASSWORD)
    browser.sign_in(admin.username)

    first = browser.get("/accounts/2fa/totp/activate/", follow=True)
    assert first.redirect_chain[-1][0].startswith("/accounts/reauthenticate/")
    browser.post(first.redirect_chain[-1][0], {"password": PASSWORD})
    page = browser.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r"<code>(\w+)</code>", page)[1]
    assert '<img class="qr" src="data:image/svg+xml;base64,' in page
    with django_capture_on_commit_callbacks(execute=True):
        response = browser.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})

    assert response["Location"] == "/accounts/2fa/recovery-codes/"
    assert browser.get("/accounts/2fa/recovery-codes/").content.decode().count("<code>") == 10
    assert browser.get("/me/").status_code == 200
    assert AuditEntry.objects.filter(action="second_factor_added", actor=admin).exists()


def test_sign_in_asks_for_the_code(browser, instructor, secret):
    response = browser.sign_in(instructor.username)
    assert response["Location"] == "/accounts/2fa/authenticate/"
    assert not browser.is_signed_in

    assert give_code(browser, "000000").status_code == 200
    assert not browser.is_signed_in
    give_code(browser, code_of(secret))
    assert browser.is_signed_in


@pytest.mark.parametrize(("steps", "gets_in"), [(-2, False), (-1, True), (0, True), (1, True)])
def test_a_clock_that_is_half_a_minute_off_does_no_harm(
    browser, instructor, secret, steps, gets_in
):
    browser.sign_in(instructor.username)

    give_code(browser, code_of(secret, steps=steps))

    assert browser.is_signed_in == gets_in


def test_a_code_that_was_used_is_worth_nothing(browser, other_browser, instructor, secret):
    code = code_of(secret)
    browser.sign_in(instructor.username)
    give_code(browser, code)
    from django.core.cache import cache

    # allauth itself forgets a code after half a minute, though it takes it for longer.
    cache.delete(f"allauth.mfa.totp.used?user={instructor.pk}&code={code}")

    other_browser.sign_in(instructor.username)
    give_code(other_browser, code)

    assert not other_browser.is_signed_in


def test_five_wrong_codes_are_enough(browser, instructor, secret):
    browser.sign_in(instructor.username)
    for _ in range(5):
        give_code(browser, "000000")

    give_code(browser, code_of(secret))

    assert not browser.is_signed_in


def test_a_recovery_code_works_once(browser, other_browser, instructor):
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    code = RecoveryCodes.activate(instructor).get_unused_codes()[0]

    browser.sign_in(instructor.username)
    give_code(browser, code)
    other_browser.sign_in(instructor.username)
    give_code(other_browser, code)

    assert browser.is_signed_in
    assert not other_browser.is_signed_in


def test_the_secret_is_not_readable_in_the_database(instructor, secret):
    assert secret not in str(Authenticator.objects.get(user=instructor).data)


def test_a_secret_that_can_no_longer_be_read_lets_nobody_in(browser, instructor, secret, settings):
    browser.sign_in(instructor.username)
    authenticator = Authenticator.objects.get(user=instructor)
    authenticator.data = {"secret": "gAAAAABunreadable"}
    authenticator.save()

    assert give_code(browser, code_of(secret)).status_code == 200
    assert give_code(browser, code_of("AAAAAAAAAAAAAAAA")).status_code == 200
    assert not browser.is_signed_in


def test_taking_it_away_ends_the_persons_sign_ins(browser, instructor, secret):
    browser.sign_in(instructor.username)
    give_code(browser, code_of(secret))

    take_away(actor=make_admin(), person=instructor)

    assert browser.get("/accounts/sessions/").status_code == 302
    assert not Authenticator.objects.filter(user=instructor).exists()


def test_setting_it_up_ends_the_other_sign_ins(
    browser, other_browser, django_capture_on_commit_callbacks
):
    person = make_instructor(password=PASSWORD)
    for each in (browser, other_browser):
        each.sign_in(person.username)

    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = browser.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r"<code>(\w+)</code>", page)[1]
    with django_capture_on_commit_callbacks(execute=True):
        browser.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})

    assert browser.get("/accounts/sessions/").status_code == 200
    assert other_browser.get("/accounts/sessions/").status_code == 302
