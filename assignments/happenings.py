"""What happens to somebody on which day: it opens, they are told, it is due."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from assignments.day_looks import looks_of
from assignments.models import Assignee, Rule
from assignments.saying import said_channels, said_day, said_names, said_offset, said_time
from assignments.telling_why import Line
from assignments.timelines import Happening, Look
from mot_course.web import zone
from outbox.models import Message
from people.preferences import CHANNEL_NAMES


def happenings_of(
    assignees: Sequence[Assignee], lines: Sequence[Line], *, today: date, zone_name: str
) -> list[Happening]:
    """The days of one person's assignees: their dates, and what the lines say is told.

    Where there are several assignees, each happening says what it is about.
    """
    is_named = len(assignees) > 1
    found: list[Happening] = []
    for assignee in assignees:
        found += _dates(assignee, today, is_named=is_named)
    grouped: dict[tuple[object, ...], list[Line]] = {}
    for line in lines:
        local = f"{line.at.astimezone(zone(zone_name)):%H:%M}"
        key = (line.day, line.state, line.rule.audience, line.why_not, local)
        grouped.setdefault(key, []).append(line)
    names = {one.pk: one.assignment.title for one in assignees} if is_named else {}
    for some in grouped.values():
        about = said_names(dict.fromkeys(names.get(one.assignee.pk, "") for one in some))
        found.append(_told(some, about, zone_name))
    return found


def _dates(assignee: Assignee, today: date, *, is_named: bool) -> list[Happening]:
    due, assignment = assignee.due, assignee.assignment
    about = assignment.title if is_named else ""
    found = []
    opens = due.opens_on or today
    found.append(Happening(opens, "opens", _("Opens"), detail=about, icon="learn", order=0))
    if due.due_on:
        at = said_time(assignment.due_time)
        found.append(
            Happening(due.due_on, "due", _("Due"), at=at, detail=about, icon="flag-on", order=9)
        )
        if assignee.extended_to and due.planned_on and due.planned_on != due.due_on:
            text = _("was due here; extended to %(day)s") % {"day": said_day(due.due_on)}
            found.append(
                Happening(
                    due.planned_on, "planned", _("Due at first"), detail=text, icon="flag",
                    body=assignee.why, order=8,
                )
            )  # fmt: skip
        if assignment.grace_days and due.closes_at:
            closes = due.closes_at.astimezone(zone(due.zone)).date()
            found.append(Happening(closes, "closes", _("Grace ends"), at=at, icon="lock", order=9))
    if due.finished_at:
        done = due.finished_at.astimezone(zone(due.person_zone))
        found.append(
            Happening(
                done.date(), "done", _("Done"), at=f"{done:%H:%M}", detail=about, tone="good",
                icon="tick", order=7,
            )
        )  # fmt: skip
    return found


def _told(some: Sequence[Line], about: str, zone_name: str) -> Happening:
    """One message of a day; several people above make one happening, too."""
    line = some[0]
    rule = line.rule
    local = line.at.astimezone(zone(zone_name))
    is_own = rule.audience == Rule.Audience.TRAINEE
    detail = [about, said_offset(rule), line.why_not]
    title, tone, icon, kind = _title(rule), "", "mail" if is_own else "people", "reminder"
    if not is_own:
        kind = "escalation"
    if line.state == "told":
        title, tone, icon, kind = _title(rule), "good", "tick", "told"
        detail.append(_ways(line))
    elif line.state == "dropped":
        title, icon, kind = _("Not told"), "cross", "dropped"
    else:
        detail.append(said_channels(rule.channels))
    if line.counted_on is not None:
        detail.append(_("moved here from %(day)s") % {"day": said_day(line.counted_on)})
    return Happening(
        line.day,
        kind,
        title,
        at="" if line.state == "dropped" else f"{local:%H:%M}",
        detail=" · ".join(filter(None, detail)),
        tone=tone,
        icon=icon,
        body=rule.text if line.state != "dropped" else "",
    )


def _ways(line: Line) -> str:
    """By what it went out, and what became of it where it did not."""
    said = []
    for way in line.ways:
        name = str(CHANNEL_NAMES.get(way.channel, way.channel))
        if way.state != Message.State.SENT:
            name = f"{name} ({Message.State(way.state).label})"
        said.append(name)
    return said_names(said)


def _title(rule: Rule) -> str:
    if rule.audience == Rule.Audience.INSTRUCTOR:
        return _("If still open: the instructors are told")
    if rule.audience == Rule.Audience.MANAGER:
        return _("If still open: the managers are told")
    if rule.anchor == Rule.Anchor.OPENS and rule.days == 0:
        return _("Message: it is open")
    return _("Reminder")


def looks_for(
    calendar: int | None, happenings: Sequence[Happening], today: date
) -> dict[date, Look]:
    """The looks of all the days between the first and the last of these."""
    return looks_of(calendar, [today, *(one.day for one in happenings)])
