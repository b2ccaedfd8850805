"""Rows that break what touches them: they fail alone."""

import pytest

from outbox import delivering
from outbox.clock import Now
from outbox.models import Message
from tests.factories import make_message, make_trainee

pytestmark = pytest.mark.django_db(transaction=True)


def to(name, **fields):
    return make_message(recipient=make_trainee(email=f"{name}@mot.example"), **fields)


@pytest.mark.parametrize("how", ["breaks", "breaks_asking", "breaks_preparing"])
def test_a_broken_row_fails_alone_after_a_few_tries(sink, how):
    broken = to("ok1", kind="test-prepared", payload={how: True})
    fine = [to(f"ok{n}", kind="test-prepared") for n in range(2, 6)]

    for _ in range(12):
        Message.objects.filter(pk=broken.pk).update(next_try_at=Now())
        delivering.send_due()

    broken.refresh_from_db()
    assert (broken.state, broken.tries) == ("failed", 12)
    assert len(sink.taken) == len(fine)
    assert {m.state for m in Message.objects.exclude(pk=broken.pk)} == {"sent"}


def test_an_error_names_nobodys_address(sink):
    message = to("never")

    delivering.send_due()

    message.refresh_from_db()
    assert "550" in message.reason
    assert "@" not in message.reason
