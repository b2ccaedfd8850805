"""Addresses of the inbox, what people want to be told, and how they stop it."""

from typing import Any

app_name = "inbox"

urlpatterns: list[Any] = []
