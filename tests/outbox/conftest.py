"""A mail server that answers, and the test's kinds of message."""

import pytest

from tests.outbox.notes import register_notes
from tests.smtp_sink import start_sink


@pytest.fixture
def sink(settings):
    register_notes()
    sink, server = start_sink()
    settings.EMAIL_BACKEND = "outbox.smtp.AttentiveBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
    settings.MAILS_PER_MINUTE = 0
    yield sink
    sink.let_go.set()
    server.shutdown()
    server.server_close()
