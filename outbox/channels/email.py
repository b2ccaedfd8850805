"""E-mail: one SMTP connection for a batch, one mail per SMTP transaction."""

from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import get_connection

from outbox.channels.base import Verdict
from outbox.kinds import Mail
from outbox.mailing import letter
from outbox.models import Message
from outbox.verdicts import verdict_on

logger = structlog.get_logger(__name__)


class EmailSession:
    """Django's mail backend, opened when the first mail leaves and again after trouble."""

    def __init__(self) -> None:
        self.server: Any = get_connection()

    def send(self, message: Message, mail: Mail, address: str) -> str:
        """Hand the mail to the server, which then answers for it."""
        email = letter(message, mail, address)
        email.connection = self.server
        self.server.open()
        email.send()
        return ""

    def verdict(self, error: Exception) -> Verdict:
        """Unknown when the server had the text and did not say."""
        may_have_gone_out = getattr(self.server, "may_have_gone_out", False)
        return verdict_on(error, may_have_gone_out=may_have_gone_out)

    def close(self) -> None:
        """Close the connection; what the server says at goodbye does not matter."""
        try:
            self.server.close()
        except OSError as error:
            logger.info("outbox_goodbye_failed", why=str(error))


class EmailChannel:
    """The mail server of the settings."""

    slug = "email"
    is_idempotent_for: timedelta | None = None

    @property
    def per_minute(self) -> int:
        return int(settings.MAILS_PER_MINUTE)

    def open(self) -> EmailSession:
        return EmailSession()
