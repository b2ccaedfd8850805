"""Ambiguous messages: asked about, never sent again blindly."""

from datetime import UTC, datetime, timedelta

import pytest

from outbox import delivering, leasing, reconciling
from outbox.channels import CHANNELS
from outbox.clock import Now
from outbox.mail_log import MailLog, moment
from outbox.models import Delivery, Message
from tests.factories import make_message, make_trainee

START = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


def line(minutes, text):
    return f"{(START + timedelta(minutes=minutes)).isoformat()} mx {text}\n"


def taken(minutes, queue, message_id):
    return line(minutes, f"postfix/cleanup[7]: {queue}: message-id={message_id}") + line(
        minutes, f"postfix/qmgr[8]: {queue}: from=<c@mot.example>, size=9, nrcpt=1 (queue active)"
    )


def at(minutes):
    return START + timedelta(minutes=minutes)


def test_a_log_says_what_was_taken_and_what_certainly_was_not(tmp_path):
    path = tmp_path / "mail.log"
    path.write_text(
        line(0, "postfix/smtpd[1]: connect from me")
        + taken(5, "4XYZ", "<one@mot.example>")
        # The text came in, but the connection broke before the mail was taken.
        + line(6, "postfix/cleanup[7]: 4ABC: message-id=<two@mot.example>")
        + line(30, "postfix/smtpd[1]: connect from me")
    )
    log = MailLog(str(path))

    assert log.has("<one@mot.example>", at(4), at(10)) is True
    assert log.has("<two@mot.example>", at(4), at(10)) is False
    assert log.has("<none@mot.example>", at(4), at(10)) is False
    assert log.has("<none@mot.example>", at(-1), at(10)) is None  # before the log begins
    assert log.has("<none@mot.example>", at(4), at(31)) is None  # after it ends


def test_a_log_is_read_on_through_a_rotation(tmp_path):
    path = tmp_path / "mail.log"
    path.write_text(line(0, "postfix/smtpd[1]: connect") + taken(1, "A1", "<one@x>"))
    log = MailLog(str(path))
    assert log.has("<one@x>", at(0), at(1)) is True

    with path.open("a") as file:
        file.write(taken(2, "A2", "<two@x>"))
    path.rename(tmp_path / "mail.log.1")
    path.write_text(taken(3, "A3", "<three@x>") + line(9, "postfix/smtpd[1]: conn"))

    assert [log.has(f"<{name}@x>", at(0), at(8)) for name in ("one", "two", "three")] == [True] * 3
    assert log.has("<four@x>", at(0), at(8)) is False
    assert MailLog(str(path)).has("<one@x>", at(0), at(8)) is True  # the rotated file is read, too


def test_a_line_that_is_still_being_written_is_read_when_it_is_whole(tmp_path):
    path = tmp_path / "mail.log"
    whole = line(0, "postfix/smtpd[1]: connect") + taken(1, "A1", "<one@x>")
    path.write_text(whole[:-10])
    log = MailLog(str(path))
    assert log.has("<one@x>", at(0), at(5)) is None

    path.write_text(whole + line(9, "postfix/smtpd[1]: connect"))
    assert log.has("<one@x>", at(0), at(5)) is True


def test_a_log_that_is_not_there_cannot_tell(tmp_path):
    assert MailLog(str(tmp_path / "none")).has("<one@x>", at(0), at(1)) is None


def test_the_old_form_of_times_has_no_year():
    written = datetime(2026, 1, 2, 12, 0).astimezone()

    assert moment("Dec 31 23:59:59", written).year == 2025
    assert moment("Jan  2 11:00:00", written).year == 2026


def to(name, **fields):
    return make_message(recipient=make_trainee(email=f"{name}@mot.example"), **fields)


def ambiguous(name="ok"):
    """A message that went to the server eleven minutes ago, which fell silent."""
    message = to(name)
    Message.objects.filter(pk=message.pk).update(
        state="ambiguous", tries=1, send_at=Now() - timedelta(minutes=12)
    )
    Delivery.objects.create(
        message=message, event="ambiguous", at=datetime.now(UTC) - timedelta(minutes=11)
    )
    return message


def write_log(path, *messages, minutes=-30):
    now = datetime.now().astimezone()
    text = f"{(now + timedelta(minutes=minutes)).isoformat()} mx postfix/smtpd[1]: connect\n"
    for n, message in enumerate(messages):
        stamp = (now - timedelta(minutes=11)).isoformat()
        text += f"{stamp} mx postfix/cleanup[1]: Q{n}: message-id={message.message_id}\n"
        text += f"{stamp} mx postfix/qmgr[1]: Q{n}: from=<x>, size=1, nrcpt=1 (queue active)\n"
    path.write_text(text + f"{now.isoformat()} mx postfix/smtpd[1]: connect\n")


@pytest.mark.django_db(transaction=True)
def test_a_pass_first_asks_the_log_what_became_of_the_ambiguous(sink, settings, tmp_path):
    settings.MAIL_LOG = str(tmp_path / "mail.log")
    has, has_not = ambiguous("ok1"), ambiguous("ok2")
    write_log(tmp_path / "mail.log", has)

    ends = delivering.send_due()

    assert ends["reconciled sent"] == ends["reconciled queued"] == 1
    assert sink.message_ids == [has_not.message_id]
    assert {m.state for m in Message.objects.all()} == {"sent"}
    assert [d.event for d in has_not.deliveries.all()] == ["ambiguous", "again", "sent"]


@pytest.mark.django_db(transaction=True)
def test_what_the_log_does_not_cover_stays_ambiguous(sink, settings, tmp_path):
    settings.MAIL_LOG = str(tmp_path / "mail.log")
    message = ambiguous()
    write_log(tmp_path / "mail.log", minutes=-5)

    delivering.send_due()

    message.refresh_from_db()
    assert message.state == "ambiguous"
    assert sink.taken == []


class Forgetful:
    """A service that knows for an hour what it has had, and fell silent the first time."""

    slug = "email"
    per_minute = 0
    is_idempotent_for = timedelta(hours=1)

    def open(self):
        return CHANNELS_EMAIL.open()


CHANNELS_EMAIL = CHANNELS["email"]


@pytest.mark.django_db(transaction=True)
def test_a_server_that_knows_its_messages_is_asked_again_within_its_window(sink, monkeypatch):
    monkeypatch.setitem(CHANNELS, "email", Forgetful())
    message = to("silent")

    delivering.send_due()
    Message.objects.update(next_try_at=Now())
    delivering.send_due()
    assert sink.message_ids == [message.message_id] * 2  # the server drops the second

    Delivery.objects.update(at=Now() - timedelta(hours=2))
    Message.objects.update(next_try_at=Now())
    delivering.send_due()
    message.refresh_from_db()
    assert message.state == "ambiguous"
    assert len(sink.taken) == 2

    assert reconciling.queue_again(message.pk, "by hand")
    delivering.send_due()
    assert len(sink.taken) == 3


@pytest.mark.django_db(transaction=True)
def test_by_hand_it_arrived_or_is_sent_again_once(sink):
    one, other = ambiguous("ok1"), ambiguous("ok2")

    assert reconciling.arrived(one.pk, "by hand")
    assert not reconciling.arrived(one.pk, "by hand")
    assert reconciling.queue_again(other.pk, "by hand")
    assert not reconciling.queue_again(other.pk, "by hand")
    assert not reconciling.queue_again(one.pk, "by hand")
    delivering.send_due()

    assert sink.message_ids == [other.message_id]


@pytest.mark.django_db(transaction=True)
def test_one_statement_settles_one_message_and_begins_the_next(sink, django_assert_num_queries):
    from uuid import uuid4

    one, two, token = to("ok1"), to("ok2"), uuid4()
    delivering.claim(CHANNELS["email"], token)
    with django_assert_num_queries(1):
        assert leasing.settle_and_begin(None, one.pk, token) == (False, True)
    end = leasing.End(one.pk, "sent", provider_id="x")
    with django_assert_num_queries(1):
        assert leasing.settle_and_begin(end, two.pk, token) == (True, True)

    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.state, one.tries, one.provider_id) == ("sent", 1, "x")
    assert (two.state, two.tries, two.begun_at is not None) == ("leased", 1, True)
    # A lease that is lost: what came of it is logged as late, nothing else is touched.
    Message.objects.filter(pk=two.pk).update(lease_token=uuid4())
    assert leasing.settle_and_begin(leasing.End(two.pk, "failed"), one.pk, token) == (False, False)
    assert [d.event for d in two.deliveries.all()] == ["late failed"]
