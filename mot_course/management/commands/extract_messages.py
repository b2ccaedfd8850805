"""manage.py extract_messages: bring locale/zh_Hans/LC_MESSAGES/django.po up to date."""

from typing import Any

from django.core.management.base import BaseCommand

from mot_course.catalogues import extract


class Command(BaseCommand):
    help = "Collects the texts to translate; keeps the translations there are."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        count, missing = extract()
        self.stdout.write(f"{count} messages, {missing} without Chinese")
