"""What people say into the phone: kept as private files, for a time, a few at once."""

import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from people.duties import people_reached_by
from people.models import User
from quizzes.models import Exercise, Recording

MOST_BYTES = 2_000_000  # half a minute is some 200 kB
MOST_KEPT = 20
ENDINGS = {"audio/webm": "webm", "audio/ogg": "ogg", "audio/mp4": "m4a", "audio/wav": "wav"}
_BRANDS = (b"M4A ", b"mp41", b"mp42", b"isom", b"dash", *(b"iso%d" % n for n in range(2, 10)))
_LOCK = -20  # keeps these advisory locks apart from those of starting an attempt


class NotARecording(Exception):
    """The file is not sound in a form that browsers record."""


class TooLarge(Exception):
    """The file is larger than half a minute can be."""


class QuotaReached(Exception):
    """The person keeps as many recordings as one may."""


class CannotKeep(Exception):
    """The disk is full, or the folder cannot be written."""


def content_type_of(start: bytes) -> str | None:
    """What a file is by its own first bytes; whatever its sender calls it does not count."""
    if start.startswith(b"\x1a\x45\xdf\xa3"):
        return "audio/webm" if b"\x42\x82\x84webm" in start[:64] else None
    if start.startswith(b"OggS"):
        return "audio/ogg" if b"OpusHead" in start[:64] or b"\x01vorbis" in start[:64] else None
    if start[4:8] == b"ftyp":
        # The size of the first box comes before; letters there would be somebody's HTML.
        is_box = 16 <= int.from_bytes(start[:4], "big") <= 256
        return "audio/mp4" if is_box and start[8:12] in _BRANDS else None
    if start.startswith(b"RIFF") and start[8:16] == b"WAVEfmt ":
        return "audio/wav"
    return None


def kept_by(person: User) -> QuerySet[Recording]:
    """The recordings a person keeps now."""
    return Recording.objects.filter(owner=person, deleted_at=None)


def audible_to(person: User) -> QuerySet[Recording]:
    """One's own, and what was sent by people whom one's duties as an instructor reach."""
    may = Q(owner=person)
    if person.is_instructor:
        may |= Q(sent_at__isnull=False, owner__in=people_reached_by(person))
    return Recording.objects.filter(may, deleted_at=None)


def sent_to(person: User) -> QuerySet[Recording]:
    """What others have sent and this instructor may hear, the newest first."""
    return audible_to(person).exclude(owner=person).order_by("-sent_at", "-pk")


@transaction.atomic
def keep_recording(*, owner: User, exercise: Exercise, file: UploadedFile) -> Recording:
    """The recording, its file safe on the disk.

    Raises TooLarge, NotARecording, QuotaReached or CannotKeep; then nothing is left behind.
    """
    if not file.size or file.size > MOST_BYTES:
        raise TooLarge
    content = file.read()
    content_type = content_type_of(content[:64])
    if content_type is None:
        raise NotARecording
    with connection.cursor() as cursor:  # else two uploads at once could both be the last
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, owner.pk])
    if kept_by(owner).count() >= MOST_KEPT:
        raise QuotaReached
    name = f"{secrets.token_hex(16)}.{ENDINGS[content_type]}"
    _write(path_of(name), content)
    try:
        return Recording.objects.create(
            owner=owner, exercise=exercise, name=name, content_type=content_type, size=len(content)
        )
    except BaseException:
        path_of(name).unlink(missing_ok=True)
        raise


def path_of(name: str) -> Path:
    """Where the file of that name lies: outside everything a web server hands out."""
    return Path(settings.PRIVATE_FILES) / "recordings" / name[:2] / name


def _write(path: Path, content: bytes) -> None:
    """Write the whole file or nothing, readable by us alone."""
    unfinished = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
    except OSError as error:
        with suppress(OSError):  # the folder may be out of reach; the daily task tries again
            unfinished.unlink(missing_ok=True)
        raise CannotKeep from error


@transaction.atomic
def delete_recording(recording: Recording) -> None:
    """The file is gone when this returns, and the row says since when; twice is once.

    Raises CannotKeep where the disk refuses; then the recording is still there.
    """
    still_kept = Recording.objects.filter(pk=recording.pk, deleted_at=None)
    if still_kept.update(deleted_at=timezone.now()):
        try:
            path_of(recording.name).unlink(missing_ok=True)
        except OSError as error:
            raise CannotKeep from error


def send_recording(recording: Recording) -> None:
    """Let the instructors hear it; sending it again changes nothing."""
    Recording.objects.filter(pk=recording.pk, deleted_at=None, sent_at=None).update(
        sent_at=timezone.now()
    )


def forget_recordings(now: datetime) -> int:
    """Delete what has been kept its time, and files no row knows; how many rows there were."""
    over = now - timedelta(days=settings.RECORDING_DAYS)
    count = 0
    for recording in Recording.objects.filter(deleted_at=None, made_at__lt=over)[:2_000]:
        with suppress(CannotKeep):  # tomorrow again; the others are not to wait for it
            delete_recording(recording)
            count += 1
    for path in _strays(now):
        with suppress(OSError):
            path.unlink(missing_ok=True)
    return count


def _strays(now: datetime) -> Iterator[Path]:
    """Files of a day ago or older without a row: a process died between writing the two."""
    day_ago = (now - timedelta(days=1)).timestamp()
    old = [
        path
        for path in (Path(settings.PRIVATE_FILES) / "recordings").glob("??/*")
        if path.stat().st_mtime < day_ago
    ]
    names = Recording.objects.filter(deleted_at=None, name__in=[path.name for path in old])
    known = set(names.values_list("name", flat=True))
    return (path for path in old if path.name not in known)
