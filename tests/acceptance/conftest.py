"""A mail server, the messengers, and the small course: what the platform talks to."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assignments.models import Plan, Rule
from assignments.presets import make_presets
from tests.messengers import Services, running
from tests.smtp_sink import Sink, start_sink
from tests.units.packs import write_pack
from units.pack.loading import load_course


@pytest.fixture
def post(settings: Any) -> Iterator[Sink]:
    """The mail server that takes what we send."""
    sink, server = start_sink()
    settings.EMAIL_BACKEND = "outbox.smtp.AttentiveBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
    settings.MAILS_PER_MINUTE = 0
    yield sink
    sink.let_go.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def messengers(settings: Any) -> Iterator[Services]:
    """WeCom, DingTalk and Feishu, which check each call against their documentation."""
    with running(settings) as services:
        yield services


@pytest.fixture
def course(tmp_path: Path) -> None:
    """A course of one unit with one lesson and a check."""
    load_course(write_pack(tmp_path))


@pytest.fixture(autouse=True)
def _presets(transactional_db: None) -> None:
    """What a migration makes, and a test with real transactions before this one has cleared."""
    make_presets(Plan.objects, Rule.objects)
