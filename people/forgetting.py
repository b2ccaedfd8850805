"""What is over is deleted on our own initiative."""

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from outbox import clock as database
from outbox.models import Notice
from outbox.posting import forget_older_than
from people.models import AuditEntry, SignInLink, Tries

LINKS = timedelta(days=7)
LOGS = timedelta(days=180)
MESSAGES = timedelta(days=90)


def forget_what_is_over() -> dict[str, int]:
    """Delete what has served its time; say how many rows of each."""
    session = Session.objects.filter(session_key=OuterRef("session_key"))
    return {
        "sessions": Session.objects.filter(expire_date__lt=Now()).delete()[0],
        "sign_ins": UserSession.objects.exclude(Exists(session)).delete()[0],
        "links": SignInLink.objects.filter(expires_at__lt=Now() - LINKS).delete()[0],
        "audit": AuditEntry.objects.filter(at__lt=Now() - LOGS).delete()[0],
        "admin_log": LogEntry.objects.filter(action_time__lt=Now() - LOGS).delete()[0],
        "notices": Notice.objects.filter(at__lt=database.Now() - MESSAGES).delete()[0],
        "messages": forget_older_than(MESSAGES),
        "tries": Tries.objects.filter(over_at__lt=Now()).delete()[0],
        "cache": _forget_expired_cache_entries(),
    }


def _forget_expired_cache_entries() -> int:
    table = connection.ops.quote_name(str(settings.CACHES["default"]["LOCATION"]))
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE expires < now()")  # noqa: S608 -- from settings
        return cursor.rowcount
