"""Addresses of assigning and reminder plans."""

from typing import Any

app_name = "assignments"

urlpatterns: list[Any] = []
