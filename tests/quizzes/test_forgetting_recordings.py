"""Deleted recordings are gone, by a tap or by the clock, from the disk and for everybody."""

from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from quizzes import tasks
from quizzes.models import Recording
from quizzes.recordings import (
    forget_recordings,
    path_of,
)
from tests.factories import make_cohort, make_instructor, make_trainee
from tests.quizzes.making import make_exercise
from tests.quizzes.recording import (
    JSON,
    WEBM,
    files,
    hear,
    keep,
    post,
    signed_in,
)


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.PRIVATE_FILES = tmp_path / "private"
    return settings.PRIVATE_FILES


@pytest.fixture
def exercise(db):
    return make_exercise("voice")


def test_a_deleted_recording_is_gone_from_the_disk_and_for_everybody(exercise, folder):
    cohort = make_cohort()
    person, instructor = make_trainee(cohort=cohort), make_instructor(cohort=cohort)
    client, kept = signed_in(person), keep(person, exercise)
    post(client, "send", kept)

    deleted = post(client, "delete", kept, **JSON)

    kept.refresh_from_db()
    assert deleted.json()["done"] is True
    assert kept.deleted_at is not None
    assert files(folder) == []
    assert hear(client, kept).status_code == 404
    assert hear(signed_in(instructor), kept).status_code == 404
    assert post(client, "delete", kept).status_code == 404


def test_without_script_deleting_leads_back_with_a_word(exercise):
    person = make_trainee()
    client, kept = signed_in(person), keep(person, exercise)
    url = reverse("quizzes:delete_recording", args=[kept.pk])

    assert client.post(url, {"next": "/cases/"})["Location"] == "/cases/"
    other = keep(person, exercise)
    url = reverse("quizzes:delete_recording", args=[other.pk])
    assert client.post(url, {"next": "https://evil.example/"})["Location"] == "/"


def test_somebody_elses_can_be_neither_deleted_nor_sent(exercise, folder):
    kept = keep(make_trainee(), exercise)
    stranger = signed_in(make_trainee())

    assert post(stranger, "delete", kept).status_code == 404
    assert post(stranger, "send", kept).status_code == 404
    assert files(folder) == [kept.name]


def test_where_the_disk_refuses_the_recording_is_not_called_deleted(exercise):
    person = make_trainee()
    kept = keep(person, exercise)
    path = path_of(kept.name)
    path.unlink()
    path.mkdir()  # unlink refuses a folder, to root as well

    response = post(signed_in(person), "delete", kept, **JSON)

    kept.refresh_from_db()
    assert response.status_code == 507
    assert kept.deleted_at is None


def test_after_thirty_days_they_are_deleted_sent_or_not(exercise, folder):
    person = make_trainee()
    old, sent, young = (keep(person, exercise) for _ in range(3))
    month_ago = timezone.now() - timedelta(days=django_settings.RECORDING_DAYS, minutes=1)
    Recording.objects.filter(pk__in=[old.pk, sent.pk]).update(made_at=month_ago)
    Recording.objects.filter(pk=sent.pk).update(sent_at=timezone.now())

    count = forget_recordings(timezone.now())

    assert count == 2
    assert files(folder) == [young.name]
    assert list(Recording.objects.filter(deleted_at=None)) == [young]
    assert forget_recordings(timezone.now() + timedelta(days=31)) == 1
    assert files(folder) == []


def test_a_file_without_a_row_is_swept_away_after_a_day(exercise, folder):
    kept = keep(make_trainee(), exercise)
    stray = path_of("ab" + "0" * 30 + ".webm")
    unfinished = path_of("cd" + "0" * 30 + ".webm.part")
    for path in (stray, unfinished):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(WEBM)

    forget_recordings(timezone.now())
    assert len(files(folder)) == 3
    forget_recordings(timezone.now() + timedelta(days=2))

    assert files(folder) == [kept.name]


def test_one_that_cannot_be_deleted_holds_up_no_other(exercise, folder):
    person = make_trainee()
    stuck, other = keep(person, exercise), keep(person, exercise)
    path_of(stuck.name).unlink()
    path_of(stuck.name).mkdir()

    assert forget_recordings(timezone.now() + timedelta(days=31)) == 1
    other.refresh_from_db()
    assert other.deleted_at is not None


def test_the_clock_rings_once_a_day_for_a_task_there_is(exercise):
    names = [entry["task"] for entry in django_settings.CELERY_BEAT_SCHEDULE.values()]

    tasks.forget_recordings()

    assert tasks.forget_recordings.name == "quizzes.forget_recordings"
    assert names.count("quizzes.forget_recordings") == 1


def test_recordings_are_exported_and_lie_outside_what_is_served():
    assert Recording.privacy == "exported"
    private = (django_settings.BASE_DIR / "var" / "private").resolve()
    served = [django_settings.STATIC_ROOT, *django_settings.STATICFILES_DIRS]
    assert not any(private.is_relative_to(place) for place in served)


def test_hearing_costs_the_same_with_one_recording_and_with_many(exercise):
    from django.test.utils import CaptureQueriesContext

    person = make_trainee()
    client, costs = signed_in(person), []
    for count in (1, 10):
        kept = [keep(person, exercise) for _ in range(count)][-1]
        with CaptureQueriesContext(connection) as caught:
            hear(client, kept)
        costs.append(len(caught))

    assert costs[0] == costs[1]
