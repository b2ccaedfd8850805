"""Speaks SMTP and remembers whether the server has had the chance to take a mail."""

import smtplib
from typing import Any

from django.core.mail.backends.smtp import EmailBackend

from outbox.mime import Letter, address_for_header


class _Attentive:
    """Notes the moments between "354 go ahead" and the server's verdict on the mail."""

    is_waiting_for_verdict = False

    def getreply(self) -> tuple[int, bytes]:
        code, text = super().getreply()  # type: ignore[misc]
        self.is_waiting_for_verdict = code == 354
        return code, text


class AttentiveSMTP(_Attentive, smtplib.SMTP):
    pass


class AttentiveSMTPoverTLS(_Attentive, smtplib.SMTP_SSL):
    pass


class AttentiveBackend(EmailBackend):
    """Django's SMTP backend that can say whether a mail may have gone out despite an error."""

    connection: Any

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return AttentiveSMTPoverTLS if self.use_ssl else AttentiveSMTP

    def _send(self, email_message: Any) -> bool:
        """As Django's, but parsing no address that is plain: that took a third of the time."""
        if not isinstance(email_message, Letter):
            return bool(super()._send(email_message))  # type: ignore[misc]
        self.connection.sendmail(
            address_for_header(email_message.from_email),
            [address_for_header(to) for to in email_message.recipients()],
            email_message.message().as_bytes(linesep="\r\n"),
        )
        return True

    @property
    def may_have_gone_out(self) -> bool:
        """True after the mail's text was being handed over and no verdict came back."""
        return bool(self.connection and self.connection.is_waiting_for_verdict)
