"""Previews: an assignment is really made, looked at, and taken back. So it cannot say otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assignments.assigning import Dates, Draft, make
from assignments.day_looks import looks_of
from assignments.happenings import happenings_of, looks_for
from assignments.listing import assignees_reached_by
from assignments.models import Assignee, Assignment, Plan, Reminder, Rule
from assignments.rhythm import make_parts
from assignments.saying import said_day, said_days, said_names, said_time
from assignments.telling_why import Line, timeline
from assignments.timelines import BLACKOUT, HOLIDAY, WEEKEND, Gap, Stop, draw
from mot_course.web import zone
from outbox.channels import CHANNELS
from outbox.clock import database_now
from people.models import CalendarDay, Cohort, Reach, User
from units.models import Course, Unit

MOST_NAMES = 10
AHEAD = timedelta(days=400)
BACK = timedelta(days=800)
MOST_TO_CHOOSE = 60


@dataclass
class Remark:
    """Something to know before assigning."""

    text: str
    tone: str = "warn"
    icon: str = "warning"


@dataclass
class Preview:
    """What would happen."""

    count: int
    cohorts: list[tuple[str, int]]
    zones: list[str]
    remarks: list[Remark]
    people: list[User] = field(default_factory=list)
    person: User | None = None
    stops: list[Stop | Gap] = field(default_factory=list)
    zone: str = ""
    due: str = ""
    reminder_count: int = 0


def preview_of(draft: Draft, *, in_rhythm: bool, by: User, who: str = "") -> Preview:
    """What assigning this would do, for one of the people day by day. Nothing stays."""
    with transaction.atomic():
        try:
            return _preview(draft, in_rhythm=in_rhythm, by=by, who=who)
        finally:
            transaction.set_rollback(True)


def _preview(draft: Draft, *, in_rhythm: bool, by: User, who: str) -> Preview:
    whole = replace(draft, plan=None, dates=Dates()) if in_rhythm else draft
    made = make(whole, by=by)
    assignees = Assignee.objects.filter(assignment=made)
    through = assignees.values_list("through__name").annotate(Count("pk")).order_by("through__name")
    cohorts = [(name or _("Singly"), count) for name, count in through]
    preview = Preview(
        count=sum(count for _name, count in cohorts),
        cohorts=cohorts,
        zones=sorted(set(assignees.values_list("due__zone", flat=True))),
        remarks=_remarks(draft, assignees, in_rhythm=in_rhythm),
    )
    shown = assignees.select_related("person", "due", "through").order_by("person__name", "pk")
    preview.people = [one.person for one in shown[:MOST_TO_CHOOSE]]
    one = None
    if who.isascii() and who.isdigit() and len(who) < 10:
        one = shown.filter(person=int(who)).first()
    one = one or shown.first()
    if one is None:
        return preview
    preview.person, preview.zone = one.person, one.due.person_zone
    made_for = [made.pk]
    if in_rhythm:
        parts = make_parts(draft, made, by=by, only=[one.person_id])
        _suppose_each_is_done_in_time(parts, one.person_id)
        made_for = [part.pk for part in parts]
    _draw(preview, made_for, one, by)
    return preview


def _suppose_each_is_done_in_time(parts: Sequence[Assignment], person: int) -> None:
    """Let each part begin on the day the one before is due: the slowest way that is in time."""
    begins: date | None = None
    for part in parts:
        if begins is not None:
            Assignee.objects.filter(assignment=part, person=person).update(starts_on=begins)
        begins = (
            Assignee.objects.filter(assignment=part, person=person)
            .values_list("due__due_on", flat=True)
            .first()
        )


def _draw(preview: Preview, made_for: list[int], one: Assignee, by: User) -> None:
    theirs = list(
        Assignee.objects.filter(assignment__in=made_for, person=one.person_id)
        .select_related(
            "due", "assignment__plan", "assignment__unit", "assignment__course",
            "assignment__quiz", "assignment__case",
        )
        .order_by("pk")
    )  # fmt: skip
    lines = _lines_ahead([each.assignment for each in theirs], one.person, by)
    preview.reminder_count = sum(
        line.state == "planned" and line.recipient_id == one.person_id for line in lines
    )
    today = database_now().astimezone(zone(one.due.person_zone)).date()
    happenings = happenings_of(theirs, lines, today=today, zone_name=one.due.person_zone)
    last = max((each.due.due_on for each in theirs if each.due.due_on), default=None)
    preview.due = said_day(last) if last else ""
    looks = looks_for(one.due.calendar_id, happenings, today)
    preview.stops = draw(happenings, looks, today=today)


def _lines_ahead(assignments: Sequence[Assignment], person: User, by: User) -> list[Line]:
    """All that the person will be told of these, as things stand."""
    now = database_now()
    return [
        line
        for one in assignments
        if one.plan_id
        for line in timeline(one, person, now, now + AHEAD, by=by)
    ]


def _remarks(draft: Draft, assignees: Any, *, in_rhythm: bool) -> list[Remark]:
    found = []
    if not assignees.exists():
        found.append(
            Remark(_("Nobody is in these cohorts yet. Whoever joins them will get it."), "", "info")
        )
    if draft.dates.due_on and not in_rhythm:
        found += _about_the_day(draft.dates.due_on, assignees)
    done = assignees.exclude(due__finished_at=None)
    if count := done.count():
        names = said_names(one.person for one in done.select_related("person")[:MOST_NAMES])
        text = ngettext(
            "%(n)s has finished it already and is not reminded: %(names)s.",
            "%(n)s have finished it already and are not reminded: %(names)s.",
            count,
        )
        found.append(Remark(text % {"n": count, "names": _and_more(names, count)}, "good", "tick"))
    if draft.plan is not None:
        found += _about_reach(assignees)
    return found


def _about_the_day(due_on: date, assignees: Any) -> list[Remark]:
    """A fixed day does not move, so it may lie in a blackout or on a day off."""
    calendars = set(assignees.values_list("due__calendar", flat=True)) - {None}
    days = CalendarDay.objects.filter(calendar__in=calendars, day=due_on)
    found = []
    for calendar in [
        one.calendar_id for one in days if one.clear_next != due_on or not one.working
    ]:
        look = looks_of(calendar, [due_on]).get(due_on)
        if look is None:
            continue
        cohorts = assignees.filter(due__calendar=calendar, through__isnull=False)
        names = said_names(
            list(
                cohorts.values_list("through__name", flat=True)
                .distinct()
                .order_by("through__name")[:5]
            )
        )
        whose = _(" (%(names)s)") % {"names": names} if names else ""
        day = said_day(due_on)
        if look.kind == BLACKOUT:
            text = _("%(day)s lies in a blackout%(whose)s: %(why)s. A fixed date does not move.")
            found.append(Remark(text % {"day": day, "whose": whose, "why": look.why or "—"}))
        elif look.kind in (WEEKEND, HOLIDAY):
            text = _("%(day)s is no working day%(whose)s: %(why)s.")
            why = look.words
            found.append(Remark(text % {"day": day, "whose": whose, "why": why}, "", "info"))
    return found


def _about_reach(assignees: Any) -> list[Remark]:
    """Whom only the inbox reaches."""
    reach = Reach.objects.filter(person=OuterRef("person"), channel__in=list(CHANNELS))
    unreached = assignees.filter(~Exists(reach))
    count = unreached.count()
    if not count:
        return []
    some = unreached.select_related("person").order_by("person__name")[:MOST_NAMES]
    names = _and_more(said_names(one.person for one in some), count)
    text = ngettext(
        "%(n)s person has neither mail nor messenger here"
        " and sees reminders only in the inbox: %(names)s.",
        "%(n)s people have neither mail nor messenger here"
        " and see reminders only in the inbox: %(names)s.",
        count,
    )
    return [Remark(text % {"n": count, "names": names})]


def _and_more(names: str, count: int) -> str:
    return names + " …" if count > MOST_NAMES else names


def rhythm_dates(data: dict[str, Any]) -> Dates:
    """The days of each unit, in a valid NewForm whose course goes unit by unit."""
    return Dates(
        due_days=data["rhythm_days"],
        working=bool(data["rhythm_working"]),
        anchor=Assignment.Anchor.ASSIGNED,
        due_time=data["due_time"],
        grace_days=data.get("grace_days") or 0,
    )


def said_targets(targets: Sequence[object]) -> str:
    """The first few of the cohorts and people."""
    text = said_names(targets[:3])
    return f"{text} +{len(targets) - 3}" if len(targets) > 3 else text


def said_when(form: Any) -> str:
    """The dates of a form in plain words; empty where they are not right yet."""
    data = getattr(form, "cleaned_data", {})
    names = {"when", "opens_on", "due_on", "due_time", "due_days", "after", "rhythm_days"}
    if names & set(form.errors) or not data:
        return ""
    if form.goes_unit_by_unit:
        days = said_days(data["rhythm_days"], working=bool(data["rhythm_working"]))
        return _("One unit each %(days)s, until %(time)s") % {
            "days": days,
            "time": said_time(data["due_time"]),
        }
    at = said_time(data["due_time"])
    if data.get("due_on"):
        due = _("%(day)s %(time)s (local time of each cohort)")
        return due % {"day": said_day(data["due_on"]), "time": at}
    if data.get("due_days"):
        days = said_days(data["due_days"], working=bool(data["working"]))
        texts = {
            "joined": _("%(days)s after joining, %(time)s (each person’s own day)"),
            "assigned": _("%(days)s after being assigned, %(time)s (each person’s own day)"),
            "after": _("%(days)s after finishing “%(title)s”, %(time)s"),
        }
        title = data["after"].title if data.get("after") else ""
        return texts[data["anchor"]] % {"days": days, "time": at, "title": title}
    return _("No due date")


def example_of_plan(
    plan: Plan, rules: Sequence[Rule], *, due_on: date, cohort: Cohort | None, person: User
) -> list[Stop | Gap]:
    """The days on which somebody of the cohort would be told, were it due on that day."""
    with transaction.atomic():
        try:
            return _example(plan, rules, due_on=due_on, cohort=cohort, person=person)
        finally:
            transaction.set_rollback(True)


def _example(
    plan: Plan, rules: Sequence[Rule], *, due_on: date, cohort: Cohort | None, person: User
) -> list[Stop | Gap]:
    what: Any = Unit.objects.filter(archived_at=None).first() or Course.objects.first()
    if what is None:
        return []
    kept = Plan.objects.create(
        title_zh="-", title_en="-", quiet_from=plan.quiet_from, quiet_to=plan.quiet_to,
        max_count=plan.max_count or 6,
    )  # fmt: skip
    Rule.objects.bulk_create(
        Rule(
            plan=kept, position=n, anchor=rule.anchor, days=rule.days, working=rule.working,
            at=rule.at, channels=rule.channels, audience=rule.audience,
            text_zh=rule.text_zh, text_en=rule.text_en,
        )
        for n, rule in enumerate(rules, start=1)
    )  # fmt: skip
    today = database_now().astimezone(zone(person.tz)).date()
    dates = Dates(due_on=due_on, due_time=time(18))
    made = make(Draft(what=what, plan=kept, dates=dates, people=(person,)), by=person)
    theirs = list(made.assignees.select_related("due", "assignment__plan", "assignment__unit"))
    if cohort is not None:
        made.assignees.update(through=cohort)
        theirs = list(made.assignees.select_related("due", "assignment__plan", "assignment__unit"))
    lines = _lines_ahead([made], person, person)
    happenings = happenings_of(theirs, lines, today=today, zone_name=person.tz)
    looks = looks_for(theirs[0].due.calendar_id if theirs else None, happenings, today)
    return draw(happenings, looks, today=today)


def timeline_of(assignee: Assignee, *, by: User) -> list[Stop | Gap]:
    """What the person was told, what is to come, and why something did not come."""
    now = database_now()
    today = now.astimezone(zone(assignee.due.person_zone)).date()
    lines = timeline(assignee.assignment, assignee.person, now - BACK, now + AHEAD, by=by)
    happenings = happenings_of([assignee], lines, today=today, zone_name=assignee.due.person_zone)
    return draw(happenings, looks_for(assignee.due.calendar_id, happenings, today), today=today)


def what_was_told(assignment: Assignment, person: User) -> Any:
    """The reminders of those whom the person teaches, the latest first."""
    reached = assignees_reached_by(person).filter(
        Q(assignment=assignment) | Q(assignment__part_of=assignment)
    )
    return (
        Reminder.objects.filter(assignee__in=reached)
        .select_related("rule", "recipient", "assignee__person")
        .order_by("-send_at", "-pk")
    )
