"""Addresses of recall."""

from typing import Any

app_name = "recall"

urlpatterns: list[Any] = []
