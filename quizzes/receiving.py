"""Taking in what editors send: not more than can be used, and never lost without a word."""

import json
from typing import TypeVar

from django.http import HttpRequest
from pydantic import TypeAdapter, ValidationError

Value = TypeVar("Value")


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
