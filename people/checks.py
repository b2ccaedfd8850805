"""What must be in order before the site may run: one sentence for each thing that is not.

`manage.py check` (and so migrate, runserver, tests) asks `unsafe_settings`. The web process and
the worker ask `refuse_unsafe_start` when they start: mot_course/wsgi.py and mot_course/celery.py.
"""

from typing import Any

import structlog
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, ProgrammingError

from people.models import User

logger = structlog.get_logger(__name__)

KNOWN_KEYS = ("django-insecure-", "only-for-", "changeme", "change-me", "secret", "example")


@register(Tags.security)
def unsafe_settings(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """An error for each setting with which nobody should run this site."""
    found: list[CheckMessage] = []
    key = settings.SECRET_KEY
    if len(key) < 50 or len(set(key)) < 10:
        found.append(
            _error("001", "SECRET_KEY is too short or too simple", "Give it 50 random ones.")
        )
    elif key.lower().startswith(KNOWN_KEYS):
        found.append(_error("002", "SECRET_KEY is a known default", "Make one of your own."))
    if not settings.DEMO and any(host.strip() == "*" for host in settings.ALLOWED_HOSTS):
        found.append(_error("003", 'ALLOWED_HOSTS contains "*"', "Name the site's own host names."))
    return found


@register(Tags.database)
def demo_people_in_database(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """As `demo_people`; nothing before the first migration."""
    try:
        return demo_people()
    except ProgrammingError:
        return []


def demo_people() -> list[CheckMessage]:
    """An error while a demo account could sign in to an installation that is no demo."""
    if settings.DEMO:
        return []
    active = User.objects.filter(is_demo=True, is_active=True).order_by("username")
    names = [person.username for person in active if person.has_usable_password()]
    if not names:
        return []
    what = f"The demo accounts {', '.join(names)} are active"
    return [_error("004", what, "Deactivate them: manage.py retire_demo_people.")]


def refuse_unsafe_start() -> None:
    """Raise ImproperlyConfigured, with one sentence for each trouble, if the site must not run."""
    found = unsafe_settings()
    try:
        found += demo_people()
    except DatabaseError as error:  # the backend refuses demo people in any case
        logger.warning("demo_people_not_checked", why=str(error).strip())
    if found:
        raise ImproperlyConfigured(" ".join(f"{error.msg} {error.hint}" for error in found))


def _error(number: str, what: str, hint: str) -> Error:
    return Error(f"{what}.", hint=hint, id=f"people.E{number}")
