"""Taking in what editors send: not more than can be used, and never lost without a word."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from pydantic import TypeAdapter, ValidationError

View = Callable[..., HttpResponse]
Value = TypeVar("Value")

_DRAINED = 32_000_000  # read and thrown away, so that the browser gets to see the answer
_PIECE = 65_536


def at_most(bytes_: int) -> Callable[[View], View]:
    """Refuse a larger request with 413 and a page that says so, before anything reads it.

    The check of the form token reads the request, too, so it is done here, after the size.
    """

    def decorate(view: View) -> View:
        protected = csrf_protect(view)

        @csrf_exempt
        @wraps(view)
        def sized(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if int(request.META.get("CONTENT_LENGTH") or 0) <= bytes_:
                return protected(request, *args, **kwargs)
            left = _DRAINED
            while left > 0 and (piece := request.read(_PIECE)):
                left -= len(piece)
            if request.headers.get("Accept", "").startswith("application/json"):
                return JsonResponse({"error": "too_large"}, status=413)
            context = {"most": bytes_ // 1000}
            return render(request, "editor/too_large.html", context, status=413)

        return sized

    return decorate


def json_of(request: HttpRequest, wanted: TypeAdapter[Value]) -> Value:
    """The request's JSON as that type; raises pydantic's ValidationError.

    Halves of characters (lone surrogates), which nothing can store or show, are left out.
    """
    try:
        text = json.dumps(json.loads(request.body), ensure_ascii=False)
    except (ValueError, RecursionError):
        text = "?"  # which is no JSON either
    return wanted.validate_json(text.encode("utf-8", "ignore"))


def faults_of(error: ValidationError) -> list[str]:
    """Where the JSON does not fit, for a script's log; never what was typed."""
    return [".".join(map(str, one["loc"])) + ": " + one["type"] for one in error.errors()][:20]
