"""What people answered: attempts, answers, tries, and reports of mistakes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from quizzes.models.content import FORM_ORDERS, Bank, Exercise, Quiz, Revision

if TYPE_CHECKING:
    from people.models import User


class FormOrder(models.Model):
    """In which order a person meets the parallel forms: one of six, dealt out in turn."""

    privacy = "exported"

    trainee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="form_orders"
    )
    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, related_name="+")
    order = models.CharField(max_length=3, choices=[(o, o) for o in FORM_ORDERS])

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["trainee", "bank"], name="one_form_order_per_trainee_and_bank"
            )
        ]

    def __str__(self) -> str:
        return self.order


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def of(self, person: User) -> AttemptQuerySet:
        """The person's own attempts: the only ones their pages may load."""
        return self.filter(trainee=person)

    def open(self) -> AttemptQuerySet:
        return self.filter(submitted_at=None)

    def submitted(self) -> AttemptQuerySet:
        return self.filter(submitted_at__isnull=False)

    def passed(self) -> AttemptQuerySet:
        """Submitted, and passed where the quiz has a pass mark."""
        return self.submitted().filter(
            Q(quiz__pass_percent=None) | Q(score__gte=F("quiz__pass_percent") * 100)
        )


class Attempt(models.Model):
    """One go at a quiz. Its answers, with pinned revisions, exist from the start."""

    privacy = "exported"

    quiz = models.ForeignKey(Quiz, on_delete=models.PROTECT, related_name="attempts")
    trainee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="attempts"
    )
    number = models.PositiveIntegerField()
    form = models.CharField(max_length=1, blank=True)
    started_at = models.DateTimeField()
    deadline_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    # 10,000 × Σ weight·earned/possible ÷ Σ weight, stored at submission.
    score = models.PositiveIntegerField(null=True, blank=True)
    needs_mark = models.BooleanField(default=False)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["quiz", "trainee", "number"], name="attempts_are_numbered"
            ),
            models.UniqueConstraint(
                fields=["quiz", "trainee"],
                condition=Q(submitted_at=None),
                name="one_open_attempt_per_trainee_and_quiz",
            ),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__lte=10_000), name="score_is_at_most_the_whole"
            ),
        ]
        indexes = [
            models.Index(fields=["trainee", "quiz"], name="attempts_of_a_trainee"),
            models.Index(
                fields=["deadline_at"],
                name="open_attempts_by_deadline",
                condition=Q(submitted_at=None, deadline_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"attempt {self.pk}"

    @property
    def is_submitted(self) -> bool:
        return self.submitted_at is not None

    @property
    def percent(self) -> int | None:
        """The score in whole percent, rounded down so that 69.9 never looks like a pass at 70."""
        return None if self.score is None else self.score // 100

    @property
    def is_passed(self) -> bool:
        """Submitted, and reaching the quiz's pass mark where it has one."""
        if self.score is None:
            return False
        return self.quiz.pass_percent is None or self.score >= self.quiz.pass_percent * 100

    def is_over_at(self, now: datetime) -> bool:
        return self.deadline_at is not None and now > self.deadline_at


class Confidence(models.TextChoices):
    SURE = "sure", _("Sure")
    FAIRLY = "fairly", _("Fairly sure")
    GUESS = "guess", _("A guess")


class Answer(models.Model):
    """A question of an attempt and the response given to it, if any yet."""

    privacy = "exported"

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="answers")
    position = models.PositiveSmallIntegerField()
    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="+")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    response = models.JSONField(null=True, blank=True)
    confidence = models.CharField(max_length=6, choices=Confidence, null=True, blank=True)
    # Signed time of the page's issue (ms) × 1000 + n: the later page, the later save wins.
    sequence = models.BigIntegerField(default=0)
    saved_at = models.DateTimeField(null=True, blank=True)
    weight = models.PositiveSmallIntegerField(default=1)
    earned = models.PositiveIntegerField(null=True, blank=True)
    possible = models.PositiveIntegerField(null=True, blank=True)
    needs_mark = models.BooleanField(default=False)
    flagged = models.BooleanField(default=False)
    # With feedback after each answer: since then it cannot be changed any more.
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["attempt", "position"]
        indexes = [
            models.Index(
                fields=["attempt"],
                name="answers_that_wait_for_a_mark",
                condition=Q(needs_mark=True),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["attempt", "position"], name="one_answer_per_attempt_and_position"
            ),
            models.UniqueConstraint(
                fields=["attempt", "exercise"], name="one_answer_per_attempt_and_exercise"
            ),
            models.CheckConstraint(
                condition=Q(earned=None)
                | Q(earned__isnull=False, possible__isnull=False, earned__lte=F("possible")),
                name="earned_lies_between_nothing_and_possible",
            ),
        ]

    def __str__(self) -> str:
        return f"answer {self.attempt_id}/{self.position}"


class Try(models.Model):
    """One "check" in practice; reports and recall use the first."""

    privacy = "exported"

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="tries")
    number = models.PositiveIntegerField()
    response = models.JSONField()
    earned = models.PositiveIntegerField()
    possible = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "tries"
        constraints = [
            models.UniqueConstraint(fields=["answer", "number"], name="tries_are_numbered"),
            models.CheckConstraint(
                condition=Q(earned__lte=F("possible")), name="a_try_earns_at_most_the_possible"
            ),
        ]

    def __str__(self) -> str:
        return f"try {self.number} of answer {self.answer_id}"


class MistakeReport(models.Model):
    """Somebody thinks that an exercise is wrong; goes to the people who edit the course."""

    privacy = "exported"

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="reports")
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="mistake_reports"
    )
    text = models.TextField(max_length=2000)
    language = models.CharField(max_length=2)
    at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"report {self.pk}"
