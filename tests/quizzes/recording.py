"""Recordings for tests: a few bytes of each sort, and somebody who keeps and hears them."""

from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from people.models import User
from quizzes.models import Exercise, Recording
from quizzes.recordings import keep_recording

WEBM = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\x82\x84webm" + b"\x00" * 300
OGG = b"OggS\x00\x02" + b"\x00" * 22 + b"OpusHead" + b"\x00" * 300
MP4 = b"\x00\x00\x00\x1cftypiso5\x00\x00\x02\x00iso5iso6mp41" + b"\x00" * 300
WAV = b"RIFF\x00\x01\x00\x00WAVEfmt " + b"\x00" * 300
JSON = {"accept": "application/json", "accept-language": "en"}


def signed_in(person: User) -> Client:
    """A browser in which that person is signed in."""
    client = Client()
    client.force_login(person)
    return client


def file_of(content: bytes = WEBM) -> SimpleUploadedFile:
    """A file as a browser uploads it, under a type it has not."""
    return SimpleUploadedFile("recording", content, content_type="text/html")


def named(client: Client, slug: str, content: bytes = WEBM) -> HttpResponse:
    """What an upload for the exercise of that name gets."""
    form = {"exercise": slug, "file": file_of(content)}
    return client.post(reverse("quizzes:upload_recording"), form, headers=JSON)


def upload(client: Client, exercise: Exercise, content: bytes = WEBM) -> HttpResponse:
    """What an upload gets."""
    return named(client, exercise.slug, content)


def keep(owner: User, exercise: Exercise, content: bytes = WEBM) -> Recording:
    """A kept recording."""
    return keep_recording(owner=owner, exercise=exercise, file=file_of(content))


def files(folder: Path) -> list[str]:
    """The names of all files below."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def hear(client: Client, recording: Recording, **headers: str) -> HttpResponse:
    """What asking for the sound gets."""
    return client.get(reverse("quizzes:recording", args=[recording.pk]), headers=headers)


def post(client: Client, name: str, recording: Recording, **headers: str) -> HttpResponse:
    """What deleting or sending it gets."""
    return client.post(reverse(f"quizzes:{name}_recording", args=[recording.pk]), headers=headers)
