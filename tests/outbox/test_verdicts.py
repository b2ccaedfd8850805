"""What an error means for a message."""

import smtplib
from datetime import timedelta

import pytest

from outbox.verdicts import Outcome, pause_after, verdict_on

ME = "a@mot.example"


@pytest.mark.parametrize(
    ("error", "outcome", "is_about_server"),
    [
        (smtplib.SMTPRecipientsRefused({ME: (550, b"no")}), Outcome.NEVER, False),
        (smtplib.SMTPRecipientsRefused({ME: (451, b"no")}), Outcome.LATER, False),
        (smtplib.SMTPRecipientsRefused({ME: (421, b"no")}), Outcome.LATER, True),
        (smtplib.SMTPDataError(554, b"no"), Outcome.NEVER, False),
        (smtplib.SMTPDataError(452, b"no"), Outcome.LATER, False),
        (smtplib.SMTPSenderRefused(550, b"no", ME), Outcome.LATER, True),
        (smtplib.SMTPAuthenticationError(535, b"no"), Outcome.LATER, True),
        (ConnectionRefusedError(), Outcome.LATER, True),
        (TimeoutError(), Outcome.LATER, True),
        (ValueError("broken"), Outcome.LATER, False),
    ],
)
def test_an_error_before_the_text_was_handed_over(error, outcome, is_about_server):
    verdict = verdict_on(error, may_have_gone_out=False)

    assert (verdict.outcome, verdict.is_about_server) == (outcome, is_about_server)


def test_an_error_after_the_text_was_handed_over_is_unknown():
    verdict = verdict_on(smtplib.SMTPServerDisconnected(), may_have_gone_out=True)

    assert verdict.outcome == Outcome.UNKNOWN


def test_the_pauses_grow_up_to_an_hour():
    pauses = [pause_after(tries) for tries in (1, 2, 3, 8, 12, 500)]

    assert timedelta(seconds=22) < pauses[0] < timedelta(seconds=38)
    assert max(pauses) <= timedelta(minutes=75)
    assert timedelta(minutes=45) <= pauses[-1]
