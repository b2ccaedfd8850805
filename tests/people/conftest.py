"""A browser at the sign-in page."""

import pytest
from django.test import Client

from tests.factories import PASSWORD

WRONG = "not the password"


class Browser(Client):
    """A client that signs in the way people do, from an address of its own."""

    def __init__(self, address="198.51.100.1", **kwargs):
        super().__init__(REMOTE_ADDR=address, **kwargs)

    def sign_in(self, name, password=PASSWORD, **fields):
        data = {"login": name, "password": password, "remember": "on"} | fields
        return self.post("/accounts/login/", data)

    @property
    def is_signed_in(self):
        return "_auth_user_id" in self.session


@pytest.fixture
def browser():
    return Browser()


@pytest.fixture
def other_browser():
    return Browser(address="203.0.113.9")
