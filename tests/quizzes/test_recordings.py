"""Recordings: whose they are, what they may be, and that they are gone when they should be."""

import os
import stat
import subprocess

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from people.models import Membership
from quizzes.models import Recording
from quizzes.recordings import (
    MOST_BYTES,
    MOST_KEPT,
    CannotKeep,
    QuotaReached,
    content_type_of,
    path_of,
)
from tests.factories import make_admin, make_cohort, make_instructor, make_trainee
from tests.quizzes.making import make_exercise
from tests.quizzes.recording import (
    JSON,
    MP4,
    OGG,
    WAV,
    WEBM,
    file_of,
    files,
    hear,
    keep,
    named,
    post,
    signed_in,
    upload,
)
from tests.quizzes.test_races import at_once


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.PRIVATE_FILES = tmp_path / "private"
    return settings.PRIVATE_FILES


@pytest.fixture
def exercise(db):
    return make_exercise("voice")


# Keeping


@pytest.mark.parametrize(
    ("content", "content_type", "ending"),
    [
        (WEBM, "audio/webm", "webm"),
        (OGG, "audio/ogg", "ogg"),
        (MP4, "audio/mp4", "m4a"),
        (WAV, "audio/wav", "wav"),
    ],
)
def test_a_recording_is_kept_by_its_content_in_a_private_file(
    exercise, folder, content, content_type, ending
):
    person = make_trainee()

    response = upload(signed_in(person), exercise, content)

    kept = Recording.objects.get()
    assert response.status_code == 201
    assert response.json() == {"recording": kept.pk, "url": f"/quizzes/recordings/{kept.pk}/"}
    assert (kept.owner, kept.exercise, kept.content_type, kept.size) == (
        person, exercise, content_type, len(content),
    )  # fmt: skip
    assert files(folder) == [kept.name]
    assert kept.name.endswith(f".{ending}")
    assert path_of(kept.name).read_bytes() == content
    assert stat.S_IMODE(path_of(kept.name).stat().st_mode) == 0o600
    assert "recording" not in kept.name


@pytest.mark.parametrize(
    "content",
    [
        b"<html><script>alert(1)</script></html>" + WEBM,
        b"<!-- " + OGG,
        b"\x1a\x45\xdf\xa3" + b"\x00" * 200,
        b"\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska" + b"\x00" * 200,
        b"<htmftypisom<script>" + b"\x00" * 200,
        b"\x00\x00\x00\x1cftypqt  " + b"\x00" * 200,
        b"\x00\x00\x00\x1cftypheic" + b"\x00" * 200,
        b"OggS" + b"\x00" * 200,
        b"RIFF\x00\x01\x00\x00AVI LIST" + b"\x00" * 200,
        b"RIFF<scrWAVE<script>" + b"\x00" * 200,
        b"\xff\xd8\xff\xe0" + b"\x00" * 200,
        b"%PDF-1.7" + b"\x00" * 200,
        b"PK\x03\x04" + b"\x00" * 200,
        b" " + WEBM,
    ],
)
def test_whatever_is_no_recording_is_refused_and_leaves_nothing(exercise, folder, content):
    response = upload(signed_in(make_trainee()), exercise, content)

    assert content_type_of(content[:64]) is None
    assert response.status_code == 422
    assert response.json()["error"] == "type"
    assert Recording.objects.count() == 0
    assert files(folder) == []


def test_a_file_too_large_empty_or_missing_is_refused_in_words(exercise, folder):
    client = signed_in(make_trainee())

    answers = [
        upload(client, exercise, WEBM + b"\x00" * MOST_BYTES),
        upload(client, exercise, b""),
        client.post(reverse("quizzes:upload_recording"), {"exercise": exercise.slug}, headers=JSON),
        named(client, "nothing-like-it"),
        upload(client, make_exercise("true_false")),
        named(client, "../../etc/passwd"),
    ]

    assert [one.status_code for one in answers] == [422] * 6
    assert all(one.json()["why"] for one in answers)
    assert files(folder) == []


def test_strangers_are_told_to_sign_in_and_a_form_token_is_asked_for(exercise):
    url = reverse("quizzes:upload_recording")
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_trainee())

    assert Client().post(url).status_code == 401
    assert strict.post(url, {"exercise": exercise.slug, "file": file_of()}).status_code == 403
    assert signed_in(make_trainee()).get(url).status_code == 405
    assert Recording.objects.count() == 0


def test_one_keeps_twenty_and_is_told_so_and_a_deleted_one_makes_room(exercise, folder):
    person = make_trainee()
    client = signed_in(person)
    kept = [keep(person, exercise) for _ in range(MOST_KEPT)]

    refused = upload(client, exercise)
    post(client, "delete", kept[0])
    taken = upload(client, exercise)

    assert (refused.status_code, taken.status_code) == (422, 201)
    assert "You keep 20 recordings" in refused.json()["why"]
    assert len(files(folder)) == MOST_KEPT


@pytest.mark.django_db(transaction=True)
def test_two_at_once_cannot_both_be_the_twentieth(folder):
    person, exercise = make_trainee(), make_exercise("voice")
    for _ in range(MOST_KEPT - 1):
        keep(person, exercise)

    def deed(n):
        try:
            return keep(person, exercise).pk
        except QuotaReached:
            return None

    results = at_once(8, deed)

    assert sum(one is not None for one in results) == 1
    assert Recording.objects.count() == len(files(folder)) == MOST_KEPT


# A disk that does not take it


def test_a_folder_that_cannot_be_written_is_said_in_words_and_loses_nothing_else(
    exercise, folder, settings, tmp_path
):
    client = signed_in(make_trainee())
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the folder should be")  # refused to root as well
    settings.PRIVATE_FILES = blocked

    response = upload(client, exercise)

    assert response.status_code == 507
    assert "no room for recordings" in response.json()["why"]
    assert Recording.objects.count() == 0
    settings.PRIVATE_FILES = folder
    assert upload(client, exercise).status_code == 201


@pytest.fixture
def small_disk(tmp_path):
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root may make a small disk, and not everywhere")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_is_said_in_words_and_leaves_no_half_file(exercise, settings, small_disk):
    settings.PRIVATE_FILES = small_disk
    person = make_trainee()

    with pytest.raises(CannotKeep):
        keep(person, exercise, WEBM + b"\x00" * 200_000)

    assert files(small_disk) == []
    assert Recording.objects.count() == 0
    assert keep(person, exercise).size == len(WEBM)  # a small one still fits


# Hearing


def test_the_owner_hears_it_and_nothing_may_keep_or_guess_it(exercise):
    person = make_trainee()
    kept = keep(person, exercise, WAV)

    response = hear(signed_in(person), kept, **{"accept-encoding": "gzip"})

    assert response.status_code == 200
    assert response.content == WAV
    assert response["Content-Type"] == "audio/wav"
    assert response["Content-Length"] == str(len(WAV))
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"] == f'inline; filename="recording-{kept.pk}.wav"'
    assert response["Accept-Ranges"] == "bytes"
    assert "Content-Encoding" not in response


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-1", 206, slice(0, 2)),
        ("bytes=10-", 206, slice(10, None)),
        ("bytes=-5", 206, slice(-5, None)),
        ("bytes=-99999", 206, slice(0, None)),
        ("bytes=0-99999999", 206, slice(0, None)),
        ("bytes=99999-", 416, None),
        ("bytes=5-4", 416, None),
        ("bytes=-0", 416, None),
        ("bytes=0-1,4-5", 200, slice(0, None)),
        ("bytes=-", 200, slice(0, None)),
        ("lines=1-2", 200, slice(0, None)),
        ("bytes=" + "9" * 40 + "-", 200, slice(0, None)),
    ],
)
def test_safari_gets_the_part_it_asks_for(exercise, asked, status, part):
    person = make_trainee()
    kept = keep(person, exercise, WAV)

    response = hear(signed_in(person), kept, range=asked, **{"accept-encoding": "gzip"})

    assert response.status_code == status
    if status == 416:
        assert response["Content-Range"] == f"bytes */{len(WAV)}"
    else:
        assert response.content == WAV[part]
    if status == 206:
        first = (part.start or 0) % len(WAV)
        last = first + len(response.content) - 1
        assert response["Content-Range"] == f"bytes {first}-{last}/{len(WAV)}"


def test_nobody_else_hears_it_before_it_is_sent(exercise):
    cohort = make_cohort()
    person = make_trainee(cohort=cohort)
    kept = keep(person, exercise)
    others = [
        make_trainee(cohort=cohort),
        make_instructor(cohort=cohort),
        make_instructor(),
        make_admin(),
    ]

    assert [hear(signed_in(one), kept).status_code for one in others] == [404] * 4
    assert hear(Client(), kept).status_code == 302


def test_once_sent_the_instructors_who_reach_the_owner_hear_it_and_nobody_else(exercise):
    region = make_cohort()
    cohort = make_cohort(parent=region)
    person = make_trainee(cohort=cohort)
    kept = keep(person, exercise)

    post(signed_in(person), "send", kept)

    may = [make_instructor(cohort=cohort), make_instructor(cohort=region)]
    may_not = [make_instructor(), make_trainee(cohort=cohort)]
    assert [hear(signed_in(one), kept).status_code for one in may] == [200, 200]
    assert [hear(signed_in(one), kept).status_code for one in may_not] == [404, 404]
    assert [post(signed_in(one), "delete", kept).status_code for one in may] == [404, 404]
    assert [post(signed_in(one), "send", kept).status_code for one in may] == [404, 404]
    Membership.objects.filter(person=person).update(left_at=timezone.now())
    assert [hear(signed_in(one), kept).status_code for one in may] == [404, 404]


def test_sending_twice_is_once_and_the_page_can_ask(exercise):
    person = make_trainee()
    client, kept = signed_in(person), keep(person, exercise)
    url = reverse("quizzes:recording", args=[kept.pk]) + "?state=1"
    before = client.get(url).json()

    first = post(client, "send", kept, **JSON)
    kept.refresh_from_db()
    sent_at = kept.sent_at
    post(client, "send", kept, **JSON)
    kept.refresh_from_db()

    assert before == {"sent": False, "days": 29}
    assert first.json() == {"done": True, "why": "Sent. Your instructors can hear it now."}
    assert client.get(url).json()["sent"] is True
    assert kept.sent_at == sent_at
