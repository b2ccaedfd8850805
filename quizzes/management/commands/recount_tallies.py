"""Counting anew how lines were marked."""

from typing import Any

from django.core.management.base import BaseCommand

from quizzes.tallying import recount


class Command(BaseCommand):
    help = "Count from the answers how lines were marked, and say whether the counts were right."

    def handle(self, *args: Any, **options: Any) -> None:
        """Count, mend what differs, and say so."""
        rows, differing = recount()
        if differing:
            self.stdout.write(f"{differing} counts were wrong; now {rows} counts, all mended.")
        else:
            self.stdout.write(f"{rows} counts, all equal to the answers.")
