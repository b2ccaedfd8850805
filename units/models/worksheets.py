"""Worksheets: what they ask, and the sheets that people and teams fill."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from mot_course.web import Both
from people.models import Team


class Worksheet(models.Model):
    """Something to fill that becomes part of the company's own handbook."""

    privacy = "kept: names no person"

    slug = models.SlugField(max_length=80, unique=True)
    position = models.PositiveSmallIntegerField(default=0)
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    current = models.ForeignKey(
        "WorksheetRevision", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    archived_at = models.DateTimeField(null=True, blank=True)

    title = Both("title")

    class Meta:
        ordering = ["position", "slug"]

    def __str__(self) -> str:
        return self.slug


class WorksheetRevision(models.Model):
    """One state of a worksheet (`units.worksheet_content.WorksheetFile`). Immutable."""

    privacy = "kept: names no person"

    worksheet = models.ForeignKey(Worksheet, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["worksheet", "number"],
                name="revision_number_is_unique_in_its_worksheet",
            )
        ]

    def __str__(self) -> str:
        return f"{self.worksheet_id} r{self.number}"


class Sheet(models.Model):
    """A worksheet as one person, or a team together, fills it; it keeps its revision."""

    privacy = "exported"

    worksheet = models.ForeignKey(Worksheet, on_delete=models.PROTECT, related_name="sheets")
    revision = models.ForeignKey(WorksheetRevision, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sheets",
    )
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="sheets"
    )
    begun_at = models.DateTimeField(auto_now_add=True)
    shared_at = models.DateTimeField(null=True, blank=True)  # an own sheet shown to the instructor

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, team=None) | Q(person=None, team__isnull=False),
                name="a_sheet_is_a_persons_or_a_teams",
            ),
            models.UniqueConstraint(
                fields=["worksheet", "person"], name="one_sheet_per_worksheet_and_person"
            ),
            models.UniqueConstraint(
                fields=["worksheet", "team"], name="one_sheet_per_worksheet_and_team"
            ),
        ]

    def __str__(self) -> str:
        return f"sheet {self.pk}"


class Cell(models.Model):
    """One field of a sheet; a save names the version it has seen, else it is refused."""

    privacy = "exported"

    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="cells")
    key = models.CharField(max_length=250)
    text = models.TextField(max_length=4000, blank=True)
    version = models.PositiveIntegerField(default=1)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    edited_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sheet", "key"], name="a_cell_stands_once_in_its_sheet")
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.key}"


class CellChange(models.Model):
    """What a cell said before and after, and who wrote it; append-only, so nothing is lost."""

    privacy = "exported"

    cell = models.ForeignKey(Cell, on_delete=models.PROTECT, related_name="changes")
    version = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cell", "version"], name="one_change_per_cell_and_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.cell_id} v{self.version}"


class SheetComment(models.Model):
    """What an instructor says about a sheet, or about one cell of it."""

    privacy = "exported"

    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="comments")
    key = models.CharField(max_length=250, blank=True)  # of the cell; empty: the whole sheet
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=4000)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["sheet", "made_at"], name="comments_of_a_sheet")]

    def __str__(self) -> str:
        return f"comment {self.pk}"
