"""Sending pauses: by hand, and by itself where the database is another one than before."""

from datetime import datetime, timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from outbox import delivering, leasing, resuming, switching
from outbox.channels import CHANNELS
from outbox.clock import Now, database_now
from outbox.models import Heartbeat, Message, Switch
from tests.factories import make_message, make_trainee

pytestmark = pytest.mark.django_db(transaction=True)


def to(name, **fields):
    return make_message(recipient=make_trainee(email=f"{name}@mot.example"), **fields)


def state_of(message):
    message.refresh_from_db()
    return message.state, message.reason


def in_another_database(work):
    """Do the work in a copy of this database, as a restore makes one."""
    here = str(connection.settings_dict["NAME"])
    there = f"{here}_restored"
    settings = dict(connection.settings_dict)
    connection.close()

    def admin(statement):
        import psycopg2

        server = psycopg2.connect(
            dbname="postgres", host=settings["HOST"], port=settings["PORT"],
            user=settings["USER"], password=settings["PASSWORD"],
        )  # fmt: skip
        server.autocommit = True
        with server.cursor() as cursor:
            cursor.execute(statement)
        server.close()

    admin(f'CREATE DATABASE "{there}" TEMPLATE "{here}"')
    try:
        connection.settings_dict["NAME"] = there
        work()
    finally:
        connection.close()
        connection.settings_dict["NAME"] = here
        admin(f'DROP DATABASE "{there}" WITH (FORCE)')


def test_the_first_pass_remembers_the_database_it_sends_from(sink):
    to("ok")
    delivering.send_due()

    assert Switch.objects.get().fingerprint == switching.fingerprint()
    assert len(sink.taken) == 1


def test_no_message_leaves_while_sending_is_paused_not_even_a_claimed_one(sink):
    message, token = to("ok"), uuid4()
    delivering.claim(CHANNELS["email"], token)

    assert switching.pause("something wrong is on its way")
    assert not switching.pause("again")

    assert not leasing.begin(message.pk, token)
    leasing.release([message.pk], token)
    assert delivering.send_due() == {}
    assert delivering.claim(CHANNELS["email"], uuid4())[0] == []
    assert state_of(message)[0] == "queued"
    assert Heartbeat.objects.filter(name="outbox.paused").exists()
    assert not Heartbeat.objects.filter(name="outbox.email").exists()

    resuming.resume()
    delivering.send_due()
    assert state_of(message)[0] == "sent"


def test_a_restored_database_stays_silent_until_somebody_says_go(sink):
    delivering.send_due()
    message = to("ok")

    def restored():
        for _ in range(2):
            assert delivering.send_due() == {}
            assert delivering.send_due("inbox") == {}
        assert sink.taken == []
        paused = switching.current_pause()
        assert paused.is_other_database
        assert paused.why == switching.OTHER_DATABASE
        assert state_of(message)[0] == "queued"

    in_another_database(restored)
    delivering.send_due()  # the former one goes on
    assert len(sink.taken) == 1


def test_what_may_have_left_before_a_restore_does_not_leave_again(sink):
    delivering.send_due()
    old, recent, notice = to("ok1"), to("ok2"), to("ok3", channel="inbox")
    begun, token = to("ok4"), uuid4()
    Message.objects.exclude(pk=begun.pk).update(next_try_at=Now() + timedelta(hours=1))
    delivering.claim(CHANNELS["email"], token)
    leasing.begin(begun.pk, token)
    Message.objects.update(next_try_at=Now())
    Message.objects.filter(pk=old.pk).update(send_at=Now() - timedelta(hours=49))

    def restored():
        delivering.send_due()
        ends = resuming.resume()
        late = to("ok5")
        delivering.send_due()
        delivering.send_due("inbox")

        assert ends == {"cancelled": 1, "ambiguous": 2, "sent": 0}
        assert state_of(old) == ("cancelled", "from before a restore")
        assert state_of(recent) == ("ambiguous", "may have left before a restore")
        assert state_of(begun)[0] == "ambiguous"
        assert state_of(notice)[0] == "sent"
        assert state_of(late)[0] == "sent"
        assert sink.recipients == ["ok5@mot.example"]

    in_another_database(restored)


def test_what_was_due_after_the_former_database_stopped_leaves(sink):
    delivering.send_due()
    before, after = to("ok1"), to("ok2")
    Message.objects.filter(pk=before.pk).update(send_at=Now() - timedelta(hours=3))

    def restored():
        delivering.send_due()
        resuming.resume(stopped_at=database_now() - timedelta(hours=1))
        delivering.send_due()

        assert state_of(before)[0] == "ambiguous"
        assert state_of(after)[0] == "sent"

    in_another_database(restored)


def test_the_mail_servers_log_says_what_left_before_a_restore(sink, settings, tmp_path):
    delivering.send_due()
    left, waits = to("ok1"), to("ok2")
    now = datetime.now().astimezone()
    log = tmp_path / "mail.log"
    settings.MAIL_LOG = str(log)
    log.write_text(
        f"{(now - timedelta(days=4)).isoformat()} mx postfix/smtpd[1]: connect from me\n"
        f"{now.isoformat()} mx postfix/cleanup[1]: AAA: message-id={left.message_id}\n"
        f"{now.isoformat()} mx postfix/qmgr[1]: AAA: from=<x>, size=1, nrcpt=1 (queue active)\n"
        f"{(now + timedelta(minutes=9)).isoformat()} mx postfix/smtpd[1]: connect from me\n"
    )

    def restored():
        delivering.send_due()
        ends = resuming.resume()
        delivering.send_due()

        assert ends["sent"] == 1
        assert state_of(left)[0] == "sent"
        assert sink.message_ids == [waits.message_id]

    in_another_database(restored)


def test_the_command_pauses_resumes_and_says_how_it_is(sink):
    out = StringIO()
    for slug in CHANNELS:
        delivering.send_due(slug)
    call_command("sending", "status", stdout=out)
    assert "Sending is well." in out.getvalue()

    call_command("sending", "pause", "maintenance", stdout=out)
    with pytest.raises(CommandError, match="paused: maintenance"):
        call_command("sending", "status", stdout=out)

    call_command("sending", "resume", stdout=out)
    call_command("sending", "status", stdout=out)


def test_the_status_is_an_error_when_nothing_comes_through(sink):
    for slug in CHANNELS:
        delivering.send_due(slug)
    Heartbeat.objects.filter(name="outbox.email").update(at=Now() - timedelta(minutes=6))
    with pytest.raises(CommandError, match="no pass over email"):
        call_command("sending", "status", stdout=StringIO())

    delivering.send_due()
    to("ok")
    Message.objects.update(next_try_at=Now() - timedelta(minutes=11))
    with pytest.raises(CommandError, match="due for 11 minutes"):
        call_command("sending", "status", stdout=StringIO())
