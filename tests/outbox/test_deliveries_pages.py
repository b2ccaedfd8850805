"""/deliveries/: what admins see of sending, and what they may do."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from outbox import delivering, switching
from outbox.models import Delivery, Message
from people.models import AuditEntry
from tests.factories import make_admin, make_instructor, make_message, make_trainee
from tests.outbox.notes import register_notes

PAGES = ["/deliveries/", "/deliveries/{pk}/"]
DEEDS = ["pause/", "resume/", "{pk}/again/", "{pk}/arrived/"]


@pytest.fixture
def admin(client, db, settings):
    settings.DEMO = True  # no second factor
    register_notes()
    person = make_admin(language="en")
    client.force_login(person)
    return person


def ended(state, **fields):
    message = make_message(recipient=make_trainee(name="Li Na", language="en"), **fields)
    sent_at = timezone.now() if state == "sent" else None
    Message.objects.filter(pk=message.pk).update(state=state, reason="550 no", sent_at=sent_at)
    Delivery.objects.create(message=message, event=state, detail="550 no")
    message.refresh_from_db()
    return message


@pytest.mark.parametrize("make", [make_trainee, make_instructor])
def test_nobody_else_sees_or_does_anything(client, db, make):
    message = ended("ambiguous")
    client.force_login(make())

    for page in PAGES:
        assert client.get(page.format(pk=message.pk)).status_code == 404
    for deed in DEEDS:
        answer = client.post(f"/deliveries/{deed.format(pk=message.pk)}", {"why": "x", "sure": "1"})
        assert answer.status_code == 404
    message.refresh_from_db()
    assert message.state == "ambiguous"
    assert switching.current_pause() is None


def test_a_stranger_is_asked_to_sign_in(client, db):
    assert client.get("/deliveries/").status_code == 302


def test_failed_and_uncertain_messages_are_listed_without_their_text(client, admin):
    for state in ("failed", "ambiguous", "sent"):
        ended(state, payload={"secret": "the text of it"})

    page = client.get("/deliveries/").content.decode()

    assert page.count("Li Na") == 2
    assert "the text of it" not in page
    assert "@mot.example" not in page


def test_others_are_found_by_the_filter_and_nonsense_in_it_is_no_error(client, admin):
    ended("sent")

    assert "Li Na" in client.get("/deliveries/?state=sent&channel=email").content.decode()
    assert "Li Na" not in client.get("/deliveries/?state=sent&channel=sms").content.decode()
    for nonsense in ("?state=x&channel=y&page=z", "?page=-1", "?state=%00"):
        assert client.get("/deliveries/" + nonsense).status_code == 200


def test_the_page_costs_the_same_for_one_message_and_for_many(client, admin):
    costs = []
    for count in (1, 60):
        for _ in range(count):
            ended("failed")
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/deliveries/").status_code == 200
        costs.append(len(queries))

    assert costs[0] == costs[1] <= 14


def test_sending_is_paused_with_a_reason_and_resumed_and_both_are_in_the_security_log(
    client, admin
):
    assert client.post("/deliveries/pause/", {"why": ""}).status_code == 422
    assert client.post("/deliveries/pause/", {"why": "wrong text"}).status_code == 302

    assert "wrong text" in client.get("/deliveries/").content.decode()
    assert switching.current_pause().by == admin
    client.post("/deliveries/resume/")
    assert switching.current_pause() is None
    actions = AuditEntry.objects.filter(object="switch:sending").values_list("action", flat=True)
    assert sorted(actions) == ["sending_paused", "sending_resumed"]


def test_a_failed_message_is_sent_again(client, admin):
    message = ended("failed")

    assert client.get(f"/deliveries/{message.pk}/").status_code == 200
    client.post(f"/deliveries/{message.pk}/again/")
    client.post(f"/deliveries/{message.pk}/again/")  # a second click

    message.refresh_from_db()
    assert (message.state, message.tries) == ("queued", 0)
    assert [d.event for d in message.deliveries.all()] == ["failed", "again"]
    assert AuditEntry.objects.filter(action="message_sent_again").count() == 1


def test_an_uncertain_message_is_sent_again_only_by_who_knows_that_it_may_come_twice(client, admin):
    message = ended("ambiguous")

    assert client.post(f"/deliveries/{message.pk}/again/").status_code == 422
    message.refresh_from_db()
    assert message.state == "ambiguous"

    assert client.post(f"/deliveries/{message.pk}/again/", {"sure": "on"}).status_code == 302
    message.refresh_from_db()
    assert message.state == "queued"


def test_an_uncertain_message_has_arrived(client, admin):
    message = ended("ambiguous")

    client.post(f"/deliveries/{message.pk}/arrived/")

    message.refresh_from_db()
    assert message.state == "sent"
    assert message.sent_at is not None
    assert AuditEntry.objects.filter(action="message_arrived").count() == 1


@pytest.mark.parametrize("state", ["queued", "sent", "cancelled"])
def test_what_is_in_another_state_is_left_alone(client, admin, state):
    message = ended(state)

    client.post(f"/deliveries/{message.pk}/again/", {"sure": "on"})
    client.post(f"/deliveries/{message.pk}/arrived/")

    message.refresh_from_db()
    assert message.state == state
    assert not AuditEntry.objects.filter(action__startswith="message").exists()


def test_a_channel_in_trouble_says_so(client, admin):
    delivering.send_due("inbox")

    page = client.get("/deliveries/").content.decode()

    assert "No pass has come through yet" in page  # e-mail
    assert "Came through" in page
