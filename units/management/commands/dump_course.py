"""manage.py dump_course FOLDER: write what is loaded back as a course pack."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from units.pack.dumping import dump_course


class Command(BaseCommand):
    help = "Writes the courses, units, banks and cases of this site as a course pack."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            written = dump_course(options["folder"])
        except FileExistsError as error:
            raise CommandError(f"{error}; choose a new folder") from None
        self.stdout.write(f"wrote {len(written)} files to {options['folder']}")
