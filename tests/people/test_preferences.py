"""What people choose to be told: stored where it differs, and nothing that must be told."""

import pytest

from people.models import Preference
from people.telling import channels_for
from tests.factories import make_trainee
from tests.people.telling_world import prefer, reachable, register_news

pytestmark = pytest.mark.django_db
EMAIL = "test-news.email"


@pytest.fixture
def person(client):
    register_news()
    person = reachable("email", language="en")
    client.force_login(person)
    return person


def choices(client):
    """The form as the browser would send it unchanged."""
    form = client.get("/me/messages/").context["form"]
    return {name: field.initial for name, field in form.fields.items()}


def stored(person):
    return list(Preference.objects.filter(person=person).values_list("kind", "channel", "cadence"))


def test_what_can_be_chosen_stands_there_and_what_cannot_says_so(client, person):
    response = client.get("/me/messages/")

    text = response.content.decode()
    fields = response.context["form"].fields
    assert EMAIL in fields
    assert [name for name in fields if name.startswith("test-must")] == []
    assert "What must be told" in text
    assert "Always comes, at once." in text
    assert "Mandatory training cannot be silenced" in text


def test_only_channels_that_reach_the_person_are_offered(client, person):
    assert {name.partition(".")[2] for name in choices(client)} == {"email"}


def test_saving_what_comes_by_itself_stores_nothing(client, person):
    client.post("/me/messages/", choices(client))

    assert stored(person) == []


def test_a_choice_is_stored_shown_and_followed(client, person):
    response = client.post("/me/messages/", choices(client) | {EMAIL: "never"})

    assert (response.status_code, response["Location"]) == (302, "/me/messages/")
    assert stored(person) == [("test-news", "email", "never")]
    assert choices(client)[EMAIL] == "never"
    assert channels_for("test-news", [person.pk]) == [(person.pk, "inbox")]


def test_taking_a_choice_back_takes_the_row_away(client, person):
    prefer(person, "weekly")

    client.post("/me/messages/", choices(client) | {EMAIL: "immediate"})

    assert stored(person) == []


def test_asking_for_digests_again_ends_that_there_are_none(client, person):
    prefer(person, "never", kind="digest")

    client.post("/me/messages/", choices(client) | {EMAIL: "daily"})

    assert stored(person) == [("test-news", "email", "daily")]


@pytest.mark.parametrize("cadence", ["", "hourly", "immediate\n"])
def test_a_cadence_that_there_is_not_is_refused(client, person, cadence):
    response = client.post("/me/messages/", choices(client) | {EMAIL: cadence})

    assert response.status_code == 422
    assert stored(person) == []


def test_what_must_be_told_cannot_be_chosen_by_hand_either(client, person):
    client.post("/me/messages/", choices(client) | {"test-must.email": "never"})

    assert stored(person) == []


def test_others_choices_stay_theirs(client, person):
    other = reachable("email")
    prefer(other, "weekly")

    client.post("/me/messages/", choices(client) | {EMAIL: "never"})

    assert stored(other) == [("test-news", "email", "weekly")]


def test_who_has_only_the_inbox_is_told_how_to_have_more(client):
    register_news()
    client.force_login(make_trainee(language="en"))

    text = client.get("/me/messages/").content.decode()

    assert "Only the inbox reaches you" in text


def test_the_own_page_leads_there(client, person):
    assert 'href="/me/messages/"' in client.get("/me/").content.decode()


def test_strangers_are_asked_to_sign_in(client):
    assert client.get("/me/messages/").status_code == 302
