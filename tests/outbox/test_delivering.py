"""One row, one delivery: whatever the mail server says, and whoever dies."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.translation import gettext

from outbox import asking, delivering, leasing, tasks
from outbox.channels import CHANNELS
from outbox.clock import Now
from outbox.leasing import End
from outbox.models import ChannelState, Delivery, Heartbeat, Message
from outbox.posting import new_message, queue
from tests.factories import make_message, make_trainee

pytestmark = pytest.mark.django_db(transaction=True)


def to(name, **fields):
    return make_message(recipient=make_trainee(email=f"{name}@mot.example"), **fields)


def claim(token):
    batch, _troubles = delivering.claim(CHANNELS["email"], token)
    return batch


def state_of(message):
    message.refresh_from_db()
    return message.state


def text_of(mail):
    (plain,) = [part for part in mail.walk() if part.get_content_type() == "text/plain"]
    return plain.get_payload(decode=True).decode()


def bring_forward(message):
    """As if the time of the next try had come."""
    Message.objects.filter(pk=message.pk).update(next_try_at=Now())


def test_a_due_message_is_sent_once_and_says_so(sink):
    message = to("ok")

    tasks.send_due_messages()
    tasks.send_due_messages()

    assert sink.message_ids == [message.message_id]
    assert state_of(message) == "sent"
    assert message.sent_at is not None
    assert [d.event for d in message.deliveries.all()] == ["sent"]


def test_a_message_of_tomorrow_waits(sink):
    message = to("ok")
    Message.objects.update(next_try_at=Now() + timedelta(days=1))

    delivering.send_due()

    assert state_of(message) == "queued"
    assert sink.taken == []


def test_the_same_key_is_queued_once():
    person = make_trainee(email="ok@mot.example")
    for _ in range(3):
        queue([new_message(key="one", kind="test-note", recipient_id=person.pk)])

    assert Message.objects.count() == 1


def test_two_senders_at_once_send_everything_once(sink):
    messages = [to(f"ok{n}") for n in range(60)]

    def work():
        delivering.send_due()
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(sink.message_ids) == sorted(message.message_id for message in messages)
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}


def test_a_claim_passes_by_what_another_sender_is_claiming(sink):
    to("ok")
    claimed = []

    def work():
        claimed.extend(claim(uuid4()))
        connection.close()

    with transaction.atomic():
        list(Message.objects.due().select_for_update())
        other = threading.Thread(target=work)
        other.start()
        other.join(5)

    assert not other.is_alive()
    assert claimed == []


def test_a_message_is_written_in_the_language_of_its_reader(sink):
    make_message(recipient=make_trainee(email="ok1@mot.example", language="en"))
    make_message(recipient=make_trainee(email="ok2@mot.example", language="zh-hans"))

    delivering.send_due()

    bodies = {to: text_of(mail) for to, mail in sink.taken}
    with translation.override("zh-hans"):
        yes = gettext("Yes")
    assert bodies["ok1@mot.example"].startswith("Yes")
    assert yes != "Yes"
    assert bodies["ok2@mot.example"].startswith(yes)


@pytest.mark.parametrize("name", ["later", "full", "hangup"])
def test_what_is_refused_for_now_is_tried_again_later_with_a_pause(sink, name):
    message = to(name)

    delivering.send_due()
    delivering.send_due()

    assert state_of(message) == "queued"
    assert message.tries == 1
    waits = Message.objects.annotate(wait=F("next_try_at") - Now()).get().wait
    assert timedelta(seconds=20) < waits < timedelta(seconds=40)


def test_a_message_refused_for_now_goes_out_when_the_server_is_ready(sink):
    message = to("later")
    delivering.send_due()
    message.recipient.email = "ok@mot.example"
    message.recipient.save()
    bring_forward(message)

    delivering.send_due()

    assert state_of(message) == "sent"
    assert message.tries == 2
    assert [d.event for d in message.deliveries.all()] == ["queued", "sent"]


@pytest.mark.parametrize("name", ["never", "spam"])
def test_what_is_refused_for_good_fails_and_is_not_tried_again(sink, name):
    message = to(name)

    delivering.send_due()
    bring_forward(message)
    delivering.send_due()

    assert state_of(message) == "failed"
    assert message.tries == 1
    assert "550" in message.reason or "554" in message.reason


def test_a_mail_taken_without_a_word_is_ambiguous_and_never_sent_again(sink):
    message = to("silent")

    for _ in range(3):
        bring_forward(message)
        delivering.send_due()

    assert sink.message_ids == [message.message_id]
    assert state_of(message) == "ambiguous"


def test_a_server_that_is_not_there_costs_no_message(sink, settings):
    messages = [to(f"ok{n}") for n in range(3)]
    settings.EMAIL_PORT = 1

    delivering.send_due()

    assert [state_of(message) for message in messages] == ["queued"] * 3
    settings.EMAIL_PORT = sink.port
    Message.objects.update(next_try_at=Now())
    ChannelState.objects.update(paused_until=None)  # as if the pause were over
    delivering.send_due()  # asks with one message first
    assert len(sink.taken) == 3


def test_a_server_that_greets_with_a_refusal_fails_no_message(sink):
    message = to("ok")
    sink.greets_with = "554 go away"

    delivering.send_due()

    assert state_of(message) == "queued"


def test_the_refused_do_not_hold_up_the_others(sink):
    names = ["never", "ok1", "spam", "later", "ok2", "full", "ok3"]
    for name in names:
        to(name)

    delivering.send_due()

    assert sorted(sink.recipients) == [f"ok{n}@mot.example" for n in (1, 2, 3)]


def test_a_message_that_cannot_be_written_is_tried_a_few_times_and_then_fails(sink):
    broken, fine = to("ok1", payload={"breaks": True}), to("ok2")

    for _ in range(12):
        bring_forward(broken)
        delivering.send_due()

    assert state_of(broken) == "failed"
    assert broken.tries == 12
    assert state_of(fine) == "sent"


def test_a_kind_that_cannot_be_asked_holds_up_only_its_own(sink):
    broken = to("ok1", payload={"breaks_asking": True})
    fine = to("ok2", kind="test-urgent")

    delivering.send_due()

    assert (state_of(broken), broken.tries) == ("queued", 1)
    assert state_of(fine) == "sent"


def test_what_is_no_longer_wanted_is_cancelled_with_the_reason(sink):
    message = to("ok", payload={"unwanted": "handed in by now"})

    delivering.send_due()

    assert (state_of(message), message.reason) == ("cancelled", "handed in by now")
    assert sink.taken == []


def test_a_person_without_address_or_account_gets_nothing(sink):
    nowhere, gone = to("ok1"), to("ok2")
    nowhere.recipient.email = None
    nowhere.recipient.save()
    gone.recipient.is_active = False
    gone.recipient.save()

    delivering.send_due()

    assert [state_of(nowhere), state_of(gone)] == ["cancelled", "cancelled"]


def test_a_message_that_comes_too_late_to_be_of_use_is_cancelled(sink):
    late, patient = to("ok1", kind="test-urgent"), to("ok2")
    Message.objects.update(send_at=Now() - timedelta(minutes=61))

    delivering.send_due()

    assert state_of(late) == "cancelled"
    assert state_of(patient) == "sent"


def test_an_unknown_kind_is_cancelled(sink):
    message = to("ok", kind="from-the-future")

    delivering.send_due()

    assert state_of(message) == "cancelled"


def expire_leases():
    Message.objects.filter(state="leased").update(lease_until=Now() - timedelta(seconds=1))


def test_a_sender_that_died_before_it_began_loses_and_doubles_nothing(sink):
    message = to("ok")
    claim(uuid4())
    assert delivering.send_due() == {}

    expire_leases()
    delivering.send_due()

    assert sink.message_ids == [message.message_id]
    assert state_of(message) == "sent"


def test_a_sender_that_died_after_it_began_leaves_an_ambiguous_message(sink):
    message, token = to("ok"), uuid4()
    claim(token)
    leasing.begin(message.pk, token)

    expire_leases()
    delivering.send_due()

    assert state_of(message) == "ambiguous"
    assert sink.taken == []


def test_a_sender_that_overslept_its_lease_sends_nothing_and_settles_nothing(sink):
    message, token = to("ok"), uuid4()
    claim(token)
    expire_leases()
    delivering.send_due()

    assert not leasing.begin(message.pk, token)
    assert not leasing.settle(End(message.pk, "failed"), token)
    assert state_of(message) == "sent"
    assert list(Delivery.objects.values_list("event", flat=True)) == ["sent", "late failed"]


def test_a_pass_costs_the_same_queries_to_claim_and_ask_for_one_and_for_many(
    sink, django_assert_num_queries
):
    delivering.send_due()  # the row of the channel is there from now on
    for count in (1, 30):
        for n in range(count):
            to(f"ok{count}-{n}", payload={"unwanted": "x"})
        token = uuid4()
        with django_assert_num_queries(5):  # begin, the channel's row, claim, commit, read
            batch = claim(token)
        with django_assert_num_queries(0):
            asked = asking.ask(batch)
        with django_assert_num_queries(1):
            leasing.cancel(asked.unwanted, token)
        Message.objects.all().delete()


def test_a_mail_costs_one_statement_and_a_pass_a_fixed_number_more(sink):
    delivering.send_due()  # rows of the channel and of the switch are there from now on
    costs = {}
    for count in (1, 31):
        for n in range(count):
            to(f"ok{count}-{n}")
        with CaptureQueriesContext(connection) as queries:
            delivering.send_due()
        costs[count] = len(queries)

    assert costs[31] - costs[1] == 30
    assert costs[1] <= 24


def test_each_pass_leaves_a_heartbeat_of_its_channel(sink):
    delivering.send_due()
    delivering.send_due()
    delivering.send_due("inbox")

    assert sorted(Heartbeat.objects.values_list("name", flat=True)) == [
        "outbox.email",
        "outbox.inbox",
    ]


def test_a_channel_that_is_not_set_up_sends_nothing_and_says_nothing(sink):
    assert delivering.send_due("wecom") == {}
    assert not Heartbeat.objects.exists()
