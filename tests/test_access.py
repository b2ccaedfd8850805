"""Who gets what: every address × role × method against one checked-in matrix.

A new address without a row fails. To see what a change does: UPDATE_ACCESS_MATRIX=1 pytest this
file, then read the diff of tests/access_matrix.yaml as carefully as code.
"""

import os
from pathlib import Path

import pytest
import yaml
from django.db import transaction
from django.test import Client
from django.urls import reverse

from people.models import Tries
from quizzes.starting import start_attempt
from quizzes.submitting import submit_attempt
from tests.factories import make_trainee
from tests.units.packs import write_pack
from tests.world import ROLES, make_world, our_addresses
from units.models import Unit
from units.pack.loading import load_course

MATRIX = Path(__file__).parent / "access_matrix.yaml"
METHODS = ["GET", "POST"]


@pytest.fixture
def world(db, tmp_path):
    return make_world(tmp_path)


def client_of(person):
    client = Client(raise_request_exception=False, enforce_csrf_checks=False)
    if person is not None:
        client.force_login(person)
    return client


def status(client, method, url):
    """The status of one request, whose changes are taken back."""
    with transaction.atomic():
        response = client.get(url) if method == "GET" else client.post(url)
        transaction.set_rollback(True)
    return response.status_code


def test_every_address_answers_every_role_as_the_matrix_says(world):
    people, arguments = world.people, world.arguments
    found = {}
    for name in sorted(our_addresses()):
        url = reverse(name, args=arguments.get(name, []))
        for method in METHODS:
            found[f"{method} {name}"] = " ".join(
                str(status(client_of(people[role]), method, url)) for role in ROLES
            )
    if os.environ.get("UPDATE_ACCESS_MATRIX"):
        head = f"# Columns: {', '.join(ROLES)}. The trainee owns what the address names.\n"
        MATRIX.write_text(head + yaml.safe_dump(found, width=200), encoding="utf-8")

    assert found == yaml.safe_load(MATRIX.read_text(encoding="utf-8"))


@pytest.mark.parametrize("role", ["trainee", "instructor", "admin"])
def test_no_get_changes_anything(world, role):
    """Only the session, the note of who signed in, and what throttles guessing may change."""
    from django.apps import apps
    from django.db import connection

    tables = [
        model._meta.db_table
        for app in ("outbox", "people", "quizzes", "cases", "units", "assignments")
        for model in apps.get_app_config(app).get_models()
        if model is not Tries
    ]
    every = " UNION ALL ".join(
        f"SELECT '{table}', (SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t)"
        for table in tables
    )

    def rows():
        with connection.cursor() as cursor:
            cursor.execute(every)
            return dict(cursor.fetchall())

    client = client_of(world.people[role])
    before = rows()
    changed = []
    for name in sorted(our_addresses()):
        if name == "account_logout":
            continue
        for one in (world.arguments.get(name, []), *world.more.get(name, [])):
            client.get(reverse(name, args=one))
            if (after := rows()) != before:
                changed.append((name, [table for table in tables if after[table] != before[table]]))
                before = after

    assert changed == []


def test_an_attempt_of_somebody_else_is_not_there(world):
    people, attempt = world.people, world.attempt
    for role in ("other trainee", "other instructor", "instructor", "admin"):
        client = client_of(people[role])
        assert client.get(reverse("quizzes:attempt", args=[attempt.pk])).status_code == 404
        assert client.post(reverse("quizzes:submit", args=[attempt.pk])).status_code == 404
        saved = client.post(reverse("quizzes:answer", args=[attempt.pk, 1]), {"a1-answer": "true"})
        assert saved.status_code == 404
    attempt.refresh_from_db()
    assert attempt.submitted_at is None


def test_before_submission_no_address_tells_a_key_or_an_explanation(db, tmp_path):
    """Canaries in every secret field; a trainee in the middle of everything reads every page."""
    from tests.units.packs import change

    folder = write_pack(tmp_path)
    for name in ("banks/check-one.yaml", "units/01-first/01-one.yaml"):
        path = folder / name
        path.write_text(
            path.read_text(encoding="utf-8").replace("Because", "canary").replace("理由", "canary")
            .replace("The feeling is theirs", "canary").replace("yes it is", "canary")
            .replace("not quite", "canary"), encoding="utf-8",
        )  # fmt: skip
    change(folder, "banks/beliefs.yaml", "{zh: 理由, en: Because}", "{zh: canary, en: canary}")
    load_course(folder)
    trainee = make_trainee()
    check = Unit.objects.get().check_quiz
    attempt = start_attempt(quiz=check, trainee=trainee)
    client = client_of(trainee)
    urls = [
        "/", "/courses/", "/courses/core/", "/courses/core/comparison/", "/units/first/",
        "/units/first/one/", f"/quizzes/{check.slug}/", f"/quizzes/attempts/{attempt.pk}/",
        f"/quizzes/attempts/{attempt.pk}/?review=1", f"/quizzes/attempts/{attempt.pk}/ticket/",
        "/cases/", "/cases/a-case/", "/me/", "/help/",
    ]  # fmt: skip
    for url in urls:
        response = client.get(url)
        assert "canary" not in response.content.decode(), url
        assert "canary" not in str(response.headers), url
    saved = client.post(f"/quizzes/attempts/{attempt.pk}/answers/1/", {"ticket": "x"})
    assert b"canary" not in saved.content

    submit_attempt(attempt_id=attempt.pk, trainee=trainee)
    assert "canary" in client.get(f"/quizzes/attempts/{attempt.pk}/").content.decode()
