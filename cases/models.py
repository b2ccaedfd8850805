"""Cases are documents: one JSON content per immutable revision, no tables of lines."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mot_course.web import Both
from quizzes.models import Attempt, Draft, Quiz


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
    # Which tellings of the story there are: bad, good.
    versions = ArrayField(models.CharField(max_length=4), default=list, blank=True)
    length = models.PositiveIntegerField(default=0)  # lines of conversation
    from_write_up = models.OneToOneField(
        "WriteUp", on_delete=models.PROTECT, null=True, blank=True, related_name="case"
    )
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


class CaseDraft(Draft):
    """A case being edited: the whole document."""

    privacy = "anonymised"

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="draft")

    def __str__(self) -> str:
        return f"draft of case {self.case_id}"


class WriteUp(models.Model):
    """A trainee's own case, from three lines noted on the phone to a case in the library.

    Its text, once it is more than a note, is the `writing` answer of its newest version's
    attempt; a returned one goes on in the next attempt, so the versions are the attempts.
    """

    privacy = "exported"

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        HANDED_IN = "handed_in", _("Handed in")
        RETURNED = "returned", _("Returned")
        ACCEPTED = "accepted", _("Accepted")
        NOMINATED = "nominated", _("Nominated")

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="write_ups"
    )
    title = models.CharField(max_length=120)
    note = models.TextField(max_length=600, blank=True)  # three lines, before there is a text
    note_version = models.PositiveIntegerField(default=0)
    language = models.CharField(max_length=2)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    consent_at = models.DateTimeField(null=True, blank=True)
    nominated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    discarded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-changed_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="nominated") | Q(consent_at__isnull=False),
                name="only_with_consent_a_case_is_nominated",
            )
        ]
        indexes = [models.Index(fields=["author", "-changed_at"], name="write_ups_of_an_author")]

    def __str__(self) -> str:
        return f"write-up {self.pk}"


class WriteUpVersion(models.Model):
    """One attempt at a write-up."""

    privacy = "exported"

    write_up = models.ForeignKey(WriteUp, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    attempt = models.OneToOneField(
        Attempt, on_delete=models.PROTECT, related_name="write_up_version"
    )

    class Meta:
        ordering = ["write_up", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["write_up", "number"], name="versions_of_a_write_up_are_numbered"
            )
        ]

    def __str__(self) -> str:
        return f"version {self.number} of write-up {self.write_up_id}"
