"""The chain of follow-ups of one trainee, for the clerk: days go by because rows grow older."""

import email
from datetime import datetime, timedelta
from email import policy
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from assignments.models import FieldNote, FollowUp, Observation, Plan
from assignments.planning import run_pass
from cases.models import WriteUp
from outbox.delivering import send_due
from outbox.models import Message, Notice
from people.models import CohortStaff, Membership, User
from quizzes.models import Answer, Attempt, RecallCard
from quizzes.recalling import recall_quiz
from quizzes.starting import start_attempt
from quizzes.submitting import Unsent, submit_attempt
from tests.assignments.making import make_assignment, make_calendar
from tests.browser.clerk_world import make_one
from tests.browser.right_answers import right_answer
from tests.factories import make_cohort
from units.finishing import finish_lesson
from units.models import Completion, Course, Lesson, Unit

# Everybody lives where it is day now: nobody is written to at night.
ZONES = ("Asia/Shanghai", "Europe/Paris", "America/New_York", "America/Los_Angeles", "Asia/Tokyo")
NAMES = {
    "zh-hans": ("林小禾", "罗店长", "方知行", "解放路店"),
    "en": ("Lin Hopkins", "Rose Lund", "Ann Fang", "High Street"),
}
MOMENTS: tuple[tuple[Any, str, tuple[str, ...]], ...] = (
    (Completion, "trainee", ("finished_at",)),
    (FollowUp, "person", ("due_on", "done_at", "created_at")),
    (FieldNote, "follow_up__person", ("written_at", "replied_at")),
    (Observation, "person", ("observed_at",)),
    (Attempt, "trainee", ("started_at", "submitted_at")),
    (Answer, "attempt__trainee", ("saved_at",)),
    (Notice, "recipient", ("at",)),
    (WriteUp, "author", ("changed_at",)),
)


def begin_chain(language: str, course: str) -> dict[str, Any]:
    """A trainee, their manager and their instructor; the course is assigned this minute."""
    now = timezone.now()
    tz = next(name for name in ZONES if 9 <= now.astimezone(ZoneInfo(name)).hour < 20)
    names = NAMES[language]
    made = {
        part: make_one("instructor" if part == "instructor" else "trainee", name, language)
        for part, name in zip(("trainee", "manager", "instructor"), names, strict=False)
    }
    cohort = make_cohort(name=names[3], tz=tz)
    cohort.calendar = make_calendar(weekdays=(1, 2, 3, 4, 5, 6, 7))
    cohort.save()
    for part, one in made.items():
        User.objects.filter(pk=one["pk"]).update(tz=tz, email=f"{one['username']}@mot.example")
        if part != "trainee":
            CohortStaff.objects.create(cohort=cohort, person_id=one["pk"], duty=part)
    # The manager works by the same calendar, in a cohort of their own.
    staff = make_cohort(name=f"{names[3]} +", tz=tz, calendar=cohort.calendar)
    for part, where in (("trainee", cohort), ("manager", staff)):
        joined = now.date() - timedelta(days=90)
        Membership.objects.create(cohort=where, person_id=made[part]["pk"], joined_on=joined)
    assignment = make_assignment(
        what=Course.objects.get(slug=course),
        cohort=cohort,
        plan=Plan.objects.get(preset="standard"),
        by=User.objects.get(pk=made["instructor"]["pk"]),
        due_on=now.date() + timedelta(days=40),
    )
    a_minute_passes()
    return made | {"assignment": assignment.pk}


def a_minute_passes() -> None:
    """Plan, and send to inboxes and by mail (into the site's folder of mails)."""
    run_pass()
    for channel in ("inbox", "email"):
        send_due(channel)


def days_pass(people: list[int], days: int) -> None:
    """Let everything of these people be so many days older, then the minute pass run."""
    back = timedelta(days=days)
    for model, owner, names in MOMENTS:
        for row in model.objects.filter(**{f"{owner}__in": people}):
            for name in names:
                if (value := getattr(row, name)) is not None:
                    setattr(row, name, value - back)
            model.objects.filter(pk=row.pk).update(**{name: getattr(row, name) for name in names})
    for card in RecallCard.objects.filter(trainee__in=people):
        earlier = {
            name: (datetime.fromisoformat(card.fsrs[name]) - back).isoformat()
            for name in ("due", "last_review")
            if card.fsrs.get(name)
        }
        fresh = {"fsrs": card.fsrs | earlier, "due_at": card.due_at - back}
        RecallCard.objects.filter(pk=card.pk).update(**fresh)
    for message in Message.objects.filter(recipient__in=people):
        # A message is known by its person and day; these two are of another day now.
        fresh = {"key": f"{message.key}:{days}", "message_id": f"<{message.pk}.{days}@old>"}
        Message.objects.filter(pk=message.pk).update(**fresh, payload={})
    a_minute_passes()


def finish_unit_and_course(username: str, unit: str, course: str) -> None:
    """Read the unit and pass its check; the rest of the course is done as well."""
    person = User.objects.get(username=username)
    for lesson in Lesson.objects.filter(unit__slug=unit, archived_at=None):
        finish_lesson(lesson=lesson, trainee=person, now=timezone.now())
    check = Unit.objects.select_related("check_quiz").get(slug=unit).check_quiz
    _submit(start_attempt(quiz=check, trainee=person), wrong=2)
    Completion.objects.create(
        trainee=person, course=Course.objects.get(slug=course), finished_at=timezone.now()
    )
    a_minute_passes()


def finish_recall(username: str) -> int:
    """Answer the session of recall that the person has begun; the id of the attempt."""
    attempt = Attempt.objects.get(
        trainee__username=username, quiz=recall_quiz(), submitted_at__isnull=True
    )
    _submit(attempt, wrong=1)
    return attempt.pk


def _submit(attempt: Attempt, *, wrong: int) -> None:
    rows = list(attempt.answers.select_related("revision").order_by("position"))[wrong:]
    given = [Unsent(one.position, right_answer(one.revision), "sure", sequence=1) for one in rows]
    submit_attempt(attempt_id=attempt.pk, trainee=attempt.trainee, unsent=given)


def newest_mail(username: str) -> str:
    """The HTML of the person's newest mail in the site's folder; empty where there is none."""
    files = sorted(Path(settings.EMAIL_FILE_PATH).iterdir(), key=lambda one: one.stat().st_mtime)
    mails = [
        email.message_from_bytes(raw.lstrip(), policy=policy.default)
        for path in files
        for raw in path.read_bytes().split(b"\n" + b"-" * 79)
    ]
    bodies = [one.get_body(["html"]) for one in mails if username in str(one["To"])]  # type: ignore[attr-defined]
    return str(bodies[-1].get_content()) if bodies else ""


DEEDS = [
    begin_chain, days_pass, finish_unit_and_course, finish_recall, newest_mail, a_minute_passes,
]  # fmt: skip
