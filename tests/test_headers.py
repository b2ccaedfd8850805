"""What every response carries, and that no odd request makes an error of ours."""

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import make_trainee
from tests.units.packs import write_pack
from units.pack.loading import load_course

pytestmark = pytest.mark.django_db
PAGES = [
    "/",
    "/courses/",
    "/courses/core/",
    "/units/first/",
    "/units/first/one/",
    "/cases/",
    "/me/",
]
POLICY = {
    "default-src": "'none'", "script-src": "'self'", "style-src": "'self'",
    "img-src": "'self' data:", "media-src": "'self' blob:",
    "font-src": "'self'", "connect-src": "'self'",
    "manifest-src": "'self'", "worker-src": "'self'", "form-action": "'self'",
    "base-uri": "'none'", "object-src": "'none'", "frame-ancestors": "'none'",
}  # fmt: skip


@pytest.fixture
def signed_in(tmp_path):
    load_course(write_pack(tmp_path))
    client = Client(raise_request_exception=False)
    client.force_login(make_trainee())
    return client


def policy(response):
    parts = (part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))
    return {part[0]: part[1] for part in parts}


def responses(client):
    yield from (client.get(url) for url in PAGES)
    yield client.get("/nowhere/")
    yield client.get("/accounts/login/")
    yield client.post("/language/")
    yield Client(enforce_csrf_checks=True).post("/accounts/login/")
    yield client.get("/healthz")


def test_every_response_has_the_whole_policy(signed_in):
    for response in responses(signed_in):
        assert policy(response) == POLICY, response.request["PATH_INFO"]


def test_no_page_of_a_person_may_be_kept_by_a_shared_cache(signed_in):
    for response in responses(signed_in):
        assert (
            response["Cache-Control"].startswith("private, no-store")
            or "no-cache" in response["Cache-Control"]
        ), response.request["PATH_INFO"]
        vary = {name.strip() for name in response["Vary"].split(",")}
        assert {"Cookie", "HX-Request"} <= vary


def test_every_response_forbids_framing_and_guessing_of_types(signed_in):
    for response in responses(signed_in):
        assert response["X-Frame-Options"] == "DENY"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Referrer-Policy"] == "same-origin"


def test_only_the_microphone_may_be_asked_for_and_only_by_us(signed_in):
    for response in responses(signed_in):
        policy = response["Permissions-Policy"]
        assert policy == "microphone=(self), camera=(), geolocation=()"


def test_the_page_says_its_language_and_follows_the_persons_choice(signed_in):
    chinese = {"accept-language": "zh"}
    assert '<html lang="zh-Hans"' in signed_in.get("/", headers=chinese).content.decode()
    signed_in.post("/language/", {"language": "en", "next": "/cases/"})
    assert '<html lang="en"' in signed_in.get("/", headers=chinese).content.decode()


@given(
    path=st.sampled_from([*PAGES, "/quizzes/check-first/", "/help/", "/accounts/login/"]),
    query=st.dictionaries(
        st.sampled_from(["q", "industry", "step", "next", "revision", "review", "page", "x"]),
        st.text(max_size=40),
        max_size=4,
    ),
)
@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_query_makes_an_error_of_ours(signed_in, path, query):
    assert signed_in.get(path, query).status_code < 500


@given(
    path=st.sampled_from(
        ["/units/first/one/seen/", "/units/first/one/finish/", "/language/", "/me/",
         "/quizzes/check-first/", "/quizzes/practice/practice-first-one/lesson-one-true/",
         "/quizzes/attempts/1/submit/", "/quizzes/attempts/1/answers/1/", "/accounts/login/"]
    ),
    form=st.dictionaries(
        st.sampled_from(["block", "next", "language", "revision", "a-answer", "ticket", "n",
                         "sequences", "tz", "theme", "email", "login", "password", "confirmed"]),
        st.text(max_size=60),
        max_size=6,
    ),
)  # fmt: skip
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_form_makes_an_error_of_ours(signed_in, path, form):
    assert signed_in.post(path, form).status_code < 500
