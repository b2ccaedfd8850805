"""Addresses of people, cohorts, calendars and invitations."""

from typing import Any

app_name = "organisation"

urlpatterns: list[Any] = []
