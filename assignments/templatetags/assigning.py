"""How the pages of assigning say days, dates and rules."""

from datetime import date, datetime

from django import template
from django.utils import timezone

from assignments import saying
from assignments.models import Assignment, Rule
from assignments.plan_lines import Line, line_of
from assignments.telling_why import said_reason
from mot_course.web import zone

register = template.Library()


@register.filter
def wall_day(day: date | datetime) -> str:
    """The day with its weekday; a moment by the reader's clock."""
    if isinstance(day, datetime):
        day = timezone.localtime(day).date()
    return saying.said_day(day)


@register.filter
def wall_moment(moment: datetime) -> str:
    """Day and time by the reader's clock."""
    local = timezone.localtime(moment)
    return f"{saying.said_day(local.date())} {local:%H:%M}"


@register.filter
def in_zone(moment: datetime, name: str) -> str:
    """Day and time by the clock of a zone."""
    local = moment.astimezone(zone(name))
    return f"{saying.said_day(local.date())} {local:%H:%M}"


@register.filter
def due_words(assignment: Assignment) -> str:
    """By when it is to be done."""
    return saying.said_due(assignment)


@register.filter
def offset_words(rule: Rule) -> str:
    """When a rule tells."""
    return saying.said_offset(rule)


@register.filter
def at_words(rule: Rule) -> str:
    """At what time of day a rule tells."""
    return saying.said_at(rule)


@register.filter
def channel_words(rule: Rule) -> str:
    """By what a rule tells."""
    return saying.said_channels(rule.channels)


@register.filter
def plan_line(rules: object) -> Line:
    """The rules drawn as a small line."""
    return line_of(list(rules))  # type: ignore[call-overload]


@register.filter
def split_words(text: str) -> list[str]:
    """The words of a text."""
    return text.split()


@register.filter
def why_not(reason: str) -> str:
    """Why a reminder was dropped."""
    return said_reason(reason)
