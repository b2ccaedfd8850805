"""Exercises with their immutable revisions, and the quizzes over them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mot_course.web import Both
from quizzes.kinds import KINDS, Kind, kind_choices

FORMS = ("A", "B", "C")
FORM_ORDERS = ("ABC", "BCA", "CAB", "ACB", "BAC", "CBA")


class Exercise(models.Model):
    """A question that lives on while its wording changes; `current` is what new attempts get."""

    privacy = "kept: names no person"

    slug = models.SlugField(max_length=120, unique=True)
    current = models.ForeignKey(
        "Revision", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    steps = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    pack_digest = models.CharField(max_length=64, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.slug


class Revision(models.Model):
    """One wording of an exercise. Never changed (a trigger refuses it): attempts pin it."""

    privacy = "anonymised"

    class Origin(models.TextChoices):
        PACK = "pack", _("Course pack")
        EDITOR = "editor", _("Editor")

    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=30, choices=kind_choices)
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    origin = models.CharField(max_length=10, choices=Origin)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["exercise", "number"], name="revision_number_is_unique_in_its_exercise"
            )
        ]

    def __str__(self) -> str:
        return f"{self.exercise_id} r{self.number}"

    @property
    def rules(self) -> Kind[Any]:
        """The kind's rules: how to ask, read and grade it."""
        return KINDS[self.kind]


class Bank(models.Model):
    """The exercises a quiz draws from. `objectives` describes what they test, in order."""

    privacy = "kept: names no person"

    slug = models.SlugField(max_length=120, unique=True)
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    objectives = models.JSONField(default=list, blank=True)
    anchors = models.JSONField(default=list, blank=True)  # marked examples, for calibration
    pack_digest = models.CharField(max_length=64, blank=True)

    title = Both("title")

    def __str__(self) -> str:
        return self.slug


class BankItem(models.Model):
    """An exercise's place in a bank."""

    privacy = "kept: names no person"

    bank = models.ForeignKey(Bank, on_delete=models.CASCADE, related_name="items")
    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="bank_items")
    position = models.PositiveIntegerField()
    objective = models.CharField(max_length=80, blank=True)
    form = models.CharField(max_length=1, blank=True, choices=[(f, f) for f in FORMS])
    weight = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["bank", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["bank", "exercise"], name="an_exercise_stands_once_in_a_bank"
            ),
            models.UniqueConstraint(
                fields=["bank", "form", "objective"],
                condition=~Q(form=""),
                name="a_form_asks_each_objective_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank_id}/{self.position}"


class Quiz(models.Model):
    """What is taken: a draw from a bank under rules."""

    privacy = "kept: names no person"

    class Purpose(models.TextChoices):
        PRE = "pre", _("Pre-test")
        POST = "post", _("Post-test")
        RETENTION = "retention", _("Retention test")
        CHECK = "check", _("Check")
        PRACTICE = "practice", _("Practice")
        CASE = "case", _("Case exercises")
        WRITING = "writing", _("Writing")
        RECALL = "recall", _("Recall")

    class Feedback(models.TextChoices):
        EACH = "each", _("After each answer")
        SUBMIT = "submit", _("After submission")
        AFTER_DUE = "after_due", _("After the due date")
        NEVER = "never", _("Never")

    slug = models.SlugField(max_length=120, unique=True)
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    purpose = models.CharField(max_length=10, choices=Purpose)
    bank = models.ForeignKey(
        Bank, on_delete=models.PROTECT, null=True, blank=True, related_name="quizzes"
    )
    draw = models.PositiveSmallIntegerField(null=True, blank=True)
    pass_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    attempts_allowed = models.PositiveSmallIntegerField(null=True, blank=True)
    seconds = models.PositiveIntegerField(null=True, blank=True)
    retry_minutes = models.PositiveIntegerField(default=0)
    shuffle = models.BooleanField(default=False)
    feedback = models.CharField(max_length=10, choices=Feedback, default=Feedback.SUBMIT)

    title = Both("title")

    class Meta:
        verbose_name_plural = "quizzes"
        constraints = [
            models.CheckConstraint(
                condition=Q(bank__isnull=False) | Q(purpose="recall"),
                name="only_recall_draws_from_no_bank",
            ),
            models.CheckConstraint(
                condition=Q(pass_percent=None) | Q(pass_percent__lte=100),
                name="pass_mark_is_a_percentage",
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def uses_forms(self) -> bool:
        """Pre-, post- and retention test take the bank's parallel forms in turn."""
        return self.purpose in FORM_TURN


# Which letter of a person's form order each test takes.
FORM_TURN = {Quiz.Purpose.PRE: 0, Quiz.Purpose.POST: 1, Quiz.Purpose.RETENTION: 2}
