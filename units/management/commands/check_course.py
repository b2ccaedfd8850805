"""manage.py check_course FOLDER: is the course pack in order?"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from quizzes.problems import PackIsBroken
from units.pack.reading import read_pack


class Command(BaseCommand):
    help = "Checks a course pack; needs no database unless --against-db is given."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--against-db", action="store_true", help="print what differs from what is loaded"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            pack = read_pack(options["folder"])
        except PackIsBroken as broken:
            for problem in broken.problems:
                self.stderr.write(str(problem))
            raise CommandError(f"{len(broken.problems)} problems in {options['folder']}") from None
        self.stdout.write(
            f"{options['folder']}: {len(pack.courses)} courses, {len(pack.units)} units, "
            f"{sum(1 for _ in pack.lessons)} lessons, {sum(1 for _ in pack.exercises)} exercises, "
            f"{len(pack.cases)} cases: in order"
        )
        if options["against_db"]:
            from units.pack.comparing import differences  # noqa: PLC0415 -- needs the database

            for line in differences(pack):
                self.stdout.write(line)
