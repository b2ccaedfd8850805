"""`manage.py retire_demo_people`: before a demo becomes an installation in earnest."""

from typing import Any

from django.core.management.base import BaseCommand

from people.demo import retire_demo_people


class Command(BaseCommand):
    help = "Deactivate every demo person and end their sign-ins."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{retire_demo_people()} demo people can no longer sign in.")
