"""With what nobody should run this site."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from people.checks import demo_people, refuse_unsafe_start, unsafe_settings
from people.demo import PEOPLE, load_demo_people, retire_demo_people
from people.signing_in import PersonBackend
from tests.factories import PASSWORD, make_trainee

GOOD_KEY = "tests-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2


@pytest.mark.parametrize(
    ("name", "value", "number"),
    [
        ("SECRET_KEY", "short", "people.E001"),
        ("SECRET_KEY", "ab" * 40, "people.E001"),
        ("SECRET_KEY", "django-insecure-" + GOOD_KEY, "people.E002"),
        ("SECRET_KEY", "only-for-development" + GOOD_KEY, "people.E002"),
        ("ALLOWED_HOSTS", ["mot.example", "*"], "people.E003"),
    ],
)
def test_an_unsafe_setting_is_named_in_a_sentence(settings, name, value, number):
    setattr(settings, name, value)

    found = unsafe_settings()

    assert [error.id for error in found] == [number]
    assert found[0].msg.endswith(".")
    assert name in found[0].msg


def test_good_settings_are_fine():
    assert unsafe_settings() == []


@pytest.mark.django_db
def test_the_site_does_not_start_while_a_demo_person_could_sign_in(settings):
    settings.DEMO = True
    load_demo_people()
    refuse_unsafe_start()

    settings.DEMO = False
    with pytest.raises(ImproperlyConfigured, match="demo accounts admin, instructor"):
        refuse_unsafe_start()

    retire_demo_people()
    refuse_unsafe_start()


@pytest.mark.django_db
def test_a_demo_person_is_refused_in_earnest_even_if_the_check_was_passed_by():
    make_trainee(username="demo", password=PASSWORD, is_demo=True)

    assert PersonBackend().authenticate(None, username="demo", password=PASSWORD) is None


@pytest.mark.django_db
def test_the_demo_loads_once_and_only_as_a_demo(settings, capsys):
    with pytest.raises(ImproperlyConfigured, match="DEMO=1"):
        load_demo_people()

    settings.DEMO = True
    call_command("load_demo_people")
    call_command("load_demo_people")

    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "14 demo people, 14 of them new; password moment-of-truth.",
        "14 demo people, 0 of them new; password moment-of-truth.",
    ]
    person = PersonBackend().authenticate(None, username="trainee8", password="moment-of-truth")
    assert [m.cohort.name for m in person.memberships.all()] == ["前厅一班"]
    assert demo_people() == []
    assert len(PEOPLE) == 14


def environment(**changes):
    database = settings.DATABASES["default"]
    url = (
        f"postgres://{database['USER']}:{database['PASSWORD']}"
        f"@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    )
    return os.environ | {"DATABASE_URL": url, "DEMO": "0"} | changes


def run(*command, **changes):
    return subprocess.run(
        [sys.executable, *command],
        env=environment(**changes),
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "command",
    [
        ("-c", "import mot_course.wsgi"),
        ("-m", "celery", "-A", "mot_course", "worker", "--pool=solo"),
        ("-m", "celery", "-A", "mot_course", "beat", "-s", "{folder}/beat"),
    ],
    ids=["web", "worker", "beat"],
)
def test_web_and_worker_and_beat_end_with_the_sentence(command, tmp_path):
    make_trainee(username="demo1", password=PASSWORD, is_demo=True)

    result = run(*(word.format(folder=tmp_path) for word in command))

    assert result.returncode != 0
    assert "The demo accounts demo1 are active." in result.stderr


@pytest.mark.django_db(transaction=True)
def test_the_deployment_check_is_clean():
    result = run(
        "manage.py", "check", "--deploy", "--fail-level", "WARNING", "--database", "default",
        SSL_REDIRECT="True",
    )  # fmt: skip

    assert (result.returncode, result.stderr) == (0, "")
