"""The security log says who did what, on one line each, and forgets in time."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db.models.functions import Now
from django.utils import timezone

from outbox.models import Message
from people import auditing
from people.models import AuditEntry, SignInLink, Tries
from people.tasks import forget_what_is_over
from tests.factories import make_message, make_trainee

pytestmark = pytest.mark.django_db

INJECTION = "x\r\n2026-01-01 action=signed_in actor=1\u2028\x1b[31m\u202e\x00"


def test_an_entry_keeps_who_what_and_the_values_before_and_after(caplog):
    actor, person = make_trainee(), make_trainee()

    auditing.record(actor, "role_changed", person, before={"role": "trainee"}, after={"role": "x"})

    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.object) == (actor, "role_changed", f"user:{person.pk}")
    assert (entry.before, entry.after) == ({"role": "trainee"}, {"role": "x"})
    assert caplog.records[-1].msg == {
        "event": "role_changed",
        "actor": str(actor.pk),
        "object": f"user:{person.pk}",
        "changed": "role",
        "level": "info",
    }


def test_no_text_can_begin_a_new_line(caplog):
    entry = auditing.record(None, INJECTION, INJECTION, after={INJECTION: INJECTION})

    entry.refresh_from_db()
    said = str(caplog.records[-1].msg)
    for text in (entry.action, entry.object, *entry.after, *entry.after.values(), said):
        assert not auditing.CONTROL.search(text)


def test_what_has_served_its_time_is_forgotten():
    person = make_trainee()
    old, recent = timezone.now() - timedelta(days=181), timezone.now() - timedelta(days=179)
    for at in (old, recent):
        AuditEntry.objects.create(action="x", at=at)
        Session.objects.create(session_key=str(at), session_data="", expire_date=at)
        SignInLink.objects.create(
            token_hash=str(at), person=person, issued_by=person, expires_at=timezone.now()
        )
    Tries.objects.create(key="x", times=[], over_at=old)
    messages = [make_message(recipient=person) for _ in range(2)]
    Message.objects.update(send_at=Now() - timedelta(days=91))
    Message.objects.filter(pk=messages[0].pk).update(state="cancelled")

    forget_what_is_over()

    assert [entry.at for entry in AuditEntry.objects.all()] == [recent]
    assert not Session.objects.exists()
    assert SignInLink.objects.count() == 2
    assert not Tries.objects.exists()
    assert list(Message.objects.all()) == [messages[1]]
