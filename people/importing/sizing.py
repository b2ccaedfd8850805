"""Not more than can be used: a larger request is refused before anything reads it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt, csrf_protect

View = Callable[..., HttpResponse]
MOST_BYTES = 2_450_000  # below Django's own limit, so that a page can say what to do
_DRAINED = 32_000_000  # read and thrown away, so that the browser gets to see the answer
_PIECE = 65_536


def sized(view: View) -> View:
    """Refuse a larger request with 413 and a page that says so; then check the form token."""
    protected = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if int(request.META.get("CONTENT_LENGTH") or 0) <= MOST_BYTES:
            return protected(request, *args, **kwargs)
        left = _DRAINED
        while left > 0 and (piece := request.read(_PIECE)):
            left -= len(piece)
        context = {"most": MOST_BYTES // 1000}
        return render(request, "editor/too_large.html", context, status=413)

    return checked
