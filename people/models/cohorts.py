"""Cohorts and who is in them, their teams, and the days on which they work."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from outbox.models import Robot
from people.models.persons import User, default_time_zone, validate_time_zone

MONDAY_TO_FRIDAY = (1, 2, 3, 4, 5)


def office_week() -> list[int]:
    return list(MONDAY_TO_FRIDAY)


class Calendar(models.Model):
    """On which days people work. Cohorts without one take that of the cohort above."""

    privacy = "kept: names no person"

    name = models.CharField(_("name"), max_length=80, unique=True)
    # 1 is Monday, 7 is Sunday, as in ISO 8601.
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=office_week)
    is_default = models.BooleanField(default=False)
    # Counts the rebuilds: what was planned with another number is planned again.
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="one_default_calendar"
            )
        ]

    def __str__(self) -> str:
        return self.name


class SpecialDay(models.Model):
    """A holiday in the week, or a make-up day on a weekend."""

    privacy = "kept: names no person"

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="special_days")
    day = models.DateField(_("day"))
    working = models.BooleanField(_("people work on it"))
    why = models.CharField(_("why"), max_length=80, blank=True)

    class Meta:
        ordering: ClassVar = ["day"]
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "day"],
                name="a_day_is_special_once_in_a_calendar",
                violation_error_message=_("This day is in the list already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.why}"


class Blackout(models.Model):
    """Days on which nobody is reminded and nothing relative falls due: peak season, stocktaking."""

    privacy = "kept: names no person"

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="blackouts")
    first_on = models.DateField(_("first day"))
    last_on = models.DateField(_("last day"))
    why = models.CharField(_("why"), max_length=80, blank=True)

    class Meta:
        ordering: ClassVar = ["first_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(first_on__lte=F("last_on")), name="a_blackout_ends_after_it_begins"
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_on} – {self.last_on} {self.why}"


class CalendarDay(models.Model):
    """A day of a calendar, worked out three years ahead by people/working_days.py.

    `number` counts working days up to and with this one, so "n working days later" is a join.
    `clear_next` is the first day from here on outside blackouts; `open_next` and `open_prev`
    are the nearest working days outside blackouts, this one included.
    """

    privacy = "kept: names no person"

    pk = models.CompositePrimaryKey("calendar_id", "day")
    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    working = models.BooleanField()
    number = models.IntegerField()
    clear_next = models.DateField()
    open_next = models.DateField()
    open_prev = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "number"],
                condition=Q(working=True),
                name="working_days_are_numbered",
            )
        ]

    def __str__(self) -> str:
        return f"{self.calendar_id} {self.day}"


class Cohort(models.Model):
    """A class, a hotel or a region: cohorts form a tree, and a duty reaches down it."""

    privacy = "kept: names no person"

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    tz = models.CharField(max_length=40, default=default_time_zone, validators=[validate_time_zone])
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    # Empty: that of the cohort above, else the default one (see the view people_cohortcalendar).
    calendar = models.ForeignKey(
        Calendar, on_delete=models.PROTECT, null=True, blank=True, related_name="cohorts"
    )
    shift_at = models.TimeField(_("start of the shift"), null=True, blank=True)
    # The group chat of the cohort, for announcements.
    robot = models.ForeignKey(
        Robot, on_delete=models.PROTECT, null=True, blank=True, related_name="cohorts"
    )
    archived_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a cohort above itself: a duty would reach round in a ring."""
        above = self.parent
        while above is not None:
            if above.pk == self.pk:
                raise ValidationError({"parent": _("A cohort cannot be placed below itself.")})
            above = above.parent


class Membership(models.Model):
    """A person's time in a cohort; leaving and coming back are two rows."""

    privacy = "exported"

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="memberships")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    joined_on = models.DateField()
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "person"],
                condition=models.Q(left_at=None),
                name="one_present_membership_per_cohort_and_person",
            )
        ]
        indexes = [
            models.Index(
                models.F("person"),
                models.F("joined_on").desc(),
                models.F("id").desc(),
                name="present_memberships",
                condition=models.Q(left_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} in {self.cohort}"


class CohortStaff(models.Model):
    """Who teaches or manages a cohort."""

    privacy = "exported"

    class Duty(models.TextChoices):
        INSTRUCTOR = "instructor", _("Instructor")
        MANAGER = "manager", _("Manager")

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="staff")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="duties")
    duty = models.CharField(max_length=12, choices=Duty)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "person", "duty"], name="one_row_per_cohort_person_and_duty"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_duty_display()} of {self.cohort}"


class Team(models.Model):
    """A few people of a cohort who fill worksheets together."""

    privacy = "kept: a name the team gave itself; who is in it stands in its members"

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="teams")
    name = models.CharField(_("name"), max_length=60)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "name"],
                name="a_teams_name_is_unique_in_its_cohort",
                violation_error_message=_("There is a team of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class TeamMember(models.Model):
    """A person in a team."""

    privacy = "exported"

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="teams")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "person"], name="once_in_a_team")]

    def __str__(self) -> str:
        return f"{self.person} in {self.team}"
