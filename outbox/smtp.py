"""Speaks SMTP and remembers whether the server has had the chance to take a mail."""

import smtplib
from typing import Any

from django.core.mail.backends.smtp import EmailBackend


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

    @property
    def may_have_gone_out(self) -> bool:
        """True after the mail's text was being handed over and no verdict came back."""
        return bool(self.connection and self.connection.is_waiting_for_verdict)
