"""A trainee's Today as they see it on a day: read-only, for whoever teaches them.

Nobody is signed in as anybody. POST notes in the security log who looks at whom and opens the
view for half an hour; the page itself changes nothing. It shows no answers and no private texts.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.db import connection, transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from assignments.models import Assignee, Reminder, Rule
from assignments.planning import compute
from assignments.planning_sql import DROP_COMPUTED
from assignments.saying import said_day, said_time
from assignments.standing import Standing, standing_of
from assignments.telling_why import TO_COME, said_reason
from home.cohort_facts import people_in
from home.greeting import first_name, greeting
from home.mastery import mastery_of
from home.next_assigned import Assigned, assigned_to, due_of
from home.todays import follow_up_rows
from home.views import course_context
from mot_course.web import Request, zone
from outbox.clock import database_now
from people import auditing
from people.access import instructors_only
from people.models import Cohort, User
from people.teaming import cohorts_taught_by

MORNING = time(9)
OPEN_FOR = timedelta(minutes=30)
SEEN_AS = "seen_as"  # in the session: "<viewer's view>" -> when it was opened
FARTHEST = timedelta(days=366)


class DayForm(forms.Form):
    """The day on which to look."""

    on = forms.DateField(
        label=gettext_lazy("Day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data, initial={"on": today}, label_suffix="")
        self.today = today

    def clean_on(self) -> date:
        """A day within a year of today."""
        on: date = self.cleaned_data["on"]
        if abs(on - self.today) > FARTHEST:
            raise forms.ValidationError(gettext_lazy("Choose a day within a year of today."))
        return on


@dataclass(frozen=True)
class ToldRow:
    """A reminder of that day: of what, when, and what became of it."""

    title: str
    at: str
    state: str  # told | dropped | waits
    why: str


@require_http_methods(["GET", "HEAD", "POST"])
@instructors_only
def view_as(request: Request, slug: str, username: str) -> HttpResponse:
    """GET shows the day where it was opened, else the door to it; POST opens it and notes that."""
    cohort = get_object_or_404(cohorts_taught_by(request.user), slug=slug)
    person = _person(cohort, username)
    now = timezone.now()
    today = now.astimezone(zone(person.tz)).date()
    data = request.POST if request.method == "POST" else ({"on": request.GET.get("on") or today})
    form = DayForm(data, today=today)
    context = {"cohort": cohort, "person": person, "form": form}
    if not form.is_valid():
        return render(request, "cohorts/as_door.html", context, status=422)
    on = form.cleaned_data["on"]
    if request.method == "POST":
        auditing.record(request.user, "viewed_as", person, after={"on": on, "cohort": slug})
        request.session[SEEN_AS] = {"person": person.pk, "at": now.timestamp()}
        return redirect(f"{reverse('cohorts:view_as', args=[slug, username])}?on={on}")
    if not _is_open(request, person, now):
        return render(request, "cohorts/as_door.html", context)
    context |= day_of(person, on, now)
    return render(request, "cohorts/as.html", context)


def _person(cohort: Cohort, username: str) -> User:
    """The person, if they are in the cohort, or below it, now."""
    return get_object_or_404(people_in(cohort), username=username)


def _is_open(request: Request, person: User, now: datetime) -> bool:
    opened = request.session.get(SEEN_AS) or {}
    age = now.timestamp() - float(opened.get("at", 0))
    return opened.get("person") == person.pk and 0 <= age < OPEN_FOR.total_seconds()


def day_of(person: User, on: date, now: datetime) -> dict[str, Any]:
    """Their Today on that day, all that is assigned to them, and what they are told then.

    Today it is now; of another day, nine in the morning by their clock. Of an earlier day,
    progress is wound back; dates and extensions are as they stand now.
    """
    there = zone(person.tz)
    is_today = on == now.astimezone(there).date()
    moment = now if is_today else datetime.combine(on, MORNING, tzinfo=there)
    is_past = moment < now
    mastery = mastery_of(person, until=moment if is_past else None)
    every = list(assigned_to(person, moment))
    return course_context(person, moment, is_past=is_past) | {
        "on": on,
        "said_on": said_day(on),
        "moment": moment,
        "is_now": is_today,
        "is_past": is_past,
        "before": on - timedelta(days=1),
        "after": on + timedelta(days=1),
        "first_name": first_name(str(person)),
        "greeting": greeting(str(person), moment),
        "mastery": mastery,
        "has_mastery": any(one.percent is not None for one in mastery),
        "follow_ups": follow_up_rows(person, moment),
        "list": [(Assigned(one, due_of(one, moment)), _standing(one, moment)) for one in every],
        "told": _told(person, on, every),
    }


def _standing(assignee: Any, moment: datetime) -> Standing:
    """How it stood then: what was finished later was open."""
    finished = assignee.due.finished_at
    if finished is not None and finished > moment:
        assignee.due.finished_at = None
    return standing_of(assignee, moment)


def _told(person: User, on: date, every: list[Assignee]) -> list[ToldRow]:
    """The reminders of that day of theirs: those that are there, and those the rules will make."""
    titles = {one.pk: one.assignment.title for one in every}
    there = zone(person.tz)

    def row(assignee: int, moment: datetime, state: str, why: str = "") -> ToldRow:
        at = said_time(moment.astimezone(there).time())
        return ToldRow(titles[assignee], at, state, why)

    of_day = Reminder.objects.filter(recipient=person, day=on, assignee__in=titles)
    rows = [
        row(
            one.assignee_id,
            one.told_at or one.send_at,
            "dropped" if one.dropped_because else "told" if one.told_at else "waits",
            said_reason(one.dropped_because),
        )
        for one in of_day.order_by("send_at", "pk")
    ]
    start = datetime.combine(on, time.min, tzinfo=there)
    low, high = max(start, database_now()), start + timedelta(days=1)
    if low < high:
        rows += [row(one, moment, "waits") for one, moment in _to_come(person, on, low, high)]
    return rows


@transaction.atomic
def _to_come(person: User, on: date, low: datetime, high: datetime) -> list[tuple[int, datetime]]:
    """Assignee and moment of what the planner will make for that day, by its own statements."""
    with connection.cursor() as cursor:
        cursor.execute(DROP_COMPUTED)
        compute(cursor, low=low, high=high, people=[person.pk])
        cursor.execute(TO_COME)
        found = cursor.fetchall()
        cursor.execute(DROP_COMPUTED)
    return [
        (assignee, moment)
        for assignee, _rule, recipient, day, moment, _nominal, audience, _most in found
        if recipient == person.pk and day == on and audience == Rule.Audience.TRAINEE
    ]
