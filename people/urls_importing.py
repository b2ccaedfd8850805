"""Addresses of taking in people from a file."""

from typing import Any

app_name = "importing"

urlpatterns: list[Any] = []
