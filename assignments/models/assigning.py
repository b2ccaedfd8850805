"""What is assigned to whom, by when; and the reminders that follow."""

from datetime import time
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assignments.models.plans import Plan, Rule
from cases.models import Case
from outbox.clock import Now
from people.models import Calendar, Cohort
from quizzes.models import Quiz
from units.models import Course, Unit

WHAT = ("course", "unit", "quiz", "case")
END_OF_DAY = time(23, 59)


class Assignment(models.Model):
    """A course, unit, quiz or case that people are to finish, with or without a date.

    Days are wall dates: each person's own day, in the cohort's time zone (the person's own
    where somebody is assigned singly).
    """

    privacy = "anonymised"

    class Anchor(models.TextChoices):
        JOINED = "joined", _("joining")
        ASSIGNED = "assigned", _("being assigned")
        AFTER = "after", _("finishing what comes before")

    course = models.ForeignKey(Course, on_delete=models.PROTECT, null=True, blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True)
    quiz = models.ForeignKey(Quiz, on_delete=models.PROTECT, null=True, blank=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, blank=True)
    plan = models.ForeignKey(
        Plan, on_delete=models.PROTECT, null=True, blank=True, related_name="assignments"
    )  # empty: nobody is reminded
    # The assignment of a whole course of which this is one unit.
    part_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="parts"
    )
    after = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by"
    )
    opens_on = models.DateField(null=True, blank=True)  # empty: at once
    due_on = models.DateField(null=True, blank=True)
    due_days = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    anchor = models.CharField(max_length=10, choices=Anchor, default=Anchor.ASSIGNED)
    working = models.BooleanField(default=False)  # `due_days` counts working days
    due_time = models.TimeField(default=END_OF_DAY)
    grace_days = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(60)])
    mandatory = models.BooleanField(default=True)
    note = models.TextField(max_length=1000, blank=True)  # the instructor's word, as written
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(db_default=Now())
    # Counts the changes that a calendar or a page open elsewhere has to learn of.
    version = models.PositiveIntegerField(default=1)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    # Of the form that made it: the same form sent twice assigns once.
    key = models.CharField(max_length=32, null=True, blank=True, unique=True, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(course__isnull=False, unit=None, quiz=None, case=None)
                | Q(course=None, unit__isnull=False, quiz=None, case=None)
                | Q(course=None, unit=None, quiz__isnull=False, case=None)
                | Q(course=None, unit=None, quiz=None, case__isnull=False),
                name="an_assignment_is_of_exactly_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(due_on=None) | Q(due_days=None),
                name="an_assignment_is_due_on_a_day_or_after_days",
            ),
            models.CheckConstraint(
                condition=Q(anchor="after", after__isnull=False)
                | (~Q(anchor="after") & Q(after=None)),
                name="what_comes_after_says_after_what",
            ),
        ]

    def __str__(self) -> str:
        return f"assignment {self.pk}"

    @property
    def what(self) -> Course | Unit | Quiz | Case:
        """The one thing that is assigned."""
        return next(one for one in (self.course, self.unit, self.quiz, self.case) if one)

    @property
    def kind(self) -> str:
        """course, unit, quiz or case."""
        return next(name for name in WHAT if getattr(self, f"{name}_id"))

    @property
    def title(self) -> str:
        return str(self.what.title)


class AssignmentTarget(models.Model):
    """To whom it is assigned: a cohort with all who are and will be in it, or a person."""

    privacy = "exported"

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="targets")
    cohort = models.ForeignKey(
        Cohort, on_delete=models.PROTECT, null=True, blank=True, related_name="targets"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(cohort=None, person__isnull=False)
                | Q(cohort__isnull=False, person=None),
                name="a_target_is_a_cohort_or_a_person",
            ),
            models.UniqueConstraint(
                fields=["assignment", "cohort"], name="a_cohort_is_a_target_once"
            ),
            models.UniqueConstraint(
                fields=["assignment", "person"], name="a_person_is_a_target_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id} to {self.cohort_id or self.person_id}"


class Assignee(models.Model):
    """A person who is to do it. When it is due and whether it is done: `assignee.due`."""

    privacy = "exported"

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="assignees")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assigned"
    )
    # The cohort they are in for it; empty where they were assigned singly.
    through = models.ForeignKey(
        Cohort, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The day from which relative dates count; empty while it has not come (see Anchor.AFTER).
    starts_on = models.DateField(null=True, blank=True)
    assigned_at = models.DateTimeField(db_default=Now())
    left_at = models.DateTimeField(null=True, blank=True)
    extended_to = models.DateField(null=True, blank=True)
    waived_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=200, blank=True)  # of the extension or the waiver
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["assignment", "person"], name="a_person_is_assigned_it_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["assignment"],
                name="assignees_who_may_not_begin",
                condition=Q(left_at=None, starts_on=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id}: {self.person_id}"


class AssigneeDue(models.Model):
    """When it is due for somebody, and whether it is done: a view for pages, planner and feed.

    `is_live`: neither cancelled, waived, left, deactivated nor erased. Finished ones may be live.
    """

    privacy = "kept: a view of what stands in assignees"

    assignee = models.OneToOneField(
        Assignee, on_delete=models.DO_NOTHING, primary_key=True, related_name="due"
    )
    assignment = models.ForeignKey(Assignment, on_delete=models.DO_NOTHING, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    zone = models.CharField(max_length=40)  # in which due times are told
    person_zone = models.CharField(max_length=40)  # in which the person is written to
    calendar = models.ForeignKey(Calendar, on_delete=models.DO_NOTHING, null=True, related_name="+")
    opens_on = models.DateField(null=True)
    planned_on = models.DateField(null=True)  # without an extension
    due_on = models.DateField(null=True)  # with it
    due_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)  # with the days of grace
    finished_at = models.DateTimeField(null=True)
    is_live = models.BooleanField()

    class Meta:
        managed = False
        db_table = "assignments_assigneedue"

    def __str__(self) -> str:
        return f"due of {self.assignee_id}"


class Reminder(models.Model):
    """What a rule says should be told to somebody. The day's message tells all of them at once.

    `due_on` is the day it was planned for: after an extension there is another row. A trainee's
    reminders of a `day` go out in the messages `reminders:<person>:<day>:<channel>`, those for
    instructors and managers in `escalations:<recipient>:<day>:<channel>`.
    """

    privacy = "exported"

    assignee = models.ForeignKey(Assignee, on_delete=models.CASCADE, related_name="reminders")
    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="reminders")
    due_on = models.DateField()
    # The assignee's person, or the instructor or manager whom the rule tells.
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reminders"
    )
    day = models.DateField()  # the recipient's own day on which it is told
    send_at = models.DateTimeField()
    # The moment that rule and calendar gave it. `day` and `send_at` may have been put off since,
    # because that day's message had gone out already, or because nothing was sent for a time.
    meant_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    dropped_because = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["assignee", "rule", "due_on", "recipient"],
                name="a_rule_reminds_once_of_a_due_date",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["recipient", "day"], name="reminders_of_a_day"),
            models.Index(
                fields=["send_at"],
                name="reminders_to_come",
                condition=Q(told_at=None, dropped_because=""),
            ),
        ]

    def __str__(self) -> str:
        return f"reminder {self.pk}"
