"""The outbox as an app."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "outbox"
