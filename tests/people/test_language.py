"""Two languages, switched on the spot."""

import pytest

from tests.factories import make_trainee

pytestmark = pytest.mark.django_db


def test_a_person_keeps_the_language_and_stays_on_the_page(client):
    person = make_trainee()
    client.force_login(person)

    response = client.post("/language/", {"language": "en", "next": "/courses/?page=2"})

    person.refresh_from_db()
    assert (response["Location"], person.language) == ("/courses/?page=2", "en")


def test_a_stranger_keeps_it_in_a_cookie(client):
    for language, word in [("en", "forgotten my password"), ("zh-hans", '<html lang="zh-Hans"')]:
        client.post("/language/", {"language": language})
        assert word in client.get("/accounts/login/").content.decode()


def test_the_persons_language_goes_before_the_browsers(client):
    client.force_login(make_trainee(language="en"))

    page = client.get("/accounts/sessions/", headers={"Accept-Language": "zh-CN"})

    assert "Where you are signed in" in page.content.decode()


@pytest.mark.parametrize("language", ["de", "", "en; x", "zh-hant"])
def test_another_language_is_refused(client, language):
    person = make_trainee(language="en")
    client.force_login(person)

    response = client.post("/language/", {"language": language})

    person.refresh_from_db()
    assert (response.status_code, person.language) == (400, "en")


def test_it_takes_a_form(client):
    assert client.get("/language/").status_code == 405


def test_more_fields_than_asked_for_change_nothing(client):
    person = make_trainee()
    client.force_login(person)

    client.post("/language/", {"language": "en", "role": "admin", "time_factor": "9"})

    person.refresh_from_db()
    assert (person.role, person.time_factor) == ("trainee", 1)
