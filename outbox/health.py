"""How sending is doing: what an admin reads and an alarm asks."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q

from outbox.channels import CHANNELS
from outbox.clock import Now, database_now
from outbox.models import ChannelState, Heartbeat, Message
from outbox.switching import Pause, current_pause

State = Message.State
DAYS = 7
LONGEST_SILENCE = timedelta(minutes=5)
LONGEST_WAIT = timedelta(minutes=10)


@dataclass
class ChannelHealth:
    """One channel: when a pass last came through, what waits, what came of the last week."""

    slug: str
    is_on: bool = True  # set up in this installation
    last_pass: datetime | None = None
    due: int = 0
    oldest_due: datetime | None = None
    later: int = 0  # queued for another time
    counts: dict[str, int] = field(default_factory=dict)  # state: messages of the last seven days
    paused_until: datetime | None = None
    why: str = ""

    @property
    def is_in_trouble(self) -> bool:
        return self.paused_until is not None


@dataclass
class Health:
    """All of it, at the database's time `now`."""

    now: datetime
    pause: Pause | None
    channels: list[ChannelHealth]
    last_planned: datetime | None
    failed: int = 0  # at any time, not looked after yet
    ambiguous: int = 0

    @property
    def oldest_due(self) -> datetime | None:
        return min((c.oldest_due for c in self.channels if c.oldest_due), default=None)

    @property
    def longest_wait(self) -> timedelta | None:
        """For how long the oldest due message has been waiting."""
        return self.now - self.oldest_due if self.oldest_due else None

    @property
    def alarms(self) -> list[str]:
        """What an alarm should say; empty when all is well."""
        said = [f"sending is paused: {self.pause.why}"] if self.pause else []
        for channel in self.channels:
            silent_since = channel.last_pass
            if channel.is_on and (
                silent_since is None or self.now - silent_since > LONGEST_SILENCE
            ):
                since = f"since {silent_since:%Y-%m-%d %H:%M:%S} UTC" if silent_since else "so far"
                said.append(f"no pass over {channel.slug} came through {since}")
        if self.longest_wait and self.longest_wait > LONGEST_WAIT:
            minutes = self.longest_wait.total_seconds() // 60
            said.append(f"a message has been due for {minutes:.0f} minutes")
        return said


def state() -> Health:
    """How sending is doing now, in a constant number of queries."""
    now = database_now()
    beats = dict(Heartbeat.objects.values_list("name", "at"))
    channels = {slug: ChannelHealth(slug) for slug in CHANNELS}
    for slug, due, oldest, all_ in (
        Message.objects.filter(state__in=[State.QUEUED, State.LEASED])
        .values("channel")
        .annotate(
            due=Count("pk", filter=Q(next_try_at__lte=Now())),
            oldest=Min("next_try_at", filter=Q(next_try_at__lte=Now())),
            all=Count("pk"),
        )
        .values_list("channel", "due", "oldest", "all")
    ):
        channel = channels.setdefault(slug, ChannelHealth(slug, is_on=False))
        channel.due, channel.oldest_due, channel.later = due, oldest, all_ - due
    for slug, name, count in (
        Message.objects.filter(send_at__gt=Now() - timedelta(days=DAYS), send_at__lte=Now())
        .values("channel", "state")
        .annotate(count=Count("pk"))
        .values_list("channel", "state", "count")
    ):
        channels.setdefault(slug, ChannelHealth(slug, is_on=False)).counts[name] = count
    for row in ChannelState.objects.filter(paused_until__gt=Now()):
        if row.channel in channels:
            channels[row.channel].paused_until = row.paused_until
            channels[row.channel].why = row.why
    for channel in channels.values():
        channel.last_pass = beats.get(f"outbox.{channel.slug}")
    ended = dict(
        Message.objects.filter(state__in=[State.FAILED, State.AMBIGUOUS])
        .values("state")
        .annotate(count=Count("pk"))
        .values_list("state", "count")
    )
    return Health(
        now=now,
        pause=current_pause(),
        channels=list(channels.values()),
        last_planned=beats.get("assignments.plan"),
        failed=ended.get("failed", 0),
        ambiguous=ended.get("ambiguous", 0),
    )
