"""What follows a unit or a course: recall, field notes, observations, and the calendar feed."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from outbox.clock import Now
from units.models import Course, Unit


class FollowUp(models.Model):
    """Something to do some days after; derived from what somebody finished, once per occurrence."""

    privacy = "exported"

    class Kind(models.TextChoices):
        OBSERVATION = "observation", _("Observation")
        RECALL = "recall", _("Recall")
        INTENTION = "intention", _("If–then plan")
        NOTE = "note", _("Field note")
        RETENTION = "retention", _("Retention test")
        NUDGE = "nudge", _("Returned case")
        RECERTIFY = "recertify", _("Certificate expires")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="follow_ups"
    )
    kind = models.CharField(max_length=12, choices=Kind)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, null=True, blank=True)
    subject = models.CharField(max_length=60, blank=True)  # such as write-up:12
    # The days after: 2, 7, 14, 30; 0 is before the course.
    occurrence = models.SmallIntegerField()
    due_on = models.DateField()  # the person's own day
    done_at = models.DateTimeField(null=True, blank=True)
    dropped_because = models.CharField(max_length=100, blank=True)
    response = models.JSONField(null=True, blank=True)  # of the if–then plan: {"kept": "yes"}
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "kind", "unit", "course", "subject", "occurrence"],
                name="a_follow_up_comes_once",
                nulls_distinct=False,
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["person", "due_on"],
                name="follow_ups_to_do",
                condition=Q(done_at=None, dropped_because=""),
            ),
            models.Index(
                fields=["due_on"],
                name="follow_ups_by_day",
                condition=Q(done_at=None, dropped_because=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.occurrence} of {self.person_id}"


class FieldNote(models.Model):
    """What a trainee met at the counter and did, in their own words; an instructor may answer."""

    privacy = "exported"

    follow_up = models.OneToOneField(FollowUp, on_delete=models.PROTECT, related_name="note")
    met = models.BooleanField()  # whether there was such a moment at all
    steps = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    text = models.TextField(max_length=2000, blank=True)
    language = models.CharField(max_length=2)
    written_at = models.DateTimeField(db_default=Now())
    reply = models.TextField(max_length=2000, blank=True)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    replied_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"note {self.pk}"


class Observation(models.Model):
    """Two real encounters watched against the checklist of the five steps; for coaching, not pay.

    `seen` has, per item of the checklist, one word per encounter: seen, not_seen, no_occasion.
    """

    privacy = "exported"

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="observed"
    )
    observer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="observations"
    )  # the person themselves where `is_self`
    is_self = models.BooleanField()
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    occurrence = models.SmallIntegerField()  # 0 before the course, 30 a month after
    seen = models.JSONField(default=dict)
    note = models.TextField(max_length=1000, blank=True)
    language = models.CharField(max_length=2)
    observed_at = models.DateTimeField(null=True, blank=True)  # empty while it is a draft
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "course", "occurrence", "is_self"],
                name="one_observation_of_each_kind",
            ),
            models.CheckConstraint(
                condition=Q(is_self=True, observer=models.F("person"))
                | (Q(is_self=False) & ~Q(observer=models.F("person"))),
                name="only_oneself_observes_oneself",
            ),
        ]

    def __str__(self) -> str:
        return f"observation {self.pk}"


class Feed(models.Model):
    """The secret address under which a calendar program reads somebody's dates."""

    privacy = "erased"

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="feeds"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(db_default=Now())
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(revoked_at=None), name="one_live_feed_per_person"
            )
        ]

    def __str__(self) -> str:
        return f"feed of {self.person_id}"
