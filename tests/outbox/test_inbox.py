"""The inbox: a notice in the very statement that settles."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from outbox import delivering, switching
from outbox.models import Message, Notice
from tests.factories import make_message, make_trainee
from tests.outbox.notes import register_notes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _notes():
    register_notes()


def notice(**fields):
    return make_message(channel="inbox", **fields)


def test_a_notice_is_there_when_its_message_is_sent():
    message = notice(recipient=make_trainee(language="en"))

    assert delivering.send_due("inbox") == {"sent": 1}

    found = Notice.objects.get()
    message.refresh_from_db()
    assert (found.message_id, found.recipient_id) == (message.pk, message.recipient_id)
    assert (found.title, found.kind) == ("note en", "test-note")
    assert message.state == "sent"
    assert [d.event for d in message.deliveries.all()] == ["sent"]
    assert delivering.send_due("inbox") == {}
    assert Notice.objects.count() == 1


def test_hundreds_of_notices_cost_the_same_statements_as_one():
    delivering.send_due("inbox")
    costs = {}
    for count in (1, 300):
        for _ in range(count):
            notice()
        with CaptureQueriesContext(connection) as queries:
            assert delivering.send_due("inbox")["sent"] == count
        costs[count] = len(queries)

    assert costs[300] == costs[1]


def test_a_person_without_any_address_gets_a_notice():
    notice(recipient=make_trainee(email=None, phone=None))

    assert delivering.send_due("inbox") == {"sent": 1}


def test_one_broken_notice_harms_no_other():
    broken, fine = notice(payload={"breaks": True}), notice()
    nul = notice(payload={"nul": True})

    delivering.send_due("inbox")

    states = {m.pk: (m.state, m.tries) for m in Message.objects.all()}
    assert states[fine.pk] == ("sent", 1)
    assert states[broken.pk] == ("queued", 1)
    assert states[nul.pk] == ("queued", 1)


def test_no_notice_arrives_while_sending_is_paused():
    message = notice()
    switching.pause("a test")

    assert delivering.send_due("inbox") == {}

    message.refresh_from_db()
    assert message.state == "queued"
    assert not Notice.objects.exists()


def test_a_notice_is_written_in_the_language_of_its_reader():
    notice(recipient=make_trainee(language="zh-hans"))

    with translation.override("en"):
        delivering.send_due("inbox")

    assert Notice.objects.get().title == "note zh-hans"
