"""Stopping a kind of message from a mail: without signing in, and never by looking."""

import pytest
from django.test import Client

from outbox.unsubscribing import token_for
from people.models import Preference
from tests.people.telling_world import reachable, register_news

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    register_news()
    return reachable("email", language="en")


@pytest.fixture
def address(person):
    return f"/unsubscribe/{token_for(person.pk, 'test-news', 'email')}/"


@pytest.fixture
def strict():
    """A client that insists on CSRF tokens as a browser's server does."""
    return Client(enforce_csrf_checks=True)


def stored():
    return list(Preference.objects.values_list("kind", "channel", "cadence"))


def test_looking_stops_nothing(client, address):
    response = client.get(address)

    text = response.content.decode()
    assert response.status_code == 200
    assert "Stop these messages?" in text
    assert "News of the tests" in text
    assert stored() == []


def test_one_click_of_a_mail_program_stops_it_without_a_session(strict, address):
    response = strict.post(
        address,
        "List-Unsubscribe=One-Click",
        content_type="application/x-www-form-urlencoded",
    )

    assert response.status_code == 200
    assert stored() == [("test-news", "email", "never")]


def test_the_button_stops_it_says_so_and_says_what_goes_on(strict, address):
    text = strict.post(address, {"act": "stop"}).content.decode()

    assert "It has stopped" in text
    assert "Everything stands in your inbox on the site." in text
    assert stored() == [("test-news", "email", "never")]


def test_twice_is_once(strict, address):
    assert [strict.post(address).status_code for _ in range(3)] == [200] * 3
    assert stored() == [("test-news", "email", "never")]


def test_it_can_be_taken_back(strict, address):
    strict.post(address)

    text = strict.post(address, {"act": "again"}).content.decode()

    assert "Stop these messages?" in text
    assert stored() == []


def test_taking_back_keeps_what_was_chosen_otherwise(strict, person, address):
    Preference.objects.create(person=person, kind="test-news", channel="email", cadence="weekly")

    strict.post(address, {"act": "again"})

    assert stored() == [("test-news", "email", "weekly")]


def test_the_page_speaks_the_persons_language(client, person, address):
    person.language = "zh-hans"
    person.save()

    response = client.get(address, headers={"accept-language": "en"})

    assert response["Content-Language"] == "zh-hans"


@pytest.mark.parametrize("change", [lambda t: t[:-2], lambda t: "x" + t, lambda t: "nonsense"])
def test_a_wrong_token_is_not_there(client, person, change):
    token = token_for(person.pk, "test-news", "email")

    for method in (client.get, client.post):
        assert method(f"/unsubscribe/{change(token)}/").status_code == 404
    assert stored() == []


def test_what_must_be_told_cannot_be_stopped(client, person):
    address = f"/unsubscribe/{token_for(person.pk, 'test-must', 'email')}/"

    assert client.post(address).status_code == 404
    assert stored() == []


def test_who_has_left_stops_nothing(client, person, address):
    person.is_active = False
    person.save()

    assert client.post(address).status_code == 404


def test_trying_tokens_is_throttled_and_right_ones_never(client, address):
    wrong = [client.get("/unsubscribe/nonsense/").status_code for _ in range(31)]

    assert wrong == [404] * 30 + [429]
    assert client.post(address).status_code == 200


def test_no_stranger_can_be_sent_on_and_nothing_is_kept_in_caches(client, address):
    response = client.get(address)

    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "no-referrer"
