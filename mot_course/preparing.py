"""`python -m mot_course.preparing`: all that stands between an empty database and a running site.

One process for all steps, because starting Django costs more than a step that finds nothing to do.
"""

import os
import sys
import time
from contextlib import closing, suppress
from io import StringIO
from typing import Any
from urllib.parse import urlsplit

import django
import redis
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from mot_course.run_plan import SAID

PACK = "fixtures/mot"


def do(words: str, command: str, *arguments: str, **options: Any) -> None:
    """Run a management command; print what is being done and what the command said."""
    begun = time.monotonic()
    _write(f"{words} ...")
    said = StringIO()
    try:
        call_command(command, *arguments, stdout=said, stderr=said, no_color=True, **options)
    except BaseException:
        _write(f"\n{said.getvalue()}")
        raise
    lines = [line for line in said.getvalue().splitlines() if line.strip()]
    seconds = time.monotonic() - begun
    _write(f" {seconds:.1f} s\n" if seconds >= 1 else "\n")
    _write("".join(f"    {line}\n" for line in lines))


def _write(text: str) -> None:
    with suppress(OSError):  # a terminal that is gone is no reason to stop half-way
        sys.stdout.write(text)
        sys.stdout.flush()


def main() -> int:
    """Do the steps; 0, or SAID after a sentence about the one that failed."""
    demo_people = "--demo-people" in sys.argv
    try:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mot_course.settings")
        django.setup()
        _reach_servers()
        _steps(demo_people=demo_people)
    except CommandError as error:
        sys.stderr.write(f"{error}\n")
    except ImproperlyConfigured as error:
        sys.stderr.write(f"The settings are not complete: {error}\n")
    except OperationalError as error:
        sys.stderr.write(f"The database refused: {str(error).strip().splitlines()[0]}\n")
    else:
        return 0
    return SAID


def _reach_servers() -> None:
    """Raise a CommandError in words when a server of the person's own does not answer."""
    try:
        connection.ensure_connection()
    except OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise CommandError(f"The database in DATABASE_URL does not answer: {reason}") from None
    parts = urlsplit(os.environ["REDIS_URL"])
    try:
        with closing(redis.Redis.from_url(os.environ["REDIS_URL"], socket_timeout=3)) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        place = f"{parts.hostname}:{parts.port}"
        raise CommandError(f"The Redis in REDIS_URL ({place}) does not answer: {error}") from None


def _steps(*, demo_people: bool) -> None:
    do("Bringing the database up to date", "migrate", interactive=False, verbosity=0)
    do("Compiling translations", "compile_translations")
    do("Collecting static files", "collectstatic", interactive=False, verbosity=0)
    do("Loading the course", "load_course", PACK)
    if demo_people:
        do("Loading the demo people", "load_demo_people")
        do("Bringing the demo to life", "load_demo_life")


if __name__ == "__main__":
    sys.exit(main())
