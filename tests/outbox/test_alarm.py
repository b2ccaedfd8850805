"""The alarm outside hears from us while all is well."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from outbox import alarm, delivering, switching
from outbox.channels import CHANNELS

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asked(settings, monkeypatch):
    seen = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    origin = f"http://127.0.0.1:{server.server_port}"
    settings.OUTBOX_HOSTS, settings.HEARTBEAT_URL = [origin], f"{origin}/ping/secret"
    monkeypatch.setattr(alarm, "_last", [-alarm.EVERY])
    yield seen
    server.shutdown()
    server.server_close()


def test_the_alarm_hears_from_us_when_all_channels_come_through_and_not_too_often(asked, sink):
    for slug in [*CHANNELS, *CHANNELS]:
        delivering.send_due(slug)

    assert asked == ["/ping/secret"]


def test_the_alarm_hears_nothing_while_sending_is_paused(asked, sink):
    for slug in CHANNELS:
        delivering.send_due(slug)
    asked.clear()
    alarm._last[0] = -alarm.EVERY
    switching.pause("a test")

    assert not alarm.still_well()
    assert asked == []


def test_a_host_that_is_not_on_the_list_is_not_asked(asked, sink, settings):
    settings.OUTBOX_HOSTS = []
    for slug in CHANNELS:
        delivering.send_due(slug)

    assert asked == []
