"""Courses, units and lessons; how far somebody has read; what somebody has finished."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from mot_course.web import Both
from quizzes.models import Draft, Quiz


class Course(models.Model):
    """A path of units, with a test before and after."""

    privacy = "kept: names no person"

    slug = models.SlugField(max_length=80, unique=True)
    position = models.PositiveSmallIntegerField(default=0)
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    content = models.JSONField()  # the course's file
    guide = models.JSONField(null=True, blank=True)  # the trainer's guide, as its file has it
    minutes = models.PositiveSmallIntegerField()
    pre_quiz = models.ForeignKey(
        Quiz, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    post_quiz = models.ForeignKey(
        Quiz, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    retention_quiz = models.ForeignKey(
        Quiz, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    units: models.ManyToManyField = models.ManyToManyField("Unit", through="CourseUnit")
    pack_digest = models.CharField(max_length=64, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    title = Both("title")

    class Meta:
        ordering = ["position", "slug"]

    def __str__(self) -> str:
        return self.slug


class Unit(models.Model):
    """A handful of lessons and their check."""

    privacy = "kept: names no person"

    slug = models.SlugField(max_length=80, unique=True)
    position = models.PositiveSmallIntegerField(default=0)
    stage = models.CharField(max_length=40)
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    content = models.JSONField()  # the unit's file: summary, objectives, crib, briefing …
    check_quiz = models.OneToOneField(
        Quiz, on_delete=models.PROTECT, null=True, blank=True, related_name="unit"
    )
    pack_digest = models.CharField(max_length=64, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    title = Both("title")

    class Meta:
        ordering = ["position", "slug"]

    def __str__(self) -> str:
        return self.slug


class CourseUnit(models.Model):
    """A unit's place in a course."""

    privacy = "kept: names no person"

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="places")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="places")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["course", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "unit"],
                name="a_unit_stands_once_in_a_course",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(
                fields=["course", "position"],
                name="a_place_in_a_course_holds_one_unit",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course_id}/{self.position}"


class Lesson(models.Model):
    """A few minutes of reading and practice; `current` is what readers see."""

    privacy = "kept: names no person"

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="lessons")
    slug = models.SlugField(max_length=80)
    position = models.PositiveSmallIntegerField()
    current = models.ForeignKey(
        "LessonRevision", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    practice_quiz = models.OneToOneField(
        Quiz, on_delete=models.PROTECT, null=True, blank=True, related_name="lesson"
    )
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    step = models.CharField(max_length=20, blank=True)
    minutes = models.PositiveSmallIntegerField()
    # More on this: beside the way through the unit. Not needed to finish it, not in its check.
    more = models.BooleanField(default=False, db_default=False)
    # Which models it teaches and where they hang: [{"step": …, "title": {…}}], from the map.
    on_map = models.JSONField(default=list, db_default=[])
    pack_digest = models.CharField(max_length=64, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    title = Both("title")

    class Meta:
        ordering = ["unit", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "slug"], name="lesson_slug_is_unique_in_its_unit"
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit_id}/{self.slug}"


class LessonRevision(models.Model):
    """One state of a lesson: its source, and its blocks rendered at publishing. Immutable.

    `blocks_zh` and `blocks_en` are lists of {"html": …}, {"exercise": slug} and
    {"case": slug}, in the same order; figures are drawn into the html.
    """

    privacy = "anonymised"

    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    source = models.JSONField()  # the lesson as the pack has it, texts included
    blocks_zh = models.JSONField()
    blocks_en = models.JSONField()
    digest = models.CharField(max_length=64)
    origin = models.CharField(max_length=10, default="pack")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    blocks = Both("blocks")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lesson", "number"], name="revision_number_is_unique_in_its_lesson"
            )
        ]

    def __str__(self) -> str:
        return f"{self.lesson_id} r{self.number}"


class Reading(models.Model):
    """How far somebody has come in a lesson, and whether it is finished."""

    privacy = "exported"

    trainee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="readings"
    )
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="readings")
    block = models.PositiveSmallIntegerField(default=0)
    seen_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["trainee", "lesson"], name="one_reading_per_trainee_and_lesson"
            )
        ]
        indexes = [models.Index(fields=["trainee", "-seen_at"], name="readings_latest_first")]

    def __str__(self) -> str:
        return f"reading {self.pk}"


class Completion(models.Model):
    """The moment somebody finished a unit or a course; later content never takes it back."""

    privacy = "exported"

    trainee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="completions"
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, null=True, blank=True)
    finished_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False, course=None) | Q(unit=None, course__isnull=False),
                name="a_completion_is_of_a_unit_or_of_a_course",
            ),
            models.UniqueConstraint(
                fields=["trainee", "unit"], name="a_unit_is_completed_once_per_trainee"
            ),
            models.UniqueConstraint(
                fields=["trainee", "course"], name="a_course_is_completed_once_per_trainee"
            ),
        ]

    def __str__(self) -> str:
        return f"completion {self.pk}"


class LessonDraft(Draft):
    """A lesson being edited: its file and both texts."""

    privacy = "anonymised"

    lesson = models.OneToOneField(Lesson, on_delete=models.PROTECT, related_name="draft")

    def __str__(self) -> str:
        return f"draft of lesson {self.lesson_id}"


class Reference(models.Model):
    """What stands beside all units, as its file in the pack has it: the glossary, the map."""

    privacy = "kept: names no person"

    slug = models.SlugField(max_length=40, unique=True)  # glossary | map | observation
    content = models.JSONField()

    def __str__(self) -> str:
        return self.slug
