"""`manage.py sending pause|resume|status`: whether messages leave, for people and for alarms."""

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from outbox import health, resuming, switching
from people.auditing import record


class Command(BaseCommand):
    help = "Pauses and resumes sending; `status` exits 1 when sending does not come through."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        pause = acts.add_parser("pause", help="let no message leave from now on")
        pause.add_argument("why", help="for whoever reads it later")
        resume = acts.add_parser("resume", help="let messages leave again")
        resume.add_argument(
            "--stopped-at",
            help="after a restore: when the former database sent its last, as"
            " 2026-11-22T04:00+08:00; what was due later is sent",
        )
        acts.add_parser("status", help="how sending is doing; exits 1 when it is not well")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, options["act"])(options)

    def pause(self, options: dict[str, Any]) -> None:
        """Let no message leave."""
        if switching.pause(options["why"]):
            record(None, "sending_paused", "switch:sending", after={"why": options["why"]})
        self.stdout.write("Sending is paused.")

    def resume(self, options: dict[str, Any]) -> None:
        """Let messages leave; say what became of those from before a restore."""
        stopped_at = None
        if options["stopped_at"]:
            try:
                stopped_at = datetime.fromisoformat(options["stopped_at"])
            except ValueError as error:
                raise CommandError(str(error)) from None
            if stopped_at.tzinfo is None:
                raise CommandError("Say the zone too, as in 2026-11-22T04:00+08:00.")
        if switching.current_pause() is None:
            self.stdout.write("Sending is on.")
            return
        ends = resuming.resume(stopped_at=stopped_at)
        record(None, "sending_resumed", "switch:sending", after=dict(ends))
        for state, count in sorted(ends.items()):
            if count:
                self.stdout.write(f"{count} from before the restore: {state}")
        self.stdout.write("Sending is on.")

    def status(self, options: dict[str, Any]) -> None:
        """Print it; exit 1 with the alarms when something is wrong."""
        now = health.state()
        for channel in now.channels:
            last = f"{channel.last_pass:%Y-%m-%d %H:%M:%S} UTC" if channel.last_pass else "never"
            self.stdout.write(
                f"{channel.slug}: last pass {last}, {channel.due} due, {channel.later} later"
                + ("" if channel.is_on else ", not set up")
            )
        self.stdout.write(f"failed: {now.failed}, ambiguous: {now.ambiguous}")
        if now.alarms:
            raise CommandError("\n".join(now.alarms), returncode=1)
        self.stdout.write("Sending is well.")
