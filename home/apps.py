"""The home app."""

from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "home"

    def ready(self) -> None:
        """Let the outbox know what instructors write to their classes."""
        from home.kinds import register_kinds  # noqa: PLC0415 -- apps come before models

        register_kinds()
