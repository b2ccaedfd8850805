"""The designed answers for what goes wrong, in the reader's language."""

import logging
import secrets

from django.http import HttpRequest, HttpResponse

from mot_course.web import render_error

logger = logging.getLogger(__name__)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the browser sent something no page of ours sends."""
    return render_error(request, 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the person is known, but this is not theirs to do."""
    return render_error(request, 403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: there is nothing here, or nothing for this person."""
    return render_error(request, 404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's token is missing or from an older sign-in."""
    return render_error(request, 403, context={"is_csrf": True})


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault, with a number that also stands in the log."""
    number = secrets.token_hex(4)
    logger.error("error %s at %s", number, request.path)
    return render_error(request, 500, context={"number": number})
