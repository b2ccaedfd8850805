"""manage.py load_course FOLDER: put a course pack into the database."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from quizzes.problems import PackIsBroken
from units.pack.loading import load_course


class Command(BaseCommand):
    help = "Loads a course pack, all or nothing; loading twice changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--overwrite",
            action="append",
            default=[],
            metavar="SLUG",
            help="take the pack's version of this thing although it was edited here",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            summary = load_course(options["folder"], overwrite=options["overwrite"])
        except PackIsBroken as broken:
            for problem in broken.problems:
                self.stderr.write(str(problem))
            raise CommandError(
                f"{len(broken.problems)} problems in {options['folder']}; nothing was changed"
            ) from None
        if summary.is_nothing and not summary.kept:
            self.stdout.write(f"{options['folder']}: everything is loaded already")
            return
        for line in summary.lines():
            self.stdout.write(line)
