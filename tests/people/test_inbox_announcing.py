"""Announcements to a cohort's group: by its teachers, in both languages, no name unasked."""

import json

import pytest

from outbox.delivering import send_due
from outbox.models import Message, Robot
from people.announcing import names_in
from tests.factories import make_cohort, make_instructor, make_trainee
from tests.messengers import ROBOT_SECRET, ROBOT_TOKEN, running

pytestmark = pytest.mark.django_db


@pytest.fixture
def robot():
    return Robot.objects.create(
        name="Front desk", service="dingtalk", token=ROBOT_TOKEN, secret=ROBOT_SECRET
    )


@pytest.fixture
def cohort(robot):
    return make_cohort(robot=robot)


@pytest.fixture
def address(cohort):
    return f"/cohorts/{cohort.slug}/announce/"


@pytest.fixture
def instructor(client, cohort):
    instructor = make_instructor(cohort=cohort, language="en")
    client.force_login(instructor)
    return instructor


def words(client, address, **fields):
    once = client.get(address).context["form"].initial["once"]
    return {
        "subject_zh": "周五开放日",
        "text_zh": "欢迎参加。",
        "subject_en": "Open day on Friday",
        "text_en": "Everybody is welcome.",
        "once": str(once),
    } | fields


def test_an_announcement_is_queued_for_the_group_and_nobody_else(
    client, instructor, address, robot
):
    response = client.post(address, words(client, address))

    assert (response.status_code, response["Location"]) == (302, address)
    message = Message.objects.get()
    assert (message.channel, message.robot, message.recipient) == ("group", robot, None)


def test_sending_the_form_twice_announces_once(client, instructor, address):
    filled = words(client, address)

    client.post(address, filled)
    client.post(address, filled)

    assert Message.objects.count() == 1


def test_a_name_of_the_cohort_holds_the_text_until_it_is_confirmed(
    client, instructor, address, cohort
):
    make_trainee(cohort=cohort, name="李小雷")
    named = words(client, address, text_zh="恭喜李小雷。")

    held = client.post(address, named)
    sent = client.post(address, named | {"may_name": "on"})

    text = held.content.decode()
    assert (held.status_code, sent.status_code, Message.objects.count()) == (422, 302, 1)
    assert "李小雷" in text
    assert "恭喜李小雷。" in text
    assert "Nothing is sent yet" in text


def test_names_are_found_in_any_case_and_only_of_those_who_are_there(cohort):
    make_trainee(cohort=cohort, name="Ana Ruiz", username="A-117")
    make_trainee(name="Somebody Else")

    found = names_in("ana ruiz and a-117 and Somebody Else are late", cohort)

    assert found == ["A-117", "Ana Ruiz"]


@pytest.mark.parametrize(
    "wrong",
    [{"subject_zh": ""}, {"text_en": "x" * 501}, {"once": "x"}, {"text_zh": "a\0b"}],
)
def test_a_form_that_is_not_whole_is_refused_and_keeps_its_words(
    client, instructor, address, wrong
):
    response = client.post(address, words(client, address) | wrong)

    assert response.status_code == 422
    assert "Open day on Friday" in response.content.decode()
    assert Message.objects.count() == 0


def test_without_a_group_there_is_nothing_to_send(client, instructor, address, cohort):
    filled = words(client, address)
    cohort.robot = None
    cohort.save()

    text = client.get(address).content.decode()

    assert "The group is not connected" in text
    assert client.post(address, filled).status_code == 422
    assert Message.objects.count() == 0


def test_others_find_nothing_there(client, address, cohort):
    for person in (make_trainee(cohort=cohort), make_instructor(cohort=make_cohort())):
        client.force_login(person)
        assert client.get(address).status_code == 404
        assert client.post(address, {}).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_the_group_gets_both_languages_once_and_no_name_of_who_is_late(
    client, instructor, address, cohort, settings
):
    trainee = make_trainee(cohort=cohort, name="Late Larry")
    client.post(address, words(client, address))

    with running(settings) as services:
        send_due("group")
        send_due("group")

    (taken,) = services.ledger
    said = json.dumps(taken.body, ensure_ascii=False)
    assert services.complaints == []
    assert [part in said for part in ("周五开放日", "Everybody is welcome.")] == [True, True]
    assert [part in said for part in (trainee.name, trainee.username, instructor.name)] == [
        False
    ] * 3


@pytest.mark.django_db(transaction=True)
def test_a_group_that_is_disconnected_meanwhile_gets_nothing(client, instructor, address, cohort):
    client.post(address, words(client, address))
    cohort.robot = None
    cohort.save()

    send_due("group")

    message = Message.objects.get()
    assert (message.state, message.reason) == (
        "cancelled",
        "the cohort's group is not connected any more",
    )


def test_only_announcements_know_a_robot():
    """Nothing but people/announcing.py puts a message to a group into the outbox."""
    from pathlib import Path

    root = Path(__file__).parent.parent.parent
    apps = ["people", "quizzes", "cases", "units", "assignments", "home"]
    users = {
        str(path.relative_to(root))
        for app in apps
        for path in (root / app).rglob("*.py")
        if "robot_id=" in path.read_text(encoding="utf-8")
    }

    assert users == {"people/announcing.py"}
