"""Messages to company messengers: the documented calls, once each, and every trouble."""

import logging

import pytest
from django.core.cache import cache

from outbox.channels import CHANNELS, find_channels
from outbox.channels.http import CallFailed, Web, check_address
from outbox.delivering import send_due
from outbox.kinds import KINDS, Mail, MessageKind, register
from outbox.models import Delivery, Message
from outbox.verdicts import Outcome
from people.models import MessengerAccount
from tests.factories import make_message, make_trainee, numbers
from tests.messengers import make_due_again, running
from tests.outbox.notes import NOTE, register_notes

MESSENGERS = ["wecom", "dingtalk", "feishu"]

# What is sent is committed on its own, so these tests have real transactions.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def services(settings):
    register_notes()
    with running(settings) as services:
        yield services


def message_to(channel, account="ok-1", **fields):
    person = make_trainee()
    MessengerAccount.objects.create(
        person=person, channel=channel, account=f"{account}-{next(numbers)}"
    )
    return make_message(recipient=person, channel=channel, **fields)


def events_of(message):
    return list(Delivery.objects.filter(message=message).values_list("event", flat=True))


@pytest.mark.parametrize("channel", MESSENGERS)
def test_a_message_reaches_the_messenger_once(services, channel):
    message = message_to(channel)

    first, second = send_due(channel), send_due(channel)

    message.refresh_from_db()
    assert (first["sent"], second["sent"]) == (1, 0)
    assert (message.state, bool(message.provider_id)) == ("sent", True)
    assert events_of(message) == ["sent"]
    assert len(services.taken_by(channel)) == 1
    assert services.complaints == []


@pytest.mark.parametrize("channel", MESSENGERS)
def test_one_token_serves_many_messages_and_the_next_pass(services, channel):
    for _ in range(3):
        message_to(channel)
    send_due(channel)
    message_to(channel)

    send_due(channel)

    assert len(services.taken_by(channel)) == 4
    assert services.tokens_given == ["token-1"]


@pytest.mark.parametrize("channel", MESSENGERS)
def test_a_token_that_is_over_is_renewed_and_the_message_goes_out(services, channel):
    message_to(channel)
    send_due(channel)
    services.expire_tokens()
    message = message_to(channel)

    send_due(channel)

    message.refresh_from_db()
    assert message.state == "sent"
    assert services.tokens_given == ["token-1", "token-2"]
    assert len(services.taken_by(channel)) == 2


@pytest.mark.parametrize("channel", MESSENGERS)
def test_whom_the_service_does_not_know_has_failed_and_says_why(services, channel):
    message = message_to(channel, "unknown")

    send_due(channel)

    message.refresh_from_db()
    assert message.state == "failed"
    assert "user" in message.reason
    assert events_of(message) == ["failed"]
    assert services.ledger == []


@pytest.mark.parametrize("channel", MESSENGERS)
def test_a_limit_puts_off_and_blames_nobody(services, channel):
    message = message_to(channel, "limited")

    send_due(channel)

    message.refresh_from_db()
    assert message.state == "queued"
    assert message.next_try_at > message.send_at
    assert services.ledger == []


@pytest.mark.parametrize("channel", MESSENGERS)
def test_a_busy_service_is_asked_again(services, channel):
    message = message_to(channel, "busy")
    send_due(channel)
    make_due_again(message)

    send_due(channel)

    message.refresh_from_db()
    assert message.state == "sent"
    assert len(services.taken_by(channel)) == 1


@pytest.mark.parametrize("channel", ["wecom", "feishu"])
@pytest.mark.parametrize("name", ["silent", "broken"])
def test_an_unknown_end_is_tried_again_with_the_same_key_where_that_is_safe(
    services, channel, name
):
    message = message_to(channel, name)
    send_due(channel)
    message.refresh_from_db()
    state = message.state
    make_due_again(message)

    send_due(channel)

    message.refresh_from_db()
    assert (state, message.state) == ("queued", "sent")
    assert len(services.taken_by(channel)) == 1


@pytest.mark.parametrize("name", ["silent", "broken"])
def test_an_unknown_end_stays_ambiguous_where_the_service_has_no_key(services, name):
    message = message_to("dingtalk", name)

    send_due("dingtalk")
    make_due_again(message)
    send_due("dingtalk")

    message.refresh_from_db()
    assert message.state == "ambiguous"
    assert len(services.taken_by("dingtalk")) == 1


def test_wecom_gets_the_same_json_again_even_if_the_text_has_changed_meanwhile(services, settings):
    message = message_to("wecom", "silent")
    send_due("wecom")
    message.recipient.language = "en"
    message.recipient.save()
    make_due_again(message)

    send_due("wecom")

    message.refresh_from_db()
    assert message.state == "sent"
    assert len(services.taken_by("wecom")) == 1


def test_two_messages_of_the_same_words_are_two_for_wecom(services):
    if "test-same" not in KINDS:
        register(MessageKind("test-same", NOTE.wanted, lambda message, language: Mail("S", "B")))
    person = make_trainee()
    MessengerAccount.objects.create(person=person, channel="wecom", account="ok-same")
    for _ in range(2):
        make_message(recipient=person, channel="wecom", kind="test-same")

    send_due("wecom")

    assert services.taken_by("wecom") == ["ok-same", "ok-same"]


def test_an_answer_that_does_not_end_is_cut_off_and_its_message_ambiguous(services):
    message = message_to("dingtalk", "huge")

    send_due("dingtalk")

    message.refresh_from_db()
    assert message.state == "ambiguous"


def test_silence_is_not_waited_for_for_ever(services, monkeypatch):
    monkeypatch.setattr("outbox.channels.http.READ_SECONDS", 0.2)
    message = message_to("dingtalk")
    CHANNELS["dingtalk"].open().token.get()
    services.slow_seconds = 5

    send_due("dingtalk")

    message.refresh_from_db()
    assert (message.state, message.reason) == (
        "ambiguous",
        "no answer from 127.0.0.1: ReadTimeout",
    )


def test_nobody_there_means_that_nothing_went_out(services, settings):
    settings.WECOM_BASE_URL = "http://127.0.0.1:1"
    settings.OUTBOX_HOSTS = ["http://127.0.0.1:1"]
    message = message_to("wecom")

    send_due("wecom")

    message.refresh_from_db()
    assert message.state == "queued"
    assert "no connection" in message.reason


def test_a_redirect_is_not_followed(services):
    message = message_to("feishu", "moved")

    send_due("feishu")

    message.refresh_from_db()
    assert (message.state, message.reason) == (
        "queued",
        "127.0.0.1 answered with a redirect, which is not followed",
    )
    assert services.calls.count("/open-apis/im/v1/messages") == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "http://qyapi.weixin.qq.com/",
        "https://qyapi.weixin.qq.com.evil.example/",
        "https://qyapi.weixin.qq.com:8443/",
        "https://qyapi.weixin.qq.com@evil.example/",
        "https://user:word@qyapi.weixin.qq.com/",
        "http://127.0.0.1:8001/",
        "http://127.0.0.1/",
        "file:///etc/passwd",
    ],
)
def test_only_hosts_of_the_list_are_spoken_to(settings, url):
    settings.OUTBOX_HOSTS = ["qyapi.weixin.qq.com", "http://127.0.0.1:8000"]

    with pytest.raises(CallFailed, match="not in OUTBOX_HOSTS"):
        Web().call("POST", url, puts_out=True)


def test_hosts_of_the_list_are_spoken_to(settings):
    settings.OUTBOX_HOSTS = ["qyapi.weixin.qq.com", "http://127.0.0.1:8000"]

    check_address("https://qyapi.weixin.qq.com/cgi-bin/gettoken?x=1")
    check_address("http://127.0.0.1:8000/cgi-bin/gettoken")


def test_no_token_and_no_text_comes_into_the_log(services, caplog):
    caplog.set_level(logging.DEBUG)
    for channel in MESSENGERS:
        for name in ("ok", "unknown", "silent", "limited"):
            message_to(channel, name)
        send_due(channel)

    secrets = [*services.tokens_given, "wecom-secret", "ding-secret", "feishu-secret", "message-"]
    said = caplog.text + "".join(Message.objects.values_list("reason", flat=True))

    assert [secret for secret in secrets if secret in said] == []


def test_a_channel_without_its_secrets_is_off(services, settings):
    settings.WECOM_SECRET = ""

    find_channels()

    assert "wecom" not in CHANNELS
    assert {"inbox", "email", "dingtalk", "feishu", "sms", "group"} <= set(CHANNELS)


def test_a_wrong_secret_stops_the_channel_and_loses_nothing(services, settings):
    settings.WECOM_SECRET = "another"
    message = message_to("wecom")

    send_due("wecom")

    message.refresh_from_db()
    assert message.state == "queued"
    assert "secret is wrong" in message.reason


def test_many_processes_fetch_one_token(services):
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    def token(_):
        try:
            return CHANNELS["wecom"].open().token.get()
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        tokens = set(pool.map(token, range(6)))

    assert tokens == {"token-1"}
    assert services.tokens_given == ["token-1"]


def test_a_refused_call_for_a_token_is_no_doubt_about_a_message(services):
    cache.clear()
    session = CHANNELS["wecom"].open()

    verdict = session.verdict(ValueError("anything, with a secret in it"))

    assert (verdict.outcome, verdict.reason) == (Outcome.LATER, "ValueError")
