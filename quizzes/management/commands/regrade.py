"""manage.py regrade: work out a machine's grades of one exercise anew."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from quizzes.models import Exercise
from quizzes.regrading import CannotRegrade, Change, changes, regrade

SHOWN = 50


class Command(BaseCommand):
    help = (
        "Grades the answers to an exercise anew with the present rules. Lists what would change; "
        "--apply writes it. Answers an instructor has marked are left alone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("exercise", help="slug of the exercise")
        parser.add_argument("--why", required=True, help="kept with every changed grade")
        parser.add_argument("--revision", type=int, help="only answers to this revision")
        parser.add_argument(
            "--to-current",
            action="store_true",
            help="by the current revision, where it has the same lines and options",
        )
        parser.add_argument("--apply", action="store_true", help="write it")

    def handle(self, *args: Any, **options: Any) -> None:
        why = options["why"].strip()
        if not why or len(why) > 400:
            raise CommandError("--why needs 1 to 400 characters")
        exercise = Exercise.objects.filter(slug=options["exercise"]).first()
        if exercise is None:
            raise CommandError(f"there is no exercise {options['exercise']!r}")
        which = {"number": options["revision"], "to_current": options["to_current"]}
        try:
            found = list(changes(exercise, **which))
            self._list(found)
            if found and options["apply"]:
                found = regrade(exercise, why=why, **which)
        except CannotRegrade as reason:
            raise CommandError(str(reason)) from reason
        attempts = len({one.attempt_id for one in found})
        if not found:
            self.stdout.write("nothing to change")
        elif options["apply"]:
            self.stdout.write(f"{len(found)} answers in {attempts} attempts were changed")
        else:
            self.stdout.write(
                f"{len(found)} answers in {attempts} attempts would change; --apply writes it"
            )

    def _list(self, found: list[Change]) -> None:
        for one in found[:SHOWN]:
            was, now = "/".join(map(str, one.was)), "/".join(map(str, one.now))
            self.stdout.write(f"attempt {one.attempt_id}, answer {one.answer_id}: {was} -> {now}")
        if len(found) > SHOWN:
            self.stdout.write(f"… and {len(found) - SHOWN} more")
