"""How days, due dates and the rules of a plan are said in words. Pure: no database, no clock."""

from collections.abc import Iterable
from datetime import date, time

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assignments.models import Assignment, Rule
from mot_course.web import content_language

WEEKDAYS_ZH = "一二三四五六日"


def said_day(day: date, *, this_year: int | None = None) -> str:
    """The day with its weekday: Fri 4 Dec, 12 月 4 日 周五; with the year where it is another."""
    other_year = this_year is not None and day.year != this_year
    if content_language() == "en":
        return date_format(day, "D j M Y" if other_year else "D j M")
    year = f"{day.year} 年 " if other_year else ""
    return f"{year}{day.month} 月 {day.day} 日 周{WEEKDAYS_ZH[day.weekday()]}"


def said_time(at: time) -> str:
    """The time of day, 18:00."""
    return f"{at:%H:%M}"


def said_days(count: int, *, working: bool) -> str:
    """So many days, or working days."""
    if working:
        return ngettext("%(n)s working day", "%(n)s working days", count) % {"n": count}
    return ngettext("%(n)s day", "%(n)s days", count) % {"n": count}


def said_due(assignment: Assignment) -> str:
    """By when it is to be done: a day and a time, or so many days after something."""
    at = said_time(assignment.due_time)
    if assignment.due_on:
        return _("%(day)s, %(time)s") % {"day": said_day(assignment.due_on), "time": at}
    if assignment.due_days is None:
        return _("No due date")
    days = said_days(assignment.due_days, working=assignment.working)
    after = {
        Assignment.Anchor.JOINED: _("%(days)s after joining, %(time)s"),
        Assignment.Anchor.ASSIGNED: _("%(days)s after being assigned, %(time)s"),
        Assignment.Anchor.AFTER: _("%(days)s after finishing what comes before, %(time)s"),
    }
    return after[Assignment.Anchor(assignment.anchor)] % {"days": days, "time": at}


def said_offset(rule: Rule) -> str:
    """When a rule tells: 3 working days before it is due; on the day it opens."""
    count = abs(rule.days)
    days = said_days(count, working=rule.working)
    if rule.anchor == Rule.Anchor.OPENS:
        texts = (
            _("%(days)s before it opens"),
            _("On the day it opens"),
            _("%(days)s after it opens"),
        )
    elif rule.anchor == Rule.Anchor.DUE:
        texts = (
            _("%(days)s before it is due"),
            _("On the day it is due"),
            _("%(days)s after it was due"),
        )
    else:
        texts = (
            _("%(days)s before it is finished"),
            _("On the day it is finished"),
            _("%(days)s after it is finished"),
        )
    return texts[(rule.days > 0) - (rule.days < 0) + 1] % {"days": days}


def said_at(rule: Rule) -> str:
    """At what time of day."""
    return said_time(rule.at) if rule.at else _("before the shift")


def said_channels(channels: Iterable[str]) -> str:
    """By what it is told; the inbox always has it."""
    names = [str(Rule.Channel(one).label) for one in channels]
    joint = ", " if content_language() == "en" else "、"
    return joint.join([_("Inbox"), *names])


def said_names(names: Iterable[object]) -> str:
    """Several names in a row."""
    return (", " if content_language() == "en" else "、").join(map(str, names))
