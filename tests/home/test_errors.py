import pytest
from django.test import Client, RequestFactory

from mot_course.errors import server_error
from mot_course.web import render_error


class NoPerson:
    """A person who cannot be asked for, because the database is gone."""

    def __getattr__(self, name):
        raise AssertionError(f"the page asked for user.{name}")


def test_the_page_for_our_own_faults_needs_nobody():
    request = RequestFactory().get("/")
    request.user = request.session = NoPerson()

    response = server_error(request)

    assert response.status_code == 500
    assert "出了点问题" in response.content.decode()
    assert "Something went wrong" in response.content.decode()


@pytest.mark.parametrize("status", [400, 403, 404, 409])
def test_every_error_says_what_to_do(status, db):
    from django.contrib.auth.models import AnonymousUser

    request = RequestFactory().get("/")
    request.user = AnonymousUser()

    response = render_error(request, status)

    assert response.status_code == status
    assert 'href="/"' in response.content.decode()


def test_an_old_form_is_refused_in_words(db):
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})

    response = client.post("/language/", {"language": "en"})

    assert response.status_code == 403
    assert "Please send that again" in response.content.decode()
