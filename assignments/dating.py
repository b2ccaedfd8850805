"""The dates of an assignment as assigning takes them."""

from typing import Any

from assignments.assigning import Dates
from assignments.models import Assignment


def dates_of(assignment: Assignment) -> Dates:
    """The dates it has now."""
    return Dates(
        opens_on=assignment.opens_on,
        due_on=assignment.due_on,
        due_days=assignment.due_days,
        anchor=assignment.anchor,
        working=assignment.working,
        after=assignment.after,
        due_time=assignment.due_time,
        grace_days=assignment.grace_days,
    )


def dates_in(cleaned: dict[str, Any]) -> Dates:
    """The dates in a valid WhenForm."""
    return Dates(
        opens_on=cleaned.get("opens_on"),
        due_on=cleaned.get("due_on"),
        due_days=cleaned.get("due_days"),
        anchor=cleaned.get("anchor") or Assignment.Anchor.ASSIGNED,
        working=bool(cleaned.get("working")),
        after=cleaned.get("after"),
        due_time=cleaned["due_time"],
        grace_days=cleaned.get("grace_days") or 0,
    )


def in_form(assignment: Assignment) -> dict[str, Any]:
    """The dates it has now, as the initial values of a WhenForm."""
    when = "fixed" if assignment.due_on else "relative" if assignment.due_days else "none"
    return {
        "when": when,
        "opens_on": assignment.opens_on,
        "due_on": assignment.due_on,
        "due_time": assignment.due_time,
        "grace_days": assignment.grace_days,
        "due_days": assignment.due_days or 7,
        "working": "1" if assignment.working or not assignment.due_days else "",
        "anchor": assignment.anchor,
        "after": assignment.after_id,
    }
