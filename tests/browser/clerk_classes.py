"""A class in the middle of a course for the browser tests; more deeds of the clerk."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from assignments.assigning import Dates, assign, extend
from assignments.feed import make_feed
from assignments.field_notes import write
from assignments.following_up import Kind
from assignments.joining import join
from assignments.models import Assignee, Assignment, FollowUp, Observation, Plan
from home.kinds import send_note
from outbox.models import Message, Robot
from outbox.unsubscribing import token_for
from people.importing.applying import take_in
from people.inviting import invite
from people.models import Blackout, Calendar, Cohort, CohortStaff, SpecialDay, User
from people.working_days import rebuild
from tests.assignments.following_making import make_follow_up
from tests.browser.clerk_world import make_class, make_one, numbers
from tests.people.import_tables import planned
from tests.people.telling_world import make_notice
from units.models import Course, Unit

Addresses = dict[str, str]


def make_running_class(language: str = "zh-hans") -> dict[str, Any]:
    """A class with all that can be assigned and follow: its people, and by role what they see."""
    made = make_class(trainees=6, instructors=1, language=language)
    manager, admin = make_one("trainee", "林班长", language), make_one("admin", "沈若谷", language)
    teacher = User.objects.get(pk=made["instructors"][0]["pk"])
    cohort = Cohort.objects.get(staff__person=teacher)
    CohortStaff.objects.create(
        cohort=cohort, person_id=manager["pk"], duty=CohortStaff.Duty.MANAGER
    )
    cohort.robot = Robot.objects.create(name=f"前厅群 {cohort.pk}", service="wecom", token="t")
    cohort.save()
    trainees = list(
        User.objects.filter(pk__in=[one["pk"] for one in made["trainees"]]).order_by("pk")
    )
    trainee = trainees[0]
    User.objects.filter(pk=trainee.pk).update(email=f"t{trainee.pk}@mot.example")
    assignment = _assign(cohort, teacher, trainees)
    pages = {
        "trainee": _for_the_trainee(trainee, assignment),
        "instructor": _for_the_instructor(cohort, teacher, trainee, assignment),
        "manager": _for_the_manager(cohort, manager["pk"], trainee),
        "admin": _for_the_admin(cohort, trainee),
        "door": _at_the_door(cohort, teacher, trainee),
    }
    return {
        "trainee": made["trainees"][0], "instructor": made["instructors"][0], "manager": manager,
        "admin": admin, "pages": pages,
    }  # fmt: skip


def _assign(cohort: Cohort, teacher: User, trainees: list[User]) -> Assignment:
    """A unit that is nearly due; one person is late, one has more time."""
    today = timezone.localdate()
    units = Unit.objects.filter(archived_at=None).order_by("position")
    plan = Plan.objects.get(preset="standard")
    late = assign(
        what=units[1], people=trainees[1:3], plan=plan, by=teacher,
        dates=Dates(due_on=today - timedelta(days=2)),
    )  # fmt: skip
    found = assign(
        what=units[0], cohorts=[cohort], plan=plan, by=teacher, note="先看第一课，周五聊一聊。",
        dates=Dates(due_on=today + timedelta(days=3), grace_days=2),
    )  # fmt: skip
    then = timezone.now() - timedelta(days=9)
    Assignee.objects.filter(assignment__in=[late, found]).update(assigned_at=then)
    extend(
        Assignee.objects.filter(assignment=found, person=trainees[3]), today + timedelta(days=9),
        why="出差", by=teacher,
    )  # fmt: skip
    join()
    return found


def _for_the_trainee(trainee: User, assignment: Assignment) -> Addresses:
    today, course = timezone.localdate(), Course.objects.order_by("position").first()
    unit = Unit.objects.filter(archived_at=None).order_by("position").first()
    of: dict[str, FollowUp] = {
        name: make_follow_up(trainee, kind, unit=unit, occurrence=days, due_on=today)
        for name, kind, days in [
            ("line", Kind.INTENTION, 2), ("tick", Kind.INTENTION, 7), ("note", Kind.NOTE, 14),
            ("written", Kind.NOTE, 30),
        ]
    }  # fmt: skip
    note = write(follow_up=of["written"], met=True, steps=["diagnose"], text="他赶时间。我先问。")
    note.reply, note.replied_at = "您问得很准。", timezone.now()
    note.replied_by = User.objects.get(pk=assignment.made_by_id)
    note.save()
    own = make_follow_up(
        trainee, Kind.OBSERVATION, course=course, occurrence=30, due_on=today,
        subject=f"person:{trainee.pk}",
    )  # fmt: skip
    make_notice(trainee, title="您的现场记录有了回复", body="周知行写了几句话。")
    make_notice(trainee, title="明天到期：第一单元", read_at=timezone.now())
    for is_self in (True, False):
        Observation.objects.create(
            person=trainee, is_self=is_self, course=course, occurrence=0, language="zh",
            observer=trainee if is_self else assignment.made_by, observed_at=timezone.now(),
            seen={}, note="先转身，再说话。",
        )  # fmt: skip
    make_feed(trainee)
    return {
        "today with assignments": "/", "my assignments": "/assignments/", "inbox": "/inbox/",
        "what to be told": "/me/messages/", "my calendar": "/me/calendar/", "recall": "/recall/",
        "follow-ups": "/follow-ups/", "me": "/me/",
        "observe oneself": f"/observe/{own.pk}/",
        "side by side": f"/observations/{trainee.pk}/{course.slug}/",
    } | {f"follow-up, {name}": f"/follow-ups/{one.pk}/" for name, one in of.items()}  # fmt: skip


def _for_the_instructor(
    cohort: Cohort, teacher: User, trainee: User, assignment: Assignment
) -> Addresses:
    asked = make_follow_up(
        trainee, Kind.NOTE, occurrence=21, due_on=timezone.localdate(),
        unit=Unit.objects.filter(archived_at=None).order_by("position")[2],
    )  # fmt: skip
    note = write(follow_up=asked, met=True, steps=["diagnose"], text="客人问了两次，我才抬头。")
    send_note(people=[trainee.pk], text="做得好。", cohort=cohort, by=teacher, once=uuid4())
    number = f"N{next(numbers)}-{cohort.pk}"
    _plan, table, options, seen = planned(teacher, (number, "新来的人"), cohort_id=cohort.pk)
    run = take_in(importer=teacher, table=table, options=options, seen=seen)
    preset = Plan.objects.get(preset="standard").pk
    here, one = f"/cohorts/{cohort.slug}/", f"/assignments/{assignment.pk}/"
    return {
        "classes": "/cohorts/", "class": here, "class, nobody found": f"{here}?q=zzzz",
        "class, who got what": f"{here}told/", "view as, the door": f"{here}as/{trainee.username}/",
        "words to some": f"{here}message/?who={trainee.pk}",
        "more time": f"{here}extend/?of={assignment.pk}&who={trainee.pk}",
        "announce": f"{here}announce/", "members": f"{here}members/", "invite": f"{here}invite/",
        "assignments": "/assignments/", "assignments, ended": "/assignments/?state=ended",
        "assign": "/assignments/new/", "assignment": one, "assignment, told": f"{one}told/",
        "assignment, change": f"{one}change/", "assignment, end": f"{one}end/",
        "assignment, a person": f"{one}people/{trainee.username}/",
        "plans": "/assignments/plans/", "plan, to read": f"/assignments/plans/{preset}/",
        "plan, a copy": f"/assignments/plans/new/?from={preset}",
        "new plan": "/assignments/plans/new/", "field notes": "/field-notes/",
        "field note": f"/field-notes/{note.pk}/", "people": "/people/",
        "person": f"/people/{trainee.username}/",
        "person, edit": f"/people/{trainee.username}/edit/",
        "new person": "/people/new/", "organisation": "/organisation/", "import": "/people/import/",
        "import, done": f"/people/import/runs/{run.pk}/", "today with a class": "/",
    }  # fmt: skip


def _for_the_manager(cohort: Cohort, manager: int, trainee: User) -> Addresses:
    course = Course.objects.order_by("position").first()
    watched = make_follow_up(
        User.objects.get(pk=manager), Kind.OBSERVATION, course=course, occurrence=30,
        due_on=timezone.localdate(), subject=f"person:{trainee.pk}",
    )  # fmt: skip
    return {
        "class of a manager": f"/cohorts/{cohort.slug}/", "observe": f"/observe/{watched.pk}/",
        "people of a manager": "/people/", "today of a manager": "/",
    }  # fmt: skip


def _for_the_admin(cohort: Cohort, trainee: User) -> Addresses:
    today = timezone.localdate()
    calendar = Calendar.objects.create(name=f"华东 {next(numbers)}-{cohort.pk}")
    SpecialDay.objects.create(calendar=calendar, day=today, working=False, why="店庆")
    Blackout.objects.create(
        calendar=calendar, first_on=today, last_on=today + timedelta(days=5), why="旺季"
    )
    rebuild(calendar)
    message = Message.objects.filter(recipient=trainee, kind="instructor_note").first()
    assert message is not None
    return {
        "deliveries": "/deliveries/", "a delivery": f"/deliveries/{message.pk}/",
        "calendars": "/calendars/", "calendar": f"/calendars/{calendar.pk}/",
        "new calendar": "/calendars/new/", "new cohort": "/cohorts/new/",
        "cohort settings": f"/cohorts/{cohort.slug}/settings/",
        "organisation, all": "/organisation/",
        "deactivate": f"/people/{trainee.username}/deactivate/",
    }  # fmt: skip


def _at_the_door(cohort: Cohort, teacher: User, trainee: User) -> Addresses:
    link = invite(cohort=cohort, role="trainee", days=7, uses=5, by=teacher).link
    return {
        "join": f"/join/{link.rstrip('/').rsplit('/', 1)[1]}/", "join, over": "/join/nonsense/",
        "unsubscribe": f"/unsubscribe/{token_for(trainee.pk, 'reminder', 'email')}/",
    }  # fmt: skip


DEEDS = [make_running_class]
