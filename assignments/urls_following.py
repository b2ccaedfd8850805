"""Addresses of follow-ups, field notes and observations."""

from typing import Any

app_name = "following"

urlpatterns: list[Any] = []
