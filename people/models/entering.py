"""How people come in: links, invitations, imports; what was tried, and who did what."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models.cohorts import Cohort
from people.models.persons import User


class SignInLink(models.Model):
    """A one-use way in for somebody without a password or mailbox, issued by an instructor."""

    privacy = "erased"

    token_hash = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="sign_in_links")
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"link for {self.person}"

    def is_open_at(self, now: datetime) -> bool:
        return self.used_at is None and now < self.expires_at


class Tries(models.Model):
    """When a secret was tried, per address or account; people/throttling.py counts here."""

    privacy = "kept: keyed hashes and times that throttle guessing; a day at most"

    key = models.CharField(max_length=64, primary_key=True)
    times = ArrayField(models.DateTimeField())
    over_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "tries"

    def __str__(self) -> str:
        return self.key


class AuditEntry(models.Model):
    """Who did what to whom, and when; append-only."""

    privacy = "kept: the security log shows who changed rights and marks; 180 days"

    at = models.DateTimeField(default=timezone.now, db_index=True)
    actor = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    action = models.CharField(max_length=60)
    object = models.CharField(max_length=120, blank=True)
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.object}"


class Invitation(models.Model):
    """A way in for people who have no account yet: a link or QR code with role and end."""

    privacy = "anonymised"

    token_hash = models.CharField(max_length=64, unique=True)
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="invitations")
    role = models.CharField(max_length=12, choices=User.Role, default=User.Role.TRAINEE)
    email = models.EmailField(_("e-mail"), blank=True)  # only somebody with this address
    expires_at = models.DateTimeField()
    uses_left = models.PositiveIntegerField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"invitation to {self.cohort}"


class ImportRun(models.Model):
    """A file of people that was taken in."""

    privacy = "kept: who imported people, and when; what it changed stands in its changes"

    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    file_name = models.CharField(max_length=120, blank=True)
    digest = models.CharField(max_length=64)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    def __str__(self) -> str:
        return f"import {self.pk}"


class ImportChange(models.Model):
    """What an import did to one person; `before` is empty for somebody new."""

    privacy = "exported"

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="changes")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "person"], name="an_import_changes_a_person_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.person_id}"
