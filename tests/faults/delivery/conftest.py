"""One database, one Redis for all experiments of a run."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from tests.faults.delivery.harness import PEOPLE, PREPARE, Base, Experiment, Redis

SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "tests.faults.delivery.settings",
    "DEMO": "1",
    "SECRET_KEY": "faults-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "ALLOWED_HOSTS": "127.0.0.1",
    "SITE_URL": "http://127.0.0.1:1",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "LOG_LEVEL": "ERROR",
    "MAILS_PER_MINUTE": "0",
    "EMAIL_HOST": "127.0.0.1",
    "MAIL_FOLDER": "",
    "PYTHONWARNINGS": "ignore",
}


@pytest.fixture(scope="session")
def base() -> Iterator[Base]:
    """A database with people, beside that of the other tests."""
    server, name = os.environ["DATABASE_URL"], f"faults_{os.getpid()}"
    admin = psycopg2.connect(server)
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    url = f"{server.rsplit('/', 1)[0]}/{name}"
    project = str(Path(__file__).resolve().parents[3])
    path = os.pathsep.join(filter(None, [project, os.environ.get("PYTHONPATH")]))
    base = Base(url, os.environ | SETTINGS | {"DATABASE_URL": url, "PYTHONPATH": path})
    base.python(PREPARE.format(people=PEOPLE))
    yield base
    with admin.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    admin.close()


@pytest.fixture(scope="session")
def broker() -> Iterator[Redis]:
    redis = Redis()
    redis.start()
    yield redis
    redis.stop()


@pytest.fixture
def lay_out(base: Base, broker: Redis, tmp_path: Path) -> Iterator[Callable[..., Experiment]]:
    """A function that lays out an experiment; all of its processes end with the test."""
    laid: list[Experiment] = []

    def lay(**options: Any) -> Experiment:
        folder = tmp_path / str(len(laid))
        folder.mkdir()
        broker.ask("FLUSHALL")
        laid.append(Experiment(base, folder, broker, **options))
        return laid[-1]

    yield lay
    for experiment in laid:
        experiment.stop()
