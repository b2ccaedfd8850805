"""Addresses of the calendar feed."""

from typing import Any

app_name = "feed"

urlpatterns: list[Any] = []
