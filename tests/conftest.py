"""One embedded PostgreSQL for the whole run, one database in it per worker; nothing is mocked.

The controller starts the server before Django reads its settings; the workers of xdist inherit
its address. Whoever sets DATABASE_URL brings a server of their own.
"""

import os
from collections.abc import Iterator

import pytest

from mot_course.embedded import Server, start_postgres, start_redis

SERVERS: list[Server] = []
ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "mot_course.settings",
    "SECRET_KEY": "tests-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "ALLOWED_HOSTS": "testserver,mot.example",
    "SITE_URL": "https://mot.example",
    "REDIS_URL": "redis://127.0.0.1:1/0",  # nobody listens: a request must not need it
    "SSL_REDIRECT": "False",
    "TRUSTED_PROXY_COUNT": "0",
    "LOG_LEVEL": "INFO",
}


def _quiet(text: str) -> None:
    """What the servers have to say is of no interest to tests."""


def _prepare() -> None:
    """Start the server, say where it is, and set Django up."""
    if not os.environ.get("DATABASE_URL"):
        SERVERS.append(start_postgres(say=_quiet))
        os.environ["DATABASE_URL"] = SERVERS[-1].url
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)

    import django
    from django.conf import settings

    # Files as they are: a manifest would ask for `collectstatic` before every run.
    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns without it
    django.setup()


# Now and not in `pytest_configure`: the conftest files below this one import models.
_prepare()


def pytest_unconfigure(config: pytest.Config) -> None:
    while SERVERS:
        SERVERS.pop().stop()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis of this worker's own, for the tests that are about Redis."""
    with start_redis(say=_quiet) as server:
        yield server.url


@pytest.fixture(autouse=True)
def _own_language() -> None:
    """A page shown in one test would leave its language behind for the next."""
    from django.utils import translation

    translation.activate("en")


@pytest.fixture(autouse=True)
def _own_cache(request: pytest.FixtureRequest) -> Iterator[None]:
    """The cache table is no model's, so a test with real transactions has to clear it itself."""
    yield
    marker = request.node.get_closest_marker("django_db")
    if marker is not None and marker.kwargs.get("transaction"):
        from django.core.cache import cache

        with request.getfixturevalue("django_db_blocker").unblock():
            cache.clear()
