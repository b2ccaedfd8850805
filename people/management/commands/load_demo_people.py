"""`manage.py load_demo_people`: the accounts `make run` signs in with."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from people.demo import PASSWORD, PEOPLE, load_demo_people


class Command(BaseCommand):
    help = "Make the demo people that are missing (only with DEMO=1)."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = load_demo_people()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            f"{len(PEOPLE)} demo people, {len(made)} of them new; password {PASSWORD}."
        )
