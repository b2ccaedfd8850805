"""`python -m tests.bench.sending`: reminders to a mail server on loopback, counted one by one.

In one run: a bare loop (Django renders and sends the same mails on one connection, no database),
one sender, two senders. The sink is aiosmtpd in a process of its own and keeps a ledger of
Message-IDs, so that the run also says what was lost and what came twice.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

MAILS = int(os.environ.get("BENCH_MAILS", "10000"))
BARE = int(os.environ.get("BENCH_BARE", str(min(MAILS, 3000))))
GOALS = {1: 45.0, 2: 30.0}
GOAL_RATIO, GOAL_GAIN = 0.6, 1.5
ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "mot_course.settings",
    "SECRET_KEY": "bench-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "ALLOWED_HOSTS": "mot.example",
    "SITE_URL": "https://mot.example",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "LOG_LEVEL": "ERROR",
    "MAILS_PER_MINUTE": "0",
    "EMAIL_HOST": "127.0.0.1",
}
ROWS = (
    ("Unit 3: Offer, and mean it", "Due Thursday 26 November, 18:00 (Shanghai)", "/courses/"),
    ("Case: The lift that stood still", "Due Friday 27 November, 18:00 (Shanghai)", "/cases/"),
    ("Quiz: Five steps", "Due Monday 30 November, 18:00 (Shanghai)", "/quizzes/five/"),
)


def register_kind():
    """A reminder: its people are asked once per batch, its text has three rows."""
    from outbox.kinds import Mail, MessageKind, Row, register
    from people.models import User

    def wanted(messages):
        present = set(
            User.objects.present()
            .filter(pk__in=[m.recipient_id for m in messages])
            .values_list("pk", flat=True)
        )
        return {m.pk: None if m.recipient_id in present else "gone" for m in messages}

    def prepare(messages):
        names = dict(
            User.objects.filter(pk__in=[m.recipient_id for m in messages]).values_list("pk", "name")
        )
        for message in messages:
            message.prepared = names[message.recipient_id]

    def render(message, language):
        return reminder(message.prepared)

    def reminder(name):
        return Mail(
            subject="Three things are due this week",
            body=f"Hello {name},\n\nThree exercises of your course are waiting for you. All"
            " together they take about twenty minutes.",
            url="/",
            button="Go on where you stopped",
            rows=tuple(Row(*row) for row in ROWS),
        )

    register(MessageKind("bench-reminder", wanted, render, prepare=prepare))
    return reminder


def run_sink(port_file, ledger):
    """Take every mail and write its Message-ID down, until this process is ended."""
    import asyncio

    from aiosmtpd.smtp import SMTP

    with open(ledger, "a", buffering=1) as book:

        class Book:
            async def handle_DATA(self, server, session, envelope):
                head = envelope.content.split(b"\r\n\r\n", 1)[0].decode("latin-1")
                at = head.lower().index("message-id: ") + 12
                book.write(head[at:].split("\r\n", 1)[0] + "\n")
                return "250 taken"

        async def serve():
            loop = asyncio.get_running_loop()
            server = await loop.create_server(lambda: SMTP(Book(), hostname="sink"), "127.0.0.1", 0)
            Path(port_file).write_text(str(server.sockets[0].getsockname()[1]))
            await server.serve_forever()

        asyncio.run(serve())


def run_sender():
    """Wait for the word, send all that is due, say so."""
    import django

    django.setup()
    register_kind()
    from outbox.delivering import send_due

    print("ready", flush=True)
    sys.stdin.readline()
    sent = 0
    while ends := send_due("email"):
        sent += ends["sent"]
    print(sent, flush=True)


def run_bare():
    """What Django alone takes: render, build, one connection, no database."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.mail import EmailMultiAlternatives, get_connection
    from django.utils import timezone, translation

    from mot_course.web import zone
    from outbox.mailing import Words, as_html, as_text

    reminder = register_kind()
    words = Words("You get this mail because you take part.", "https://mot.example/unsubscribe/x/")
    server = get_connection("django.core.mail.backends.smtp.EmailBackend")
    print("ready", flush=True)
    sys.stdin.readline()
    server.open()
    for n in range(BARE):
        with translation.override("en"), timezone.override(zone("Asia/Shanghai")):
            mail = reminder(f"Bench {n}")
            email = EmailMultiAlternatives(
                subject=mail.subject,
                body=as_text(mail, words),
                from_email=settings.DEFAULT_FROM_EMAIL,
                to=[f"bench{n}@mot.example"],
                connection=server,
                headers={
                    "Message-ID": f"<bare-{n}@mot.example>",
                    "Auto-Submitted": "auto-generated",
                    "List-Unsubscribe": f"<{words.stop}>",
                    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                },
            )
            email.attach_alternative(as_html(mail, words), "text/html")
            email.send()
    server.close()
    print(BARE, flush=True)


def timed(role, count, environment):
    """Start that many processes of a role, let them go at once; seconds, and what each did."""
    command = [sys.executable, "-m", "tests.bench.sending", role]
    children = [
        subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(count)
    ]
    for child in children:
        if child.stdout.readline() != "ready\n":
            raise SystemExit(f"A {role} did not start.")
    begun = time.perf_counter()
    for child in children:
        child.stdin.write("go\n")
        child.stdin.flush()
    done = [int(child.stdout.readline()) for child in children]
    seconds = time.perf_counter() - begun
    for child in children:
        child.communicate()
    return seconds, done


def fill(run):
    """One due reminder to each person."""
    from outbox.models import Message
    from outbox.posting import new_message, queue
    from people.models import User

    Message.objects.all().delete()
    if not User.objects.exists():
        User.objects.bulk_create(
            User(
                username=f"bench{n}", name=f"Bench {n}", password="!",
                email=f"bench{n}@mot.example", language="en",
            )
            for n in range(MAILS)
        )  # fmt: skip
    queue(
        new_message(key=f"{run}:{pk}", kind="bench-reminder", recipient_id=pk)
        for pk in User.objects.values_list("pk", flat=True)
    )
    with_cursor("VACUUM ANALYZE")


def with_cursor(statement):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement)


def main():
    from mot_course.embedded import start_postgres

    rounds = int(os.environ.get("BENCH_ROUNDS", "1"))
    with (
        tempfile.TemporaryDirectory() as name,
        start_postgres(Path(name) / "pg", say=lambda text: None) as server,
    ):  # a durable one: every commit waits for the disk
        folder = Path(name)
        os.environ.update(ENVIRONMENT)
        os.environ["DATABASE_URL"] = server.url
        ledger = folder / "ledger"
        port_file = folder / "port"
        sink = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.sending", "sink", str(port_file), str(ledger)]
        )
        try:
            while not (port_file.exists() and port_file.read_text()):
                time.sleep(0.05)
            os.environ["EMAIL_PORT"] = port_file.read_text()
            import django

            django.setup()
            from django.core.management import call_command

            call_command("migrate", verbosity=0)
            goals = [measure(n, ledger) for n in range(rounds)]
        finally:
            sink.terminate()
            sink.wait()
    raise SystemExit(0 if all(goals) else 1)


def measure(number, ledger):
    """One round: bare, one, two, bare; print it and say whether the goals were met."""
    environment = dict(os.environ)
    bare = [timed("bare", 1, environment)[0] * MAILS / BARE]
    is_good = True
    seconds = {}
    for senders in (1, 2):
        fill(f"round {number}, {senders} senders")
        before = ledger.read_text().count("\n")
        seconds[senders], done = timed("sender", senders, environment)
        ids = Counter(ledger.read_text().split("\n")[before:-1])
        lost, twice = MAILS - len(ids), sum(ids.values()) - len(ids)
        is_good &= sum(done) == MAILS and not lost and not twice
        is_good &= seconds[senders] <= GOALS[senders] * MAILS / 10_000
        print(
            f"{senders} sender{'s' * (senders > 1)}: {seconds[senders]:.1f} s for {MAILS} mails"
            f" ({MAILS / seconds[senders]:.0f} a second; goal {GOALS[senders]:.0f} s for 10,000),"
            f" {lost} lost, {twice} twice, shares {done}"
        )
    bare.append(timed("bare", 1, environment)[0] * MAILS / BARE)
    loop = statistics.mean(bare)
    ratio, gain = loop / seconds[1], seconds[1] / seconds[2]
    is_good &= ratio >= GOAL_RATIO and gain >= GOAL_GAIN
    print(
        f"bare loop: {loop:.1f} s ({bare[0]:.1f} and {bare[1]:.1f}; from {BARE} mails each);"
        f" one sender goes {ratio:.2f} times as fast (goal {GOAL_RATIO}),"
        f" two senders {gain:.2f} times as fast as one (goal {GOAL_GAIN})"
    )
    return is_good


if __name__ == "__main__":
    roles = {"sink": run_sink, "sender": run_sender, "bare": run_bare}
    if len(sys.argv) > 1:
        roles[sys.argv[1]](*sys.argv[2:])
    else:
        main()
