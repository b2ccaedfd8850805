"""Exercises with their immutable revisions, the quizzes over them, and what people answered."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mot_course.web import Both
from quizzes.kinds import KINDS, Kind, kind_choices

if TYPE_CHECKING:
    from people.models import User

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

    class Meta:
        ordering = ["attempt", "position"]
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
