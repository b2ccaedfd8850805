"""Messages that wait, leave or have left, and what happened to each."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from outbox.clock import Now


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self) -> "MessageQuerySet":
        """Queued messages whose time has come by the database's clock, oldest first."""
        return self.filter(state=Message.State.QUEUED, next_try_at__lte=Now()).order_by(
            "next_try_at", "pk"
        )

    def with_lost_lease(self) -> "MessageQuerySet":
        """Messages whose sender has not come back in time."""
        return self.filter(state=Message.State.LEASED, lease_until__lt=Now())


class Message(models.Model):
    """One message to one person. It holds ids; its text is made when it is sent."""

    privacy = "exported"

    class State(models.TextChoices):
        QUEUED = "queued"
        LEASED = "leased"
        SENT = "sent"
        FAILED = "failed"
        AMBIGUOUS = "ambiguous"
        CANCELLED = "cancelled"

    class Channel(models.TextChoices):
        INBOX = "inbox"
        EMAIL = "email"
        WECOM = "wecom"
        DINGTALK = "dingtalk"
        FEISHU = "feishu"
        SMS = "sms"
        GROUP = "group"

    key = models.CharField(max_length=200)
    kind = models.CharField(max_length=60)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.EMAIL)
    # Exactly one of the two: a person, or the robot of a group.
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="messages",
        null=True,
        blank=True,
    )
    robot = models.ForeignKey(
        "Robot", on_delete=models.PROTECT, related_name="messages", null=True, blank=True
    )
    payload = models.JSONField(default=dict)
    message_id = models.CharField(max_length=120)
    # What the channel's server called the message when it took it.
    provider_id = models.CharField(max_length=120, blank=True)
    send_at = models.DateTimeField(db_default=Now())
    next_try_at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    # Set just before the mail server is spoken to: a lease that ends without it has sent nothing.
    begun_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], name="one_message_per_key"),
            models.UniqueConstraint(fields=["message_id"], name="one_message_per_message_id"),
            models.CheckConstraint(
                condition=Q(
                    state__in=["queued", "leased", "sent", "failed", "ambiguous", "cancelled"]
                ),
                name="message_state_is_one_of_six",
            ),
            models.CheckConstraint(
                condition=Q(
                    channel__in=["inbox", "email", "wecom", "dingtalk", "feishu", "sms", "group"]
                ),
                name="message_channel_is_one_of_seven",
            ),
            models.CheckConstraint(
                condition=Q(channel="group", robot__isnull=False, recipient=None)
                | (~Q(channel="group") & Q(robot=None, recipient__isnull=False)),
                name="message_goes_to_a_person_or_to_a_group",
            ),
            models.CheckConstraint(
                condition=Q(state="leased", lease_token__isnull=False, lease_until__isnull=False)
                | (
                    ~Q(state="leased")
                    & Q(lease_token=None, lease_until=None, begun_at__isnull=True)
                ),
                name="message_has_a_lease_exactly_while_leased",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False)
                | (~Q(state="sent") & Q(sent_at=None)),
                name="message_has_sent_at_exactly_when_sent",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                F("channel"),
                F("next_try_at"),
                F("id"),
                name="messages_waiting",
                condition=Q(state__in=["queued", "leased"]),
            ),
            models.Index(F("recipient"), F("send_at").desc(), name="messages_of_a_person"),
            models.Index(
                fields=["lease_until"], name="messages_leased", condition=Q(state="leased")
            ),
            models.Index(
                F("state"),
                F("id").desc(),
                name="messages_to_look_after",
                condition=Q(state__in=["failed", "ambiguous"]),
            ),
            models.Index(fields=["send_at"], name="messages_by_time"),
        ]

    def __str__(self) -> str:
        return self.key


class Delivery(models.Model):
    """What happened to a message, one row per event; append-only."""

    privacy = "exported"

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="deliveries")
    at = models.DateTimeField(db_default=Now())
    event = models.CharField(max_length=20)
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.event} {self.detail}".strip()


class Notice(models.Model):
    """A message in somebody's inbox on the site, as it was rendered when it arrived."""

    privacy = "erased"

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="notice")
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notices"
    )
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    url = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(F("recipient"), F("id").desc(), name="notices_of_a_person"),
            models.Index(
                fields=["recipient"], name="notices_not_read_yet", condition=Q(read_at=None)
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Robot(models.Model):
    """The robot of a group chat: it announces, and never names who is late."""

    privacy = "kept: names no person"

    class Service(models.TextChoices):
        WECOM = "wecom"
        DINGTALK = "dingtalk"
        FEISHU = "feishu"

    name = models.CharField(max_length=80, unique=True)
    service = models.CharField(max_length=10, choices=Service)
    # The token in the webhook's address; the host is the service's own, from the allow-list.
    token = models.CharField(max_length=200)
    secret = models.CharField(max_length=200, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class ChannelState(models.Model):
    """How a channel is doing: its budget of messages, and whether its server is in trouble."""

    privacy = "kept: names no person"

    channel = models.CharField(max_length=10, primary_key=True)
    # Messages that may still leave now, and when that was worked out (a token bucket).
    budget = models.FloatField(default=0)
    refilled_at = models.DateTimeField(db_default=Now())
    troubles = models.PositiveIntegerField(default=0)  # in a row
    paused_until = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.channel


class Switch(models.Model):
    """Whether messages leave at all. One row, "sending".

    `fingerprint` names the database that sends: a restored copy has another one, and stays
    silent until somebody who knows says go.
    """

    privacy = "kept: names who stopped or started sending, as the security log does"

    name = models.CharField(max_length=20, primary_key=True)
    fingerprint = models.CharField(max_length=120, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name_plural = "switches"

    def __str__(self) -> str:
        return f"{self.name}: {'paused' if self.paused_at else 'on'}"


class Heartbeat(models.Model):
    """When a recurring piece of work last came through; what an alarm looks at."""

    privacy = "kept: names no person"

    name = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name"], name="one_heartbeat_per_name")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"

    @classmethod
    def beat(cls, name: str) -> None:
        """Note that the work of this name has come through now."""
        Heartbeat.objects.bulk_create(
            [Heartbeat(name=name, at=Now())],
            update_conflicts=True,
            unique_fields=["name"],
            update_fields=["at"],
        )
