"""Addresses of the cohort page."""

from typing import Any

app_name = "cohorts"

urlpatterns: list[Any] = []
