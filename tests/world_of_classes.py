"""The second half of the small world: the organisation, what is assigned, follow-ups, messages."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from assignments.assigning import Dates, assign
from assignments.feed import make_feed
from assignments.field_notes import write
from assignments.following_up import Kind
from assignments.models import Assignment, FollowUp
from home.kinds import send_note
from outbox.models import Message, Robot
from outbox.unsubscribing import token_for
from people.importing.applying import take_in
from people.inviting import invite
from people.models import Cohort, CohortStaff, User
from tests.assignments.following_making import make_checklist, make_follow_up
from tests.assignments.making import make_calendar, make_plan
from tests.factories import make_person
from tests.people.import_tables import planned
from tests.people.telling_world import make_notice
from units.models import Course, Unit


def make_manager(cohort: Cohort) -> User:
    """A shift leader: by role a trainee, with the manager's duty in the cohort."""
    person = make_person()
    CohortStaff.objects.create(cohort=cohort, person=person, duty=CohortStaff.Duty.MANAGER)
    return person


def arguments_of_classes(
    *, trainee: User, instructor: User, manager: User, cohort: Cohort
) -> tuple[dict[str, list[Any]], dict[str, list[list[Any]]]]:
    """The arguments of each address, and more of them for those that show several things."""
    cohort.robot = Robot.objects.create(name="Front desk", service="wecom", token="t")
    cohort.save()
    assignment = _assign(cohort, instructor)
    follow_ups = _follow_ups(trainee)
    watched = make_follow_up(
        manager, Kind.OBSERVATION, course=Course.objects.get(), occurrence=0,
        due_on=_today(), subject=f"person:{trainee.pk}",
    )  # fmt: skip
    told = make_notice(trainee)
    send_note(
        people=[trainee.pk], text="Well done.", cohort=cohort, by=instructor, once=UUID(int=7)
    )
    one = [assignment.pk]
    arguments: dict[str, list[Any]] = {
        "assignments:plan": [assignment.plan_id],
        "assignments:assignment": one,
        "assignments:told": one,
        "assignments:change": one,
        "assignments:copy": one,
        "assignments:end": one,
        "assignments:person": [assignment.pk, trainee.username],
        "feed:feed": [make_feed(trainee).rsplit("/", 1)[1].removesuffix(".ics")],
        "feed:item": one,
        "following:follow_up": [follow_ups["note"].pk],
        "following:observe": [follow_ups["observation"].pk],
        "following:field_note": [_written_note(trainee)],
        "following:comparison": [trainee.pk, "core"],
        "inbox:open_notice": [told.pk],
        "inbox:unsubscribe": [token_for(trainee.pk, "reminder", "email")],
        "cohorts:view_as": [cohort.slug, trainee.username],
    }
    for name in ("cohort", "told", "message", "extend"):
        arguments[f"cohorts:{name}"] = [cohort.slug]
    arguments["inbox:announce"] = [cohort.slug]
    for name in ("message", "again", "arrived"):
        arguments[f"deliveries:{name}"] = [Message.objects.latest("pk").pk]
    arguments |= _organisation(cohort, instructor, trainee) | _importing(cohort, instructor)
    more = {
        "following:follow_up": [[one.pk] for one in follow_ups.values()],
        "following:observe": [[watched.pk]],
    }
    return arguments, more


def _today() -> Any:
    return timezone.localdate()


def _assign(cohort: Cohort, instructor: User) -> Assignment:
    """The unit, due in three days, with a plan of the instructor's own."""
    plan = make_plan(-1, 1, made_by=instructor)
    dates = Dates(due_on=_today() + timedelta(days=3))
    return assign(
        what=Unit.objects.get(slug="first"), cohorts=[cohort], plan=plan, dates=dates, by=instructor
    )


def _follow_ups(trainee: User) -> dict[str, FollowUp]:
    """One of each kind, due today."""
    unit, course = Unit.objects.get(slug="first"), Course.objects.get()
    Course.objects.update(retention_quiz=unit.check_quiz, post_quiz=unit.check_quiz)
    make_checklist()
    of = {kind: {"unit": unit} for kind in (Kind.RECALL, Kind.INTENTION, Kind.NOTE)}
    of |= {
        Kind.RETENTION: {"course": course},
        Kind.RECERTIFY: {"course": course},
        Kind.NUDGE: {"subject": "write-up:1"},
        Kind.OBSERVATION: {"course": course, "subject": f"person:{trainee.pk}"},
    }
    return {
        kind.value: make_follow_up(
            trainee, kind, due_on=_today(), occurrence=0 if kind == Kind.OBSERVATION else 7, **about
        )
        for kind, about in of.items()
    }


def _written_note(trainee: User) -> int:
    """A note from the field that waits for an answer."""
    unit = Unit.objects.get(slug="first")
    asked = make_follow_up(trainee, Kind.NOTE, unit=unit, occurrence=14, due_on=_today())
    return write(follow_up=asked, met=True, steps=["diagnose"], text="He was in a hurry.").pk


def _organisation(cohort: Cohort, instructor: User, trainee: User) -> dict[str, list[Any]]:
    made = invite(cohort=cohort, role="trainee", days=7, uses=5, by=instructor)
    found: dict[str, list[Any]] = {
        "organisation:invite": [cohort.slug],
        "organisation:revoke_invitation": [cohort.slug, made.invitation.pk],
        "organisation:join": [made.link.rstrip("/").rsplit("/", 1)[1]],
    }
    for name in ("settings", "change_cohort", "members", "change_members"):
        found[f"organisation:{name}"] = [cohort.slug]
    calendar = make_calendar(holidays=("2026-10-01",))
    for name in ("calendar", "change_calendar"):
        found[f"organisation:{name}"] = [calendar.pk]
    for name in ("person", "edit_person", "change_cohorts", "deactivate", "reactivate"):
        found[f"organisation:{name}"] = [trainee.username]
    return found


def _importing(cohort: Cohort, instructor: User) -> dict[str, list[Any]]:
    """An import that took somebody in; a check belongs to a session, and this is nobody's."""
    _plan, table, options, seen = planned(instructor, ("N1", "Newcomer"), cohort_id=cohort.pk)
    run = take_in(importer=instructor, table=table, options=options, seen=seen)
    return {
        "importing:run": [run.pk],
        "importing:undo": [run.pk],
        "importing:export_csv": [cohort.slug],
        "importing:export_xlsx": [cohort.slug],
        "importing:check": ["nonsense"],
        "people:company_sign_on": ["company"],
        "openid_connect_callback": ["company"],
    }
