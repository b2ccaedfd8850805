"""The assignments as an app."""

from django.apps import AppConfig


class AssignmentsConfig(AppConfig):
    name = "assignments"
