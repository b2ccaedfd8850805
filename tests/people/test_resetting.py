"""The way back in by mail."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db.models.functions import Now

from outbox.delivering import send_due
from outbox.models import Message
from tests.factories import PASSWORD, make_trainee

pytestmark = pytest.mark.django_db

NEW = "four louder mountains"


@pytest.fixture
def person():
    return make_trainee(
        username="A1023", email="li@mot.example", password=PASSWORD, language="en", name="Li"
    )


def ask(browser, name="A1023"):
    return browser.post("/accounts/password/reset/", {"name": name})


def path_from_mail():
    send_due()
    return re.search(r"https://mot\.example(/\S+)", mail.outbox[-1].body)[1]


def choose(browser, path, password=NEW):
    form = browser.get(path, follow=True)
    where = form.redirect_chain[-1][0] if form.redirect_chain else path
    return browser.post(where, {"password1": password, "password2": password})


def test_a_mail_with_a_link_leads_to_a_new_password(browser, person):
    assert ask(browser)["Location"] == "/accounts/password/reset/done/"

    response = choose(browser, path_from_mail())

    person.refresh_from_db()
    assert response["Location"] == "/accounts/password/reset/key/done/"
    assert person.check_password(NEW)
    assert not browser.is_signed_in
    assert (mail.outbox[0].to, mail.outbox[0].subject) == (
        ["li@mot.example"],
        "Choose a new password",
    )


def test_the_message_keeps_no_token_and_no_address(browser, person):
    ask(browser)

    message = Message.objects.get()
    assert (message.kind, message.recipient_id, message.payload) == ("account-reset", person.pk, {})


@pytest.mark.parametrize("name", ["A1023", "a1023", "LI@mot.example"])
def test_any_name_of_the_person_will_do_and_asking_twice_sends_once(browser, person, name):
    ask(browser, name)
    ask(browser, name)
    send_due()

    assert len(mail.outbox) == 1


def test_whoever_is_unknown_or_has_no_address_gets_the_same_answer_and_no_mail(browser, person):
    make_trainee(username="noaddress")
    make_trainee(username="gone", email="gone@mot.example", is_active=False)
    names = ["A1023", "nobody", "noaddress", "gone", "x@y.example"]

    answers = {(ask(browser, n).status_code, ask(browser, n)["Location"]) for n in names}
    send_due()

    assert answers == {(302, "/accounts/password/reset/done/")}
    assert [sent.to for sent in mail.outbox] == [["li@mot.example"]]


def test_the_answer_tells_how_to_ask_an_instructor(browser):
    for page in ("/accounts/password/reset/", "/accounts/password/reset/done/"):
        text = browser.get(page, headers={"Accept-Language": "en"}).content.decode()
        assert "sk your instructor for a sign-in link" in text


def test_a_link_works_once(browser, person):
    ask(browser)
    path = path_from_mail()
    choose(browser, path)

    page = browser.get(path, follow=True, headers={"Accept-Language": "en"})

    assert "no longer works" in page.content.decode()


@pytest.mark.parametrize(
    "change",
    [
        {"email": "other@mot.example"},
        {"role": "instructor"},
        {"is_active": False},
    ],
)
def test_a_link_dies_with_the_address_the_role_and_the_account(browser, person, change):
    ask(browser)
    path = path_from_mail()
    type(person).objects.filter(pk=person.pk).update(**change)

    choose(browser, path)

    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_a_link_dies_after_two_hours(browser, person, settings):
    ask(browser)
    path = path_from_mail()
    settings.PASSWORD_RESET_TIMEOUT = -1

    choose(browser, path)

    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_the_link_leads_to_our_own_site_whatever_host_was_asked(browser, person):
    browser.post("/accounts/password/reset/", {"name": "A1023"}, headers={"Host": "testserver"})

    assert path_from_mail().startswith("/accounts/password/reset/key/")


def test_other_sign_ins_end_with_the_old_password(browser, other_browser, person):
    other_browser.sign_in("A1023")
    ask(browser)

    choose(browser, path_from_mail())

    assert other_browser.get("/accounts/sessions/").status_code == 302


def test_a_mail_that_waited_for_an_hour_is_not_sent(browser, person):
    ask(browser)
    Message.objects.update(send_at=Now() - timedelta(minutes=61))

    send_due()

    assert mail.outbox == []
    assert Message.objects.get().state == "cancelled"


def test_somebody_deactivated_in_the_meantime_gets_no_mail(browser, person):
    ask(browser)
    person.is_active = False
    person.save()

    send_due()

    assert mail.outbox == []


def test_after_a_reset_the_browser_is_no_stranger(browser, other_browser, person):
    ask(browser)
    choose(browser, path_from_mail())
    for _ in range(10):
        other_browser.sign_in("A1023", "wrong")

    browser.sign_in("A1023", NEW)

    assert browser.is_signed_in


@pytest.mark.parametrize("password", ["short", "password1", "12345678", "li@mot.example"])
def test_a_bad_password_is_refused_with_words(browser, person, password):
    ask(browser)

    response = choose(browser, path_from_mail(), password)

    person.refresh_from_db()
    assert response.status_code == 200
    assert 'role="alert"' in response.content.decode()
    assert person.check_password(PASSWORD)


def test_a_long_password_of_any_script_is_taken(browser, person):
    ask(browser)
    password = "关键时刻" * 32

    choose(browser, path_from_mail(), password)

    person.refresh_from_db()
    assert person.check_password(password)
