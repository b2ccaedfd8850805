"""Whom a message reaches, and through which channels."""

import pytest

from outbox.channels import find_channels
from outbox.delivering import send_due
from outbox.models import Message, Notice
from people.telling import channels_for, tell
from tests.factories import make_trainee
from tests.messengers import SETTINGS, running
from tests.people.telling_world import prefer, reachable, register_news

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def all_channels(settings):
    register_news()
    for name, value in SETTINGS.items():
        setattr(settings, name, value)
    settings.SMS_GATEWAY_URL = "https://sms.example/"
    find_channels()
    yield
    for name in SETTINGS:
        setattr(settings, name, "")
    settings.SMS_GATEWAY_URL = ""
    find_channels()


def channels(person, kind="test-news"):
    return [channel for _, channel in channels_for(kind, [person.pk])]


@pytest.mark.parametrize(
    ("has", "told"),
    [
        ([], ["inbox"]),
        (["email"], ["email", "inbox"]),
        (["email", "sms"], ["email", "inbox"]),
        (["sms"], ["inbox", "sms"]),
        (["email", "sms", "feishu"], ["feishu", "inbox"]),
        (["wecom", "dingtalk"], ["inbox", "wecom"]),
    ],
)
def test_messenger_before_mail_before_sms_and_the_inbox_always(has, told):
    assert channels(reachable(*has)) == told


def test_a_channel_that_is_off_reaches_nobody(settings):
    settings.WECOM_SECRET = settings.SMS_GATEWAY_TOKEN = ""
    find_channels()

    assert channels(reachable("wecom", "email")) == ["email", "inbox"]
    assert channels(reachable("sms")) == ["inbox"]


@pytest.mark.parametrize("cadence", ["never", "daily", "weekly"])
def test_what_is_not_wanted_at_once_is_left_out_and_does_not_move_elsewhere(cadence):
    person = reachable("wecom", "email")
    prefer(person, cadence, channel="wecom")

    assert channels(person) == ["inbox"]


def test_another_channel_can_be_asked_for():
    person = reachable("wecom", "email", "sms")
    prefer(person, "immediate", channel="email")

    assert channels(person) == ["email", "inbox", "wecom"]
    assert channels(person, "test-other") == ["inbox", "wecom"]


@pytest.mark.parametrize("cadence", ["never", "daily", "weekly"])
def test_what_must_be_told_is_told_whatever_was_chosen(cadence):
    person = reachable("email")
    prefer(person, cadence, kind="test-must")

    assert channels(person, "test-must") == ["email", "inbox"]


def test_nobody_who_has_left_is_told():
    gone = reachable("email", is_active=False)

    assert channels(gone) == []


def test_telling_twice_is_telling_once():
    person = reachable("email")

    tell("test-news", [person.pk, person.pk], key="it", payload={"it": 1})
    tell("test-news", [person.pk], key="it", payload={"it": 1})

    keys = sorted(Message.objects.values_list("key", flat=True))
    assert keys == [f"it:{person.pk}:email", f"it:{person.pk}:inbox"]


def test_a_hundred_people_cost_what_one_costs(django_assert_num_queries):
    people = [make_trainee(email=f"many{n}@mot.example").pk for n in range(100)]

    with django_assert_num_queries(2):
        tell("test-news", people[:1], key="one", payload={})
    with django_assert_num_queries(2):
        tell("test-news", people, key="all", payload={})

    assert Message.objects.count() == 202


@pytest.mark.django_db(transaction=True)
def test_the_whole_trip_from_telling_to_inbox_and_messenger(settings):
    person = reachable("wecom", "email", language="en")
    with running(settings) as services:
        tell("test-news", [person.pk], key="it", payload={})
        ends = [send_due(channel) for channel in ("inbox", "wecom", "email") for _ in range(2)]

    (taken,) = services.ledger
    notice = Notice.objects.get()
    assert [one["sent"] for one in ends] == [1, 0, 1, 0, 0, 0]
    assert (notice.recipient, notice.url) == (person, "/help/")
    assert taken.body["textcard"]["url"].startswith("https://mot.example/help/?m=")
    assert services.complaints == []
