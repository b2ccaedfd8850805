"""What instructors judge, what is recorded aloud, and what a class has marked so far."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from quizzes.models.attempts import Answer
from quizzes.models.content import Bank, Exercise, Revision


class Mark(models.Model):
    """One judgement of an answer by rubric. Only added to, never changed (a trigger refuses it).

    `number` is the version of the judgement: who marks says which one they have seen last.
    """

    privacy = "exported"

    class Outcome(models.TextChoices):
        MARKED = "marked", _("Marked")
        RETURNED = "returned", _("Returned")
        ACCEPTED = "accepted", _("Accepted")

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="marks")
    number = models.PositiveIntegerField()
    marker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="marks_given"
    )
    levels = models.JSONField()  # {criterion: 1…4}
    # [{"part": id or "", "from": n, "to": n, "quote": text, "text": comment}]; from and to
    # count characters of the part.
    comments = models.JSONField(default=list, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome)
    why = models.TextField(max_length=2000, blank=True)
    language = models.CharField(max_length=2)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["answer", "number"]
        constraints = [
            models.UniqueConstraint(fields=["answer", "number"], name="marks_are_numbered")
        ]

    def __str__(self) -> str:
        return f"mark {self.number} of answer {self.answer_id}"


class Regrade(models.Model):
    """A machine's grade that was worked out again, and why. Only added to."""

    privacy = "exported"

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="regrades")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    was_earned = models.PositiveIntegerField()
    was_possible = models.PositiveIntegerField()
    now_earned = models.PositiveIntegerField()
    now_possible = models.PositiveIntegerField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    why = models.CharField(max_length=400)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"regrade of answer {self.answer_id}"


class SavedComment(models.Model):
    """A sentence an instructor writes often."""

    privacy = "exported"

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="saved_comments"
    )
    text = models.CharField(max_length=500)
    used_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-used_at"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "text"], name="a_comment_is_saved_once")
        ]

    def __str__(self) -> str:
        return self.text[:40]


class Calibration(models.Model):
    """How an instructor marked one of a bank's anchors, to be compared with the reference."""

    privacy = "exported"

    marker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="calibrations"
    )
    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, related_name="+")
    anchor = models.CharField(max_length=80)
    levels = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["marker", "bank", "anchor"], name="an_anchor_is_marked_once_by_each"
            )
        ]

    def __str__(self) -> str:
        return f"{self.anchor} by {self.marker_id}"


class LineTally(models.Model):
    """How many people marked this line so, in the first attempt of each. No names.

    Kept up with each submission; `manage.py recount_tallies` proves it.
    """

    privacy = "kept: counts, names no person"

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="tallies")
    line_id = models.CharField(max_length=80)  # a line or a phrase; '' counts the people
    polarity = models.CharField(max_length=8, blank=True)
    step = models.CharField(max_length=20, blank=True)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "line tallies"
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "line_id", "polarity", "step"],
                name="a_line_is_tallied_once_per_judgement",
            )
        ]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.count}"


class Recording(models.Model):
    """Something said into the phone. The file lies outside the web root and is kept for a time."""

    privacy = "exported"

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="recordings"
    )
    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80, unique=True)  # of the file; '' never
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()  # bytes
    made_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)  # to the instructors, by a tap
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["made_at"], name="recordings_by_age", condition=Q(deleted_at=None))
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(sent_at__gte=F("made_at")),
                name="a_recording_is_made_before_it_is_sent",
            )
        ]

    def __str__(self) -> str:
        return f"recording {self.pk}"


class Draft(models.Model):
    """Unpublished work of editors: one row per thing, with a version that everybody raises."""

    content = models.JSONField()
    version = models.PositiveIntegerField(default=1)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    edited_at = models.DateTimeField()
    based_on = models.PositiveIntegerField(default=0)  # number of the revision it began with

    class Meta:
        abstract = True


class ExerciseDraft(Draft):
    """An exercise being edited: {"kind": …, "content": …}."""

    privacy = "anonymised"

    exercise = models.OneToOneField(Exercise, on_delete=models.PROTECT, related_name="draft")

    def __str__(self) -> str:
        return f"draft of exercise {self.exercise_id}"
