"""How somebody stands with what is assigned to them, in a word. Pure."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from assignments.models import Assignee
from mot_course.web import address, zone


@dataclass(frozen=True)
class Standing:
    """A word, its colour and its sign."""

    slug: str  # done | waived | left | waiting | overdue | extended | open
    word: str
    tone: str = ""
    icon: str = "dash"


def standing_of(assignee: Assignee, now: datetime, *, is_begun: bool = False) -> Standing:
    """The one word for it; `assignee.due` is there already."""
    due = assignee.due
    if due.finished_at:
        return Standing("done", _("Done"), "good", "tick")
    if assignee.waived_at:
        return Standing("waived", _("Excused"), "", "dash")
    if assignee.left_at:
        return Standing("left", _("Has left"), "", "dash")
    if not due.is_live:
        return Standing("ended", pgettext("assignment", "Ended"), "", "stop")
    today = now.astimezone(zone(due.zone)).date()
    if assignee.starts_on is None and assignee.assignment.anchor == "after":
        return Standing("waiting", _("Waits for the one before"), "", "lock")
    if due.opens_on and due.opens_on > today:
        return Standing("waiting", _("Not open yet"), "", "lock")
    if due.due_at and due.due_on and due.due_at < now:
        days = (today - due.due_on).days
        if days == 0:
            return Standing("overdue", _("Overdue since today"), "bad", "warning")
        text = ngettext("Overdue %(n)s day", "Overdue %(n)s days", days) % {"n": days}
        return Standing("overdue", text, "bad", "warning")
    if assignee.extended_to:
        return Standing("extended", _("Extended"), "warn", "clock")
    if is_begun:
        return Standing("open", _("Under way"), "", "partly")
    return Standing("open", _("To do"), "", "task")


@dataclass
class Mine:
    """Something assigned to the reader."""

    assignee: Assignee
    standing: Standing
    days_left: int | None
    calendar_url: str = ""

    @property
    def is_over(self) -> bool:
        return self.standing.slug in ("done", "waived", "ended")

    @property
    def url(self) -> str:
        """Where it is done."""
        return work_url(self.assignee)


def mine_of(assignee: Assignee, now: datetime) -> Mine:
    """The assignee as their own list shows it."""
    due = assignee.due
    left = None
    if due.due_on:
        left = (due.due_on - now.astimezone(zone(due.zone)).date()).days
    return Mine(assignee, standing_of(assignee, now), left)


def work_url(assignee: Assignee) -> str:
    """The address of the course, unit, quiz or case."""
    assignment = assignee.assignment
    if assignment.course:
        return address("units:course", assignment.course.slug)
    if assignment.unit:
        return address("units:unit", assignment.unit.slug)
    if assignment.quiz:
        return address("quizzes:quiz", assignment.quiz.slug)
    return address("cases:case", assignment.case.slug) if assignment.case else "/"
