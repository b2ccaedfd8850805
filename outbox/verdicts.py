"""What an error while sending means for the message. Pure: an exception in, a verdict out."""

import random
import re
import smtplib
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
MOST_TRIES = 12
ADDRESS = re.compile(r"[^\s<>'\"(),;:]+@[^\s<>'\"(),;:]+")


class Outcome(Enum):
    LATER = "later"  # refused for now, nothing went out
    NEVER = "never"  # refused for good, nothing went out
    UNKNOWN = "unknown"  # the server had the text and did not say


@dataclass(frozen=True)
class Verdict:
    outcome: Outcome
    reason: str
    is_about_server: bool = False  # then the other messages need not try now


def verdict_on(error: Exception, *, may_have_gone_out: bool) -> Verdict:
    """What to do with a message whose sending ended in this error."""
    reason = reason_of(error)
    if may_have_gone_out:
        return Verdict(Outcome.UNKNOWN, reason, is_about_server=True)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
        return _by_code(max(codes, default=0), reason)
    if isinstance(error, smtplib.SMTPDataError):
        return _by_code(error.smtp_code, reason)
    if isinstance(error, OSError):  # all that smtplib raises, and the network's own errors
        return Verdict(Outcome.LATER, reason, is_about_server=True)
    return Verdict(Outcome.LATER, reason)


def reason_of(error: Exception) -> str:
    """The error in words, without anybody's address: it is shown to admins and logged."""
    said = str(error)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        said = "; ".join(
            f"{code} {text.decode('utf-8', 'replace') if isinstance(text, bytes) else text}"
            for code, text in error.recipients.values()
        )
    return ADDRESS.sub("…", f"{type(error).__name__}: {said}")[:300]


def _by_code(code: int, reason: str) -> Verdict:
    if code == 421:
        return Verdict(Outcome.LATER, reason, is_about_server=True)
    return Verdict(Outcome.NEVER if code >= 500 else Outcome.LATER, reason)


def pause_after(tries: int) -> timedelta:
    """How long to wait after that many tries: doubling, at most an hour, spread by a quarter."""
    pause = min(FIRST_PAUSE * 2 ** min(tries - 1, 20), LONGEST_PAUSE)
    return pause * random.uniform(0.75, 1.25)  # noqa: S311 -- spreads load, keeps no secret
