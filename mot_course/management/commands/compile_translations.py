"""manage.py compile_translations: .po to .mo, without gettext installed."""

from typing import Any

from django.core.management.base import BaseCommand

from mot_course.catalogues import compile_catalogue


class Command(BaseCommand):
    help = "Compiles the message catalogue."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"wrote {compile_catalogue().name}")
