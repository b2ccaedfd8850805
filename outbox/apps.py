"""The outbox as an app."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "outbox"

    def ready(self) -> None:
        from outbox.channels import find_channels  # noqa: PLC0415 -- needs the models

        find_channels()
