"""How a standing and its reasons are said: the chip in the table, the line beside a name."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from assignments.saying import said_day
from home import attention
from home.attention import ABLE_PERCENT, Facts, Reason, Standing, days_since
from mot_course.web import content_language, zone


@dataclass(frozen=True)
class Chip:
    """A word of status; `tone` is its colour, which never stands alone."""

    words: str
    tone: str = ""
    icon: str = ""


@dataclass(frozen=True)
class Known:
    """What is looked up for the few people at the top alone."""

    lesson: str = ""  # where they stopped
    percent: int | None = None  # of the last check they passed


# Of a status as a filter: the plain word, without days.
def status_name(status: str) -> str:
    """What a status is called where it stands for several people."""
    return {
        attention.OVERDUE: pgettext("status of people", "Overdue"),
        attention.STUCK: pgettext("status of people", "Stuck"),
        attention.CASE: pgettext("status of people", "Case waits"),
        attention.AWAY: pgettext("status of people", "Not seen"),
        attention.NOT_BEGUN: pgettext("status of people", "Not begun"),
        attention.UNDER_WAY: pgettext("status of people", "Under way"),
        attention.EXTENDED: pgettext("status of people", "Extended"),
        attention.DONE: pgettext("status of people", "Done"),
        attention.WAIVED: pgettext("status of people", "Excused"),
        attention.FREE: pgettext("status of people", "Not assigned"),
    }[status]


def chip_of(standing: Standing) -> Chip:
    """The word of status for one person."""
    status, count = standing.status, standing.count
    values = {"n": count}
    if status == attention.OVERDUE:
        late = ngettext("Overdue %(n)s day", "Overdue %(n)s days", count) % values
        return Chip(late if count else _("Overdue since today"), "late", "clock")
    if status == attention.STUCK:
        return Chip(pgettext("status of a person", "Stuck"), "warn", "warning")
    if status == attention.CASE:
        waits = ngettext("Case waits %(n)s day", "Case waits %(n)s days", count) % values
        return Chip(waits, "warn", "retry")
    if status == attention.AWAY:
        return Chip(ngettext("%(n)s day not seen", "%(n)s days not seen", count) % values, "", "")
    if status == attention.EXTENDED and standing.facts.extended_to:
        day = said_day(standing.facts.extended_to)
        return Chip(_("Extended to %(day)s") % {"day": day}, "", "")
    if status == attention.DONE:
        return Chip(pgettext("status of a person", "Done"), "good", "tick")
    words = {
        attention.NOT_BEGUN: pgettext("status of a person", "Not begun"),
        attention.UNDER_WAY: pgettext("status of a person", "Under way"),
        attention.WAIVED: pgettext("status of a person", "Excused"),
        attention.FREE: pgettext("status of a person", "Not assigned"),
    }
    return Chip(words.get(status, status))


def why_look(standing: Standing, known: Known, part_count: int) -> str:
    """Why somebody is among the first, in a line; what the chip says is not said again."""
    said = [_of_reason(one, standing, known) for one in standing.reasons]
    lines = [one for one in said if one]
    if standing.status in (attention.OVERDUE, attention.AWAY) and not lines:
        lines = [_how_far(standing.facts, known, part_count)]
    if known.percent is not None and known.percent >= ABLE_PERCENT and _seems_busy(standing):
        able = _("%(percent)s in the last check: seems to have no time") % {
            "percent": known.percent
        }
        lines = [able, *lines[:1]] if standing.status == attention.OVERDUE else [able]
    return ("; " if content_language() == "en" else "；").join(lines[:3])


def _seems_busy(standing: Standing) -> bool:
    kinds = {one.kind for one in standing.reasons}
    return bool(kinds & {"away", "overdue", "idle"}) and not kinds & {"wrong", "check"}


def _of_reason(reason: Reason, standing: Standing, known: Known) -> str:
    """One reason in words; empty where the chip says it."""
    count, status = reason.count, standing.status
    values = {"n": count, "lesson": known.lesson}
    if reason.kind == "wrong":
        if not known.lesson:
            return _("the same exercise wrong %(n)s times") % values
        return _("stopped at “%(lesson)s”, the same exercise wrong %(n)s times") % values
    if reason.kind == "check":
        return _("the check taken %(n)s times and not passed") % values
    if reason.kind == "returned":
        if status == attention.CASE:
            return _("came back with comments, and nothing was changed since")
        return ngettext(
            "returned case waits %(n)s day", "returned case waits %(n)s days", count
        ) % values  # fmt: skip
    if reason.kind == "late":
        return _("an earlier task is overdue")
    if reason.kind == "idle":
        return (
            ngettext(
                "begun, and nothing done on %(n)s working day",
                "begun, and nothing done on %(n)s working days",
                count,
            )
            % values
        )
    if reason.kind == "away" and status != attention.AWAY:
        return ngettext("%(n)s day not seen", "%(n)s days not seen", count) % values
    if reason.kind == "close":
        if count == 0:
            return _("due today, and not begun")
        return ngettext(
            "due in %(n)s day, and not begun", "due in %(n)s days, and not begun", count
        ) % values  # fmt: skip
    if reason.kind == "observation":
        return _("observation due")
    return ""


def _how_far(facts: Facts, known: Known, part_count: int) -> str:
    if not facts.has_begun:
        return _("not begun yet")
    values = {"done": facts.done_count, "count": part_count, "lesson": known.lesson}
    if known.lesson:
        return _("%(done)s of %(count)s done, stopped at “%(lesson)s”") % values
    return _("%(done)s of %(count)s done") % values


def seen_words(facts: Facts, now: datetime) -> str:
    """When they were last here: today, yesterday, 3 days ago, then the day."""
    days = days_since(facts.seen_at, now, facts.zone)
    if days is None or facts.seen_at is None:
        return pgettext("last seen", "never")
    if days <= 0:
        return pgettext("last seen", "today")
    if days == 1:
        return pgettext("last seen", "yesterday")
    if days < 7:
        return ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": days}
    return short_day(facts.seen_at.astimezone(zone(facts.zone)).date(), now)


def short_day(day: date, now: datetime) -> str:
    """A day without its weekday: 16 Nov, 11 月 16 日; with the year where it is another."""
    other = day.year != now.year
    if content_language() == "en":
        return date_format(day, "j M Y" if other else "j M")
    return f"{day.year} 年 {day.month} 月" if other else f"{day.month} 月 {day.day} 日"
