"""Browsers in which somebody has signed in before.

A signed cookie gives such a browser its own counter of wrong tries, so whoever guesses at a
person's password from elsewhere cannot lock that person out
(OWASP, "Slow Down Online Guessing Attacks with Device Cookies").
"""

import secrets

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse

YEAR = 60 * 60 * 24 * 365
MOST_PEOPLE = 8  # on one shared device

signer = TimestampSigner(salt="people.devices")


def remember_device(request: HttpRequest, person_id: int) -> None:
    """Have the answer to this request carry the cookie that knows the person."""
    request.device_of = person_id  # type: ignore[attr-defined]


def set_cookie(request: HttpRequest, response: HttpResponse) -> None:
    """Add the cookie if somebody signed in during this request."""
    person_id = getattr(request, "device_of", None)
    if person_id is None:
        return
    known = _read(request)
    name = known.pop(str(person_id), None) or secrets.token_urlsafe(12)
    newest = dict(list(known.items())[-(MOST_PEOPLE - 1) :]) | {str(person_id): name}
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signer.sign_object(newest),
        max_age=YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def device_name(request: HttpRequest, person_id: int | None) -> str | None:
    """The name of this browser if the person has signed in here before."""
    return _read(request).get(str(person_id))


def _read(request: HttpRequest) -> dict[str, str]:
    cookie = request.COOKIES.get(settings.DEVICE_COOKIE_NAME)
    if not cookie:
        return {}
    try:
        return dict(signer.unsign_object(cookie, max_age=YEAR))
    except (BadSignature, ValueError, TypeError):
        return {}
