"""The one place that speaks HTTP to others. What it may speak to stands in OUTBOX_HOSTS.

https only; http where the setting names a loopback address with its port. No redirect is
followed, no proxy or .netrc of the environment is used, an answer may have 64 KiB and 15 seconds.
Neither bodies nor addresses are logged or told on: addresses carry tokens.
"""

import json
import logging
import ssl
import time
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, SSLError

from outbox.verdicts import Outcome, Verdict

CONNECT_SECONDS, READ_SECONDS, MOST_SECONDS = 3, 10, 15
MOST_BYTES = 64 * 1024
LOOPBACK = ("127.0.0.1", "::1", "localhost")
Json = dict[str, Any]

# At DEBUG urllib3 would write whole addresses, tokens and all, into the log.
logging.getLogger("urllib3").setLevel(logging.ERROR)


class CallFailed(Exception):
    """A call that did not end well, and what that means for the message."""

    def __init__(self, outcome: Outcome, why: str, *, is_about_server: bool = False) -> None:
        super().__init__(why)
        self.verdict = Verdict(outcome, why[:300], is_about_server=is_about_server)


def later(why: str, *, is_about_server: bool = False) -> CallFailed:
    """Nothing went out; try again."""
    return CallFailed(Outcome.LATER, why, is_about_server=is_about_server)


def trouble(why: str) -> CallFailed:
    """Nothing went out, and nothing else will for now."""
    return CallFailed(Outcome.LATER, why, is_about_server=True)


def never(why: str) -> CallFailed:
    """Nothing went out and nothing will."""
    return CallFailed(Outcome.NEVER, why)


def unknown(why: str) -> CallFailed:
    """The server had the message and did not say what it made of it."""
    return CallFailed(Outcome.UNKNOWN, why, is_about_server=True)


class Answer:
    """What a server said: its status, and its JSON ({} where there was none)."""

    def __init__(self, status: int, body: bytes) -> None:
        self.status = status
        try:
            read = json.loads(body) if body else {}
        except ValueError:
            read = None
        self.is_json = isinstance(read, dict)
        self.json: Json = read if isinstance(read, dict) else {}


def check_address(url: str) -> None:
    """Raise CallFailed unless settings.OUTBOX_HOSTS allows to speak to this address."""
    parts = urlsplit(url)
    allowed = settings.OUTBOX_HOSTS
    is_plain = not (parts.username or parts.password)
    try:
        port = parts.port
    except ValueError:
        port = -1
    if is_plain and parts.scheme == "https" and port in (None, 443) and parts.hostname in allowed:
        return
    origin = f"{parts.scheme}://{parts.netloc}"
    if is_plain and port and parts.hostname in LOOPBACK and origin in allowed:
        return
    raise trouble(f"the host {parts.hostname} is not in OUTBOX_HOSTS")


class Web:
    """Connections to servers, used by one thread for many calls.

    `has_spoken` is True as soon as a call that puts something out may have reached its server.
    """

    def __init__(self) -> None:
        self.has_spoken = False
        self._session: requests.Session | None = None

    def call(
        self,
        method: str,
        url: str,
        *,
        puts_out: bool,
        body: bytes | None = None,
        query: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        timeout: tuple[float, float] | None = None,
    ) -> Answer:
        """The answer of the server to one request, of a status below 500. Raises CallFailed.

        `puts_out`: who does not know how this call ended does not know whether a message left.
        """
        check_address(url)
        doubt = unknown if puts_out else trouble
        host = urlsplit(url).hostname
        plain = {"Accept": "application/json", "Accept-Encoding": "identity"}
        if body is not None:
            plain["Content-Type"] = "application/json; charset=utf-8"
        try:
            response = self._open().request(
                method,
                url,
                params=query,
                data=body,
                headers=plain | (headers or {}),
                timeout=timeout or (CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            )
        except requests.RequestException as error:
            if _went_nowhere(error):
                raise trouble(f"no connection to {host}: {_cause(error)}") from None
            self.has_spoken |= puts_out
            raise doubt(f"no answer from {host}: {_cause(error)}") from None
        self.has_spoken |= puts_out
        with response:
            if response.status_code >= 500:
                raise doubt(f"{host} answered {response.status_code}")
            if 300 <= response.status_code < 400:
                raise trouble(f"{host} answered with a redirect, which is not followed")
            if response.status_code == 429:
                raise trouble(f"{host} asks to slow down")
            try:
                return Answer(response.status_code, _read(response))
            except (requests.RequestException, ValueError) as error:
                raise doubt(f"no whole answer from {host}: {type(error).__name__}") from None

    def close(self) -> None:
        """Close the connections; the next call opens them again."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def _open(self) -> requests.Session:
        if self._session is None:
            self._session = requests.Session()
            self._session.trust_env = False
            for scheme in ("https://", "http://"):
                self._session.mount(scheme, HTTPAdapter(max_retries=0))
        return self._session


def as_json(value: Json) -> bytes:
    """The value as it goes over the wire: the same value, the same bytes."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


class WebSession:
    """What the sessions of all channels over HTTP have in common."""

    def __init__(self) -> None:
        self.web = Web()

    def verdict(self, error: Exception) -> Verdict:
        """What the error means. One of our own after the server was spoken to: nobody knows."""
        if isinstance(error, CallFailed):
            return error.verdict
        outcome = Outcome.UNKNOWN if self.web.has_spoken else Outcome.LATER
        return Verdict(outcome, type(error).__name__)

    def close(self) -> None:
        """Close the connections."""
        self.web.close()


class WebChannel:
    """A channel over HTTP."""

    slug = ""
    per_minute = 0
    is_idempotent_for: timedelta | None = None


def _read(response: requests.Response) -> bytes:
    deadline = time.monotonic() + MOST_SECONDS
    body = b""
    for piece in response.iter_content(8192):
        body += piece
        if len(body) > MOST_BYTES or time.monotonic() > deadline:
            raise ValueError
    return body


def _went_nowhere(error: requests.RequestException) -> bool:
    """Whether the request surely never reached the server."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidHeader):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(reason, SSLError):  # refused while greeting, before anything was said
        return isinstance(reason.args[0] if reason.args else None, ssl.SSLCertVerificationError)
    return isinstance(reason, NewConnectionError | ConnectTimeoutError)


def _cause(error: requests.RequestException) -> str:
    """The kind of error alone: its text would hold the address, and with it the token."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return type(reason or error).__name__
