"""Who may: the few questions every view asks before it does anything."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse

from mot_course.web import Request

View = Callable[..., HttpResponse]


def instructors_only(view: View) -> View:
    """Let instructors and admins in; for everybody else there is nothing here."""

    @wraps(view)
    @login_required
    def checked(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_instructor:
            raise Http404
        return view(request, *args, **kwargs)

    return checked


def admins_only(view: View) -> View:
    """Let admins in; for everybody else there is nothing here."""

    @wraps(view)
    @login_required
    def checked(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_admin:
            raise Http404
        return view(request, *args, **kwargs)

    return checked
