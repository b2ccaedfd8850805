"""A message that was held up does not go on at night."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from assignments.quiet_hours import end_of_quiet
from outbox import delivering
from outbox.models import Message
from tests import clock
from tests.factories import make_message, make_trainee
from tests.outbox.conftest import sink  # noqa: F401 -- a fixture

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(hour, minute=0):
    return datetime(2026, 11, 20, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("hour", "quiet", "end"),
    [
        (20, (time(21), time(8)), None),
        (21, (time(21), time(8)), at(8) + timedelta(days=1)),
        (3, (time(21), time(8)), at(8)),
        (8, (time(21), time(8)), None),
        (12, (time(9), time(16)), at(16)),
        (17, (time(9), time(16)), None),
    ],
)
def test_when_quiet_hours_end(hour, quiet, end):
    assert end_of_quiet(at(hour), *quiet) == end


@pytest.mark.django_db(transaction=True)
def test_a_reminder_held_up_until_the_night_leaves_in_the_morning(sink, monkeypatch):  # noqa: F811
    from assignments import kinds
    from outbox.kinds import KINDS, Mail, MessageKind

    monkeypatch.setitem(
        KINDS,
        "held-up",
        MessageKind(
            "held-up",
            lambda messages: {message.pk: None for message in messages},
            lambda message, language: Mail("Reminder", "…"),
            rest_until=kinds.rest_until,
        ),
    )
    trainee = make_trainee(email="ok@mot.example", tz="Asia/Shanghai")
    meant = at(20).astimezone(UTC)
    message = make_message(
        recipient=trainee, kind="held-up", payload={"day": "2026-11-20"}, send_at=meant
    )

    with clock.at(at(22, 30)):
        delivering.send_due("email")
        assert sink.taken == []
        message.refresh_from_db()
        assert (message.state, message.tries) == ("queued", 0)
        assert abs(message.next_try_at - (at(8) + timedelta(days=1))) < timedelta(seconds=5)
    with clock.at(at(8, 1) + timedelta(days=1)):
        delivering.send_due("email")

    assert Message.objects.get().state == "sent"
    assert len(sink.taken) == 1
