"""Kinds of message and channels for the tests about what people are told."""

from datetime import date, timedelta

from outbox.kinds import KINDS, Mail, MessageKind, register
from outbox.models import Notice
from people.models import Calendar, CalendarDay, MessengerAccount, Preference
from tests.factories import make_message, make_trainee, numbers


def nothing_against(messages):
    return {message.pk: None for message in messages}


def render(message, language):
    return Mail(subject=f"said {message.pk}", body="The words.", url="/help/", button="Open")


NEWS = MessageKind("test-news", nothing_against, render, title="News of the tests")
OTHER = MessageKind("test-other", nothing_against, render, title="Other news of the tests")
MUST = MessageKind(
    "test-must", nothing_against, render, may_silence=False, title="What must be told"
)


def register_news():
    for kind in (NEWS, OTHER, MUST):
        if kind.slug not in KINDS:
            register(kind)


def reachable(*channels, **fields):
    """A trainee with an address on these channels."""
    if "email" in channels:
        fields.setdefault("email", f"t{next(numbers)}@mot.example")
    if "sms" in channels:
        fields.setdefault("phone", f"138{next(numbers):08}")
    person = make_trainee(**fields)
    for channel in set(channels) & {"wecom", "dingtalk", "feishu"}:
        MessengerAccount.objects.create(
            person=person, channel=channel, account=f"{channel}-{next(numbers)}"
        )
    return person


def prefer(person, cadence, *, kind="test-news", channel="email"):
    Preference.objects.create(person=person, kind=kind, channel=channel, cadence=cadence)


def make_notice(person, *, at=None, kind="test-news", url="/help/", **fields):
    """A notice in the inbox, with the message that brought it."""
    number = next(numbers)
    message = make_message(recipient=person, channel="inbox", kind=kind, key=f"n:{number}:inbox")
    fields = {"title": f"Notice {number}", "body": "Words.", "url": url} | fields
    notice = Notice.objects.create(message=message, recipient=person, kind=kind, **fields)
    if at is not None:
        Notice.objects.filter(pk=notice.pk).update(at=at)
        notice.refresh_from_db()
    return notice


def week_of(calendar_name, first, days, *, working):
    """A calendar of so many days; `working` are the dates on which people work."""
    calendar = Calendar.objects.create(name=calendar_name)
    for n in range(days):
        day = first + timedelta(days=n)
        CalendarDay.objects.create(
            calendar=calendar,
            day=day,
            working=day in working,
            number=sum(first <= one <= day for one in working),
            clear_next=day,
            open_next=min((one for one in working if one >= day), default=day),
            open_prev=max((one for one in working if one <= day), default=day),
        )
    return calendar


def september(*days):
    return {date(2026, 9, day) for day in days}
