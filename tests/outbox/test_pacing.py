"""How fast a channel may go, and how it waits for a server in trouble."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from outbox import delivering, pacing
from outbox.channels import CHANNELS
from outbox.clock import Now, database_now
from outbox.models import ChannelState, Heartbeat, Message
from tests.clock import at
from tests.factories import make_message, make_trainee

pytestmark = pytest.mark.django_db(transaction=True)


def to(name, **fields):
    return make_message(recipient=make_trainee(email=f"{name}@mot.example"), **fields)


def many(count):
    return [to(f"ok{n}") for n in range(count)]


def test_the_rate_is_kept_to_the_message(sink, settings):
    settings.MAILS_PER_MINUTE = 60  # so ten at once, and one a second
    many(40)
    begun = database_now()

    with at(begun):
        delivering.send_due()
        assert len(sink.taken) in (10, 11)  # a second may have gone by
    with at(begun + timedelta(seconds=7)):
        delivering.send_due()
        assert len(sink.taken) in (17, 18)
    with at(begun + timedelta(minutes=10)):  # a quiet time is not saved up
        delivering.send_due()
        assert len(sink.taken) in (27, 28)


def test_two_senders_share_one_budget(sink, settings):
    settings.MAILS_PER_MINUTE = 60
    many(40)
    with connection.cursor() as cursor:  # the database's clock stands still for everybody
        cursor.execute(
            "INSERT INTO outbox_channelstate VALUES ('email', 10, mot_now(), 0, NULL, '')"
        )
    claimed = []

    def claim():
        claimed.extend(delivering.claim(CHANNELS["email"], uuid4())[0])
        connection.close()

    threads = [threading.Thread(target=claim) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 10 <= len(claimed) <= 11  # a second may have gone by
    assert len({message.pk for message in claimed}) == len(claimed)


def test_what_was_claimed_and_did_not_leave_costs_nothing(sink, settings):
    settings.MAILS_PER_MINUTE = 60
    for n in range(10):
        to(f"unwanted{n}", payload={"unwanted": "x"})
    many(10)

    delivering.send_due()
    assert len(sink.taken) >= 9


def test_a_server_in_trouble_pauses_its_channel_longer_and_longer_and_it_recovers(sink, settings):
    many(20)
    settings.EMAIL_PORT = 1
    delivering.send_due()

    state = ChannelState.objects.get(channel="email")
    assert state.troubles == pacing.PATIENCE + 1
    assert "Connection refused" in state.why
    assert not Heartbeat.objects.filter(name="outbox.email").exists()
    pauses = []
    for _ in range(6):
        now = database_now()
        pauses.append(ChannelState.objects.get().paused_until - now)
        ChannelState.objects.update(paused_until=None)
        Message.objects.update(next_try_at=Now())
        delivering.send_due()  # one message asks
    assert pauses == sorted(pauses)
    assert pauses[-1] > timedelta(seconds=60)
    assert set(Message.objects.values_list("state", flat=True)) == {"queued"}

    settings.EMAIL_PORT = sink.port
    with at(database_now() + timedelta(minutes=20)):
        delivering.send_due()
    assert len(sink.taken) == 20
    assert ChannelState.objects.get().troubles == 0
    assert Heartbeat.objects.filter(name="outbox.email").exists()


def test_a_paused_channel_does_not_hold_up_another(sink, settings):
    to("ok")
    inbox = to("ok2", channel="inbox")
    settings.EMAIL_PORT = 1
    for _ in range(3):
        delivering.send_due("email")
    delivering.send_due("inbox")

    assert Message.objects.get(pk=inbox.pk).state == "sent"


def test_a_server_in_trouble_for_days_fails_no_message(sink, settings):
    message = to("ok")
    Message.objects.update(send_at=Now() - timedelta(days=9), tries=40)
    ChannelState.objects.create(channel="email", troubles=50)
    settings.EMAIL_PORT = 1

    delivering.send_due()

    assert Message.objects.get(pk=message.pk).state == "queued"


def test_one_message_on_which_a_well_server_chokes_fails_in_the_end(sink):
    message = to("hangup", tries=11)

    delivering.send_due()

    assert Message.objects.get(pk=message.pk).state == "failed"
