"""What people want to be told, how, and how often.

A preference is stored only where it differs from how things come by themselves: at once, in the
inbox and on the person's usual channel (see telling.py). What may not be silenced has none.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from outbox.channels import CHANNELS
from outbox.kinds import KINDS, MessageKind
from outbox.models import Message
from people.models import Preference, Reach, User
from people.telling import BY_DEFAULT

Cadence = Preference.Cadence
DIGEST = "digest"
# Of these kinds a part is about mandatory training; planning sends that part whatever is chosen.
HAVE_MANDATORY_PARTS = {"reminder"}

CHANNEL_NAMES = {
    Message.Channel.INBOX.value: _("Inbox on this site"),
    Message.Channel.EMAIL.value: pgettext_lazy("channel", "E-mail"),
    Message.Channel.WECOM.value: _("WeCom"),
    Message.Channel.DINGTALK.value: _("DingTalk"),
    Message.Channel.FEISHU.value: _("Feishu"),
    Message.Channel.SMS.value: _("SMS"),
}


@dataclass(frozen=True)
class Cell:
    """One kind on one channel: what is chosen, and what comes by itself."""

    kind: str
    channel: str
    chosen: str
    usual: str

    @property
    def name(self) -> str:
        """What its field is called in a form."""
        return f"{self.kind}.{self.channel}"


@dataclass(frozen=True)
class Line:
    """One kind of message with its cells, one per channel of the person."""

    kind: MessageKind
    cells: tuple[Cell, ...]

    @property
    def has_mandatory_part(self) -> bool:
        return self.kind.slug in HAVE_MANDATORY_PARTS


def channels_of(person: User) -> list[str]:
    """The channels beside the inbox that are switched on and reach the person, usual one first."""
    reached = set(Reach.objects.filter(person=person).values_list("channel", flat=True))
    return [one for one in BY_DEFAULT if one in reached and one in CHANNELS]


def kinds_to_choose() -> list[MessageKind]:
    """The kinds that have a name for people; those that can be silenced come first."""
    named = [kind for kind in KINDS.values() if kind.title and kind.slug != DIGEST]
    return sorted(named, key=lambda kind: (not kind.may_silence, str(kind.title)))


def lines_for(person: User) -> list[Line]:
    """What the person has chosen, as a table of kinds by channels."""
    channels = channels_of(person)
    stored = {
        (one.kind, one.channel): one.cadence for one in Preference.objects.filter(person=person)
    }
    lines = []
    for kind in kinds_to_choose():
        cells = []
        for place, channel in enumerate(channels if kind.may_silence else []):
            usual = Cadence.IMMEDIATE.value if place == 0 else Cadence.NEVER.value
            chosen = stored.get((kind.slug, channel), usual)
            cells.append(Cell(kind.slug, channel, str(chosen), usual))
        lines.append(Line(kind, tuple(cells)))
    return lines


@transaction.atomic
def choose(person: User, chosen: Mapping[Cell, str]) -> None:
    """Store the cadence of each cell; what comes by itself anyway needs no row."""
    kept, dropped = [], Q(pk=None)
    for cell, cadence in chosen.items():
        if cadence == cell.usual:
            dropped |= Q(kind=cell.kind, channel=cell.channel)
        else:
            kept.append(
                Preference(person=person, kind=cell.kind, channel=cell.channel, cadence=cadence)
            )
    Preference.objects.filter(dropped, person=person).delete()
    # Whoever asks for digests again has taken back that there should be none.
    digested = {one.channel for one in kept if one.cadence in (Cadence.DAILY, Cadence.WEEKLY)}
    Preference.objects.filter(person=person, kind=DIGEST, channel__in=digested).delete()
    Preference.objects.bulk_create(
        kept,
        update_conflicts=True,
        unique_fields=["person", "kind", "channel"],
        update_fields=["cadence"],
    )


def silence(person_id: int, kind: str, channel: str) -> None:
    """From now on no messages of the kind on the channel; doing it twice is doing it once."""
    one = Preference(person_id=person_id, kind=kind, channel=channel, cadence=Cadence.NEVER)
    Preference.objects.bulk_create(
        [one],
        update_conflicts=True,
        unique_fields=["person", "kind", "channel"],
        update_fields=["cadence"],
    )


def unsilence(person_id: int, kind: str, channel: str) -> None:
    """Take that back: the messages come again."""
    Preference.objects.filter(
        person_id=person_id, kind=kind, channel=channel, cadence=Cadence.NEVER
    ).delete()


def is_silenced(person_id: int, kind: str, channel: str) -> bool:
    """Whether the person has said "not at all" to the kind on the channel."""
    return Preference.objects.filter(
        person_id=person_id, kind=kind, channel=channel, cadence=Cadence.NEVER
    ).exists()
