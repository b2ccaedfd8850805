"""manage.py course_report FOLDER: what the course holds, and where it falls short."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from quizzes.problems import PackIsBroken
from units.pack.reading import read_pack
from units.pack.reporting import BankReport, UnitReport, report_on


class Command(BaseCommand):
    help = "Prints a course pack in figures. Exit status 1 when it falls short of its rules."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, nargs="?", default=Path("fixtures/mot"))
        parser.add_argument("--unit", help="only this unit")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = report_on(read_pack(options["folder"]))
        except PackIsBroken as broken:
            for problem in broken.problems:
                self.stderr.write(str(problem))
            raise CommandError(f"{len(broken.problems)} problems in {options['folder']}") from None
        only = options["unit"]
        faults = report.faults
        for unit in report.units:
            if only in (None, unit.slug):
                self._unit(unit)
        if only:
            faults = [fault for fault in faults if fault.startswith(f"{only}:")]
        else:
            for bank in report.banks:
                self._bank(bank)
            for course in report.courses:
                self.stdout.write(
                    f"course {course.slug}: {course.lessons} lessons on its way, "
                    f"{course.minutes} minutes"
                )
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise CommandError(f"{len(faults)} faults")
        self.stdout.write("no faults")

    def _unit(self, unit: UnitReport) -> None:
        kinds = ", ".join(f"{kind} {count}" for kind, count in unit.kinds.items())
        self.stdout.write(
            f"unit {unit.slug}: {unit.lessons} lessons {unit.minutes} min"
            f" + {unit.more} more {unit.more_minutes} min, {unit.interactions} interactions,"
            f" {unit.figures} figures, {unit.recalled:.0%} of its practice from earlier units\n"
            f"  practice: {kinds}"
        )
        if unit.bank:
            self._bank(unit.bank)

    def _bank(self, bank: BankReport) -> None:
        kinds = ", ".join(f"{kind} {count}" for kind, count in bank.kinds.items())
        objectives = ", ".join(f"{name} {count}" for name, count in bank.objectives.items())
        true = "no" if bank.true_share is None else f"{bank.true_share:.0f}%"
        lengths = "; ".join(
            f"{language} right {right:.0f}, wrong {wrong:.0f}"
            for language, (right, wrong) in bank.lengths.items()
        )
        self.stdout.write(
            f"  bank {bank.slug}: {bank.items} items ({kinds})\n"
            f"    by objective: {objectives}\n"
            f"    true: {true}; characters of options: {lengths}"
        )
        for one in bank.blind:
            self.stdout.write(
                f"    {one.strategy} ({one.language}): {one.score:.1f}, guessing "
                f"{one.guessing:.1f}"
                + (f", {one.partial:.1f} of partial credit" if one.partial is not None else "")
            )
