"""Cases are documents: one JSON content per immutable revision, no tables of lines."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mot_course.web import Both
from quizzes.models import Quiz


class CaseQuerySet(models.QuerySet["Case"]):
    def published(self) -> "CaseQuerySet":
        """What trainees may read."""
        return self.filter(state=Case.State.PUBLISHED)


class Case(models.Model):
    """A service case; `current` is the revision that readers see."""

    privacy = "kept: names no person"

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        REVIEW = "review", _("In review")
        PUBLISHED = "published", _("Published")
        ARCHIVED = "archived", _("Archived")

    slug = models.SlugField(max_length=120, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    current = models.ForeignKey(
        "CaseRevision", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    quiz = models.OneToOneField(
        Quiz, on_delete=models.PROTECT, null=True, blank=True, related_name="case"
    )
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    summary_zh = models.CharField(max_length=400)
    summary_en = models.CharField(max_length=400)
    industry = models.CharField(max_length=20, db_index=True)
    steps = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    origin = models.CharField(max_length=10)
    length = models.PositiveIntegerField(default=0)  # lines of conversation
    tokens = SearchVectorField(null=True, editable=False)
    sort_key = models.CharField(max_length=200, blank=True)  # pinyin: Chinese order
    pack_digest = models.CharField(max_length=64, blank=True)

    title = Both("title")
    summary = Both("summary")
    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="published") | Q(current__isnull=False),
                name="a_published_case_has_a_revision",
            )
        ]
        indexes = [GinIndex(fields=["tokens"], name="cases_by_search_token")]

    def __str__(self) -> str:
        return self.slug


class CaseRevision(models.Model):
    """One state of a case's document. Never changed: a trigger refuses it."""

    privacy = "anonymised"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    origin = models.CharField(max_length=10)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "number"], name="revision_number_is_unique_in_its_case"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} r{self.number}"
