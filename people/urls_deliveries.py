"""Addresses of what left and what did not, for admins."""

from typing import Any

app_name = "deliveries"

urlpatterns: list[Any] = []
