"""`manage.py load_demo_life`: what the demo people are assigned, and how far they have come."""

import logging
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from assignments.demo import load_demo_life


class Command(BaseCommand):
    help = "Let the demo people be in the middle of the course (only with DEMO=1, only once)."

    def handle(self, *args: Any, **options: Any) -> None:
        logging.disable(logging.INFO)  # what happened on those days is no news of today
        try:
            is_told = load_demo_life()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from None
        finally:
            logging.disable(logging.NOTSET)
        self.stdout.write(
            "Two classes are under way." if is_told else "Something is assigned already."
        )
