"""SMS by the gateway, and the robots of groups."""

import pytest

from outbox.channels import find_channels
from outbox.channels.sms import e164, part_count, text_of
from outbox.delivering import send_due
from outbox.kinds import Mail
from outbox.models import Robot
from outbox.posting import new_message
from tests.factories import make_message, make_trainee
from tests.messengers import ROBOT_SECRET, ROBOT_TOKEN, make_due_again, running
from tests.outbox.notes import register_notes

SERVICES = ["wecom", "dingtalk", "feishu"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def services(settings):
    register_notes()
    with running(settings) as services:
        yield services


def test_sms_goes_to_the_gateway_with_the_number_in_full(services):
    message = make_message(recipient=make_trainee(phone="13800138000"), channel="sms")

    send_due("sms")

    message.refresh_from_db()
    (taken,) = services.ledger
    assert (message.state, message.provider_id) == ("sent", "s-1")
    assert (taken.to, taken.body["id"]) == ("+8613800138000", message.message_id[1:33])
    assert services.complaints == []


def test_a_number_that_the_gateway_refuses_has_failed(services):
    message = make_message(recipient=make_trainee(phone="13800138404"), channel="sms")

    send_due("sms")

    message.refresh_from_db()
    assert message.state == "failed"


@pytest.mark.parametrize(("hours", "state", "count"), [(0, "ambiguous", 1), (24, "sent", 1)])
def test_an_unknown_sms_is_sent_again_only_if_the_gateway_knows_ids(
    services, settings, hours, state, count
):
    settings.SMS_IDEMPOTENT_HOURS = hours
    find_channels()
    message = make_message(recipient=make_trainee(phone="13800138500"), channel="sms")
    send_due("sms")
    make_due_again(message)

    send_due("sms")

    message.refresh_from_db()
    assert (message.state, len(services.ledger)) == (state, count)


@pytest.mark.parametrize(
    ("number", "whole"),
    [
        ("13800138000", "+8613800138000"),
        ("8613800138000", "+8613800138000"),
        ("+41 79 123 45 67", "+41791234567"),
        ("0041791234567", "+41791234567"),
        ("010 1234 5678", "+861012345678"),
        ("+", ""),
        ("12", ""),
    ],
)
def test_numbers_are_written_in_full(number, whole):
    assert e164(number, "86") == whole


def test_an_sms_is_one_part_and_keeps_its_link_whole():
    text = text_of(Mail(subject="今天有三件事到期，" * 10, body="never said", url="/"))
    far = text_of(Mail(subject="Due today", body="", url="/assignments/" + "x" * 60 + "/"))

    assert part_count(text) == 1
    assert text.endswith("… https://mot.example/")
    assert far == "Due today https://mot.example/"
    assert part_count("一" * 71) == 2


@pytest.mark.parametrize("service", SERVICES)
def test_a_robot_speaks_once_to_its_group_and_mentions_nobody(services, service):
    secret = "" if service == "wecom" else ROBOT_SECRET
    robot = Robot.objects.create(name="r", service=service, token=ROBOT_TOKEN, secret=secret)
    message = new_message(key="g", kind="test-note", robot_id=robot.pk, channel="group")
    message.save()

    send_due("group")
    send_due("group")

    message.refresh_from_db()
    assert (message.state, message.reason) == ("sent", "")
    assert len(services.ledger) == 1
    assert services.complaints == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_robot_with_a_wrong_token_has_failed(services, service):
    robot = Robot.objects.create(name="r", service=service, token="other", secret="x")
    message = new_message(key="g", kind="test-note", robot_id=robot.pk, channel="group")
    message.save()

    send_due("group")

    message.refresh_from_db()
    assert message.state == "failed"


def test_no_text_of_an_announcement_calls_everybody_in_a_feishu_group(services):
    from outbox.channels.robots import RobotSession

    robot = Robot.objects.create(name="r", service="feishu", token=ROBOT_TOKEN, secret=ROBOT_SECRET)
    message = new_message(key="g", kind="test-note", robot_id=robot.pk, channel="group")
    message.save()
    text = '<at user_id="all">everybody</at> come'

    RobotSession().send(message, Mail(subject="S", body=text), "")

    (taken,) = services.ledger
    assert "<at" not in str(taken.body)
    assert "everybody" in str(taken.body)
