"""The sign-ins of a person: how long they last, which there are, and how they end."""

from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils import timezone

from people.models import User

HOUR = 60 * 60
DAY = 24 * HOUR

# Seconds without a request, and seconds since signing in.
KEPT = (30 * DAY, 90 * DAY)
SHARED_DEVICE = (2 * HOUR, 12 * HOUR)
ADMIN = (4 * HOUR, 12 * HOUR)
# Words in a User-Agent and what people call it; the first that fits wins.
BROWSERS = {
    "MicroMessenger": "WeChat",
    "DingTalk": "DingTalk",
    "Edg": "Edge",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "Chrome": "Chrome",
    "CriOS": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "HarmonyOS": "HarmonyOS",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "Linux": "Linux",
}
NOTICE_EVERY = 10 * 60  # a request is written down at most that often


def note_sign_in(sender: object, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Start the clocks of a session (a receiver of Django's own signal)."""
    request.session["signed_in_at"] = request.session["seen_at"] = _now()


def is_over(session: SessionBase, person: User) -> bool:
    """Whether the session has been idle or has lasted too long; notes that it was used."""
    if "signed_in_at" not in session:
        return False
    idle, lasting = _limits(session, person)
    now = _now()
    if now - session["seen_at"] > idle or now - session["signed_in_at"] > lasting:
        return True
    if now - session["seen_at"] > NOTICE_EVERY:
        session["seen_at"] = now
    return False


def sessions_of(person: User) -> QuerySet[UserSession]:
    """The person's sign-ins that are still good, newest first."""
    alive = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=Now())
    return UserSession.objects.filter(Exists(alive), user=person).order_by("-created_at")


def device_words(user_agent: str) -> str:
    """What the device calls itself, in names people know: "Chrome, Android"."""
    found = [
        next((name for word, name in words.items() if word in user_agent), "")
        for words in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(filter(None, found))


@transaction.atomic
def end_sessions(person: User, *, keep: str | None = None) -> int:
    """End the person's sign-ins but the one with the key `keep`; say how many."""
    rows = UserSession.objects.filter(user=person).exclude(session_key=keep or "")
    keys = list(rows.values_list("session_key", flat=True))
    rows.delete()
    Session.objects.filter(session_key__in=keys).delete()
    return len(keys)


def _limits(session: SessionBase, person: User) -> tuple[int, int]:
    if person.is_admin:
        return ADMIN
    return SHARED_DEVICE if session.get_expire_at_browser_close() else KEPT


def _now() -> int:
    return int(timezone.now().timestamp())
