"""Assignments, their reminders, and what follows."""

from assignments.models.assigning import (
    WHAT,
    Assignee,
    AssigneeDue,
    Assignment,
    AssignmentTarget,
    Reminder,
)
from assignments.models.following import Feed, FieldNote, FollowUp, Observation
from assignments.models.plans import Plan, Rule

__all__ = [
    "WHAT",
    "Assignee",
    "AssigneeDue",
    "Assignment",
    "AssignmentTarget",
    "Feed",
    "FieldNote",
    "FollowUp",
    "Observation",
    "Plan",
    "Reminder",
    "Rule",
]
