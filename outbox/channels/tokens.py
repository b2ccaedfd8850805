"""Access tokens of services: fetched once, kept in the cache, renewed by one process at a time."""

import time
from collections.abc import Callable
from hashlib import sha256

from django.core.cache import cache

from outbox.channels.http import trouble

MARGIN = 300  # seconds before its end in which a token is not used any more
PATIENCE = 14  # seconds to wait for another process that is fetching it
PAUSE = 0.1

Fetch = Callable[[], tuple[str, int]]


class Token:
    """The token of one account. Another secret has another place in the cache."""

    def __init__(self, service: str, *account: str, fetch: Fetch) -> None:
        digest = sha256("\0".join(account).encode()).hexdigest()[:24]
        self.key = f"token:{service}:{digest}"
        self.fetch = fetch

    def get(self, instead_of: str = "") -> str:
        """A token to use; with `instead_of`, another one than that, which the server refused.

        Raises CallFailed where none can be had.
        """
        deadline = time.monotonic() + PATIENCE
        while True:
            token = cache.get(self.key, "")
            if token and token != instead_of:
                return str(token)
            # One fetches, the others wait: a second token can end the life of the first.
            if cache.add(f"{self.key}:lock", 1, timeout=PATIENCE):
                try:
                    return self._renew(instead_of)
                finally:
                    cache.delete(f"{self.key}:lock")
            if time.monotonic() > deadline:
                raise trouble("the access token is being fetched by another process")
            time.sleep(PAUSE)

    def _renew(self, instead_of: str) -> str:
        token = cache.get(self.key, "")  # perhaps while we were waiting for the lock
        if token and token != instead_of:
            return str(token)
        token, seconds = self.fetch()
        cache.set(self.key, token, timeout=max(seconds - MARGIN, 10))
        return token
