"""A sender that is killed with -9 at the worst moments, as a process of its own."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.conf import settings

from outbox import delivering
from outbox.clock import Now
from outbox.models import Message
from tests.factories import make_message, make_trainee

pytestmark = pytest.mark.django_db(transaction=True)

SENDER = """
import django; django.setup()
from tests.outbox.notes import register_notes; register_notes()
from outbox.delivering import send_due; send_due()
"""


def start_sender(sink):
    database = settings.DATABASES["default"]
    url = (
        f"postgres://{database['USER']}:{quote(database['PASSWORD'])}"
        f"@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    )
    environment = os.environ | {
        "DATABASE_URL": url,
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(sink.port),
        "PYTHONPATH": os.pathsep.join(
            filter(None, [str(settings.BASE_DIR), os.environ.get("PYTHONPATH")])
        ),
    }
    return subprocess.Popen(
        [sys.executable, "-c", SENDER], env=environment, stderr=subprocess.PIPE, text=True
    )


def test_killed_while_the_mail_server_was_about_to_say_yes_leaves_one_ambiguous_message(sink):
    names = ["ok1", "held", "ok2", "ok3"]
    messages = [make_message(recipient=make_trainee(email=f"{n}@mot.example")) for n in names]
    sender = start_sender(sink)
    assert sink.holding.wait(20), sender.stderr.read()

    sender.send_signal(signal.SIGKILL)
    sender.communicate()
    sink.let_go.set()
    Message.objects.filter(state="leased").update(lease_until=Now() - timedelta(seconds=1))
    delivering.send_due()

    states = [Message.objects.get(pk=message.pk).state for message in messages]
    assert states == ["sent", "ambiguous", "sent", "sent"]
    assert sorted(sink.message_ids) == sorted(message.message_id for message in messages)
