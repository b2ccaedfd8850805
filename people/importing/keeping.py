"""The table between two steps: on the server, an hour, for this person in this session alone."""

import json
import secrets
import zlib
from dataclasses import asdict, dataclass, field

from django.core.cache import cache
from django.http import Http404
from django.utils.crypto import constant_time_compare, salted_hmac

from mot_course.web import Request
from people.importing.plans import Options
from people.importing.reading import Table

SECONDS = 60 * 60
_SALT = "people.importing"


class Expired(Exception):
    """It was this person's, but its hour is over."""


class TakenIn(Exception):
    """It was taken in; `run` is the number of that import."""

    def __init__(self, run: int) -> None:
        super().__init__(run)
        self.run = run


@dataclass
class Kept:
    """A table, what was chosen beside it, and which of its rows are left out."""

    table: Table
    options: Options
    out: set[int] = field(default_factory=set)


def keep(request: Request, kept: Kept, token: str = "") -> str:
    """Store it for an hour; the token that finds it again."""
    token = token or _signed(request, secrets.token_hex(16))
    plain = {"table": asdict(kept.table), "options": asdict(kept.options), "out": sorted(kept.out)}
    packed = zlib.compress(json.dumps(plain, ensure_ascii=False).encode("utf-8", "replace"))
    cache.set(_key(request, token), packed, SECONDS)
    return token


def kept_by(request: Request, token: str) -> Kept:
    """What was kept. 404 with another person's token; raises Expired or TakenIn."""
    if not constant_time_compare(token, _signed(request, token[:32])):
        raise Http404
    packed = cache.get(_key(request, token))
    if packed is None:
        raise Expired
    if isinstance(packed, int):
        raise TakenIn(packed)
    plain = json.loads(zlib.decompress(packed))
    table = plain["table"]
    table["rows"] = [(number, cells) for number, cells in table["rows"]]
    return Kept(Table(**table), Options(**plain["options"]), set(plain["out"]))


def forget(request: Request, token: str, run: int) -> None:
    """Keep nothing of it but that it was taken in, for whoever presses twice."""
    cache.set(_key(request, token), run, SECONDS)


def _signed(request: Request, seed: str) -> str:
    value = f"{request.user.pk}:{seed}"
    return seed + salted_hmac(_SALT, value, algorithm="sha256").hexdigest()[:32]


def _key(request: Request, token: str) -> str:
    value = f"{request.session.session_key}:{token}"
    return "importing:" + salted_hmac(f"{_SALT}.key", value, algorithm="sha256").hexdigest()
