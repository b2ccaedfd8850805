"""manage.py recount_completions: write the completions that the rows imply."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from units.finishing import recount_completions


class Command(BaseCommand):
    help = "Writes every completion that is missing; takes none away."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{recount_completions(timezone.now())} completions were missing")
