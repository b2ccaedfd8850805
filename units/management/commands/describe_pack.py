"""manage.py describe_pack: write docs/course-pack.md from the schema."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from units.pack.describing import described


class Command(BaseCommand):
    help = "Writes docs/course-pack.md."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.BASE_DIR / "docs" / "course-pack.md"
        path.write_text(described(), encoding="utf-8")
        self.stdout.write(f"wrote {path.name}")
