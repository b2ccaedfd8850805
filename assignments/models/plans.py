"""Reminder plans: when somebody is reminded of something that is due, and who else is told."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mot_course.web import Both


class Plan(models.Model):
    """A set of rules. The three presets are kept as they are; a copy of one can be changed."""

    privacy = "anonymised"

    class Preset(models.TextChoices):
        OWN = "", _("Own plan")
        GENTLE = "gentle", _("Gentle")
        STANDARD = "standard", _("Standard")
        STRICT = "strict", _("Strict")

    title_zh = models.CharField(max_length=80)
    title_en = models.CharField(max_length=80)
    preset = models.CharField(max_length=10, choices=Preset, blank=True, default=Preset.OWN)
    # No reminder leaves from `quiet_from` on, and none before `quiet_to`, by the person's clock.
    quiet_from = models.TimeField(default="21:00")
    quiet_to = models.TimeField(default="08:00")
    max_count = models.PositiveSmallIntegerField(
        default=6, validators=[MinValueValidator(1), MaxValueValidator(30)]
    )  # reminders per person and assignment
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    archived_at = models.DateTimeField(null=True, blank=True)

    title = Both("title")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["preset"], condition=~Q(preset=""), name="each_preset_is_there_once"
            ),
            models.CheckConstraint(
                condition=~Q(quiet_from=F("quiet_to")), name="quiet_hours_leave_time_to_write"
            ),
        ]

    def __str__(self) -> str:
        return self.title_en


class Rule(models.Model):
    """One reminder of a plan: so many days before or after, at a time, to somebody."""

    privacy = "kept: names no person"

    class Anchor(models.TextChoices):
        OPENS = "opens", _("it opens")
        DUE = "due", _("it is due")
        FINISHED = "finished", _("it is finished")

    class Audience(models.TextChoices):
        TRAINEE = "trainee", _("The trainee")
        INSTRUCTOR = "instructor", _("The instructors")
        MANAGER = "manager", _("The managers")

    class Channel(models.TextChoices):
        """Where a reminder is told besides the inbox, which always has it."""

        EMAIL = "email", _("E-mail")
        MESSENGER = "messenger", _("Company messenger")
        SMS = "sms", _("SMS")

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="rules")
    position = models.PositiveSmallIntegerField()
    anchor = models.CharField(max_length=10, choices=Anchor, default=Anchor.DUE)
    days = models.SmallIntegerField(
        validators=[MinValueValidator(-60), MaxValueValidator(60)]
    )  # below zero: before
    working = models.BooleanField(default=True)  # counted in working days
    at = models.TimeField(null=True, blank=True)  # empty: a quarter of an hour before the shift
    channels = ArrayField(
        models.CharField(max_length=10, choices=Channel), default=list, blank=True
    )
    audience = models.CharField(max_length=10, choices=Audience, default=Audience.TRAINEE)
    # A line of the instructor's own; empty: the reminder's usual words.
    text_zh = models.CharField(max_length=300, blank=True)
    text_en = models.CharField(max_length=300, blank=True)

    text = Both("text")

    class Meta:
        ordering: ClassVar = ["plan", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["plan", "position"],
                name="rules_of_a_plan_are_numbered",
                deferrable=models.Deferrable.DEFERRED,
            )
        ]

    def __str__(self) -> str:
        return f"{self.plan_id}/{self.position}"
